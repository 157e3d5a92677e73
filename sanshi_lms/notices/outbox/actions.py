"""Writes of the outbox: what is queued, how its sending ends, where people want to be told."""

import hashlib
import hmac
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, update

from sanshi_lms.core.audit import note
from sanshi_lms.core.clock import local
from sanshi_lms.core.db import db, insert_missing, row_count
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.jobs import enqueue
from sanshi_lms.notices.outbox import queries
from sanshi_lms.notices.outbox.channels import Channel, open_channels
from sanshi_lms.notices.outbox.models import Address, Delivery, OutboxPolicy
from sanshi_lms.notices.outbox.rules import CODE_DIGITS, CODE_LIFE, MOST_GUESSES, after_quiet

JOB = "notices.deliver"
NEXT_CODE_AFTER = timedelta(seconds=60)
KEPT = timedelta(days=180)


def post(notices: Mapping[int, int], values: Mapping[str, Any], at: datetime) -> int:
    """Queue new notices (id → whose) for everybody who wants to be told elsewhere too.

    `values` has title, text and path. Returns how many deliveries were queued.
    """
    labels = [channel.name for channel in open_channels()]
    found = queries.wanted_addresses(labels, set(notices.values()))
    if not found:
        return 0
    ids = {user_id: notice_id for notice_id, user_id in notices.items()}
    first = after_quiet(local(at), queries.policy())
    for one in found:
        notice_id = ids[one.user_id]
        insert_missing(
            Delivery,
            key=f"notice:{notice_id}:{one.channel}",
            notice_id=notice_id,
            user_id=one.user_id,
            channel=one.channel,
            address=one.address,
            urgent=False,
            state="waiting",
            attempts=0,
            next_at=first,
            created_at=at,
            **{name: values[name] for name in ("title", "text", "path")},
        )
    if first <= at:
        enqueue(JOB, "outbox")
    return len(found)


def send_test(channel: Channel, address: str, user_id: int, at: datetime) -> Delivery:
    """Queue a message that only shows that a channel works. Raises Refusal for a bad address."""
    _check(channel, address)
    text = "看到这条消息，说明这个通知渠道可以用。"
    sent = _urgent(channel, address, user_id, "测试消息", text, "/notices/", at)
    note("notices.send_test", f"delivery:{sent.id}", after={"channel": channel.name})
    return sent


def save_address(channel: Channel, user_id: int, address: str, at: datetime) -> None:
    """Keep where somebody wants to be told and send digits there that prove it is theirs."""
    _check(channel, address)
    known = db.session.get(Address, (user_id, channel.name), with_for_update=True)
    if known and known.code_until and known.code_until - CODE_LIFE + NEXT_CODE_AFTER > at:
        raise Refusal("验证码刚刚发出，请等一分钟再试。")
    if known is None:
        known = Address(user_id=user_id, channel=channel.name, wanted=True)
        db.session.add(known)
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    known.address, known.confirmed_at, known.guesses = address, None, 0
    known.code_mark, known.code_until = _mark(user_id, channel.name, code), at + CODE_LIFE
    db.session.flush()
    text = f"您的验证码是 {code}，30 分钟内有效。不是您本人操作，请不用理会。"
    _urgent(channel, address, user_id, "确认通知地址的验证码", text, "/notices/channels", at)


def confirm_address(user_id: int, channel: str, code: str, at: datetime) -> None:
    """Begin to use an address whose digits somebody typed. Raises Refusal when they are wrong."""
    known = db.session.get(Address, (user_id, channel), with_for_update=True)
    if known is None or known.code_mark is None or known.code_until is None:
        raise Refusal("没有等待确认的地址，请先填写地址。")
    if known.code_until < at or known.guesses >= MOST_GUESSES:
        raise Refusal("验证码已经失效，请重新发送。")
    if not hmac.compare_digest(_mark(user_id, channel, code), known.code_mark):
        raise WrongCode("验证码不对，请核对后再填。")
    use_address(known, at)


