"""Notices: messages to people on the site, and their way to other channels.

For: telling somebody something once, wherever they want to read it. Not for: deciding when there
is something to tell (the room that knows calls `notify`).
"""

from flask import Flask

from sanshi_lms.notices import routes
from sanshi_lms.notices.actions import notify
from sanshi_lms.notices.models import Notice
from sanshi_lms.notices.rules import add_topic

__all__ = ["Notice", "add_topic", "notify"]


def setup(app: Flask) -> None:
    """Connect the page of messages and the count that every page shows."""
    app.register_blueprint(routes.blueprint)
    app.add_template_global(routes.unread_notices)
