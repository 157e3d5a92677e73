"""Writes of classes: made from a programme, opened, closed, run again next year."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select

from sanshi_lms.account import User, find_person
from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db, insert_missing
from sanshi_lms.core.errors import Refusal
from sanshi_lms.training.classes.models import (
    HOLDS_SEAT,
    ClassCourse,
    Post,
    Programme,
    TrainingClass,
    Tutor,
)
from sanshi_lms.training.classes.queries import members
from sanshi_lms.training.classes.roster import locked, promote
from sanshi_lms.training.formkeys import add_once
from sanshi_lms.training.sessions.actions import copy_sessions
from sanshi_lms.training.telling import tell

# As people read them aloud and type them: no 0, O, 1, I, L.
_CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 6
_TRIES = 20


@dataclass(frozen=True)
class ClassValues:
    """What a class says of itself. `capacity` 0 is no limit."""

    title: str
    about: str
    starts_on: date
    ends_on: date
    capacity: int
    approval: bool
    joining: bool
    learning_rule_id: int | None = None


def add_class(
    programme: Programme,
    values: ClassValues,
    form_key: str,
    moment: datetime,
    *,
    unit_id: int | None = None,
    invented: bool = False,
) -> TrainingClass:
    """Make a class of a programme, as a draft that its tutors and administrators see."""
    row = TrainingClass(
        programme_id=programme.id,
        unit_id=unit_id,
        code=_free_code(),
        status="draft",
        form_key=form_key,
        created_at=moment,
        invented=invented,
        **asdict(values),
    )
    _copy_rule(row, programme)
    made, fresh = add_once(row, "没有建成，请再试一次。")
    if fresh:
        _copy_courses(made, programme)
        note("training.add_class", f"class:{made.id}", after=_told(values))
    return made


def change_class(subject: TrainingClass, values: ClassValues, moment: datetime) -> None:
    """Change a class. More seats let the waiting list move up at once."""
    subject = locked(subject.id)
    taken = len(members(subject.id))
    if values.capacity and values.capacity < taken:
        raise Refusal(f"班里已经有 {taken} 人，名额不能少于 {taken}。")
    before = {name: getattr(subject, name) for name in asdict(values)}
    for name, value in asdict(values).items():
        setattr(subject, name, value)
    if before != asdict(values):
        note("training.change_class", f"class:{subject.id}", before, _told(values))
    promote(subject, moment)


def refresh_plan(subject: TrainingClass) -> None:
    """Take courses and rule from the programme as it is now; days that were set stay."""
    days = {row.course_id: row.due_on for row in subject.courses}
    subject.courses.clear()
    db.session.flush()
    _copy_rule(subject, subject.programme)
    _copy_courses(subject, subject.programme, days)
    note("training.refresh_plan", f"class:{subject.id}")


def set_due_days(subject: TrainingClass, days: Mapping[int, date | None]) -> None:
    """Say by which day each course should be done."""
    for row in subject.courses:
        if row.course_id in days:
            row.due_on = days[row.course_id]
    note("training.set_due_days", f"class:{subject.id}")


def open_class(subject: TrainingClass) -> None:
    """Let people see and join a class. Raises Refusal while nobody could graduate."""
    if subject.status == "open":
        return
    asks = (
        any(row.required for row in subject.courses)
        or subject.elective_hours > 0
        or subject.attend_times > 0
    )
    if not asks:
        raise Refusal("培训项目还没有必修课，也没有写结业条件，请先补上，再点“按培训项目更新”。")
    before, subject.status = subject.status, "open"
    note("training.open_class", f"class:{subject.id}", {"status": before}, {"status": "open"})


def close_class(subject: TrainingClass) -> None:
    """End a class: nobody joins any more; records and certificates stay."""
    if subject.status == "closed":
        return
    before, subject.status = subject.status, "closed"
    note("training.close_class", f"class:{subject.id}", {"status": before}, {"status": "closed"})


def add_tutor(subject: TrainingClass, username: str) -> User:
    """Let a person run the class. Raises Refusal when there is no such account."""
    person = find_person(username)
    if person is None or not person.active:
        raise Refusal("没有这个账号。请先让对方注册，或者检查账号有没有抄错。")
    insert_missing(Tutor, class_id=subject.id, user_id=person.id)
    note("training.add_tutor", f"class:{subject.id}", after={"person": person.display_name})
    return person


def drop_tutor(subject: TrainingClass, user_id: int) -> None:
    """Take the class out of a person's hands."""
    own = (Tutor.class_id == subject.id) & (Tutor.user_id == user_id)
    db.session.execute(delete(Tutor).where(own))
    note("training.drop_tutor", f"class:{subject.id}", before={"user": user_id})


