"""Reads of the effect sheet: the facts of needs, whom learning reached, what was told of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from sanshi_lms.account import User, find_units, units_below
from sanshi_lms.community.effect.rules import NeedFact, Period
from sanshi_lms.community.models import Community, Kind, Member, Profession, Professional
from sanshi_lms.community.needs import rules as needs_rules
from sanshi_lms.community.needs.models import Need, limits_of
from sanshi_lms.community.stories.models import Story
from sanshi_lms.community.stories.rules import CASE
from sanshi_lms.community.stories.rules import State as StoryState
from sanshi_lms.core.db import db
from sanshi_lms.learning import Reach, reach

_COLUMNS = (
    Need.id, Need.kind_id, Community.district, Community.name, Need.state, Need.pro_id,
    Need.received_at, Need.responded_at, Need.done_at, Need.reopened, Need.due_at, Need.opened_at,
    Need.waited_seconds, Need.invented,
)  # fmt: skip


@dataclass(frozen=True)
class Told:
    """How many cases and media pieces were published."""

    cases: int
    pieces: int


def need_facts(period: Period, district: str, moment: datetime) -> list[NeedFact]:
    """Return the needs received in a period, of a district or all, in two queries."""
    kinds = {kind.id: kind for kind in db.session.scalars(select(Kind))}
    limits = {number: limits_of(kind) for number, kind in kinds.items()}
    query = (
        select(*_COLUMNS)
        .join(Community, Community.id == Need.community_id)
        .where(Need.received_at >= period.since, Need.received_at < period.until)
        .order_by(Need.received_at, Need.id)
    )
    if district:
        query = query.where(Community.district == district)
    found = []
    for row in db.session.execute(query):
        on_time, hours = None, limits[row.kind_id].close
        if row.done_at is not None and hours:
            began = row.opened_at + timedelta(seconds=row.waited_seconds)
            on_time = row.done_at <= limits[row.kind_id].after(began, timedelta(hours=hours))
        found.append(
            NeedFact(
                id=row.id,
                kind=kinds[row.kind_id].name,
                district=row.district,
                community=row.name,
                state=row.state,
                pro_id=row.pro_id,
                received_at=row.received_at,
                responded_at=row.responded_at,
                done_at=row.done_at,
                reopened=row.reopened,
                late=row.state in needs_rules.OPEN and bool(row.due_at) and row.due_at < moment,
                on_time=on_time,
                invented=row.invented,
            )
        )
    return found


def received_in(periods: Sequence[Period], district: str) -> list[int]:
    """Return how many needs were received in each of these periods, in one query."""
    sums = [
        func.sum(case((and_(Need.received_at >= p.since, Need.received_at < p.until), 1), else_=0))
        for p in periods
    ]
    query = select(*sums).join(Community, Community.id == Need.community_id)
    query = query.where(Need.received_at >= periods[0].since)
    if district:
        query = query.where(Community.district == district)
    return [int(count or 0) for count in db.session.execute(query).one()]


def learning_reach(period: Period, district: str) -> Reach:
    """Return whom learning reached in a period, of a district or anywhere."""
    return reach(period.since, period.until, people_of(district))


def people_of(district: str) -> Select[int] | None:
    """Return the ids of a district's people: of its units, or handling its communities' needs.

    None without a district: everybody.
    """
    if not district:
        return None
    units: set[int] = set()
    for unit in find_units(district):
        units |= units_below(unit.id)
    handles = (
        select(Member.user_id)
        .join(Community, Community.id == Member.community_id)
        .where(Community.district == district)
    )
    return select(User.id).where(or_(User.unit_id.in_(units), User.id.in_(handles)))


def stories_of(period: Period, district: str, *, cases: bool) -> Select[Story]:
    """Return the cases, or the media pieces, published in a period, the newest first."""
    conditions: list[ColumnElement[bool]] = [
        Story.state == StoryState.PUBLISHED.value,
        Story.published_at >= period.since,
        Story.published_at < period.until,
        (Story.kind == CASE) if cases else (Story.kind != CASE),
    ]
    if district:
        conditions.append(Story.district == district)
    return select(Story).where(*conditions).order_by(Story.published_at.desc(), Story.id)


def told(period: Period, district: str) -> Told:
    """Return how many cases and media pieces were published in a period."""
    kinds = db.session.scalars(
        stories_of(period, district, cases=True).with_only_columns(Story.id)
    ).all()
    pieces = db.session.scalars(
        stories_of(period, district, cases=False).with_only_columns(Story.id)
    ).all()
    return Told(len(kinds), len(pieces))


def pros_called(ids: set[int]) -> dict[int, tuple[str, str]]:
    """Return the name and the profession of these 三师."""
    query = (
        select(User.id, User.display_name, Profession.name)
        .outerjoin(Professional, Professional.user_id == User.id)
        .outerjoin(Profession, Profession.id == Professional.profession_id)
        .where(User.id.in_(ids))
    )
    return {row[0]: (row[1], row[2] or "") for row in db.session.execute(query)}
