"""Writes of resources: booked without clash, confirmed, given back; money. Nothing commits."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select, update

from sanshi_lms.account import User
from sanshi_lms.community.resources import queries, rules
from sanshi_lms.community.resources.models import Booking, Budget, Resource, Spending
from sanshi_lms.community.resources.rules import Span, State
from sanshi_lms.core.audit import note
from sanshi_lms.core.clock import LOCAL_ZONE, local
from sanshi_lms.core.db import db, row_count
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.refusing import taken_means
from sanshi_lms.notices import notify

TOPIC = "resources"


def save_resource(resource: Resource | None, values: Mapping[str, object]) -> Resource:
    """Add a resource or change one. Raises Refusal when there is one of that name."""
    subject = resource or Resource(version=1)
    with taken_means("已经有同名的资源。"):
        for name, value in values.items():
            setattr(subject, name, value)
        db.session.add(subject)
    facts = {"name": subject.name, "active": subject.active}
    if resource is None:
        note("community.add_resource", f"resource:{subject.id}", after=facts)
    else:
        note("community.change_resource", f"resource:{subject.id}", after=facts)
    return subject


def book(
    resource: Resource, me: User, span: Span, purpose: str, nonce: str, moment: datetime
) -> Booking:
    """Ask for a resource; the same form sent twice asks once. Raises Refusal when it is taken.

    The resource's row is written first: of two people at the same moment the second sees the first.
    """
    known = db.session.scalar(select(Booking).where(Booking.nonce == nonce))
    if known is not None:
        return known
    if not (resource.active and resource.bookable):
        raise Refusal("这一项不能预订。")
    if wrong := rules.problem(span, resource.opens, resource.closes, moment, LOCAL_ZONE):
        raise Refusal(wrong)
    same = update(Resource).where(Resource.id == resource.id).values(version=Resource.version)
    db.session.execute(same)
    held = queries.taken(resource.id, span.starts, span.ends)
    if other := rules.clash(span, (one.span for one in held)):
        told = f"{local(other.starts):%m-%d %H:%M} 到 {local(other.ends):%m-%d %H:%M}"
        raise Refusal(f"这段时间已经有人订了（{told}），请换个时间。")
    row = Booking(nonce=nonce, resource_id=resource.id, user_id=me.id, starts_at=span.starts,
                  ends_at=span.ends, purpose=purpose, state=State.ASKED.value, words="",
                  at=moment)  # fmt: skip
    with taken_means("已经订过了，请看我的预订。"):
        db.session.add(row)
    note("community.book", f"resource:{resource.id}")
    return row


def end_booking(row: Booking, state: State, words: str, moment: datetime) -> None:
    """Confirm a booking, refuse it with a reason, or give it back. Raises Refusal."""
    allowed = {State.ASKED} if state in {State.CONFIRMED, State.REFUSED} else rules.HOLDING
    if state is State.REFUSED and not words:
        raise Refusal("请写明为什么订不了。")
    if state is State.CANCELLED and row.ends_at <= moment:
        raise Refusal("已经用完了，不用取消。")
    mine = update(Booking).where(Booking.id == row.id, Booking.state.in_(sorted(allowed)))
    values = {"state": state.value, "words": words[: rules.WORDS_LENGTH]}
    if row_count(db.session.execute(mine.values(**values))) != 1:
        raise Refusal("这个预订已经办过了。")
    db.session.refresh(row)
    after = {"booking_state": state.value}
    note("community.end_booking", f"resource:{row.resource_id}", after=after)
    if state is not State.CANCELLED:
        title = f"“{row.resource.name}”{row.told[0]}"
        told = words or f"{local(row.starts_at):%m-%d %H:%M} 起，请按时使用。"
        path, key = f"/community/resources/{row.resource_id}", f"booking:{row.id}:{state.value}"
        notify([row.user_id], TOPIC, title, told, path, key, moment)


def add_budget(title: str, year: int, amount: int) -> Budget:
    """Add money of a year. Raises Refusal when there is a budget of that title."""
    row = Budget(title=title, year=year, amount=amount, spent=0)
    with taken_means("已经有同名的经费。"):
        db.session.add(row)
    note("community.add_budget", f"budget:{row.id}", after={"title": title, "yuan": amount})
    return row


def spend(budget: Budget, me: User, told: str, amount: int, nonce: str, moment: datetime) -> None:
    """Write a use of money, or put one right by a negative one. Raises Refusal beyond bounds."""
    if db.session.scalar(select(Spending.id).where(Spending.nonce == nonce)) is not None:
        return
    if not told or len(told) > rules.PURPOSE_LENGTH:
        raise Refusal(f"请写明用在哪里，最多 {rules.PURPOSE_LENGTH} 个字。")
    if not amount or abs(amount) > rules.MOST_YUAN:
        raise Refusal("请填金额，整数；更正填负数，例如 -200。")
    fits = update(Budget).where(
        Budget.id == budget.id, Budget.spent + amount <= Budget.amount, Budget.spent + amount >= 0
    )
    if row_count(db.session.execute(fits.values(spent=Budget.spent + amount))) != 1:
        left = rules.money(budget.amount - budget.spent)
        raise Refusal(f"超出了：这笔经费还剩 {left}。")
    row = Spending(nonce=nonce, budget_id=budget.id, told=told, amount=amount, by_id=me.id,
                   at=moment)  # fmt: skip
    with taken_means("已经记过了。"):
        db.session.add(row)
    db.session.refresh(budget)
    note("community.spend", f"budget:{budget.id}", after={"title": told, "yuan": amount})
