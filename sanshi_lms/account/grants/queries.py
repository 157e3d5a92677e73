"""Reads of duties: over which units somebody may do what, who is within reach."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, or_, select, true

from sanshi_lms.account.grants.rules import EVERYTHING_ZH, handling_problem
from sanshi_lms.account.models import Grant, Membership, Unit, User
from sanshi_lms.account.rules import DUTIES, ROLES
from sanshi_lms.account.units.queries import units_above, units_below
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.reach import EVERYTHING, Reach


@dataclass(frozen=True)
class Given:
    """A duty with its words: what, over what, by whom."""

    grant: Grant
    label: str
    over: str
    by: str


def reach_of(person: User, permission: str) -> Reach:
    """Return over which units a person holds a permission; over none: no units."""
    if person.may(permission):
        return EVERYTHING
    units: set[int] = set()
    for number in person.held_at(permission) if person.active else ():
        if number is not None and number not in units:
            units |= units_below(number)
    return Reach(frozenset(units))


def within(reach: Reach) -> ColumnElement[bool]:
    """Tell, inside a statement over User, whether a person belongs to a unit within reach.

    Whoever works in a unit besides their own belongs to both.
    """
    if reach.units is None:
        return true()
    besides = exists().where(
        Membership.user_id == User.id,
        Membership.ended_at.is_(None),
        Membership.unit_id.in_(reach.units),
    )
    return or_(User.unit_id.in_(reach.units), besides)


def may_over(person: User, permission: str, subject_id: int) -> bool:
    """Tell whether a person holds a permission over another one."""
    if person.may(permission):
        return True
    if not person.may_somewhere(permission):
        return False
    return person_within(reach_of(person, permission), subject_id) is not None


def person_within(reach: Reach, person_id: int) -> User | None:
    """Return a person if they are within reach."""
    return db.session.scalar(select(User).where(User.id == person_id, within(reach)))


def handling_problem_of(person: User, reach: Reach) -> str | None:
    """Return why an administrator with this reach may not change an account, or None."""
    if reach.units is None:
        return None
    if not reach.covers(person.unit_id):
        return "这个人只是在您的单位兼任，请联系他自己单位的管理员来修改。"
    return handling_problem(person.role, person.duties, covered=reach.units)


def refuse_to_handle(person: User, reach: Reach) -> None:
    """Raise Refusal when an administrator with this reach may not change an account."""
    problem = handling_problem_of(person, reach)
    if problem:
        raise Refusal(problem)


def unit_within(reach: Reach, unit_id: int) -> Unit | None:
    """Return a unit if it is within reach."""
    return db.session.get(Unit, unit_id) if reach.covers(unit_id) else None


def people_who_may_over(permission: str, unit_id: int | None) -> set[int]:
    """Return the active people who hold a permission over a unit, or over everything."""
    roles = [role.name for role in ROLES.values() if permission in role.permissions]
    above = set(units_above(unit_id)) if unit_id else set()
    query = select(User).where(or_(User.role.in_(roles), User.duties != ""), User.active)
    return {
        one.id
        for one in db.session.scalars(query)
        if one.may(permission) or above & one.held_at(permission)
    }


def permissions_over(person: User, unit_id: int | None) -> set[str]:
    """Return which permissions of duties a person holds over a unit; None: over everything."""
    asked = {name for duty in DUTIES.values() for name in duty.permissions}
    return {name for name in asked if reach_of(person, name).covers(unit_id)}


def grants_of(user_id: int) -> Sequence[Given]:
    """Return the duties of a person, those that last first, then the one that ended last."""
    query = (
        select(Grant, Unit.name, User.display_name)
        .outerjoin(Unit, Unit.id == Grant.unit_id)
        .outerjoin(User, User.id == Grant.granted_by_id)
        .where(Grant.user_id == user_id)
        .order_by(Grant.ended_at.is_not(None), Grant.ended_at.desc(), Grant.id)
    )
    return [_given(*row) for row in db.session.execute(query)]


def grants_at(unit_id: int) -> Sequence[tuple[Grant, User]]:
    """Return who holds a duty at this very unit now."""
    query = (
        select(Grant, User)
        .join(User, User.id == Grant.user_id)
        .where(Grant.unit_id == unit_id, Grant.ended_at.is_(None), User.active)
        .order_by(Grant.duty, User.display_name, Grant.id)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def _given(grant: Grant, unit: str | None, by: str | None) -> Given:
    return Given(grant, DUTIES[grant.duty].label, unit or EVERYTHING_ZH, by or "")
