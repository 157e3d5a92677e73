"""Writes of units, posts, leaders, and of where a person belongs."""

from blinker import signal
from sqlalchemy import select

from sanshi_lms.account.models import Post, Unit, UnitLeader, User
from sanshi_lms.account.queries import find_person
from sanshi_lms.account.units.rules import level_problem, name_problem, would_be_ring
from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db, insert_missing
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.reach import EVERYTHING, Reach
from sanshi_lms.core.refusing import taken_means

# Sent in the transaction in which somebody comes to a unit or leaves it: user_id, unit_id.
person_placed = signal("account.person_placed")
_TAKEN = "这个上级下面已经有同名的单位，或者编号被别的单位用了。"


def add_unit(kind: str, name: str, parent: Unit | None = None, code: str | None = None) -> Unit:
    """Add a unit. Raises Refusal when it cannot stand there or is there already."""
    name = name.strip()
    problem = name_problem(name) or level_problem(kind, parent.kind if parent else None)
    if problem:
        raise Refusal(problem)
    unit = Unit(kind=kind, name=name, parent_id=parent.id if parent else None, code=code or None)
    unit.active = True
    with taken_means(_TAKEN):
        db.session.add(unit)
    note("account.add_unit", f"unit:{unit.id}", after={"name": name, "unit_kind": kind})
    return unit


def change_unit(
    unit: Unit, name: str, code: str | None, parent: Unit | None, *, active: bool
) -> None:
    """Rename a unit, move it with all below it, or let nobody join it any more.

    Raises Refusal when it cannot stand there.
    """
    parents = {row[0]: row[1] for row in db.session.execute(select(Unit.id, Unit.parent_id))}
    parent_id = parent.id if parent else None
    if would_be_ring(unit.id, parent_id, parents):
        raise Refusal("不能把单位放到它自己或它的下级下面，请重新选择上级单位。")
    problem = name_problem(name.strip()) or level_problem(
        unit.kind, parent.kind if parent else None
    )
    if problem:
        raise Refusal(problem)
    before = _facts(unit)
    with taken_means(_TAKEN):
        unit.name, unit.code, unit.active = name.strip(), code or None, active
        unit.parent_id = parent_id
    if before != _facts(unit):
        note("account.change_unit", f"unit:{unit.id}", before, _facts(unit))


def add_leader(unit: Unit, username: str, reach: Reach = EVERYTHING) -> User:
    """Let a person answer for a unit's people.

    Raises Refusal when there is no such account, or none within reach.
    """
    person = find_person(username)
    if person is None or not person.active or not reach.covers(person.unit_id):
        raise Refusal("没有这个账号。请先让对方注册，或者检查账号有没有抄错。")
    if db.session.get(UnitLeader, (unit.id, person.id)) is None:
        insert_missing(UnitLeader, unit_id=unit.id, user_id=person.id)
        note("account.add_leader", f"unit:{unit.id}", after={"display_name": person.display_name})
    return person


def remove_leader(unit: Unit, person_id: int) -> None:
    """Let a person no longer answer for a unit's people."""
    leader = db.session.get(UnitLeader, (unit.id, person_id))
    if leader is not None:
        db.session.delete(leader)
        note("account.remove_leader", f"unit:{unit.id}", before={"person": person_id})


def place_person(person: User, unit: Unit | None, post: str) -> None:
    """Confirm where a person belongs and what their post is."""
    before = {"unit_id": person.unit_id, "post": person.post}
    person.unit_id, person.post = unit.id if unit else None, post
    after = {"unit_id": person.unit_id, "post": person.post}
    if before != after:
        db.session.flush()
        note("account.place_person", f"user:{person.id}", before, after)
        person_placed.send(user_id=person.id, unit_id=person.unit_id)


def add_post(name: str) -> Post:
    """Add an entry to the list of posts. Raises Refusal when it is there already."""
    post = Post(name=name.strip())
    with taken_means("列表里已经有这个岗位。"):
        db.session.add(post)
    note("account.add_post", f"post:{post.id}", after={"name": post.name})
    return post


def remove_post(post: Post) -> None:
    """Take a post off the list. Whoever holds it keeps it."""
    note("account.remove_post", f"post:{post.id}", before={"name": post.name})
    db.session.delete(post)


def _facts(unit: Unit) -> dict[str, object]:
    return {
        "name": unit.name,
        "code": unit.code,
        "parent_id": unit.parent_id,
        "active": unit.active,
    }
