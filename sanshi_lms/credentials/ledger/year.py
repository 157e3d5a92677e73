"""A person's year as the page 我的学时 shows it: sums, gap, lines with reasons, what fills it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Flask, current_app

from sanshi_lms.account import User
from sanshi_lms.credentials.ledger import queries, rules
from sanshi_lms.credentials.ledger.models import CreditEntry
from sanshi_lms.credentials.ledger.rule_store import rule_titles
from sanshi_lms.credentials.ledger.sentences import sentences

_OFFERS = "credentials.offers"
MOST_OFFERS = 6


@dataclass(frozen=True)
class Offer:
    """A course that a person has not done yet; `hours` is what the course itself states."""

    title: str
    path: str
    category: str
    activity: str
    subject: str
    minutes: int
    hours: Decimal


@dataclass(frozen=True)
class Filler:
    """An offer with the hours that it would bring this person."""

    offer: Offer
    hours: Decimal


@dataclass(frozen=True)
class ShownLine:
    """A line with its words; `undone` when a later line took it back."""

    line: CreditEntry
    label: str
    rule: str
    evidence: list[dict[str, Any]]
    undone: bool


@dataclass(frozen=True)
class Bar:
    """A sum beside what is asked for; `share` 0–100, `least` None when nothing is asked."""

    label: str
    hours: Decimal
    least: Decimal | None
    share: int


@dataclass(frozen=True)
class Year:
    """Everything the page shows."""

    year: int
    years: list[int]
    total: Decimal
    bars: list[Bar]
    gap: rules.Gap | None
    lines: list[ShownLine]
    rule_title: str
    rule_sentences: list[str]
    rule_source: str
    fillers: list[Filler] = field(default_factory=list)


def use_offers(app: Flask, offers: Callable[[int], Sequence[Offer]]) -> None:
    """Let a room above say which published courses somebody has not done yet."""
    app.extensions[_OFFERS] = offers


def year_of(person: User, year: int, today: date) -> Year:
    """Return a person's year."""
    by_category = queries.balance(person.id, year)
    _, rule = queries.version_for(person, min(today, date(year, 12, 31)))
    gap = rules.gap(rule.target, by_category) if rule and rule.target else None
    entries = queries.entries_of(person.id, year)
    return Year(
        year=year,
        years=sorted({today.year, year, *queries.years_of(person.id)}, reverse=True),
        total=rules.total(by_category.values()),
        bars=_bars(by_category, gap),
        gap=gap,
        lines=_shown(entries),
        rule_title=rule.title if rule else "",
        rule_sentences=sentences(rule) if rule else [],
        rule_source=rule.source if rule else "",
        fillers=_fillers(person, rule, gap, today) if gap and year == today.year else [],
    )


def _bars(by_category: dict[str, Decimal], gap: rules.Gap | None) -> list[Bar]:
    target = gap.target if gap else None
    parts = {part.category: part.hours for part in target.parts} if target else {}
    had = rules.total(by_category.values())
    least = target.hours if target else None
    widest = max([had, *([least] if least else []), Decimal(1)])
    bars = [Bar("合计", had, least, _share(had, least or widest))]
    for category in reversed(rules.CATEGORIES):
        hours, asked = by_category[category], parts.get(category)
        bars.append(Bar(f"{category}科目", hours, asked, _share(hours, asked or widest)))
    return bars


def _share(hours: Decimal, of: Decimal) -> int:
    return max(0, min(100, int(hours * 100 / of))) if of else 0


def _shown(entries: Sequence[CreditEntry]) -> list[ShownLine]:
    undone = queries.reversed_ids(entries)
    used = {line.rule_version_id for line in entries}
    titles = rule_titles([v for v in queries.versions() if v.id in used])
    return [
        ShownLine(
            line=line,
            label=rules.ACTIVITIES[line.activity],
            rule=titles.get(line.rule_version_id or 0, ""),
            evidence=json.loads(line.evidence),
            undone=line.id in undone,
        )
        for line in entries
    ]


def _fillers(person: User, rule: rules.Rule | None, gap: rules.Gap, today: date) -> list[Filler]:
    """Return courses that would bring something now: of the category that lacks most first."""
    offers = current_app.extensions.get(_OFFERS)
    if offers is None or gap.met:
        return []
    before = queries.lines_of_year(person.id, today.year)
    lacking = dict(gap.parts)
    found = []
    for offer in offers(person.id):
        fact = rules.Fact(
            offer.activity,
            offer.category,
            offer.subject,
            today,
            offer.minutes * 60,
            offer.hours,
        )
        hours = rules.worth(rule, fact, before).raw
        if hours:
            found.append(Filler(offer, hours))
    found.sort(key=lambda one: (-lacking.get(one.offer.category, rules.ZERO), -one.hours))
    return found[:MOST_OFFERS]
