"""Writes of the ledger: entering hours and taking them back. Each is done once, however often."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from sanshi_lms.account import User
from sanshi_lms.core.audit import note
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import db, insert_missing
from sanshi_lms.core.settings import settings
from sanshi_lms.credentials.ledger import rules, seals
from sanshi_lms.credentials.ledger.models import (
    LONGEST_SOURCE_REF,
    LONGEST_SUBJECT,
    LONGEST_TITLE,
    CreditEntry,
    PersonLedger,
)
from sanshi_lms.credentials.ledger.queries import entry_for, lines_of_year, version_for
from sanshi_lms.credentials.rules import credit_hours_of

_LONGEST_SECONDS = 10_000 * 3600


@dataclass(frozen=True)
class Evidence:
    """A piece of what stands behind a line: a lesson, an attempt, a class, a proof.

    `path` is where to look ("" for nowhere), `detail` a few words such as "12 分钟".
    """

    kind: str
    ref: str
    title: str
    detail: str = ""
    path: str = ""


def award_hours(
    user_id: int,
    activity: str,
    title: str,
    *,
    source_ref: str,
    at: datetime,
    category: str = "专业",
    minutes: Decimal | float | None = None,
    hours: Decimal | int | float | str | None = None,
    subject: str | None = None,
    evidence: Sequence[Evidence] = (),
) -> CreditEntry:
    """Return the line for `source_ref`, entering it by the rule in force on that day if it is new.

    `minutes` is the counted length, `hours` (学时) what the course or claim states; which of them
    counts is the rule's business. `subject` names what caps are for ("course:3"), by default the
    source itself. Whoever awards for several people in one transaction goes by their ids, so that
    two such transactions cannot wait for each other.
    """
    if not source_ref or len(source_ref) > LONGEST_SOURCE_REF:
        raise ValueError("source_ref must name what the hours are for")
    if activity not in rules.ACTIVITIES or category not in rules.CATEGORIES:
        raise ValueError(f"unknown activity or category: {activity!r}, {category!r}")
    moment = at.replace(microsecond=0)
    day = local(moment).date()
    fact = rules.Fact(
        activity=activity,
        category=category,
        subject=(subject or source_ref)[:LONGEST_SUBJECT],
        day=day,
        seconds=None if minutes is None else _whole_seconds(minutes),
        stated=None if hours is None else credit_hours_of(hours),
    )
    in_force = version_for(db.session.get_one(User, user_id), day)
    return _enter(user_id, title, source_ref, moment, fact, in_force, evidence)


def enter_stated_hours(
    user_id: int, title: str, hours: Decimal, source_ref: str, at: datetime
) -> CreditEntry:
    """Return the line for `source_ref`, entering hours as they are stated, by no rule."""
    moment = at.replace(microsecond=0)
    day = local(moment).date()
    fact = rules.Fact("online_course", "专业", source_ref[:LONGEST_SUBJECT], day, None, hours)
    return _enter(user_id, title, source_ref, moment, fact, (None, None), ())


def _enter(
    user_id: int,
    title: str,
    source_ref: str,
    moment: datetime,
    fact: rules.Fact,
    in_force: tuple[int | None, rules.Rule | None],
    evidence: Sequence[Evidence],
) -> CreditEntry:
    ledger = lock_ledger(user_id)
    known = entry_for(source_ref)
    if known is not None:
        return known
    version_id, rule = in_force
    found = rules.worth(rule, fact, lines_of_year(user_id, fact.day.year))
    line = CreditEntry(
        user_id=user_id,
        hours=found.hours,
        title=" ".join(title.split())[:LONGEST_TITLE],
        source_ref=source_ref,
        at=moment,
        activity=fact.activity,
        category=fact.category,
        subject=fact.subject,
        day=fact.day,
        year=fact.day.year,
        seconds=fact.seconds,
        stated_hours=fact.stated,
        evidence=json.dumps([asdict(piece) for piece in evidence], ensure_ascii=False),
        rule_version_id=version_id,
        raw_hours=found.raw,
        why=found.why[:LONGEST_TITLE],
        reverses_id=None,
    )
    return _append(ledger, line)


def reverse_entry(
    entry: CreditEntry, reason: str, at: datetime, source_ref: str = ""
) -> CreditEntry:
    """Take the hours of a line back by a counter-line, once; the line itself stays as it is.

    The counter-line counts in the same year and day as what it takes back, so caps have that room
    again. Raises ValueError for a counter-line.
    """
    if entry.reverses_id is not None:
        raise ValueError("a counter-line is not taken back; award anew instead")
    ledger = lock_ledger(entry.user_id)
    query = select(CreditEntry).where(CreditEntry.reverses_id == entry.id)
    known = db.session.scalar(query)
    if known is not None:
        return known
    line = CreditEntry(
        user_id=entry.user_id,
        hours=-entry.hours,
        title=entry.title,
        source_ref=source_ref or f"reverse:{entry.id}",
        at=at.replace(microsecond=0),
        activity=entry.activity,
        category=entry.category,
        subject=entry.subject,
        day=entry.day,
        year=entry.year,
        seconds=None,
        stated_hours=None,
        evidence=entry.evidence,
        rule_version_id=entry.rule_version_id,
        raw_hours=-entry.raw_hours,
        why=" ".join(reason.split())[:LONGEST_TITLE],
        reverses_id=entry.id,
    )
    note("credentials.reverse_hours", f"user:{entry.user_id}", {"hours": str(entry.hours)})
    return _append(ledger, line)


def rule_counts(user_id: int, activity: str, at: datetime) -> bool:
    """Tell whether a rule is in force for the person that counts this kind of activity itself."""
    day = local(at).date()
    _, rule = version_for(db.session.get_one(User, user_id), day)
    return rule is not None and rule.counting(activity) is not None


def lock_ledger(user_id: int) -> PersonLedger:
    """Return the end of the person's ledger, held until the commit."""
    query = select(PersonLedger).where(PersonLedger.user_id == user_id).with_for_update()
    query = query.execution_options(populate_existing=True)
    ledger = db.session.scalar(query)
    if ledger is None:
        fresh = PersonLedger(user_id=user_id, entries=0, head="")
        seal = seals.ledger_seal(_secret(), fresh)
        insert_missing(PersonLedger, user_id=user_id, entries=0, head="", seal=seal)
        ledger = db.session.scalars(query).one()
    return ledger


def _append(ledger: PersonLedger, line: CreditEntry) -> CreditEntry:
    line.entered_at = now().replace(microsecond=0)
    line.seal = seals.line_seal(_secret(), line, ledger.head)
    db.session.add(line)
    ledger.entries += 1
    ledger.head = line.seal
    ledger.seal = seals.ledger_seal(_secret(), ledger)
    db.session.flush()
    return line


def _whole_seconds(minutes: Decimal | float) -> int:
    """Return whole seconds, rounded down: 29:59.9 is not half an hour.

    Raises ValueError for what is no length.
    """
    exact = round(Decimal(str(minutes)) * 60, 3)  # a float's 1801 s are 1800.99999999999996
    if not exact.is_finite() or not 0 <= exact <= _LONGEST_SECONDS:
        raise ValueError(f"minutes out of range: {minutes!r}")
    return int(exact)


def _secret() -> bytes:
    return settings().secret_key.encode()
