"""A street with a community, two cadres in it, a leader, and courses that can be assigned."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from flask import Flask
from sqlalchemy import select

from sanshi_lms.account import User, add_leader, add_unit, place_person
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.courses import Course, Lesson
from sanshi_lms.learning.models import Enrolment
from sanshi_lms.notices import Notice
from sanshi_lms.training.assignments.actions import Plan, assign
from sanshi_lms.training.assignments.models import Assignment
from sanshi_lms.training.assignments.rules import Audience
from tests.people import Cast

START = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)  # a Monday, ten in the morning in Chongqing
DUE = date(2026, 11, 30)


@dataclass
class Street:
    """Ids of the small world."""

    app: Flask
    people: Cast
    street: int
    community: int
    courses: tuple[int, int]

    def assign(self, **changes: object) -> int:
        """Assign the first course to the street; returns the assignment's id."""
        values: dict[str, object] = {
            "title": "消防必修",
            "course_ids": self.courses[:1],
            "due_on": DUE,
            "audience": Audience(unit_ids=frozenset({self.street})),
            "follows": True,
            **changes,
        }
        with self.app.app_context(), transaction():
            by = db.session.get_one(User, self.people.id("admin"))
            key = f"{self.assigned():032x}"
            return assign(Plan(**values), by, key, START).id  # type: ignore[arg-type]  # as Plan

    def assigned(self) -> int:
        """Return how many assignments there are."""
        return len(db.session.scalars(select(Assignment.id)).all())

    def complete(self, part: str, course: int = 0, at: datetime = START) -> None:
        """Let a person have completed a course."""
        with self.app.app_context(), transaction() as session:
            session.add(
                Enrolment(
                    user_id=self.people.id(part),
                    course_id=self.courses[course],
                    enrolled_at=at,
                    active_at=at,
                    completed_at=at,
                )
            )

    def titles(self, part: str) -> list[str]:
        """Return the titles of somebody's messages, the oldest first."""
        with self.app.app_context():
            mine = select(Notice.title).where(Notice.user_id == self.people.id(part))
            return list(db.session.scalars(mine.order_by(Notice.id)))


def settle(app: Flask, people: Cast) -> Street:
    """Put the street into the database."""
    for part in ("admin", "author", "cadre", "other_cadre", "pro", "resident"):
        people.id(part)
    with app.app_context(), transaction():
        street = add_unit("街镇", "石油路街道")
        community = add_unit("社区", "石油路社区", street)
        for part, post in (("cadre", "网格员"), ("other_cadre", "社区书记")):
            place_person(db.session.get_one(User, people.id(part)), community, post)
        add_leader(street, "author")
        courses = tuple(
            _course(slug, title) for slug, title in (("fire", "消防"), ("lift", "电梯"))
        )
        return Street(app, people, street.id, community.id, courses)  # type: ignore[arg-type]  # two


def _course(slug: str, title: str) -> int:
    moment = now() - timedelta(days=1)
    course = Course(
        slug=slug, title=title, topic="城市更新", kind="技能培训", credit_hours=Decimal("0.5"),
        status="published", published_at=moment, created_at=moment, updated_at=moment,
    )  # fmt: skip
    db.session.add(course)
    db.session.flush()
    db.session.add(
        Lesson(
            course_id=course.id,
            position=1,
            slug="read",
            title=f"{title}怎么做",
            kind="reading",
            minutes=5,
            body_md="先看通道。",
            updated_at=moment,
        )
    )
    return course.id
