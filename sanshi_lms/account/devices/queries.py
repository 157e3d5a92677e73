"""Reads of sign-ins."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, or_, select

from sanshi_lms.account.devices.models import SignIn
from sanshi_lms.account.devices.rules import Bounds, bounds
from sanshi_lms.account.models import User
from sanshi_lms.core.db import db, rows_of
from sanshi_lms.core.settings import settings

Proof = tuple[int, str]
"""What a sign-in cookie says: the person's id and the key of the device."""

_PERSON = (
    select(User, SignIn.began_at, SignIn.seen_at)
    .join(SignIn, and_(SignIn.user_id == User.id, SignIn.mark == User.session_mark))
    .where(User.active, User.id == bindparam("user_id"), SignIn.key == bindparam("key"))
)
_PROOFS = (
    select(SignIn.user_id, SignIn.key, SignIn.began_at, SignIn.seen_at)
    .join(User, and_(SignIn.user_id == User.id, SignIn.mark == User.session_mark))
    .where(
        User.active,
        SignIn.user_id.in_(bindparam("users", expanding=True)),
        SignIn.key.in_(bindparam("keys", expanding=True)),
    )
)


def present_bounds(at: datetime) -> Bounds:
    """Return which sign-ins live at a moment in this installation."""
    return bounds(at, settings().session_idle_days)


def find_signed_in(user_id: int, key: str, at: datetime) -> tuple[User, datetime] | None:
    """Return whom a cookie lets in and when the device was last seen, in one statement."""
    row = db.session.execute(_PERSON, {"user_id": user_id, "key": key}).first()
    if row is None or not present_bounds(at).hold(row[1], row[2]):
        return None
    person: User = row[0]
    person.sign_in_key = key
    return person, row[2]


def still_signed_in(proofs: Collection[Proof], at: datetime) -> set[Proof]:
    """Return which of these proofs are good, in one statement for all of them."""
    users, keys = (sorted({proof[place] for proof in proofs}) for place in (0, 1))
    living = present_bounds(at)
    rows = rows_of(_PROOFS, users=users, keys=keys)
    return {(row[0], row[1]) for row in rows if living.hold(row[2], row[3])} & set(proofs)


def devices_of(person: User, at: datetime) -> Sequence[SignIn]:
    """Return where a person is signed in, the one seen last first."""
    living = present_bounds(at)
    query = select(SignIn).where(
        SignIn.user_id == person.id,
        SignIn.mark == person.session_mark,
        SignIn.began_at > living.began_after,
        SignIn.seen_at > living.seen_after,
    )
    return db.session.scalars(query.order_by(SignIn.seen_at.desc(), SignIn.key)).all()


def is_over(at: datetime) -> ColumnElement[bool]:
    """Tell, inside a statement, whether a sign-in has ended by itself."""
    living = present_bounds(at)
    return or_(SignIn.began_at <= living.began_after, SignIn.seen_at <= living.seen_after)


def some_are_over(at: datetime) -> bool:
    """Tell whether there are rows of sign-ins that ended by themselves."""
    return db.session.scalar(select(SignIn.user_id).where(is_over(at)).limit(1)) is not None
