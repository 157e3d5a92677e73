"""Entry point of the web server (`web:app`): the application, and its sign of life."""

from sanshi_lms import create_app
from sanshi_lms.core import pulse

app = create_app()
pulse.begin(app)
