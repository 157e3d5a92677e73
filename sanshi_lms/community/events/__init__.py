"""Events (活动): forums, visits, summary meetings; seats, checking in, materials, replay.

For: meeting each other. Not for: classes with 结业 (training) nor lessons held live (broadcasts).

    setup(app)   routes, menu, titles for the audit trail
"""

from collections.abc import Collection, Mapping

from flask import Flask, url_for
from sqlalchemy import select

from sanshi_lms.community.events import admin_routes, routes
from sanshi_lms.community.events.actions import TOPIC
from sanshi_lms.community.events.models import Event
from sanshi_lms.community.events.queries import MANAGE
from sanshi_lms.core.db import db
from sanshi_lms.core.registers import (
    MenuEntry,
    Subject,
    SubjectKind,
    add_menu_entry,
    add_subject_kind,
    ids_in,
)
from sanshi_lms.notices import add_topic

__all__ = ["setup"]


def setup(app: Flask) -> None:
    """Connect routes, menu, and the titles of events."""
    app.register_blueprint(routes.blueprint)
    app.register_blueprint(admin_routes.blueprint)
    add_topic(TOPIC, "活动")
    add_menu_entry(
        MenuEntry("admin", "活动", "events_admin.events", "calendar", 59, MANAGE, "群众需求")
    )
    add_subject_kind(SubjectKind("event", "活动", MANAGE, _events))


def _events(keys: Collection[str]) -> Mapping[str, Subject]:
    found = db.session.scalars(select(Event).where(Event.id.in_(ids_in(keys))))
    return {
        str(one.id): Subject(one.title, url_for("events_admin.event", event_id=one.id))
        for one in found
    }
