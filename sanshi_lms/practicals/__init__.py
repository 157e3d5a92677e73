"""Practicals (实践作业): a lesson that is done outside and handed in, and somebody looks at it.

For: what was handed in, its files, and a reviewer's decision with its reason. Not for: marking by
keys (quizzes) nor what follows from a completed lesson (learning).
"""

from flask import Flask

from sanshi_lms.core.personal import add_personal
from sanshi_lms.core.registers import MenuEntry, add_menu_entry
from sanshi_lms.courses import register_lesson_kind
from sanshi_lms.notices import add_topic
from sanshi_lms.practicals import admin_routes, desk, routes
from sanshi_lms.practicals.actions import TOPIC
from sanshi_lms.practicals.kind import PracticalKind
from sanshi_lms.practicals.personal import PERSONAL
from sanshi_lms.practicals.queries import count_waiting

__all__ = ["setup"]


def setup(app: Flask) -> None:
    """Connect the pages and make the kind known to courses."""
    add_personal(PERSONAL)
    app.register_blueprint(routes.blueprint)
    app.register_blueprint(admin_routes.blueprint)
    register_lesson_kind(app, PracticalKind())
    add_topic(TOPIC, "实践作业")
    desk.setup()
    add_menu_entry(
        MenuEntry(
            "admin",
            "实践作业",
            "practicals_admin.waiting",
            "edit",
            42,
            "practicals.review",
            "教学",
            waiting=lambda _: count_waiting(),
        )
    )
