"""Writes of counted failures."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import case, delete, update

from sanshi_lms.account.models import User
from sanshi_lms.account.slowing.models import Slowdown
from sanshi_lms.account.slowing.queries import ALL_OTHERS, digest_of
from sanshi_lms.account.slowing.rules import EVERYWHERE, HERE, WINDOW, wait_after
from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db, insert_missing


def count_failure(username: str, places: Sequence[str], at: datetime) -> None:
    """Count a wrong try in each of these places."""
    name = digest_of(username)
    for place in sorted(places):  # in one order, so that no two writers meet
        insert_missing(Slowdown, name=name, place=place, failures=0, last_at=at)
        mine = (Slowdown.name == name, Slowdown.place == place)
        more = case((Slowdown.last_at < at - WINDOW, 1), else_=Slowdown.failures + 1)
        counted = update(Slowdown).where(*mine).values(failures=more, last_at=at)
        failures = db.session.scalar(counted.returning(Slowdown.failures)) or 0
        wait = wait_after(failures, HERE if place != ALL_OTHERS else EVERYWHERE)
        db.session.execute(update(Slowdown).where(*mine).values(until=at + wait if wait else None))


def forget_place(username: str, places: Sequence[str]) -> None:
    """Forget the failures of who has come in at last; what all others did stays counted."""
    own = [place for place in places if place != ALL_OTHERS]
    name = digest_of(username)
    db.session.execute(delete(Slowdown).where(Slowdown.name == name, Slowdown.place.in_(own)))


def lift(person: User) -> None:
    """Let everybody try again at once at this account."""
    db.session.execute(delete(Slowdown).where(Slowdown.name == digest_of(person.username)))
    note("account.lift_slowdown", f"user:{person.id}")


def forget_over(at: datetime) -> None:
    """Delete counts that slow nobody any more."""
    db.session.execute(delete(Slowdown).where(Slowdown.last_at < at - 2 * WINDOW))
