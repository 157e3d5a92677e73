"""Notices: messages to people on the site, and their way to other channels.

For: telling somebody something once, wherever they want to read it. Not for: deciding when there
is something to tell (the room that knows calls `notify`).
"""

from flask import Flask

from sanshi_lms.core.personal import add_personal
from sanshi_lms.notices import routes, safety
from sanshi_lms.notices.actions import notify
from sanshi_lms.notices.daily import DailyRound
from sanshi_lms.notices.models import Notice
from sanshi_lms.notices.outbox import admin_routes as outbox_admin_routes
from sanshi_lms.notices.outbox import desk as outbox_desk
from sanshi_lms.notices.outbox import jobs as outbox_jobs
from sanshi_lms.notices.outbox import routes as outbox_routes
from sanshi_lms.notices.outbox import wechat_routes
from sanshi_lms.notices.outbox.channels import add_channel
from sanshi_lms.notices.outbox.mail import Mail
from sanshi_lms.notices.outbox.sms import Sms
from sanshi_lms.notices.outbox.wechat import WeChat
from sanshi_lms.notices.personal import PERSONAL
from sanshi_lms.notices.rules import add_topic

__all__ = ["DailyRound", "Notice", "add_topic", "notify"]


def setup(app: Flask) -> None:
    """Connect the pages, the count that every page shows, and the channels."""
    add_personal(PERSONAL)
    for part in (routes, outbox_routes, wechat_routes, outbox_admin_routes):
        app.register_blueprint(part.blueprint)
    app.add_template_global(routes.unread_notices)
    for channel in (Mail(), WeChat(), Sms()):
        add_channel(channel)
    outbox_jobs.setup()
    outbox_desk.setup()
    safety.setup()
