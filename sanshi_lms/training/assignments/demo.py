"""An invented assignment for the demo."""

from datetime import timedelta

from sanshi_lms.account import find_person, find_units
from sanshi_lms.core.clock import now
from sanshi_lms.training.assignments import queries
from sanshi_lms.training.assignments.actions import Plan, assign
from sanshi_lms.training.assignments.rules import Audience

DAYS = 10
_FORM_KEY = "demo0000000000000000000000000001"


def load_assignment() -> bool:
    """Assign the first two courses to the demo's communities. Returns whether it could."""
    admin, units = find_person("admin"), find_units("示范街道")
    courses = queries.published_courses()[:2]
    if admin is None or not units or not courses:
        return False
    moment = now()
    plan = Plan(
        title="社区干部上岗必修（演示）",
        course_ids=tuple(course.id for course in courses),
        due_on=queries.local_today(moment) + timedelta(days=DAYS),
        audience=Audience(unit_ids=frozenset({units[0].id}), roles=frozenset({"cadre"})),
        follows=True,
    )
    assign(plan, admin, _FORM_KEY, moment)
    return True
