"""Learning: who takes which course, what they have seen, what they have completed.

For: enrolments, watched stretches proved by the server's clock, completion, my learning. Not for:
what a lesson shows (its kind's room) nor certificates (credentials is told to award them).

Rooms above tell my learning what somebody has to do, and the record of learning what else to list:

    add_duty_source(app, source)      source(user_id) -> duties, done or not
    add_record_section(app, source)   source(user_id, year or None) -> RecordSection or None
"""

from typing import Any

from flask import Flask

from sanshi_lms.core.clock import now
from sanshi_lms.core.registers import DeskTile, add_desk_tile
from sanshi_lms.core.security import csrf
from sanshi_lms.courses import use_learner_side
from sanshi_lms.learning import api_routes, routes
from sanshi_lms.learning.actions import pass_quiz
from sanshi_lms.learning.archive.sections import RecordSection, add_record_section
from sanshi_lms.learning.mine.duties import add_duty_source, duties_of
from sanshi_lms.learning.mine.rules import Duty
from sanshi_lms.learning.progress import Progress, progress_of
from sanshi_lms.learning.queries import CourseStanding, count_completed, standings
from sanshi_lms.learning.side import Learner
from sanshi_lms.quizzes import attempt_passed

__all__ = [
    "CourseStanding",
    "Duty",
    "Progress",
    "RecordSection",
    "add_duty_source",
    "add_record_section",
    "duties_of",
    "progress_of",
    "setup",
    "standings",
]


def setup(app: Flask) -> None:
    """Take the learner's side of course pages and listen for passed quizzes."""
    app.register_blueprint(routes.blueprint)
    app.register_blueprint(api_routes.blueprint)
    # A report carries a signed token of its own page; forms elsewhere cannot know one.
    csrf.exempt(api_routes.blueprint)
    use_learner_side(app, Learner())
    attempt_passed.connect(_on_attempt_passed)
    add_desk_tile(
        DeskTile(
            label="学完人次",
            unit="人次",
            endpoint="credentials_admin.certificates",  # whoever completes a course holds one
            permission="credentials.view_all",
            order=60,
            count=count_completed,
            lately=count_completed,
            lately_label="学完",
        )
    )


def _on_attempt_passed(sender: object, *, user_id: int, paper_id: int, **_: Any) -> None:
    """Complete the lessons that ask for the paper."""
    del sender
    pass_quiz(user_id, paper_id, now())
