"""Works the whole ledger out again, from its evidence and the versions of rules that made it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass

from sqlalchemy import select

from sanshi_lms.account import people_by_id, standings_of
from sanshi_lms.core.clock import local
from sanshi_lms.core.db import db
from sanshi_lms.core.settings import settings
from sanshi_lms.credentials.ledger import rules, seals
from sanshi_lms.credentials.ledger.due import Due
from sanshi_lms.credentials.ledger.models import (
    CreditEntry,
    PersonLedger,
    RuleVersion,
    Statement,
)
from sanshi_lms.credentials.ledger.queries import applications, rule_of

_PEOPLE_AT_ONCE = 200
OldLine = Callable[[CreditEntry], bool]
"""Tells whether a line from before rules is what a sealed certificate says."""


@dataclass(frozen=True)
class Difference:
    """Something that does not add up: whose, which line (None: the person's whole), in words."""

    user_id: int
    person: str
    entry_id: int | None
    title: str
    words: str


@dataclass(frozen=True)
class Checked:
    """What a check saw and found."""

    people: int
    entries: int
    differences: list[Difference]

    def as_rows(self) -> list[dict[str, object]]:
        """Return the differences for storing."""
        return [asdict(one) for one in self.differences]


def verify_ledger(is_old_line: OldLine) -> Checked:
    """Return everything in the ledger that does not follow from its evidence."""
    ledgers = set(db.session.scalars(select(PersonLedger.user_id)))
    people = sorted(ledgers | set(db.session.scalars(select(CreditEntry.user_id).distinct())))
    versions = {row.id: row for row in db.session.scalars(select(RuleVersion))}
    given = applications()
    differences: list[Difference] = []
    count = 0
    for start in range(0, len(people), _PEOPLE_AT_ONCE):
        some = people[start : start + _PEOPLE_AT_ONCE]
        names = {user_id: p.display_name for user_id, p in people_by_id(some).items()}
        held = standings_of(some)
        for user_id, lines in _lines_by_person(some).items():
            count += len(lines)
            due = Due(given, versions, held[user_id])
            book = _Book(user_id, names.get(user_id, "？"), lines, versions, due, is_old_line)
            differences += book.differences()
        db.session.expire_all()
    return Checked(len(people), count, differences)


def _lines_by_person(user_ids: list[int]) -> dict[int, list[CreditEntry]]:
    found: dict[int, list[CreditEntry]] = {user_id: [] for user_id in user_ids}
    query = select(CreditEntry).where(CreditEntry.user_id.in_(user_ids)).order_by(CreditEntry.id)
    for line in db.session.scalars(query.execution_options(populate_existing=True)):
        found[line.user_id].append(line)
    return found


@dataclass
class _Book:
    """One person's ledger under examination."""

    user_id: int
    name: str
    lines: list[CreditEntry]
    versions: dict[int, RuleVersion]
    due: Due
    is_old_line: OldLine

    def differences(self) -> list[Difference]:
        """Return what does not add up, in the order of the lines."""
        found = [
            Difference(self.user_id, self.name, line.id, line.title, words)
            for place, line in enumerate(self.lines)
            for words in self._faults(line, self.lines[:place])
        ]
        whole = [*self._chain(), *self._end(), *self._statements()]
        return found + [Difference(self.user_id, self.name, None, "", words) for words in whole]

    def _faults(self, line: CreditEntry, before: list[CreditEntry]) -> Iterator[str]:
        if line.reverses_id is not None:
            yield from self._reversal_faults(line, before)
            return
        if line.seal is None:
            if not self.is_old_line(line):
                yield "是启用规则以前的记录，但没有证书与它相符。"
            return
        if (line.day, line.year) != (local(line.at).date(), local(line.at).year):
            yield "计入的日期与发生时间不符。"
        if line.rule_version_id is None:
            rule = None
        else:
            version = self.versions.get(line.rule_version_id)
            if version is None:
                yield "所依据的规则版本不存在。"
                return
            rule = rule_of(version.text)
            if not rule.covers(line.day):
                yield f"所依据的规则在 {line.day} 并不有效。"
        if not self.due.allows(line):
            yield "所依据的规则不是当时对这位学员有效的规则。"
        yield from self._amount_faults(line, rule, before)

    def _amount_faults(
        self, line: CreditEntry, rule: rules.Rule | None, before: list[CreditEntry]
    ) -> Iterator[str]:
        fact = rules.Fact(
            line.activity, line.category, line.subject, line.day, line.seconds, line.stated_hours
        )
        stood = [rules.Line(b.activity, b.subject, b.day, b.hours) for b in _of_year(before, line)]
        found = rules.worth(rule, fact, stood)
        for label, on_record, right in (
            ("上限前的学时", line.raw_hours, found.raw),
            ("学时", line.hours, found.hours),
        ):
            if on_record != right:
                kept, due = rules.plain(on_record), rules.plain(right)
                yield f"{label}记的是 {kept}，重新计算应为 {due}。"

    def _reversal_faults(self, line: CreditEntry, before: list[CreditEntry]) -> Iterator[str]:
        taken = next((b for b in before if b.id == line.reverses_id), None)
        if taken is None or taken.reverses_id is not None:
            yield "是冲销，但找不到它冲销的那一笔。"
        elif line.hours != -taken.hours:
            kept, due = rules.plain(line.hours), rules.plain(-taken.hours)
            yield f"冲销记的是 {kept}，应为 {due}。"
        elif (line.year, line.category) != (taken.year, taken.category):
            yield "冲销的年度或类别与原来那一笔不同。"

    def _chain(self) -> Iterator[str]:
        before, sealed = "", False
        for line in self.lines:
            if line.seal is None:
                if sealed:
                    yield f"第 {line.id} 笔没有封印，但它前面的记录有。"
                continue
            sealed = True
            if not seals.holds(line.seal, seals.line_seal(_secret(), line, before)):
                yield f"第 {line.id} 笔的封印不符：它或它前面的记录被改动过，或者系统密钥换过。"
            before = line.seal

    def _end(self) -> Iterator[str]:
        ledger = db.session.get(PersonLedger, self.user_id)
        sealed = [line for line in self.lines if line.seal is not None]
        if ledger is None:
            if sealed:
                yield "账簿末尾的记录不见了。"
            return
        if not seals.holds(ledger.seal, seals.ledger_seal(_secret(), ledger)):
            yield "账簿末尾的封印不符。"
        if ledger.entries != len(sealed):
            yield f"账簿应有 {ledger.entries} 笔，实际有 {len(sealed)} 笔。"
        elif sealed and ledger.head != sealed[-1].seal:
            yield "最后一笔不是账簿末尾所记的那一笔。"

    def _statements(self) -> Iterator[str]:
        for one in db.session.scalars(select(Statement).where(Statement.user_id == self.user_id)):
            if not seals.holds(one.seal, seals.statement_seal(_secret(), one)):
                yield f"证明 {one.number} 的封印不符。"
            upto = [x for x in self.lines if x.year == one.year and x.id <= one.last_entry_id]
            due = rules.total(line.hours for line in upto)
            if due != one.hours:
                kept = rules.plain(one.hours)
                yield f"证明 {one.number} 写的是 {kept} 学时，账上合计 {rules.plain(due)}。"


def _of_year(lines: Iterable[CreditEntry], line: CreditEntry) -> list[CreditEntry]:
    return [one for one in lines if one.year == line.year]


def _secret() -> bytes:
    return settings().secret_key.encode()
