"""Writes of accounts of elsewhere."""

import secrets
from datetime import datetime

from sqlalchemy import delete, func, select

from sanshi_lms.account.actions import open_without_password
from sanshi_lms.account.models import User
from sanshi_lms.account.outside.models import Identity
from sanshi_lms.account.outside.queries import has_password
from sanshi_lms.account.outside.rules import Arrived, may_remove
from sanshi_lms.account.signals import account_touched
from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.refusing import taken_means

TAKEN = (
    "没有绑定成：这个外部账号已经绑定了别人，或者您已经绑定过一个同类的账号。"
    "请先在原来的账号里解除绑定。"
)


def link(person: User, arrived: Arrived, words: str, at: datetime) -> None:
    """Let a person sign in with what arrived. Raises Refusal when it is taken."""
    _add(person, arrived, at)
    note("account.link", f"user:{person.id}", after={"way": arrived.way})
    account_touched.send(person, what="linked", words=words, at=at)


def unlink(person: User, identity_id: int, words: str, at: datetime) -> None:
    """End a link. Raises Refusal when it is gone, or would leave no way in."""
    # The person's row is held, so that of two last links both cannot go at once.
    db.session.execute(select(User.id).where(User.id == person.id).with_for_update())
    mine = Identity.user_id == person.id
    found = db.session.scalar(select(Identity).where(Identity.id == identity_id, mine))
    if found is None:
        raise Refusal("这个绑定已经解除了。", 404)
    links = db.session.scalar(select(func.count(Identity.id)).where(mine)) or 0
    if not may_remove(has_password=has_password(person), links=links):
        raise Refusal(
            "这是您唯一的登录方式，解除以后就进不来了。请先让管理员发一个激活码，设好密码再来解除。"
        )
    db.session.execute(delete(Identity).where(Identity.id == identity_id))
    note("account.unlink", f"user:{person.id}", before={"way": found.way})
    account_touched.send(person, what="unlinked", words=words, at=at)


def open_account(
    arrived: Arrived, display_name: str, organisation: str, role: str, at: datetime
) -> User:
    """Open an account for who arrived and has none; its name is a number of ours."""
    username = f"u{secrets.randbelow(9 * 10**8) + 10**8}"
    person = open_without_password(username, display_name, organisation, role)
    _add(person, arrived, at)
    return person


def keep_newest_key(identity: Identity, arrived: Arrived) -> None:
    """Know an account by the better key that it brings now: WeChat's of all accounts of a firm."""
    if (identity.issuer, identity.subject) != arrived.keys[0]:
        with taken_means(TAKEN, 409):
            identity.issuer, identity.subject = arrived.keys[0]


def _add(person: User, arrived: Arrived, at: datetime) -> None:
    issuer, subject = arrived.keys[0]
    with taken_means(TAKEN, 409):
        db.session.add(
            Identity(
                user_id=person.id,
                way=arrived.way,
                issuer=issuer,
                subject=subject,
                label=arrived.label,
                linked_at=at,
            )
        )
