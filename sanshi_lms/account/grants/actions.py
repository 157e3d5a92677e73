"""Writes of duties: give one, end one."""

from datetime import datetime

from sqlalchemy import select

from sanshi_lms.account.grants.queries import permissions_over
from sanshi_lms.account.grants.rules import EVERYTHING_ZH, grant_problem
from sanshi_lms.account.models import Grant, Unit, User
from sanshi_lms.account.rules import DUTIES, Held, held_short
from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal


def give(person: User, duty: str, unit: Unit | None, *, by: User | None, at: datetime) -> Grant:
    """Give a person a duty over a unit and all below it, or over everything.

    `by` None is the command line. Raises Refusal when the giver does not hold it there, or the
    person has it already.
    """
    number = unit.id if unit else None
    if by is not None:
        covered = permissions_over(by, number)
        problem = grant_problem(duty, covered=covered, everywhere=unit is None)
        if problem:
            raise Refusal(problem)
    if not person.active:
        raise Refusal("这个账号已经停用，不能再安排职责。")
    _hold(person)
    if any(one.duty == duty and one.unit_id == number for one in _open(person)):
        raise Refusal("已经有这项职责了。")
    grant = Grant(
        user_id=person.id,
        duty=duty,
        unit_id=number,
        granted_at=at,
        granted_by_id=by.id if by else None,
    )
    db.session.add(grant)
    _write_down(person)
    note("account.give_duty", f"user:{person.id}", after=_facts(grant, unit))
    return grant


def end(grant: Grant, *, by: User | None, at: datetime) -> None:
    """End a duty at once; ended twice it ends once. Raises Refusal when it is not theirs to end."""
    if by is not None and not DUTIES[grant.duty].permissions <= permissions_over(by, grant.unit_id):
        raise Refusal("这项职责是上级安排的，请联系上级管理员。")
    person = db.session.get_one(User, grant.user_id)
    _hold(person)
    db.session.refresh(grant)
    if grant.ended_at is not None:
        return
    grant.ended_at, grant.ended_by_id = at, by.id if by else None
    _write_down(person)
    unit = db.session.get(Unit, grant.unit_id) if grant.unit_id else None
    note("account.end_duty", f"user:{person.id}", before=_facts(grant, unit))


def end_all(user_id: int, at: datetime) -> None:
    """End all duties of a person who leaves."""
    person = db.session.get_one(User, user_id)
    for grant in _open(person):
        grant.ended_at = at
    _write_down(person)


def _hold(person: User) -> None:
    # Two who give at once would each write down only their own: the second waits for the first.
    db.session.execute(select(User.id).where(User.id == person.id).with_for_update())


def _open(person: User) -> list[Grant]:
    query = select(Grant).where(Grant.user_id == person.id, Grant.ended_at.is_(None))
    return list(db.session.scalars(query.order_by(Grant.id)))


def _write_down(person: User) -> None:
    db.session.flush()
    person.duties = held_short({Held(one.duty, one.unit_id) for one in _open(person)})
    db.session.flush()


def _facts(grant: Grant, unit: Unit | None) -> dict[str, object]:
    return {"duty": grant.duty, "over": unit.name if unit else EVERYTHING_ZH}