def post(subject: TrainingClass, author: User, text: str, form_key: str, moment: datetime) -> Post:
    """Put a notice on the board and tell everybody in the class."""
    row = Post(class_id=subject.id, author_id=author.id, text=text, form_key=form_key, at=moment)
    made, fresh = add_once(row)
    if fresh:
        note("training.post", f"class:{subject.id}")
        people = [member.user_id for member in members(subject.id, HOLDS_SEAT)]
        title = f"“{subject.title}”有新公告"
        tell(people, title, text[:200], f"/training/classes/{subject.id}", f"post:{made.id}")
    return made


def drop_post(subject: TrainingClass, post_id: int) -> None:
    """Take a notice off the board."""
    own = (Post.class_id == subject.id) & (Post.id == post_id)
    db.session.execute(delete(Post).where(own))
    note("training.drop_post", f"class:{subject.id}", before={"post": post_id})


def run_again(
    subject: TrainingClass, title: str, starts_on: date, form_key: str, moment: datetime
) -> TrainingClass:
    """Make the class anew with all days shifted; tutors come along, the roster does not."""
    shift = starts_on - subject.starts_on
    row = TrainingClass(
        programme_id=subject.programme_id,
        unit_id=subject.unit_id,
        title=title,
        code=_free_code(),
        about=subject.about,
        starts_on=starts_on,
        ends_on=subject.ends_on + shift,
        capacity=subject.capacity,
        approval=subject.approval,
        joining=True,
        status="draft",
        elective_hours=subject.elective_hours,
        attend_times=subject.attend_times,
        in_order=subject.in_order,
        credit_hours=subject.credit_hours,
        learning_rule_id=subject.learning_rule_id,
        rerun_of_id=subject.id,
        form_key=form_key,
        created_at=moment,
        invented=subject.invented,
    )
    made, fresh = add_once(row, "没有建成，请再试一次。")
    if not fresh:
        return made
    for old in subject.courses:
        made.courses.append(
            ClassCourse(
                course_id=old.course_id,
                required=old.required,
                position=old.position,
                needs_json=old.needs_json,
                due_on=old.due_on + shift if old.due_on else None,
            )
        )
    for user_id in db.session.scalars(select(Tutor.user_id).where(Tutor.class_id == subject.id)):
        db.session.add(Tutor(class_id=made.id, user_id=user_id))
    db.session.flush()
    copy_sessions(subject.id, made.id, shift, moment)
    note("training.run_again", f"class:{made.id}", after={"title": title, "from": subject.id})
    return made


def shifted_end(subject: TrainingClass, starts_on: date) -> date:
    """Return when the class would end if it began on `starts_on`."""
    return subject.ends_on + (starts_on - subject.starts_on)


def next_year(day: date) -> date:
    """Return the same weekday a year later: 52 weeks, so that Saturday classes stay on Saturday."""
    return day + timedelta(weeks=52)


def _copy_rule(row: TrainingClass, programme: Programme) -> None:
    row.elective_hours, row.attend_times = programme.elective_hours, programme.attend_times
    row.in_order, row.credit_hours = programme.in_order, programme.credit_hours


def _copy_courses(
    row: TrainingClass, programme: Programme, days: Mapping[int, date | None] | None = None
) -> None:
    for one in programme.courses:
        row.courses.append(
            ClassCourse(
                course_id=one.course_id,
                required=one.required,
                position=one.position,
                needs_json=json.dumps(one.needs),
                due_on=(days or {}).get(one.course_id),
            )
        )
    db.session.flush()


def _told(values: ClassValues) -> dict[str, object]:
    return {name: str(value) for name, value in asdict(values).items() if name != "about"}


def _free_code() -> str:
    for _ in range(_TRIES):
        code = "".join(secrets.choice(_CODE_LETTERS) for _ in range(CODE_LENGTH))
        known = select(TrainingClass.id).where(TrainingClass.code == code)
        if db.session.scalar(known) is None:
            return code
    raise Refusal("没有找到空的编号，请再试一次。")
