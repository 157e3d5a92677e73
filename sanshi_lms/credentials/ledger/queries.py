"""Reads of the ledger. Sums are taken over whole hundredths, so no engine's floats are in them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache

from sqlalchemy import ColumnElement, Integer, cast, func, select

from sanshi_lms.account import Standing, User, standings_of
from sanshi_lms.core.clock import local
from sanshi_lms.core.db import db
from sanshi_lms.credentials.ledger import rules
from sanshi_lms.credentials.ledger.models import CreditEntry, RuleApplication, RuleVersion
from sanshi_lms.credentials.ledger.rule_text import read_rule

_HUNDRED = Decimal(100)


@lru_cache(maxsize=64)
def rule_of(text: str) -> rules.Rule:
    """Return the rule that a stored version states."""
    return read_rule(text)


def entry_for(source_ref: str) -> CreditEntry | None:
    """Return the line that was entered for `source_ref`."""
    return db.session.scalar(select(CreditEntry).where(CreditEntry.source_ref == source_ref))


def reversal_of(entry_id: int) -> CreditEntry | None:
    """Return the counter-line of a line."""
    return db.session.scalar(select(CreditEntry).where(CreditEntry.reverses_id == entry_id))


def entries_of_award(source_ref: str) -> Sequence[CreditEntry]:
    """Return the lines of an award: its own, and those of its tests ("…:test:9")."""
    mine = CreditEntry.source_ref.startswith(f"{source_ref}:test:", autoescape=True)
    query = select(CreditEntry).where((CreditEntry.source_ref == source_ref) | mine)
    return db.session.scalars(query.order_by(CreditEntry.id)).all()


def lines_of_year(user_id: int, year: int) -> list[rules.Line]:
    """Return a person's lines of a year in the order in which they were entered."""
    columns = (CreditEntry.activity, CreditEntry.subject, CreditEntry.day, CreditEntry.hours)
    query = select(*columns).where(CreditEntry.user_id == user_id, CreditEntry.year == year)
    return [rules.Line(*row) for row in db.session.execute(query.order_by(CreditEntry.id))]


def entries_of(user_id: int, year: int) -> Sequence[CreditEntry]:
    """Return a person's lines of a year, the newest first."""
    query = select(CreditEntry).where(CreditEntry.user_id == user_id, CreditEntry.year == year)
    return db.session.scalars(query.order_by(CreditEntry.day.desc(), CreditEntry.id.desc())).all()


def years_of(user_id: int) -> list[int]:
    """Return the years in which a person has lines, the latest first."""
    query = select(CreditEntry.year).where(CreditEntry.user_id == user_id).distinct()
    return sorted(db.session.scalars(query), reverse=True)


def balance(user_id: int, year: int) -> dict[str, Decimal]:
    """Return a person's hours of a year by category."""
    return balances([user_id], year)[user_id]


def balances(user_ids: Collection[int], year: int) -> dict[int, dict[str, Decimal]]:
    """Return the hours of a year by person and category, in one query."""
    found = {user_id: dict.fromkeys(rules.CATEGORIES, rules.ZERO) for user_id in user_ids}
    query = select(CreditEntry.user_id, CreditEntry.category, _sum_of_hundredths())
    query = query.where(CreditEntry.year == year, CreditEntry.user_id.in_(found))
    grouped = query.group_by(CreditEntry.user_id, CreditEntry.category)
    for user_id, category, amount in db.session.execute(grouped):
        found[user_id][category] = Decimal(amount) / _HUNDRED
    return found


def credit_hours_earned(user_id: int) -> Decimal:
    """Return the sum of a person's ledger, in credit hours (学时)."""
    amount = db.session.scalar(select(_sum_of_hundredths()).where(CreditEntry.user_id == user_id))
    return (Decimal(amount or 0) / _HUNDRED).quantize(Decimal("0.01"))


def applications() -> list[RuleApplication]:
    """Return whom rules were given to, in the order in which that was said."""
    return list(db.session.scalars(select(RuleApplication).order_by(RuleApplication.id)))


def versions() -> list[RuleVersion]:
    """Return all versions of all rules, the latest of each rule first."""
    order = (RuleVersion.code, RuleVersion.version.desc())
    return list(db.session.scalars(select(RuleVersion).order_by(*order)))


def version_by_id(version_id: int) -> RuleVersion | None:
    """Return a version of a rule."""
    return db.session.get(RuleVersion, version_id)


def version_for(person: User, day: date) -> tuple[int | None, rules.Rule | None]:
    """Return the version that is for this person on `day` and valid then, or (None, None)."""
    return Book.load([person.id]).version_for(person, day)


@dataclass(frozen=True)
class Book:
    """All rules with whom they are for: for lists of people, in three queries altogether."""

    applications: Sequence[rules.Application]
    rules_by_id: Mapping[int, rules.Rule]
    standings: Mapping[int, Sequence[Standing]] = field(default_factory=dict)

    @classmethod
    def load(cls, user_ids: Collection[int] = ()) -> "Book":
        """Read the rules that were ever given to somebody, and what these people were when."""
        rows = applications()
        used = {row.version_id for row in rows if row.version_id is not None}
        texts = select(RuleVersion.id, RuleVersion.text).where(RuleVersion.id.in_(used))
        found = {version_id: rule_of(text) for version_id, text in db.session.execute(texts)}
        return cls([as_application(row) for row in rows], found, standings_of(user_ids))

    def version_for(self, person: User, day: date) -> tuple[int | None, rules.Rule | None]:
        """Return the version for a person on `day`, by what they were then, or (None, None)."""
        post, role = self._held(person, day)
        for version_id in rules.in_force(self.applications, post, role, day):
            rule = self.rules_by_id[version_id]
            if rule.covers(day):
                return version_id, rule
        return None, None

    def _held(self, person: User, day: date) -> tuple[str, str]:
        """Return post and role at the end of `day`; before the first that is known, that one."""
        known = self.standings.get(person.id, ())
        by_then = [one for one in known if local(one.since).date() <= day] or known[:1]
        if not by_then or by_then[-1] is known[-1]:
            return person.post, person.role
        return by_then[-1].post, by_then[-1].role

    def target_for(self, person: User, year: int, today: date) -> rules.Target | None:
        """Return the target of a person's year: by the rule at its end, or today's."""
        _, rule = self.version_for(person, min(today, date(year, 12, 31)))
        return rule.target if rule else None


def as_application(row: RuleApplication) -> rules.Application:
    """Return a row as the rules see it."""
    return rules.Application(row.scope, row.who, row.starts_on, row.version_id)


def reversed_ids(entries: Iterable[CreditEntry]) -> set[int]:
    """Return which of these lines were taken back later."""
    ids = [entry.id for entry in entries]
    query = select(CreditEntry.reverses_id).where(CreditEntry.reverses_id.in_(ids))
    return {found for found in db.session.scalars(query) if found is not None}


def _sum_of_hundredths() -> ColumnElement[int]:
    return func.sum(cast(func.round(CreditEntry.hours * 100), Integer))
