"""Reads of accounts of elsewhere."""

from collections.abc import Sequence

from sqlalchemy import select, tuple_

from sanshi_lms.account.models import User
from sanshi_lms.account.outside.models import Identity
from sanshi_lms.account.outside.rules import Arrived
from sanshi_lms.account.rosters.models import NO_PASSWORD
from sanshi_lms.core.db import db


def find_identity(arrived: Arrived) -> Identity | None:
    """Return the account that arrived, if it belongs to somebody here."""
    keys = tuple_(Identity.issuer, Identity.subject).in_(arrived.keys)
    found = db.session.scalars(select(Identity).where(keys)).all()
    by_key = {(one.issuer, one.subject): one for one in found}
    return next((by_key[key] for key in arrived.keys if key in by_key), None)


def identities_of(user_id: int) -> Sequence[Identity]:
    """Return what a person may sign in with besides their password."""
    query = select(Identity).where(Identity.user_id == user_id).order_by(Identity.linked_at)
    return db.session.scalars(query).all()


def has_password(person: User) -> bool:
    """Tell whether a person has a password at all."""
    return person.password_hash != NO_PASSWORD
