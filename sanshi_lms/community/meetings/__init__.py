"""Meetings (议事协商): agenda, minutes, a vote a household, a decision and what follows from it.

For: what residents decide together. Not for: one person's need (needs) nor going out (events).

    setup(app)   routes, reminders, titles for the audit trail
"""

from collections.abc import Collection, Mapping

from flask import Flask, url_for
from sqlalchemy import select

from sanshi_lms.community.meetings import desk_routes, routes
from sanshi_lms.community.meetings.actions import LATE, TOPIC
from sanshi_lms.community.meetings.models import Meeting
from sanshi_lms.core.db import db
from sanshi_lms.core.registers import Subject, SubjectKind, add_subject_kind, ids_in
from sanshi_lms.notices import add_topic

__all__ = ["setup"]


def setup(app: Flask) -> None:
    """Connect routes, reminders, and the titles of meetings."""
    app.register_blueprint(desk_routes.blueprint)
    app.register_blueprint(routes.blueprint)
    add_topic(TOPIC, "议事协商")
    LATE.setup()
    add_subject_kind(SubjectKind("meeting", "议事协商", "needs.work", _meetings))


def _meetings(keys: Collection[str]) -> Mapping[str, Subject]:
    found = db.session.scalars(select(Meeting).where(Meeting.id.in_(ids_in(keys))))
    return {
        str(one.id): Subject(one.title, url_for("meetings_desk.edit", meeting_id=one.id))
        for one in found
    }
