"""Writes of points: earned once for each occasion, spent once, given back. Nothing here commits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from sanshi_lms.account import User
from sanshi_lms.community.needs.models import Need
from sanshi_lms.community.points import queries, rules
from sanshi_lms.community.points.models import (
    PointBalance,
    PointLine,
    PointRule,
    Redemption,
    Reward,
)
from sanshi_lms.community.points.rules import State
from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db, row_count
from sanshi_lms.core.errors import Refusal
from sanshi_lms.notices import notify

TOPIC = "points"


@dataclass(frozen=True)
class Line:
    """What is written into somebody's ledger."""

    user_id: int
    cause: str
    told: str
    points: int
    minutes: int = 0


def write(line: Line, moment: datetime) -> bool:
    """Write a line and its balance; False when its cause is written already."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    row = {**vars(line), "at": moment}
    added = dialect.insert(PointLine).values(row).on_conflict_do_nothing()
    if db.session.scalar(added.returning(PointLine.id)) is None:
        return False
    balance = dialect.insert(PointBalance).values(
        user_id=line.user_id, points=line.points, minutes=line.minutes
    )
    db.session.execute(
        balance.on_conflict_do_update(
            index_elements=["user_id"],
            set_={
                "points": PointBalance.points + line.points,
                "minutes": PointBalance.minutes + line.minutes,
            },
        )
    )
    return True


def earn(user_id: int, occasion: str, cause: str, told: str, moment: datetime) -> bool:
    """Give somebody what an occasion earns by the rules of now, once."""
    points, minutes = queries.earnings()[occasion]
    if not points and not minutes:
        return False
    return write(Line(user_id, cause, told, points, minutes), moment)


def earn_by_need(need: Need, verb: str, moment: datetime) -> None:
    """Give a 三师 what a step of their need earns: done once, confirmed once."""
    if need.pro_id is None:
        return
    if verb == "close":
        told = f"办结第 {need.id} 件需求"
        earn(need.pro_id, "done", f"need:{need.id}:done", told, moment)
    elif verb in {"confirm", "call_back"}:
        told = f"第 {need.id} 件需求得到确认"
        earn(need.pro_id, "confirmed", f"need:{need.id}:confirmed", told, moment)


def save_earnings(values: Mapping[str, tuple[int, int]]) -> None:
    """Keep what occasions earn from now on; what was earned stays."""
    before = {name: f"{p}/{m}" for name, (p, m) in queries.earnings().items()}
    for name, (points, minutes) in values.items():
        row = db.session.get(PointRule, name)
        if row is None:
            db.session.add(PointRule(name=name, points=points, minutes=minutes))
        else:
            row.points, row.minutes = points, minutes
    after = {name: f"{p}/{m}" for name, (p, m) in values.items()}
    if before != after:
        note("community.save_point_rules", "point_rules:1", before, after)


def save_reward(reward: Reward | None, values: Mapping[str, object]) -> Reward:
    """Add a reward or change one."""
    subject = reward or Reward()
    for name, value in values.items():
        setattr(subject, name, value)
    db.session.add(subject)
    db.session.flush()
    facts = {name: values[name] for name in ("name", "cost", "stock")}
    if reward is None:
        note("community.add_reward", f"reward:{subject.id}", after=facts)
    else:
        note("community.change_reward", f"reward:{subject.id}", after=facts)
    return subject


def redeem(reward: Reward, me: User, nonce: str, moment: datetime) -> Redemption:
    """Spend points on a reward; the same form sent twice spends once. Raises Refusal."""
    known = db.session.scalar(select(Redemption).where(Redemption.nonce == nonce))
    if known is not None:
        if known.user_id != me.id:
            raise Refusal("请重新打开页面，再换一次。")
        return known
    if not reward.active:
        raise Refusal("这一项已经停了，请换别的。")
    cost = reward.cost
    spend = update(PointBalance).where(PointBalance.user_id == me.id, PointBalance.points >= cost)
    if row_count(db.session.execute(spend.values(points=PointBalance.points - cost))) != 1:
        raise Refusal(f"积分不够，这一项要 {cost} 分。")
    take = update(Reward).where(Reward.id == reward.id, Reward.stock > 0)
    if row_count(db.session.execute(take.values(stock=Reward.stock - 1))) != 1:
        raise Refusal("这一项已经换完了，积分没有扣。")
    row = Redemption(nonce=nonce, reward_id=reward.id, user_id=me.id, cost=cost, at=moment,
                     state=State.ASKED.value, words="")  # fmt: skip
    db.session.add(row)
    db.session.flush()
    db.session.add(
        PointLine(user_id=me.id, cause=f"redeem:{row.id}", told=f"换“{reward.name}”",
                  points=-cost, minutes=0, at=moment)
    )  # fmt: skip
    db.session.refresh(reward)
    note("community.redeem", f"reward:{reward.id}", after={"cost": cost})
    return row


def end_redemption(row: Redemption, state: State, words: str, moment: datetime) -> None:
    """Hand a reward out, or turn it back with its points. Raises Refusal when it is ended."""
    if state == State.REFUSED and not words:
        raise Refusal("请写明为什么没有换成。")
    mine = update(Redemption).where(Redemption.id == row.id, Redemption.state == State.ASKED.value)
    values = {"state": state.value, "words": words[: rules.WORDS_LENGTH], "ended_at": moment}
    if row_count(db.session.execute(mine.values(**values))) != 1:
        raise Refusal("这一笔已经办过了。")
    db.session.refresh(row)
    if state != State.HANDED:
        back = update(Reward).where(Reward.id == row.reward_id).values(stock=Reward.stock + 1)
        db.session.execute(back)
        told = f"退回“{row.reward.name}”的积分"
        write(Line(row.user_id, f"redeem:{row.id}:back", told, row.cost), moment)
    note(
        "community.end_redemption",
        f"reward:{row.reward_id}",
        after={"redemption_state": state.value},
    )
    if state != State.CANCELLED:
        title = f"“{row.reward.name}”{row.told[0]}"
        notify([row.user_id], TOPIC, title, words, "/community/points/", f"redeem:{row.id}", moment)


def correct(person: User, points: int, words: str, nonce: str, moment: datetime) -> None:
    """Put a mistake right by a line of its own. Raises Refusal without a reason or below zero."""
    if not words:
        raise Refusal("请写明为什么要改。")
    if not points or abs(points) > rules.MOST_POINTS:
        raise Refusal("请填要加或要减的分，例如 5 或 -5。")
    if points < 0 and queries.balance_of(person.id)[0] + points < 0:
        raise Refusal("减了以后会少于 0 分，请检查。")
    line = Line(person.id, f"correct:{nonce}", words[:120], points)
    if write(line, moment):
        after = {"points": points, "reason": words[:120]}
        note("community.correct_points", f"user:{person.id}", after=after)
