"""Writes of rosters: units and people by their stable keys, invitations, first passwords."""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, insert

from sanshi_lms.account.actions import consent, set_password
from sanshi_lms.account.memberships.keeping import keep_newcomers
from sanshi_lms.account.models import Unit, User
from sanshi_lms.account.passwords.checking import refuse_weak
from sanshi_lms.account.queries import find_person
from sanshi_lms.account.rosters.judging import (
    chunks,
    facts_of,
    people_named,
    person_facts,
    units_coded,
)
from sanshi_lms.account.rosters.models import NO_PASSWORD, Invitation
from sanshi_lms.account.rosters.reading import PersonRow, UnitRow
from sanshi_lms.account.units.actions import person_placed
from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.refusing import taken_means

INVITED_DAYS = 90
_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
WRONG = "账号或激活码不对，或者激活码已经过期。请检查，或者请管理员重新发一个。"
Told = Callable[[int], None]


def take_in_people(
    rows: Sequence[PersonRow], at: datetime, told: Told | None = None
) -> list[tuple[PersonRow, str]]:
    """Add and change people; return those who are new, each with the code to set a password by.

    Nobody is taken out: who is not in the table stays as they are. `told` hears how many are done.
    Raises Refusal when somebody else added one of them meanwhile.
    """
    invited: list[tuple[PersonRow, str]] = []
    changed = done = 0
    for part in chunks(rows):
        known = people_named([row.username for row in part])
        units = units_coded([row.unit for row in part if row.unit])
        fresh = [row for row in part if row.username not in known]
        invited += _add(fresh, units, at)
        kept = [row for row in part if row.username in known]
        changed += sum(_change(known[row.username], row, units.get(row.unit)) for row in kept)
        done += len(part)
        if told:
            told(done)
    if invited or changed:
        note("account.import_people", "user:0", after={"new": len(invited), "changed": changed})
    return invited


def add_by_roster(
    people: Sequence[tuple[str, str]], role: str, at: datetime
) -> list[tuple[str, str, str]]:
    """Add people by (account, name), of one role; return account, name and code of each.

    For a room with a table of its own. Raises Refusal when an account is there already.
    """
    rows = [PersonRow(0, username, name, role) for username, name in people]
    return [(row.username, row.name, code) for row, code in take_in_people(rows, at)]


def take_in_units(rows: Sequence[UnitRow]) -> tuple[int, int]:
    """Add and change units, parents first; return how many were new and how many changed.

    Raises Refusal when two of one name would stand below the same unit.
    """
    known = units_coded([row.code for row in rows] + [row.parent for row in rows if row.parent])
    new = changed = 0
    with taken_means("有的单位和同一个上级下面的另一个单位重名。请改好名称，再导入。"):
        for row in rows:
            unit = known.get(row.code)
            parent = known.get(row.parent)
            wanted = (row.name, row.kind, parent.id if parent else None, row.active)
            if unit is None:
                unit = known[row.code] = Unit(code=row.code)
                db.session.add(unit)
                new += 1
            elif (unit.name, unit.kind, unit.parent_id, unit.active) == wanted:
                continue
            else:
                changed += 1
            unit.name, unit.kind, unit.parent_id, unit.active = wanted
            db.session.flush()
    if new or changed:
        note("account.import_units", "unit:0", after={"new": new, "changed": changed})
    return new, changed


def invite(person: User, at: datetime) -> str:
    """Give a person a fresh code to set their password by; the one before ends."""
    code, row = _invitation(person.id, at)
    db.session.execute(delete(Invitation).where(Invitation.user_id == person.id))
    db.session.execute(insert(Invitation).values(**row))
    note("account.invite", f"user:{person.id}")
    return code


def activate(username: str, code: str, password: str, at: datetime) -> User:
    """Set the first password of who holds the code; it serves once. Raises Refusal."""
    person = find_person(username)
    kept = db.session.get(Invitation, person.id) if person else None
    plain = "".join(sign for sign in code.upper() if sign.isalnum())
    right = kept is not None and hmac.compare_digest(kept.digest, _digest(plain))
    if person is None or kept is None or not right or kept.ends_at < at or not person.active:
        raise Refusal(WRONG)
    refuse_weak(password, person.username, person.display_name)
    set_password(person, password)
    consent(person, at)
    db.session.delete(kept)
    return person


def _add(
    rows: Sequence[PersonRow], units: dict[str, Unit], at: datetime
) -> list[tuple[PersonRow, str]]:
    if not rows:
        return []
    made = [
        {
            "username": row.username,
            "display_name": row.name,
            "organisation": "",
            "unit_id": units[row.unit].id if row.unit in units else None,
            "post": row.post,
            "role": row.role,
            "password_hash": NO_PASSWORD,
            "session_mark": secrets.token_hex(8),
            "active": row.active,
            "elder_edition": False,
            "created_at": at,
        }
        for row in rows
    ]
    with taken_means("有人刚刚加了同样的账号。请再看一遍，然后导入。"):
        db.session.execute(insert(User), made)
    people = people_named([row.username for row in rows])
    keep_newcomers(list(people.values()), at)
    invited, kept = [], []
    for row in rows:
        person = people[row.username]
        code, values = _invitation(person.id, at)
        kept.append(values)
        invited.append((row, code))
        if person.unit_id is not None:
            person_placed.send(user_id=person.id, unit_id=person.unit_id)
    db.session.execute(insert(Invitation), kept)
    return invited


def _change(person: User, row: PersonRow, unit: Unit | None) -> bool:
    before = person_facts(person)
    wanted = facts_of(row, unit)
    if before == wanted:
        return False
    if person.role != row.role or (person.active and not row.active):
        person.session_mark = secrets.token_hex(8)
    person.display_name, person.role, person.unit_id, person.post, person.active = wanted
    db.session.flush()
    note("account.change_by_roster", f"user:{person.id}", _told(before), _told(wanted))
    if before[2] != wanted[2]:
        person_placed.send(user_id=person.id, unit_id=person.unit_id)
    return True


def _told(facts: tuple[str, str, int | None, str, bool]) -> dict[str, object]:
    return dict(zip(("display_name", "role", "unit_id", "post", "active"), facts, strict=True))


def _invitation(user_id: int, at: datetime) -> tuple[str, dict[str, object]]:
    code = "".join(secrets.choice(_SIGNS) for _ in range(10))
    ends_at = at + timedelta(days=INVITED_DAYS)
    values = {"user_id": user_id, "digest": _digest(code), "ends_at": ends_at}
    return f"{code[:5]}-{code[5:]}", values


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
