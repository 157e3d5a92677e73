"""Entry point of the web server (`web:app`): the application, its figures, and its sign of life."""

from sanshi_lms import create_app
from sanshi_lms.core import metrics, pulse, tracing

app = create_app()
metrics.begin(app)
tracing.begin(app, "web")
pulse.begin(app)
