"""Reads of units, their people, their leaders."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from sanshi_lms.account.models import Post, Unit, UnitLeader, User
from sanshi_lms.account.units.rules import SEPARATOR, path_of
from sanshi_lms.core.db import db
from sanshi_lms.core.reach import EVERYTHING, Reach

MOST_IDS = 500


@dataclass(frozen=True)
class Branch:
    """A unit in the tree: how deep it stands, how many people and units it has itself."""

    unit: Unit
    depth: int
    people: int
    below: int


def units_below(unit_id: int) -> set[int]:
    """Return the ids of a unit and of all below it, at any depth; empty if there is no such."""
    tree = select(Unit.id).where(Unit.id == unit_id).cte(recursive=True)
    tree = tree.union(select(Unit.id).join(tree, Unit.parent_id == tree.c.id))
    return set(db.session.scalars(select(tree.c.id)))


def units_above(unit_id: int) -> list[int]:
    """Return the ids from a unit up to its root, the unit itself first."""
    parents = {row[0]: row[1] for row in db.session.execute(select(Unit.id, Unit.parent_id))}
    found: list[int] = []
    here: int | None = unit_id
    while here is not None and here in parents and here not in found:
        found.append(here)
        here = parents[here]
    return found


def unit_path(unit: Unit) -> str:
    """Return where a unit stands: 重庆市 / 渝中区 / 石油路街道. For many, ask `unit_paths`."""
    return unit_paths()[unit.id]


def unit_paths() -> dict[int, str]:
    """Return the path of every unit, in one query."""
    columns = select(Unit.id, Unit.parent_id, Unit.name)
    units = {row[0]: (row[1], row[2]) for row in db.session.execute(columns)}
    return {number: path_of(number, units) for number in units}


def people_in(
    unit_ids: Iterable[int],
    roles: Collection[str] | None = None,
    posts: Collection[str] | None = None,
) -> list[User]:
    """Return the active people who belong to these very units, by name.

    Take `units_below` for those below too. `roles` and `posts` narrow; None does not.
    """
    found: list[User] = []
    wanted = sorted(set(unit_ids))
    for start in range(0, len(wanted), MOST_IDS):
        some = wanted[start : start + MOST_IDS]
        query = select(User).where(User.unit_id.in_(some), User.active)
        if roles is not None:
            query = query.where(User.role.in_(roles))
        if posts is not None:
            query = query.where(User.post.in_(posts))
        found += db.session.scalars(query).all()
    return sorted(found, key=lambda person: (person.display_name, person.id))


def unit_leaders(unit_id: int) -> list[User]:
    """Return who answers for a unit's people: its active leaders, else the nearest above it."""
    above = units_above(unit_id)
    query = (
        select(UnitLeader.unit_id, User)
        .join(User, User.id == UnitLeader.user_id)
        .where(UnitLeader.unit_id.in_(above), User.active)
        .order_by(User.display_name, User.id)
    )
    rows = [(row[0], row[1]) for row in db.session.execute(query)]
    for number in above:
        here = [person for place, person in rows if place == number]
        if here:
            return here
    return []


def own_leaders(unit_id: int) -> Sequence[User]:
    """Return the leaders entered at this very unit, active or not."""
    query = select(User).join(UnitLeader, UnitLeader.user_id == User.id)
    return db.session.scalars(
        query.where(UnitLeader.unit_id == unit_id).order_by(User.display_name, User.id)
    ).all()


def led_units(user_id: int) -> set[int]:
    """Return the ids of all units whose people somebody answers for, those below included."""
    found: set[int] = set()
    for number in db.session.scalars(
        select(UnitLeader.unit_id).where(UnitLeader.user_id == user_id)
    ):
        if number not in found:
            found |= units_below(number)
    return found


def tree(under: int | None = None, reach: Reach = EVERYTHING) -> list[Branch]:
    """Return the units within reach, or those from one downwards, in the order of a tree."""
    counts = select(User.unit_id, func.count(User.id)).where(User.active).group_by(User.unit_id)
    people = {row[0]: row[1] for row in db.session.execute(counts)}
    children: dict[int | None, list[Unit]] = {}
    tops: list[Unit] = []
    for unit in db.session.scalars(select(Unit).order_by(Unit.name, Unit.id)):
        if not reach.covers(unit.id):
            continue
        children.setdefault(unit.parent_id, []).append(unit)
        highest = unit.parent_id is None or not reach.covers(unit.parent_id)
        if unit.id == under if under else highest:
            tops.append(unit)
    found: list[Branch] = []
    waiting = [(unit, 0) for unit in reversed(tops)]
    while waiting:
        unit, depth = waiting.pop()
        below = children.get(unit.id, [])
        found.append(Branch(unit, depth, people.get(unit.id, 0), len(below)))
        waiting += [(one, depth + 1) for one in reversed(below)]
    return found


def unit_choices(most: int, reach: Reach = EVERYTHING) -> list[str]:
    """Return the paths of active units to pick from; none when they are too many for a list."""
    paths = unit_paths()
    active = [
        number
        for number in db.session.scalars(select(Unit.id).where(Unit.active))
        if reach.covers(number)
    ]
    return sorted(paths[number] for number in active) if len(active) <= most else []


def highest(reach: Reach) -> set[int]:
    """Return the units within reach above which nothing is; none when everything is within it."""
    if reach.units is None:
        return set()
    rows = db.session.execute(select(Unit.id, Unit.parent_id).where(Unit.id.in_(reach.units)))
    return {row[0] for row in rows if not reach.covers(row[1])}


def unit_names(ids: Iterable[int | None]) -> dict[int, str]:
    """Return the names of these units in one query."""
    wanted = {number for number in ids if number}
    rows = db.session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(wanted)))
    return {row[0]: row[1] for row in rows}


def find_units(words: str, reach: Reach = EVERYTHING) -> list[Unit]:
    """Return the active units within reach that `words` name: a code, a whole path or a name."""
    return [unit for unit in _units_named(words) if reach.covers(unit.id)]


def posts() -> Sequence[Post]:
    """Return the list of posts by name."""
    return db.session.scalars(select(Post).order_by(Post.name)).all()


def _units_named(words: str) -> list[Unit]:
    words = words.strip()
    if not words:
        return []
    by_code = db.session.scalars(select(Unit).where(Unit.code == words, Unit.active)).all()
    if by_code:
        return list(by_code)
    name = words.rsplit(SEPARATOR.strip(), 1)[-1].strip()
    named = db.session.scalars(select(Unit).where(Unit.name == name, Unit.active)).all()
    if len(named) > 1 and name != words:
        plain = words.replace(" ", "")
        paths = unit_paths()
        return [unit for unit in named if paths[unit.id].replace(" ", "") == plain]
    return list(named)
