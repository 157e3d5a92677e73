"""Each change of a person's own unit is kept as it is written, whoever writes it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import event, insert, inspect, update
from sqlalchemy.engine import Connection

from sanshi_lms.account.models import Membership, User
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db


def keep_newcomers(people: Sequence[User], at: datetime) -> None:
    """Keep where people begin who were added past the mapper, by thousands."""
    rows = [
        {"user_id": one.id, "unit_id": one.unit_id, "main": True, "post": one.post, "begun_at": at}
        for one in people
        if one.unit_id is not None
    ]
    if rows:
        db.session.execute(insert(Membership), rows)


def _keep(_mapper: Any, connection: Connection, person: User) -> None:
    state: Any = inspect(person)
    moved = state.attrs.unit_id.history.has_changes()
    if not moved and not state.attrs.post.history.has_changes():
        return
    at = now()
    open_ = update(Membership).where(Membership.user_id == person.id, Membership.ended_at.is_(None))
    connection.execute(open_.where(Membership.main).values(ended_at=at))
    if person.unit_id is not None:  # what was besides becomes their own
        connection.execute(open_.where(Membership.unit_id == person.unit_id).values(ended_at=at))
        values = {"unit_id": person.unit_id, "post": person.post or "", "begun_at": at}
        connection.execute(insert(Membership).values(user_id=person.id, main=True, **values))


for _moment in ("after_insert", "after_update"):
    event.listen(User, _moment, _keep)
