"""Writes of units that people work in besides their own."""

from datetime import datetime

from sqlalchemy import select

from sanshi_lms.account.models import Membership, Unit, User
from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.refusing import taken_means

MOST_BESIDES = 10
_THERE = "这个人已经在这个单位了。"


def join_besides(person: User, unit: Unit, post: str, at: datetime) -> Membership:
    """Let a person work in a unit besides their own. Raises Refusal when they are there already."""
    if person.unit_id is None:
        raise Refusal("请先确认这个人自己的单位，再添加兼任的单位。")
    query = select(Membership).where(Membership.user_id == person.id, Membership.ended_at.is_(None))
    open_ = db.session.scalars(query).all()
    if any(one.unit_id == unit.id for one in open_):
        raise Refusal(_THERE)
    if sum(not one.main for one in open_) >= MOST_BESIDES:
        raise Refusal(f"一个人最多兼任 {MOST_BESIDES} 个单位，请先结束一个。")
    besides = Membership(user_id=person.id, unit_id=unit.id, main=False, post=post, begun_at=at)
    with taken_means(_THERE):
        db.session.add(besides)
    note("account.join_besides", f"user:{person.id}", after={"unit": unit.name, "post": post})
    return besides


def leave_besides(besides: Membership, at: datetime) -> None:
    """Let a person no longer work in a unit besides; ended twice it ends once."""
    if besides.ended_at is None:
        besides.ended_at = at
        unit = db.session.get_one(Unit, besides.unit_id)
        note("account.leave_besides", f"user:{besides.user_id}", before={"unit": unit.name})
