"""Figures of the loop: how much came, how fast it was answered, how much was truly solved."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from sanshi_lms.community.models import Community, Kind
from sanshi_lms.community.needs import rules
from sanshi_lms.community.needs.models import Need
from sanshi_lms.community.needs.rules import State
from sanshi_lms.core.db import db


@dataclass(frozen=True)
class Figures:
    """Counts of needs received in a period, and times in seconds (None when there are none).

    The time to an answer and to the closing are counted from the receipt, waiting included: that
    is what the person who asked went through.
    """

    label: str
    key: str
    received: int
    responded: int
    done: int
    confirmed: int
    not_feasible: int
    late: int
    respond_median: float | None
    respond_p90: float | None
    close_median: float | None
    close_p90: float | None


@dataclass(frozen=True)
class Overview:
    """The whole, by district, by kind."""

    whole: Figures
    districts: list[Figures]
    kinds: list[Figures]


def overview(since: datetime, moment: datetime) -> Overview:
    """Return the figures of needs received since a moment, in one query."""
    columns = (
        Community.district, Kind.id, Kind.name,
        Need.state, Need.received_at, Need.responded_at, Need.done_at, Need.due_at,
    )  # fmt: skip
    query = (
        select(*columns)
        .join(Community, Community.id == Need.community_id)
        .join(Kind, Kind.id == Need.kind_id)
        .where(Need.received_at >= since)
    )
    rows = list(db.session.execute(query))
    by_district: dict[str, list[Any]] = {}
    by_kind: dict[tuple[int, str], list[Any]] = {}
    for row in rows:
        by_district.setdefault(row.district, []).append(row)
        by_kind.setdefault((row[1], row[2]), []).append(row)
    return Overview(
        whole=_figures("全部", "", rows, moment),
        districts=sorted(
            (_figures(name, name, some, moment) for name, some in by_district.items()),
            key=lambda one: -one.received,
        ),
        kinds=sorted(
            (_figures(name, str(number), some, moment) for (number, name), some in by_kind.items()),
            key=lambda one: -one.received,
        ),
    )


def _figures(label: str, key: str, rows: Iterable[Any], moment: datetime) -> Figures:
    rows = list(rows)
    answers = [(r.responded_at - r.received_at).total_seconds() for r in rows if r.responded_at]
    closings = [(r.done_at - r.received_at).total_seconds() for r in rows if r.done_at]
    return Figures(
        label=label,
        key=key,
        received=len(rows),
        responded=len(answers),
        done=len(closings),
        confirmed=sum(r.state == State.CONFIRMED for r in rows),
        not_feasible=sum(r.state == State.NOT_FEASIBLE for r in rows),
        late=sum(
            r.state in rules.OPEN and r.due_at is not None and r.due_at < moment for r in rows
        ),
        respond_median=rules.percentile(answers, 50),
        respond_p90=rules.percentile(answers, 90),
        close_median=rules.percentile(closings, 50),
        close_p90=rules.percentile(closings, 90),
    )
