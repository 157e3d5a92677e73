"""A city of two districts; whoever is outside 渝中区 carries a mark that no report may show."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sanshi_lms.account import Unit, User, add_unit
from sanshi_lms.account.grants.actions import give
from sanshi_lms.core.db import db, transaction
from sanshi_lms.courses import Lesson, get_lesson, lessons_of
from sanshi_lms.learning.actions import complete_lesson, enrol
from sanshi_lms.learning.models import WatchRecord
from tests.people import Cast
from tests.training.making import make_class, make_course, make_programme

OUTSIDE = "他区机密戊己"
START = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@dataclass
class City:
    """Ids of the small world. `inside` is the reach of an administrator of 渝中区."""

    app: Flask
    people: Cast
    units: dict[str, int] = field(default_factory=dict)
    courses: dict[str, int] = field(default_factory=dict)
    persons: dict[str, int] = field(default_factory=dict)
    class_id: int = 0

    @property
    def inside(self) -> frozenset[int]:
        return frozenset({self.units["渝中区"], self.units["石油路街道"]})

    def learn(self, name: str, course: str, lessons: int = 0, at: datetime = START) -> None:
        """Enrol somebody and complete so many lessons; needs a transaction around it."""
        user_id, course_id = self.persons[name], self.courses[course]
        enrol(user_id, course_id, at)
        for lesson in lessons_of(course_id)[:lessons]:
            found = get_lesson(lesson.id)
            assert found is not None
            complete_lesson(user_id, found, "read", at + timedelta(days=1))

    def watch(self, name: str, stretches: str, seconds: int = 600) -> int:
        """Let somebody have seen stretches (in ms) of the first lesson of 消防, as a lecture."""
        lesson = lessons_of(self.courses["消防"])[0]
        db.session.get_one(Lesson, lesson.id).kind = "video"
        db.session.add(
            WatchRecord(
                user_id=self.persons[name],
                lesson_id=lesson.id,
                stretches=stretches,
                seen_ms=1,
                duration_ms=seconds * 1000,
                position_ms=0,
                updated_at=START,
            )
        )
        return lesson.id


def person(name: str, unit_id: int | None, role: str, post: str = "") -> int:
    """Add somebody; needs a transaction around it."""
    count = db.session.query(User).count()
    found = User(
        username=f"p{count:04d}", display_name=name, role=role, unit_id=unit_id, post=post,
        password_hash="-", session_mark="-", created_at=START, active=True,
    )  # fmt: skip
    db.session.add(found)
    db.session.flush()
    return found.id


def build(city: City) -> None:
    """Fill the database; needs a transaction around it."""
    top = add_unit("市", "重庆市")
    for name, kind, parent in (
        ("渝中区", "区县", None), ("南岸区", "区县", None), ("石油路街道", "街镇", "渝中区"),
    ):  # fmt: skip
        below = top if parent is None else db.session.get_one(type(top), city.units[parent])
        city.units[name] = add_unit(kind, name, below).id
    city.units["重庆市"] = top.id
    for name, unit, role, post in (
        ("=王小明", "石油路街道", "cadre", "网格员"), ("李秀英", "渝中区", "cadre", "主任"),
        ("刘建国", "石油路街道", "pro", ""), (f"{OUTSIDE}甲", "南岸区", "cadre", "网格员"),
        (f"{OUTSIDE}乙", None, "pro", "独有岗位"),
    ):  # fmt: skip
        city.persons[name] = person(name, city.units[unit] if unit else None, role, post)
    fire, lift = make_course("fire", "消防", lessons=4), make_course("lift", "加装电梯")
    city.courses = {"消防": fire.id, "加装电梯": lift.id}
    programme = make_programme("更新培训", required=(fire, lift))
    city.class_id = make_class(programme, "春季班").id
    city.learn("=王小明", "消防", 4)
    city.learn("李秀英", "消防", 1)
    for name in (f"{OUTSIDE}甲", f"{OUTSIDE}乙"):
        city.learn(name, "消防", 4)
        city.learn(name, "加装电梯", 1)


@pytest.fixture
def city(app: Flask, people: Cast) -> City:
    """The city, with some learning in it."""
    made = City(app, people)
    with app.app_context(), transaction():
        build(made)
    return made


@pytest.fixture
def desk(city: City) -> FlaskClient:
    """An administrator's browser."""
    return city.people.client("admin")


@pytest.fixture
def bounded(city: City) -> frozenset[int]:
    """Whoever reads reports here administers 渝中区 alone."""
    numbers = [city.people.id(part) for part in ("admin", "other_admin")]
    with city.app.app_context(), transaction():
        for number in numbers:
            reader = db.session.get_one(User, number)
            reader.role = "cadre"
            unit = db.session.get_one(Unit, city.units["渝中区"])
            give(reader, "unit_admin", unit, by=None, at=START)
    return city.inside
