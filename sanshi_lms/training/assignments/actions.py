"""Writes of required training: assign, withdraw, extend, exempt, take in who joins later."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from sanshi_lms.account import User
from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db, insert_missing
from sanshi_lms.core.errors import Refusal
from sanshi_lms.notices import notify
from sanshi_lms.training.assignments import queries
from sanshi_lms.training.assignments.models import (
    AssignedCourse,
    AssignedPerson,
    Assignment,
    ReminderPolicy,
)
from sanshi_lms.training.assignments.rules import Audience, days_words

TOPIC = "training.duty"
MY_DUTIES = "/training/duties"


@dataclass(frozen=True)
class Plan:
    """What an administrator wants to assign. `follows`: whoever fits later is added."""

    title: str
    course_ids: tuple[int, ...]
    due_on: date
    audience: Audience
    follows: bool


def assign(plan: Plan, by: User, form_key: str, at: datetime) -> Assignment:
    """Assign courses and tell everybody whom it hits. The same form twice is one assignment.

    Raises Refusal when it hits nobody.
    """
    known = db.session.scalar(select(Assignment).where(Assignment.form_key == form_key))
    if known is not None:
        return known
    people = queries.people_of(plan.audience)
    if not people:
        raise Refusal("没有人符合这些条件，请换一个范围。")
    fresh = Assignment(
        title=plan.title,
        audience_json=_text(plan.audience),
        follows=plan.follows and plan.audience.has_rule,
        due_on=plan.due_on,
        form_key=form_key,
        created_by_id=by.id,
        created_at=at,
    )
    fresh.courses = [
        AssignedCourse(course_id=course_id, position=place)
        for place, course_id in enumerate(plan.course_ids)
    ]
    try:
        with db.session.begin_nested():
            db.session.add(fresh)
    except IntegrityError:
        # The other click was faster.
        return db.session.scalars(select(Assignment).where(Assignment.form_key == form_key)).one()
    _add_people(fresh, people, at)
    after = {"title": fresh.title, "due_on": str(fresh.due_on), "count": len(people)}
    note("assignments.assign", f"assignment:{fresh.id}", after=after)
    return fresh


def withdraw(assignment: Assignment, reason: str, at: datetime) -> None:
    """Take an assignment back: nobody has to do it any more, nobody is reminded."""
    if assignment.withdrawn_at is not None:
        return
    assignment.withdrawn_at, assignment.withdrawn_reason = at, reason
    note("assignments.withdraw", f"assignment:{assignment.id}", after={"reason": reason})
    people = [person.id for row, person in queries.hit_by([assignment.id]) if not row.exempt_at]
    done = queries.done_by(people, assignment.course_ids)
    notify(
        [number for number in people if number not in done],
        TOPIC,
        f"必修任务已撤回：{assignment.title}",
        f"不用再学了。原因：{reason}",
        MY_DUTIES,
        f"duty:{assignment.id}:withdrawn",
        at,
    )


def extend(
    assignment: Assignment, row: AssignedPerson, due: date, reason: str, at: datetime
) -> None:
    """Give a person until another day. Raises Refusal when it is not later than the present one."""
    present = row.due_on or assignment.due_on
    if due <= present:
        raise Refusal(f"新的截止日期要晚于现在的 {present.month} 月 {present.day} 日。")
    row.due_on, row.due_reason = due, reason
    after = {"person": row.user_id, "until": str(due), "reason": reason}
    note("assignments.extend", f"assignment:{assignment.id}", {"until": str(present)}, after)
    notify(
        [row.user_id],
        TOPIC,
        f"必修任务延期到 {due.month} 月 {due.day} 日：{assignment.title}",
        f"原因：{reason}",
        MY_DUTIES,
        f"duty:{assignment.id}:extended:{due}",
        at,
    )


def exempt(assignment: Assignment, row: AssignedPerson, reason: str, at: datetime) -> None:
    """Let a person off, with the reason."""
    if row.exempt_at is not None:
        return
    row.exempt_at, row.exempt_reason = at, reason
    after = {"person": row.user_id, "reason": reason}
    note("assignments.exempt", f"assignment:{assignment.id}", after=after)
    notify(
        [row.user_id],
        TOPIC,
        f"您已免修：{assignment.title}",
        f"不用再学了。原因：{reason}",
        MY_DUTIES,
        f"duty:{assignment.id}:exempt:{at:%Y%m%d%H%M%S}",
        at,
    )


def end_exemption(assignment: Assignment, row: AssignedPerson) -> None:
    """Ask a person again who was let off."""
    if row.exempt_at is not None:
        note(
            "assignments.end_exemption",
            f"assignment:{assignment.id}",
            before={"person": row.user_id, "reason": row.exempt_reason},
        )
        row.exempt_at, row.exempt_reason = None, ""


def take_in(person: User, at: datetime) -> int:
    """Add a person to every assignment that follows who joins and fits them now."""
    if not person.active:
        return 0
    added = 0
    for assignment in queries.running():
        if assignment.follows and queries.assigned(assignment.id, person.id) is None:
            audience = queries.expand(assignment.audience)
            if audience.fits(person.unit_id, person.role, person.post):
                added += _add_people(assignment, [person], at, later=True)
    return added


def let_go(person: User, at: datetime) -> int:
    """Tell a person who was placed elsewhere what they need not do any more.

    The rows stay: what was learned is kept, and who comes back is asked again.
    """
    ended = [
        one
        for one in queries.running(person.id)
        if one.follows and queries.is_out(queries.expand(one.audience), person)
    ]
    for assignment in ended:
        row = queries.assigned(assignment.id, person.id)
        if (row and row.exempt_at) or queries.done_by([person.id], assignment.course_ids):
            continue
        notify(
            [person.id],
            TOPIC,
            f"不用再学了：{assignment.title}",
            "您已调离这项必修任务要求的范围，不再提醒。已经学的都保留，想学仍可以接着学。",
            MY_DUTIES,
            f"duty:{assignment.id}:left:{at:%Y%m%d%H%M%S}",
            at,
        )
    return len(ended)


def take_in_everybody(at: datetime) -> int:
    """Add whoever came to fit an assignment by other ways than a unit: a role, a registration."""
    added = 0
    for assignment in queries.running():
        if assignment.follows:
            here = {person.id for _, person in queries.hit_by([assignment.id])}
            fresh = [p for p in queries.people_of(assignment.audience) if p.id not in here]
            added += _add_people(assignment, fresh, at, later=True) if fresh else 0
    return added


def save_policy(row: ReminderPolicy, values: dict[str, int | str]) -> None:
    """Change the ladder."""
    before = {name: getattr(row, name) for name in values}
    for name, value in values.items():
        setattr(row, name, value)
    if before != values:
        note("assignments.save_policy", "assignment:all", before, values)


def _add_people(
    assignment: Assignment, people: Sequence[User], at: datetime, *, later: bool = False
) -> int:
    """Hit people with an assignment and tell those who have not done it already.

    Whoever is added `later` has some days, however near the deadline is.
    """
    least = queries.local_today(at) + timedelta(days=queries.policy_row().join_days)
    own = least if later and least > assignment.due_on else None
    for person in people:
        insert_missing(
            AssignedPerson,
            assignment_id=assignment.id,
            user_id=person.id,
            added_at=at,
            due_on=own,
            due_reason="后来加入" if own else "",
            exempt_reason="",
        )
    ids = {person.id for person in people}
    due = own or assignment.due_on
    words = days_words(due, queries.local_today(at))
    notify(
        ids - queries.done_by(ids, assignment.course_ids),
        TOPIC,
        f"新的必修任务：{assignment.title}",
        f"请在 {due.year} 年 {due.month} 月 {due.day} 日前学完（{words}）。",
        MY_DUTIES,
        f"duty:{assignment.id}:assigned",
        at,
    )
    return len(people)


def _text(audience: Audience) -> str:
    names = ("unit_ids", "roles", "posts", "user_ids")
    return json.dumps({name: sorted(getattr(audience, name)) for name in names})
