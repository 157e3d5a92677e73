"""Programmes, classes and sessions for tests."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from flask import Flask

from sanshi_lms.account import User
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.courses import Course, Lesson
from sanshi_lms.training.classes.actions import (
    ClassValues,
    add_class,
    add_tutor,
    open_class,
    post,
)
from sanshi_lms.training.classes.models import Programme, TrainingClass
from sanshi_lms.training.classes.programmes import ProgrammeValues, add_course, add_programme
from sanshi_lms.training.classes.roster import add_person
from sanshi_lms.training.formkeys import new_key
from sanshi_lms.training.paths.models import Path, PathStep
from sanshi_lms.training.sessions import tokens
from sanshi_lms.training.sessions.actions import SessionValues, add_session
from sanshi_lms.training.sessions.models import OfflineSession
from tests.people import Cast

WHEN = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)
FOREIGN = "他人机密丙丁"


def make_course(slug: str, title: str, hours: str = "0.5", lessons: int = 1) -> Course:
    """Add a published course of texts."""
    course = Course(
        slug=slug,
        title=title,
        summary=title,
        topic="城市更新",
        kind="技能培训",
        credit_hours=Decimal(hours),
        status="published",
        published_at=WHEN,
        created_at=WHEN,
        updated_at=WHEN,
    )
    db.session.add(course)
    db.session.flush()
    for place in range(1, lessons + 1):
        slug = "text" if place == 1 else f"text-{place}"
        lesson = Lesson(
            course_id=course.id, position=place, slug=slug, title=f"{title}的课文",
            kind="reading", minutes=8, body_md="正文", required=True, updated_at=WHEN,
        )  # fmt: skip
        db.session.add(lesson)
    db.session.flush()
    return course


def make_programme(
    title: str = "更新培训",
    *,
    hours: str = "0",
    times: int = 0,
    in_order: bool = False,
    required: tuple[Course, ...] = (),
    elective: tuple[Course, ...] = (),
) -> Programme:
    """Add a programme with these courses."""
    values = ProgrammeValues(title, "", Decimal(hours), times, in_order, Decimal(0))
    programme = add_programme(values, new_key(), WHEN)
    for course in required:
        add_course(programme, course.id, required=True)
    for course in elective:
        add_course(programme, course.id, required=False)
    return programme


def make_class(
    programme: Programme,
    title: str = "春季班",
    *,
    capacity: int = 0,
    approval: bool = False,
    opened: bool = True,
) -> TrainingClass:
    """Add a class of the programme, open unless said otherwise."""
    values = ClassValues(title, "", date(2026, 3, 2), date(2026, 6, 26), capacity, approval, True)
    subject = add_class(programme, values, new_key(), WHEN)
    if opened:
        open_class(subject)
    return subject


def make_session(
    class_id: int | None,
    title: str = "现场观摩",
    *,
    starts: datetime | None = None,
    seats: int = 0,
) -> OfflineSession:
    """Add a session of two hours that begins now, unless said otherwise."""
    begins = starts or now()
    values = SessionValues(title, "二楼会议室", "", begins, begins + timedelta(hours=2), seats)
    return add_session(class_id, values, new_key(), WHEN)


def make_classes(app: Flask, people: Cast) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a class of the cadre's and one of somebody else, for the walks of tests/house."""
    found = []
    cadre, other = people.id("cadre"), people.id("other_cadre")
    with app.app_context(), transaction():
        course = make_course("for-classes", "城市体检")
        db.session.add(
            Path(slug="open", title="入门", audience="居民", summary="从这里开始", position=1,
                 steps=[PathStep(position=1, course_slug="for-classes", why="先学")])
        )  # fmt: skip
        for title, part, user_id in (
            ("自己的班", "cadre", cadre),
            (FOREIGN, "other-cadre", other),
        ):
            programme = make_programme(f"{part}的项目", times=1, required=(course,))
            subject = make_class(programme, title)
            add_tutor(subject, part)
            add_person(subject, part, WHEN)
            author = db.session.get_one(User, user_id)
            notice = post(subject, author, title, new_key(), WHEN)
            subject.joining = part == "cadre"  # what takes people is shown to everybody
            session = make_session(subject.id, title)
            found.append(
                {
                    "programme_id": programme.id,
                    "class_id": subject.id,
                    "post_id": notice.id,
                    "session_id": session.id,
                    "class_code": subject.code,
                    "path_slug": "open",
                    "scan_code": tokens.present_code(session.id, now()),
                    "checkin_token": tokens.issue(session.id, now())[0],
                }
            )
    found[1]["class_code"] = found[0]["class_code"]
    found[1]["scan_code"] = found[0]["scan_code"]
    found[1]["checkin_token"] = found[0]["checkin_token"]
    return found[0], found[1]
