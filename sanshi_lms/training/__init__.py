"""Training: required courses, programmes and classes (培训班), offline sessions, learning paths.

For: who has to learn what by when, together with whom, and when they graduate. Not for: what is
learned (courses), how far somebody is (learning), what a message looks like (notices).
"""

from flask import Flask

from sanshi_lms.core.personal import add_personal
from sanshi_lms.core.registers import MenuEntry, add_menu_entry
from sanshi_lms.core.shared import share
from sanshi_lms.courses import register_lesson_kind
from sanshi_lms.learning import (
    add_duty_source,
    add_gate,
    add_proof,
    add_record_section,
    course_completed,
    use_class_rules,
)
from sanshi_lms.notices import add_topic
from sanshi_lms.training import assignments, cli, desk
from sanshi_lms.training.classes import admin_routes, desk_routes, member_routes, routes
from sanshi_lms.training.classes.locks import class_gate, open_next
from sanshi_lms.training.classes.models import (
    ClassCourse,
    Programme,
    ProgrammeCourse,
    TrainingClass,
)
from sanshi_lms.training.classes.queries import count_applied
from sanshi_lms.training.classes.seats import rules_of_classes
from sanshi_lms.training.groups import (
    LearningGroup,
    graduates_of_group,
    learning_group,
    learning_groups,
    people_of_group,
)
from sanshi_lms.training.mine import attended_sessions, class_duties
from sanshi_lms.training.paths import routes as path_routes
from sanshi_lms.training.personal import PERSONAL
from sanshi_lms.training.scope import class_of, runs
from sanshi_lms.training.sessions import desk_routes as session_desk_routes
from sanshi_lms.training.sessions import routes as session_routes
from sanshi_lms.training.sessions.kind import EventKind
from sanshi_lms.training.sessions.queries import attended_by
from sanshi_lms.training.telling import TOPIC

__all__ = [
    "LearningGroup",
    "TrainingClass",
    "class_of",
    "graduates_of_group",
    "learning_group",
    "learning_groups",
    "people_of_group",
    "runs",
    "setup",
]


def setup(app: Flask) -> None:
    """Connect the pages of classes and sessions, and required training."""
    add_personal(PERSONAL)
    for part in (
        routes,
        desk_routes,
        member_routes,
        admin_routes,
        session_routes,
        session_desk_routes,
        path_routes,
    ):
        app.register_blueprint(part.blueprint)
    app.cli.add_command(cli.training)
    add_topic(TOPIC, "培训班")
    add_menu_entry(
        MenuEntry(
            "admin",
            "培训",
            "training_admin.programmes",
            "calendar",
            10,
            "training.manage",
            "教学",
            _applied,
        )
    )
    add_duty_source(app, class_duties)
    add_record_section(app, attended_sessions)
    add_gate(app, class_gate)
    register_lesson_kind(app, EventKind())
    add_proof(app, "event", "attended", attended_by)
    share(app, "classes", Programme, ProgrammeCourse, TrainingClass, ClassCourse)
    use_class_rules(app, rules_of_classes)
    course_completed.connect(open_next)
    desk.setup()
    assignments.setup(app)


def _applied(_: object) -> int:
    return count_applied()
