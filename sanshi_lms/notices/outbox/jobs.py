"""Sending what is queued, one after another, after the commit that queued it.

A delivery is counted as tried before it leaves, so that a worker that dies in between waits like
after any vain try; its number stays the same, by which the other side knows a repetition.
"""

import time
from dataclasses import dataclass

from sqlalchemy import update

from sanshi_lms.core import queue
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.jobs import JobRun, enqueue, job
from sanshi_lms.notices.models import Notice
from sanshi_lms.notices.outbox import queries
from sanshi_lms.notices.outbox.actions import JOB, forget_old
from sanshi_lms.notices.outbox.channels import (
    Channel,
    Message,
    NotSent,
    address_of_page,
    find_channel,
)
from sanshi_lms.notices.outbox.models import Delivery
from sanshi_lms.notices.outbox.rules import after_quiet, back_off

WAKER = "notices.outbox"
# Others wait in the same lane; the ticker finds the rest within two seconds.
SLICE_SECONDS = 10.0


@dataclass(frozen=True)
class _Outgoing:
    """A delivery that leaves now."""

    delivery_id: int
    channel: Channel
    message: Message
    address: str


@job(JOB, attempts=20, label="发送通知")
def deliver(run: JobRun) -> None:
    """Send what is due, for some seconds."""
    deadline = time.monotonic() + SLICE_SECONDS
    with run.commit():
        forget_old(now())
    while time.monotonic() < deadline:
        with run.commit():
            number = queries.next_due(now())
            going = _prepare(db.session.get_one(Delivery, number)) if number else None
        if number is None:
            return
        if going is not None:
            _send(run, going)


def _prepare(delivery: Delivery) -> _Outgoing | None:
    """Count a try, or end or postpone what must not leave now."""
    moment = now()
    channel, read = find_channel(delivery.channel), None
    if delivery.notice_id is not None:
        read = db.session.get_one(Notice, delivery.notice_id).read_at
    if read is not None:
        _end(delivery, "dropped", "本人已经在网站上看过")
    elif channel is None:
        _end(delivery, "dropped", "这个渠道现在没有设置")
    elif not queries.is_somebody(delivery.user_id):
        _end(delivery, "dropped", "账号已停用")
    else:
        first = moment if delivery.urgent else after_quiet(local(moment), queries.policy())
        if first <= moment:
            delivery.attempts += 1
            delivery.next_at = moment + back_off(delivery.attempts)
            url = address_of_page(delivery.path)
            message = Message(delivery.id, delivery.title, delivery.text, url)
            return _Outgoing(delivery.id, channel, message, delivery.address)
        delivery.next_at = first
    return None


def _send(run: JobRun, going: _Outgoing) -> None:
    failure: NotSent | None = None
    try:
        going.channel.send(going.message, going.address)
    except NotSent as not_sent:
        failure = not_sent
    with run.commit() as session:
        delivery = session.get_one(Delivery, going.delivery_id)
        if failure is None:
            _end(delivery, "sent", None)
            return
        if not failure.retry or delivery.attempts >= queries.policy().most_attempts:
            _end(delivery, "failed", failure.sentence)
        else:
            delivery.last_error = failure.sentence
        if failure.down:
            # Whoever does not answer is not asked a thousand times over; no try is counted.
            waits = update(Delivery).where(
                Delivery.channel == delivery.channel,
                Delivery.state == "waiting",
                Delivery.next_at <= now(),
            )
            session.execute(waits.values(next_at=now() + back_off(1)))


def _end(delivery: Delivery, state: str, why: str | None) -> None:
    delivery.state, delivery.last_error, delivery.ended_at = state, why, now()
    if delivery.notice_id is None and state != "failed":
        delivery.text = ""  # the digits of a code are nobody's business afterwards


def start() -> None:
    """Begin to send."""
    with transaction():
        enqueue(JOB, "outbox")


def is_due() -> bool:
    """Tell whether something waits whose time has come."""
    found = queries.next_due(now()) is not None
    db.session.rollback()
    return found


def setup() -> None:
    """Let the worker's ticker find what a lost wake-up, a back-off or the night left waiting."""
    queue.on_wake(WAKER, run=start, due=is_due)
