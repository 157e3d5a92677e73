"""What people were, when: each change of post or role is kept, for what depends on a past day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, event, insert, inspect, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.account.models import User
from sanshi_lms.account.units.rules import POST_LENGTH
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import Model, UtcDateTime, db


class StandingRow(Model):
    """From a moment on a person has this post and role. Rows are only added."""

    __tablename__ = "account_standings"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    post: Mapped[str] = mapped_column(String(POST_LENGTH))
    role: Mapped[str] = mapped_column(String(20))


@dataclass(frozen=True)
class Standing:
    """A post and a role, had since a moment."""

    since: datetime
    post: str
    role: str


def standings_of(user_ids: Collection[int]) -> dict[int, list[Standing]]:
    """Return what these people were, the oldest first; who they are now stands last."""
    found: dict[int, list[Standing]] = {user_id: [] for user_id in user_ids}
    query = select(StandingRow).where(StandingRow.user_id.in_(found)).order_by(StandingRow.id)
    for row in db.session.scalars(query):
        found[row.user_id].append(Standing(row.since, row.post, row.role))
    return found


def _keep(_mapper: Any, connection: Connection, person: User) -> None:
    state: Any = inspect(person)
    changed = any(state.attrs[name].history.has_changes() for name in ("post", "role"))
    if changed or state.attrs.id.history.added:
        values = {"since": now(), "post": person.post or "", "role": person.role}
        connection.execute(insert(StandingRow).values(user_id=person.id, **values))


for _moment in ("after_insert", "after_update"):
    event.listen(User, _moment, _keep)
