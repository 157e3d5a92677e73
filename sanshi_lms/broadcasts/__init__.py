"""Broadcasts (直播): a lesson that is held live somewhere else, at an hour.

For: when it is, where the link leads, what to bring, where the replay is. Not for: the picture
itself (another platform's) nor who listened to the end (learning believes the listener's word).
"""

from flask import Flask

from sanshi_lms.broadcasts import admin_routes, desk, routes
from sanshi_lms.broadcasts.kind import BroadcastKind
from sanshi_lms.core.registers import MenuEntry, add_menu_entry
from sanshi_lms.courses import register_lesson_kind

__all__ = ["setup"]


def setup(app: Flask) -> None:
    """Connect the pages and make the kind known to courses."""
    app.register_blueprint(routes.blueprint)
    app.register_blueprint(admin_routes.blueprint)
    register_lesson_kind(app, BroadcastKind())
    desk.setup()
    add_menu_entry(
        MenuEntry(
            "admin", "直播", "broadcasts_admin.broadcasts", "play", 32, "courses.edit", "内容"
        )
    )
