"""Writes of sign-ins."""

import secrets
from datetime import datetime

from sqlalchemy import delete, update

from sanshi_lms.account.devices.models import SignIn
from sanshi_lms.account.devices.queries import Proof, is_over
from sanshi_lms.account.models import User
from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db, row_count
from sanshi_lms.core.errors import Refusal


def begin(person: User, device: str, address: str, at: datetime) -> str:
    """Note that somebody signs in on a device; return the key that its cookie carries.

    Rows of theirs that a new session mark has ended go.
    """
    dead = delete(SignIn).where(SignIn.user_id == person.id, SignIn.mark != person.session_mark)
    db.session.execute(dead)
    key = secrets.token_hex(8)
    db.session.add(
        SignIn(
            user_id=person.id,
            key=key,
            mark=person.session_mark,
            device=device,
            address=address,
            began_at=at,
            seen_at=at,
        )
    )
    db.session.flush()
    return key


def end(person: User, key: str) -> bool:
    """Sign a person out on one device; tell whether they were signed in there."""
    ended = delete(SignIn).where(SignIn.user_id == person.id, SignIn.key == key)
    return row_count(db.session.execute(ended)) > 0


def end_elsewhere(person: User, key: str) -> None:
    """Sign a person out on another device. Raises Refusal when it is signed out already."""
    if not end(person, key):
        raise Refusal("这台设备已经退出了，不用再退。请刷新页面看看。", 404)
    note("account.sign_out_device", f"user:{person.id}")


def sign_out_everywhere(person: User, but: str = "") -> None:
    """Sign out every device of `person` but the one with this key."""
    person.session_mark = secrets.token_hex(8)
    db.session.flush()
    mine = SignIn.user_id == person.id
    db.session.execute(
        update(SignIn).where(mine, SignIn.key == but).values(mark=person.session_mark)
    )
    db.session.execute(delete(SignIn).where(mine, SignIn.key != but))
    note("account.sign_out_everywhere", f"user:{person.id}")


def keep_seen(seen: dict[Proof, datetime]) -> None:
    """Write down when devices were last here; in one order, so that no two writers meet."""
    for (user_id, key), at in sorted(seen.items()):
        mine = update(SignIn).where(SignIn.user_id == user_id, SignIn.key == key)
        db.session.execute(mine.where(SignIn.seen_at < at).values(seen_at=at))


def forget_over(at: datetime) -> None:
    """Delete what has ended by itself."""
    db.session.execute(delete(SignIn).where(is_over(at)))
