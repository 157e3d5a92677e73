"""Writes of one's own data: asking for a copy, leaving, taking it back."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from sanshi_lms.account.models import User
from sanshi_lms.account.own_data.models import Copy, Leaving
from sanshi_lms.account.own_data.queries import last_copy, leaving_of
from sanshi_lms.account.own_data.rows import forget
from sanshi_lms.account.own_data.rules import TO_THINK, can_be_fetched
from sanshi_lms.core.audit import note
from sanshi_lms.core.db import after_commit, db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.jobs import enqueue
from sanshi_lms.core.storage import storage

COPY_JOB, LEAVE_JOB = "account.copy", "account.leave"


def ask_copy(person: User, at: datetime) -> Copy:
    """Let a copy of all that is known of a person be made; while one is made it is that one."""
    known = last_copy(person.id)
    if known is not None and known.ready_at is None:
        _make(known)
        return known
    if known is not None and can_be_fetched(known.ready_at, at):
        drop_copies([known])
    fresh = Copy(user_id=person.id, asked_at=at, size=0)
    db.session.add(fresh)
    db.session.flush()
    _make(fresh)
    note("account.ask_copy", f"user:{person.id}")
    return fresh


def _make(copy: Copy) -> None:
    enqueue(COPY_JOB, str(copy.id), {"copy": copy.id})


def drop_copies(copies: Sequence[Copy]) -> None:
    """Delete copies with their files."""
    for one in copies:
        if one.key:
            after_commit(partial(storage().delete, one.key))
        db.session.delete(one)


def ask_to_leave(person: User, at: datetime) -> Leaving:
    """Let a person leave when the time to think it over has passed.

    Raises Refusal for an administrator, without whom nobody might be left who can help.
    """
    if person.role == "admin":
        raise Refusal("管理员账号不能直接注销。请先让另一位管理员把您的角色改成别的，再来申请。")
    known = leaving_of(person.id)
    if known is not None:
        return known
    fresh = Leaving(user_id=person.id, asked_at=at, due_at=at + TO_THINK)
    db.session.add(fresh)
    note("account.ask_to_leave", f"user:{person.id}")
    return fresh


def stay(person: User) -> None:
    """Take leaving back. Raises Refusal when there is nothing to take back."""
    known = leaving_of(person.id)
    if known is None or known.done_at is not None:
        raise Refusal("没有在等待的注销申请。", 409)
    db.session.delete(known)
    note("account.take_leaving_back", f"user:{person.id}")


def leave(user_id: int, at: datetime) -> bool:
    """Forget a person whose time has come: delete what goes, take their name off what stays.

    Tells whether they were still to leave. Once more does nothing.
    """
    found = leaving_of(user_id)
    if found is None or found.done_at is not None or found.due_at > at:
        return False
    forget(user_id)
    found.done_at = at
    note("account.leave", f"user:{user_id}")
    return True