class WrongCode(Refusal):
    """The digits are wrong; the guess is counted although nothing else is kept."""


def count_guess(user_id: int, channel: str) -> None:
    """Count a wrong guess, so that digits cannot be tried out."""
    mine = update(Address).where(Address.user_id == user_id, Address.channel == channel)
    db.session.execute(mine.values(guesses=Address.guesses + 1))


def use_address(known: Address, at: datetime) -> None:
    """Begin to tell somebody at an address that is proved to be theirs."""
    known.confirmed_at, known.wanted = at, True
    known.code_mark = known.code_until = None
    note("notices.confirm_address", f"user:{known.user_id}", after={"channel": known.channel})


def bind_account(user_id: int, channel: str, address: str, at: datetime) -> None:
    """Use an address that another site has proved to be this person's."""
    insert_missing(Address, user_id=user_id, channel=channel, address=address, wanted=True)
    known = db.session.get_one(Address, (user_id, channel))
    known.address = address
    use_address(known, at)


def want(user_id: int, channel: str, *, wanted: bool) -> None:
    """Switch a channel on or off for a person; their address stays."""
    mine = update(Address).where(Address.user_id == user_id, Address.channel == channel)
    db.session.execute(mine.values(wanted=wanted))


def forget_address(user_id: int, channel: str) -> None:
    """Delete where somebody was told; what still waits for that address goes too."""
    mine = (Address.user_id == user_id, Address.channel == channel)
    db.session.execute(delete(Address).where(*mine))
    waits = update(Delivery).where(Delivery.user_id == user_id, Delivery.channel == channel)
    values = {"state": "dropped", "last_error": "本人删除了这个地址"}
    db.session.execute(waits.where(Delivery.state == "waiting").values(**values))


def retry(ids: Collection[int] | None, at: datetime) -> int:
    """Send what failed once more: these, or (None) all. Returns how many."""
    failed = update(Delivery).where(Delivery.state == "failed")
    if ids is not None:
        failed = failed.where(Delivery.id.in_(ids))
    values = {"state": "waiting", "attempts": 0, "next_at": at, "ended_at": None}
    count = row_count(db.session.execute(failed.values(**values)))
    if count:
        enqueue(JOB, "outbox")
        note("notices.retry", "delivery:all", after={"count": count})
    return count


def save_policy(row: OutboxPolicy, quiet_from: int, quiet_until: int, most_attempts: int) -> None:
    """Change the quiet hours and how often is tried."""
    names = ("quiet_from", "quiet_until", "most_attempts")
    before = {name: getattr(row, name) for name in names}
    row.quiet_from, row.quiet_until = quiet_from, quiet_until
    row.most_attempts = most_attempts
    after = {name: getattr(row, name) for name in names}
    if before != after:
        note("notices.save_policy", "delivery:all", before, after)


def forget_old(at: datetime) -> int:
    """Delete what ended half a year ago; the notices themselves stay."""
    old = delete(Delivery).where(Delivery.ended_at < at - KEPT)
    return row_count(db.session.execute(old))


def _check(channel: Channel, address: str) -> None:
    problem = channel.address_problem(address)
    if problem:
        raise Refusal(problem)


def _urgent(
    channel: Channel, address: str, user_id: int, title: str, text: str, path: str, at: datetime
) -> Delivery:
    fresh = Delivery(
        key=f"urgent:{user_id}:{secrets.token_hex(8)}",
        user_id=user_id,
        channel=channel.name,
        address=address,
        title=title,
        text=text,
        path=path,
        urgent=True,
        state="waiting",
        attempts=0,
        next_at=at,
        created_at=at,
    )
    db.session.add(fresh)
    db.session.flush()
    enqueue(JOB, "outbox")
    return fresh


def _mark(user_id: int, channel: str, code: str) -> str:
    return hashlib.sha256(f"{user_id}:{channel}:{code.strip()}".encode()).hexdigest()
