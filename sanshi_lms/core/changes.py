"""Outbox of changed documents: written in the transaction of the change, drained by search.

The database is the truth and the index follows: a row here survives any crash of the worker.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import Model, UtcDateTime, after_commit, db


class Change(Model):
    """The document `kind`/`ref` changed and must be read again; `id` orders the changes."""

    __tablename__ = "core_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    ref: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


Followers = Callable[[int], Iterable[tuple[str, int]]]
_listeners: list[Callable[[], None]] = []
_followers: dict[str, list[Followers]] = {}


def on_change(listener: Callable[[], None]) -> None:
    """Call `listener` after each commit that touched a document (it wakes the indexing job)."""
    if listener not in _listeners:
        _listeners.append(listener)


def follow(kind: str, followers: Followers) -> None:
    """Let other documents change with those of `kind`: `followers(ref)` names them.

    For what stands and falls with a document of a room below, such as questions with a lesson.
    """
    if followers not in _followers.setdefault(kind, []):
        _followers[kind].append(followers)


def touch(kind: str, ref: int) -> None:
    """Note in the current transaction that the document `kind`/`ref` changed or went away."""
    moment = now()
    db.session.add(Change(kind=kind, ref=ref, at=moment))
    for followers in _followers.get(kind, ()):
        for other, number in followers(ref):
            db.session.add(Change(kind=other, ref=number, at=moment))
    for listener in _listeners:
        after_commit(listener)


def waiting(limit: int = 500) -> list[Change]:
    """Return the oldest changes not yet taken up, at most `limit`."""
    return list(db.session.scalars(select(Change).order_by(Change.id).limit(limit)))


def settle(changes: Sequence[int]) -> None:
    """Forget the changes with these ids: the index holds them durably.

    By id and not up to an id: on PostgreSQL a change with a smaller id may be committed later.
    """
    db.session.execute(delete(Change).where(Change.id.in_(changes)))
