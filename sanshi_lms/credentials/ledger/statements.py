"""Yearly statements: issued as frozen records, checked against the ledger, printed with a QR."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from sanshi_lms.account import User
from sanshi_lms.core.audit import note
from sanshi_lms.core.clock import local
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.fonts import SERIF, font_paths
from sanshi_lms.core.settings import settings
from sanshi_lms.credentials import rules as certificate_rules
from sanshi_lms.credentials.ledger import rules, seals
from sanshi_lms.credentials.ledger.actions import lock_ledger
from sanshi_lms.credentials.ledger.models import CreditEntry, Statement
from sanshi_lms.credentials.ledger.queries import Book
from sanshi_lms.credentials.press import NoChineseFontError, Press, qr_svg

TEMPLATE = Path(__file__).with_name("statement.typ")
HEADING = "年度学时证明"
ISSUER = "三师微课堂"
_NUMBERS_TO_TRY = 5


@dataclass(frozen=True)
class Known:
    """A statement whose seal holds; `changed_to` is the year's sum when it is another by now."""

    statement: Statement
    intact: bool
    changed_to: Decimal | None

    @property
    def parts(self) -> list[tuple[str, str]]:
        """Return categories and their hours as they are printed."""
        return [(str(name), str(hours)) for name, hours in json.loads(self.statement.parts)]


def issue_statement(person: User, year: int, at: datetime) -> Statement:
    """Return the statement of a person's year as it stands now, issuing it when it is new.

    Raises Refusal for a year without lines.
    """
    lock_ledger(person.id)
    lines = _lines(person.id, year)
    if not lines:
        raise Refusal(f"{year} 年还没有学时记录，学完课程以后再来生成证明。")
    holder = certificate_rules.clean_name(person.display_name)[:60]
    for _ in range(_NUMBERS_TO_TRY):
        known = db.session.scalar(
            select(Statement).where(
                Statement.user_id == person.id,
                Statement.year == year,
                Statement.last_entry_id == lines[-1].id,
                Statement.holder_name == holder,
            )
        )
        if known is not None:
            return known
        fresh = _drafted(person, holder, year, lines, at)
        try:
            with db.session.begin_nested():
                db.session.add(fresh)
        except IntegrityError:
            continue  # the number is taken
        note("credentials.issue_statement", f"statement:{fresh.number}", None, {"year": year})
        return fresh
    raise RuntimeError("no statement could be written")


def _drafted(
    person: User, holder: str, year: int, lines: Sequence[CreditEntry], at: datetime
) -> Statement:
    by_category = {
        category: rules.total(line.hours for line in lines if line.category == category)
        for category in rules.CATEGORIES
    }
    target = Book.load([person.id]).target_for(person, year, local(at).date())
    words = "没有规定年度学时要求"
    if target:
        gap = rules.gap(target, by_category)
        words = f"{rules.plain(target.hours)} 学时；{gap.words()}"
    statement = Statement(
        number=certificate_rules.new_number(local(at).year),
        user_id=person.id,
        holder_name=holder,
        year=year,
        last_entry_id=lines[-1].id,
        entries=len(lines),
        hours=rules.total(by_category.values()),
        parts=json.dumps([[c, rules.plain(h)] for c, h in by_category.items()], ensure_ascii=False),
        target=words,
        issued_at=at.replace(microsecond=0),
    )
    statement.seal = seals.statement_seal(settings().secret_key.encode(), statement)
    return statement


def statement_by_number(number: str) -> Statement | None:
    """Return the statement with this number."""
    return db.session.scalar(select(Statement).where(Statement.number == number))


def statements_by_number(numbers: Collection[str]) -> Sequence[Statement]:
    """Return the statements with these numbers, in one query."""
    return db.session.scalars(select(Statement).where(Statement.number.in_(numbers))).all()


def look_at(statement: Statement) -> Known:
    """Return whether a statement is as it was issued, and what the year's sum is now."""
    seal = seals.statement_seal(settings().secret_key.encode(), statement)
    lines = _lines(statement.user_id, statement.year)
    upto = [line for line in lines if line.id <= statement.last_entry_id]
    intact = seals.holds(statement.seal, seal) and (
        rules.total(line.hours for line in upto) == statement.hours
    )
    now_hours = rules.total(line.hours for line in lines)
    return Known(statement, intact, now_hours if len(upto) < len(lines) else None)


def statement_data(statement: Statement, verify_url: str) -> dict[str, object]:
    """Return what is printed. Raises Refusal when the lines do not add up to the statement."""
    if not look_at(statement).intact:
        raise Refusal("证明与学时账簿不一致，不能生成文件，请联系管理员。", 409)
    lines = [
        line
        for line in _lines(statement.user_id, statement.year)
        if line.id <= statement.last_entry_id
    ]
    issued_on = local(statement.issued_at).date()
    return {
        "heading": HEADING,
        "issuer": ISSUER,
        "fonts": list(SERIF),
        "number": statement.number,
        "holder_name": statement.holder_name,
        "year": statement.year,
        "hours": rules.plain(statement.hours),
        "parts": json.loads(statement.parts),
        "target": statement.target,
        "date": certificate_rules.date_in_characters(issued_on),
        "verify_shown": verify_url.partition("://")[2],
        "qr_svg": qr_svg(verify_url, "#ffffff"),
        "lines": [_printed(place, line) for place, line in enumerate(lines, 1)],
    }


def _printed(place: int, line: CreditEntry) -> dict[str, object]:
    return {
        "place": place,
        "day": str(line.day),
        "title": line.title,
        "note": line.why,
        "activity": "冲销" if line.reverses_id else rules.ACTIVITIES[line.activity],
        "category": line.category,
        "hours": rules.plain(line.hours),
    }


@lru_cache(maxsize=1)
def press() -> Press:
    """Return the process's press of statements. Raises NoChineseFontError."""
    folders = font_paths()
    if not folders:
        raise NoChineseFontError
    return Press(TEMPLATE, folders, "statement")


def _lines(user_id: int, year: int) -> Sequence[CreditEntry]:
    query = select(CreditEntry).where(CreditEntry.user_id == user_id, CreditEntry.year == year)
    return db.session.scalars(query.order_by(CreditEntry.id)).all()
