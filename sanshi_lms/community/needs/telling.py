"""Who is told what of a need: whoever's turn it is, once; and what runs late, up the line."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select

from sanshi_lms.account import people_who_may
from sanshi_lms.community.models import Member
from sanshi_lms.community.needs import rules
from sanshi_lms.community.needs.models import Need
from sanshi_lms.community.needs.rules import Actor, State, Step
from sanshi_lms.core.db import db
from sanshi_lms.notices import DailyRound, notify

TOPIC = "needs"
ESCALATED_AFTER = timedelta(days=1)
"""How long a need may be late before those who see all needs are told."""
_LATE_TOLD = frozenset({State.RECEIVED, State.TAKEN, State.ASSIGNED, State.RESPONDED, State.DONE})


def tell_filed(need: Need, by_id: int | None, at: datetime) -> None:
    """Tell the cadres of a community that something was asked for."""
    _tell(_cadres(need), by_id, need, "有新的群众需求", "请在时限内签收。", "filed", at)


def tell_step(need: Need, step: Step, by_id: int | None, at: datetime) -> None:
    """Tell of a step whoever has to act now, and an asker who has an account."""
    key, label = f"step{need.version}", need.stage.label
    turn = rules.STAGES[State(need.state)].waits_for
    asker = [need.filed_by_id] if need.filed_by_id is not None else []
    if step.to_asker and step.verb not in {"take", "reply", "add"}:
        words = f"现在是“{label}”。" if need.is_open else f"这件事到此为“{label}”。"
        _tell(asker, by_id, need, f"您提的需求{step.told}", words, key, at)
    if turn is Actor.PRO and need.pro_id is not None and step.end is not None:
        _tell([need.pro_id], by_id, need, "社区请您帮忙", "请看一看，并在时限内回应。", key, at)
    elif turn is Actor.CADRE and (step.verb != "take"):
        _tell(_cadres(need), by_id, need, f"有一件需求{step.told}", f"现在是“{label}”。", key, at)
    elif step.verb in {"add", "confirm", "reopen"}:
        people = [*_cadres(need), *([need.pro_id] if need.pro_id is not None else [])]
        _tell(people, by_id, need, f"提出人{step.told}", f"现在是“{label}”。", key, at)


def tell_late(at: datetime) -> None:
    """Tell who has to act of what will soon be late and what is late; a day later those above.

    Each limit of a need is told once each way.
    """
    query = select(Need).where(
        Need.warn_at < at, Need.state.in_(_LATE_TOLD), Need.invented.is_(False)
    )
    above = people_who_may("needs.see_all")
    for need in db.session.scalars(query.order_by(Need.id)):
        if need.due_at is None:
            continue
        limit = f"{need.due_at:%Y%m%d%H%M}"
        left = need.due_at - at
        if left > timedelta():
            words = f"还剩 {rules.lasting(left)}就超时了。"
            _tell(_whose_turn(need), None, need, "需求快要超时", words, f"warn{limit}", at)
            continue
        words = f"已经超时 {rules.lasting(-left)}。"
        _tell(_whose_turn(need), None, need, "需求已经超时", words, f"late{limit}", at)
        if -left >= ESCALATED_AFTER:
            _tell(above, None, need, "有需求超时未办，请督促", words, f"up{limit}", at)


LATE = DailyRound("community.late_needs", "需求时限提醒", tell_late)


def _whose_turn(need: Need) -> list[int]:
    turn = rules.STAGES[State(need.state)].waits_for
    if turn is Actor.PRO and need.pro_id is not None:
        return [need.pro_id, *_cadres(need)]
    return _cadres(need)


def _cadres(need: Need) -> list[int]:
    query = select(Member.user_id).where(Member.community_id == need.community_id)
    return list(db.session.scalars(query))


def _tell(
    people: Iterable[int], by_id: int | None, need: Need, title: str, words: str, key: str,
    at: datetime,
) -> None:  # fmt: skip
    if need.invented:
        return  # nobody is woken by a demo
    told = {one for one in people if one != by_id}
    text = f"“{need.title}”{words}"
    notify(told, TOPIC, title, text, f"/community/needs/{need.id}", f"needs.{need.id}.{key}", at)
