"""Evidence of a round: what each candidate did in its period, each figure with its rows."""

from collections import defaultdict
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from sanshi_lms.community.models import Community, Kind
from sanshi_lms.community.needs.models import Need
from sanshi_lms.community.needs.rules import State as NeedState
from sanshi_lms.community.stars.models import StarRound
from sanshi_lms.community.stories.models import Story
from sanshi_lms.community.stories.rules import CASE
from sanshi_lms.community.stories.rules import State as StoryState
from sanshi_lms.core.clock import local
from sanshi_lms.core.db import db
from sanshi_lms.learning import answers_by, reached_people

QUICK = timedelta(hours=24)
Found = dict[str, dict[str, Any]]


def gather(subject: StarRound, user_ids: Collection[int]) -> dict[int, Found]:
    """Return by candidate and source the value and the rows behind it, in a few queries."""
    found: dict[int, Found] = {number: {} for number in user_ids}
    _needs(subject, found)
    _cases(subject, found)
    _learning(subject, found)
    return found


def _needs(subject: StarRound, found: dict[int, Found]) -> None:
    query = (
        select(Need, Kind.name, Community.name)
        .join(Kind, Kind.id == Need.kind_id)
        .join(Community, Community.id == Need.community_id)
        .where(Need.pro_id.in_(found), Need.done_at >= subject.since)
        .where(Need.done_at < subject.until)
        .order_by(Need.done_at, Need.id)
    )
    rows: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for need, kind, community in db.session.execute(query):
        day = local(need.done_at or subject.until)
        answered = need.responded_at - need.received_at if need.responded_at else None
        rows[need.pro_id or 0].append(
            {
                "need": need.id,
                "told": f"{kind}，{community}，{day:%Y-%m-%d} 办结",
                "confirmed": need.state == NeedState.CONFIRMED,
                "quick": answered is not None and answered <= QUICK,
            }
        )
    for number, own in found.items():
        mine = rows[number]
        own["closed"] = {"value": len(mine), "rows": [one["told"] for one in mine]}
        for source, mark in (("confirmed_share", "confirmed"), ("quick_share", "quick")):
            good = [one["told"] for one in mine if one[mark]]
            share = round(100 * len(good) / len(mine), 1) if mine else 0.0
            own[source] = {"value": share, "rows": good}


def _cases(subject: StarRound, found: dict[int, Found]) -> None:
    query = (
        select(Need.pro_id, Story.title)
        .join(Need, Need.id == Story.need_id)
        .where(Need.pro_id.in_(found), Story.kind == CASE)
        .where(Story.state == StoryState.PUBLISHED.value)
        .where(Story.published_at >= subject.since, Story.published_at < subject.until)
        .order_by(Story.id)
    )
    titles: dict[int, list[str]] = defaultdict(list)
    for pro_id, title in db.session.execute(query):
        titles[pro_id or 0].append(title)
    for number, own in found.items():
        own["cases"] = {"value": len(titles[number]), "rows": titles[number]}


def _learning(subject: StarRound, found: dict[int, Found]) -> None:
    helped = answers_by([*found], subject.since, subject.until)
    learnt = {
        row[0]: (row[2], row[3])
        for row in db.session.execute(reached_people(subject.since, subject.until))
        if row[0] in found
    }
    for number, own in found.items():
        lessons, minutes = learnt.get(number, (0, 0))
        told = [f"学完 {lessons} 节，共 {minutes} 分钟"] if lessons else []
        own["learning_hours"] = {"value": round(minutes / 60, 1), "rows": told}
        own["answers"] = {"value": helped.get(number, 0), "rows": []}
