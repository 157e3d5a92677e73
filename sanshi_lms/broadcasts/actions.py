"""Writes of broadcasts."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select

from sanshi_lms.broadcasts.models import Broadcast
from sanshi_lms.core.audit import note
from sanshi_lms.core.changes import touch
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.refusing import taken_means
from sanshi_lms.courses import lessons_using


@dataclass(frozen=True)
class BroadcastValues:
    """What a broadcast says of itself."""

    title: str
    starts_at: datetime
    ends_at: datetime
    url: str
    replay_url: str
    about: str


def add_broadcast(values: BroadcastValues, nonce: str, unit_id: int | None = None) -> Broadcast:
    """Add a broadcast, once for each form (`nonce`)."""
    known = db.session.scalar(select(Broadcast).where(Broadcast.nonce == nonce))
    if known is not None:
        return known
    made = Broadcast(nonce=nonce, unit_id=unit_id, **asdict(values))
    with taken_means("这场直播刚刚已经建好了，请回到列表看看。", 409):
        db.session.add(made)
    note("broadcasts.add", f"broadcast:{made.id}", after={**_told(values), "unit_id": unit_id})
    return made


def change_broadcast(subject: Broadcast, values: BroadcastValues) -> None:
    """Change a broadcast; lessons that show it are told to search."""
    before = BroadcastValues(**{name: getattr(subject, name) for name in asdict(values)})
    if before == values:
        return
    for name, value in asdict(values).items():
        setattr(subject, name, value)
    subject.version += 1
    note("broadcasts.change", f"broadcast:{subject.id}", _told(before), _told(values))
    for lesson in lessons_using("broadcast", subject.id):
        touch("lesson", lesson.id)


def give_broadcast(subject: Broadcast, unit_id: int | None) -> None:
    """Give a broadcast to another unit, or to the whole city."""
    before, subject.unit_id = subject.unit_id, unit_id
    if before != unit_id:
        after = {"unit_id": unit_id}
        note("broadcasts.give", f"broadcast:{subject.id}", {"unit_id": before}, after)


def delete_broadcast(subject: Broadcast) -> None:
    """Delete a broadcast that no lesson shows. Raises Refusal otherwise."""
    using = lessons_using("broadcast", subject.id)
    if using:
        names = "、".join(f"《{lesson.course.title}》" for lesson in using)
        raise Refusal(f"课程{names}正在用这场直播，请先在课程里换掉，再来删除。", 409)
    note("broadcasts.delete", f"broadcast:{subject.id}", before={"title": subject.title})
    db.session.delete(subject)


def _told(values: BroadcastValues) -> dict[str, object]:
    return {name: str(value) for name, value in asdict(values).items() if name != "about"}
