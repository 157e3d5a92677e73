"""Learning: who takes which course, what they have seen, what they have completed.

For: enrolments, watched stretches proved by the server's clock, completion, my learning. Not for:
what a lesson shows (its kind's room) nor certificates (credentials is told to award them).

Rooms above tell my learning what somebody has to do, and the record of learning what else to list:

    add_duty_source(app, source)      source(user_id) -> duties, done or not
    add_record_section(app, source)   source(user_id, year or None) -> RecordSection or None
    add_gate(app, gate)               gate(user_id, lesson) -> Lock or None: what comes first

They hear of it by `course_completed` when somebody completes a course.

What counts is a rule, chosen per course; a room above that knows of classes names theirs with
`use_class_rules(app, ask)`.
"""

from typing import Any

from flask import Flask

from sanshi_lms.core.clock import now
from sanshi_lms.core.personal import add_personal
from sanshi_lms.core.security import csrf
from sanshi_lms.core.shared import share
from sanshi_lms.courses import register_pack_extra, use_learner_side
from sanshi_lms.credentials import use_offers
from sanshi_lms.learning import (
    admin_routes,
    api_routes,
    desk,
    parts,
    regrading,
    routes,
    side_door,
)
from sanshi_lms.learning.actions import catch_up, complete_lesson, complete_proved, pass_quiz
from sanshi_lms.learning.archive.rules import RecordSection
from sanshi_lms.learning.archive.sections import add_record_section
from sanshi_lms.learning.asking import admin_routes as asking_admin_routes
from sanshi_lms.learning.asking import api_routes as asking_api_routes
from sanshi_lms.learning.asking import routes as asking_routes
from sanshi_lms.learning.asking.models import VideoQuestion
from sanshi_lms.learning.asking.pack import PackQuestions
from sanshi_lms.learning.corrections import routes as correction_routes
from sanshi_lms.learning.falling import (
    WatchCurve,
    Watched,
    watch_curve,
    watched_lectures,
)
from sanshi_lms.learning.gates import Lock, add_gate, refuse_locked
from sanshi_lms.learning.helping import answers_by
from sanshi_lms.learning.mine.duties import add_duty_source, duties_of
from sanshi_lms.learning.mine.rules import Duty
from sanshi_lms.learning.models import Enrolment
from sanshi_lms.learning.offers import course_offers
from sanshi_lms.learning.personal import PERSONAL
from sanshi_lms.learning.progress import Progress, progress_of
from sanshi_lms.learning.proofs import add_proof
from sanshi_lms.learning.queries import CourseStanding, standings
from sanshi_lms.learning.reaching import Reach, completed_courses, reach, reached_people
from sanshi_lms.learning.reading import api_routes as reading_api_routes
from sanshi_lms.learning.renewing import jobs as renewing_jobs
from sanshi_lms.learning.renewing import routes as renewing_routes
from sanshi_lms.learning.renewing.actions import TOPIC, renew
from sanshi_lms.learning.ruling import LearningRule, newest_rules, rule_for, use_class_rules
from sanshi_lms.learning.ruling import admin_routes as rule_routes
from sanshi_lms.learning.ruling.models import RuleChoice
from sanshi_lms.learning.side import Learner
from sanshi_lms.learning.signals import course_completed
from sanshi_lms.notices import add_topic
from sanshi_lms.quizzes import attempt_passed

__all__ = [
    "CourseStanding",
    "Duty",
    "Enrolment",
    "LearningRule",
    "Lock",
    "Progress",
    "Reach",
    "RecordSection",
    "WatchCurve",
    "Watched",
    "add_duty_source",
    "add_gate",
    "add_proof",
    "add_record_section",
    "answers_by",
    "catch_up",
    "complete_lesson",
    "complete_proved",
    "completed_courses",
    "course_completed",
    "duties_of",
    "newest_rules",
    "progress_of",
    "reach",
    "reached_people",
    "refuse_locked",
    "rule_for",
    "setup",
    "standings",
    "use_class_rules",
    "watch_curve",
    "watched_lectures",
]


def setup(app: Flask) -> None:
    """Take the learner's side of course pages and listen for passed quizzes."""
    add_personal(PERSONAL)
    app.register_blueprint(routes.blueprint)
    app.register_blueprint(api_routes.blueprint)
    app.register_blueprint(admin_routes.blueprint)
    app.register_blueprint(reading_api_routes.blueprint)
    app.register_blueprint(rule_routes.blueprint)
    parts.setup(app)
    app.register_blueprint(correction_routes.blueprint)
    app.register_blueprint(correction_routes.admin_blueprint)
    for part in (asking_routes, asking_api_routes, asking_admin_routes):
        app.register_blueprint(part.blueprint)
    # A report carries a signed token of its own page; forms elsewhere cannot know one.
    csrf.exempt(api_routes.blueprint)
    csrf.exempt(reading_api_routes.blueprint)
    side_door.setup(app)
    share(app, "rules", LearningRule, RuleChoice)
    share(app, "asking", VideoQuestion)
    register_pack_extra(app, PackQuestions())
    use_learner_side(app, Learner())
    use_offers(app, course_offers)
    attempt_passed.connect(_on_attempt_passed)
    regrading.setup()
    renewing_jobs.ENDINGS.setup()
    app.register_blueprint(renewing_routes.blueprint)
    add_topic(TOPIC, "证书")
    desk.setup()


def _on_attempt_passed(
    sender: object, *, user_id: int, paper_id: int, score: float, **_: Any
) -> None:
    """Complete the lessons that ask for the paper."""
    del sender
    pass_quiz(user_id, paper_id, score, now())
    renew(user_id, paper_id, now())
