"""Lessons that help with a need or a story, and the list "做成微课" of those that are missing.

For: which lessons are like a text; what people ask for and no lesson answers; who makes one. Other
rooms add their rows by core's `add_wishes`. Not for: what a lesson is (courses) nor who sends it
(needs).

    setup(app)   routes, menu, desk, what the needs ask for
"""

from collections.abc import Collection, Mapping

from flask import Flask, url_for
from sqlalchemy import select

from sanshi_lms.community.lessons import admin_routes
from sanshi_lms.community.lessons.models import TakenWish
from sanshi_lms.community.lessons.wishes import needs_without_lesson
from sanshi_lms.core.db import db
from sanshi_lms.core.registers import (
    MenuEntry,
    Subject,
    SubjectKind,
    add_menu_entry,
    add_subject_kind,
    add_wishes,
    ids_in,
)

__all__ = ["setup"]


def setup(app: Flask) -> None:
    """Connect routes and menu, and count what the needs ask for."""
    app.register_blueprint(admin_routes.blueprint)
    add_menu_entry(
        MenuEntry("admin", "做成微课", "lessons_admin.wishes", "plus", 18, "courses.edit", "内容")
    )
    add_wishes(needs_without_lesson)
    add_subject_kind(SubjectKind("wish", "想要的课", "courses.edit", _wishes))


def _wishes(keys: Collection[str]) -> Mapping[str, Subject]:
    found = db.session.scalars(select(TakenWish).where(TakenWish.id.in_(ids_in(keys))))
    return {str(one.id): Subject(one.label, url_for("lessons_admin.wishes")) for one in found}
