"""Reads of the record of learning: one person's, over the years, in a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from sanshi_lms.account import User, unit_paths
from sanshi_lms.core.clock import local
from sanshi_lms.core.db import db
from sanshi_lms.courses import courses_by_id
from sanshi_lms.credentials import (
    CATEGORIES,
    Certificate,
    balance,
    certificates_of,
    years_of,
)
from sanshi_lms.learning.archive.rules import Event, RecordSection, events_section, hours_section
from sanshi_lms.learning.archive.sections import sections_of
from sanshi_lms.learning.models import Enrolment
from sanshi_lms.quizzes import results_of

GONE = "已下架的课程"


@dataclass(frozen=True)
class Record:
    """The record of one person. `year` None: of all years; `years`: those that can be chosen."""

    holder: str
    belongs_to: str
    year: int | None
    years: tuple[int, ...]
    made_at: datetime
    sections: tuple[RecordSection, ...]

    @property
    def span(self) -> str:
        """The years that it is about, in words."""
        return "历年" if self.year is None else f"{self.year} 年"


def record_of(person: User, year: int | None, at: datetime) -> Record:
    """Return the record of a person, of one year or of all."""
    certificates = certificates_of(person.id)
    courses = _courses(person.id, certificates)
    tests = [
        Event(
            local(one.handed_in_at).date(),
            one.title,
            f"{one.percent} 分，{'通过' if one.passed else '没有通过'}",
        )
        for one in results_of(person.id)
    ]
    awards = [Event(local(one.issued_at).date(), one.title, _number(one)) for one in certificates]
    with_hours = years_of(person.id)
    hours = {y: balance(person.id, y) for y in with_hours if year in {None, y}}
    known = {*with_hours, *(event.day.year for event in (*courses, *tests, *awards))}
    known.add(local(at).year)
    return Record(
        holder=person.display_name,
        belongs_to=_belongs_to(person),
        year=year,
        years=tuple(sorted(known, reverse=True)),
        made_at=at,
        sections=(
            hours_section(hours, CATEGORIES),
            events_section("学完的课程", ("日期", "课程"), courses, "门", year),
            events_section("测验", ("日期", "测验", "成绩"), tests, "次", year),
            events_section("证书", ("日期", "证书", "编号"), awards, "张", year),
            *sections_of(person.id, year),
        ),
    )


def _courses(user_id: int, certificates: Sequence[Certificate]) -> list[Event]:
    """Return the completed courses. What is not shown now keeps its certificate's name."""
    mine = (Enrolment.user_id == user_id) & Enrolment.completed_at.is_not(None)
    rows = db.session.execute(select(Enrolment.course_id, Enrolment.completed_at).where(mine)).all()
    courses = courses_by_id([course_id for course_id, _ in rows])
    named = {one.source_ref: one.title for one in certificates}
    return [
        Event(
            local(completed_at).date(),
            courses[course_id].title
            if course_id in courses
            else named.get(f"course:{course_id}:user:{user_id}", GONE),
        )
        for course_id, completed_at in rows
        if completed_at is not None
    ]


def _number(certificate: Certificate) -> str:
    return certificate.number + ("（已撤销）" if certificate.revoked_at else "")


def _belongs_to(person: User) -> str:
    own = unit_paths().get(person.unit_id) if person.unit_id else None
    return own or person.organisation
