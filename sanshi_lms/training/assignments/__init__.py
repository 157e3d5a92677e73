"""Required training (必修): who must complete which courses by when, reminders until it is done.

Part of the room training, whose door calls `setup`.
"""

from typing import Any

from flask import Flask

from sanshi_lms.account import User, person_placed
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db
from sanshi_lms.learning import add_duty_source
from sanshi_lms.notices import add_topic
from sanshi_lms.training.assignments import admin_routes, desk, jobs, routes, sheet_routes
from sanshi_lms.training.assignments.actions import TOPIC, let_go, take_in
from sanshi_lms.training.assignments.duties import due_for

__all__ = ["due_for", "setup"]


def setup(app: Flask) -> None:
    """Connect pages, the daily tick, and what somebody has to do with my learning."""
    for part in (routes, admin_routes, sheet_routes):
        app.register_blueprint(part.blueprint)
    add_topic(TOPIC, "必修任务")
    add_duty_source(app, due_for)
    person_placed.connect(_on_person_placed)
    jobs.REMINDERS.setup()
    desk.setup()


def _on_person_placed(sender: object, *, user_id: int, **_: Any) -> None:
    """Add whoever comes to a unit to what its people must learn; let go whoever left one."""
    del sender
    person, at = db.session.get_one(User, user_id), now()
    take_in(person, at)
    let_go(person, at)
