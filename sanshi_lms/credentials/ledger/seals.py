"""Seals of the ledger: a chain over a person's lines that nobody can write without our secret.

Each line's seal covers all its fields and the seal before; the person's row covers how many lines
there are and the last seal. A line that is changed, added or taken away behind the application's
back breaks one of them.
"""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sanshi_lms.credentials.ledger.models import CreditEntry, PersonLedger, Statement
from sanshi_lms.credentials.ledger.rules import plain

_LINE = (
    "user_id", "hours", "title", "source_ref", "at", "activity", "category", "subject", "day",
    "year", "seconds", "stated_hours", "evidence", "rule_version_id", "raw_hours", "why",
    "reverses_id", "entered_at",
)  # fmt: skip
_STATEMENT = (
    "number", "user_id", "holder_name", "year", "last_entry_id", "entries", "hours", "parts",
    "target", "issued_at",
)  # fmt: skip


def line_seal(secret: bytes, line: CreditEntry, before: str) -> str:
    """Return the seal that `line` should carry behind a line with the seal `before`."""
    return _seal(secret, "line", {**_fields(line, _LINE), "before": before})


def ledger_seal(secret: bytes, ledger: PersonLedger) -> str:
    """Return the seal of the end of a person's ledger."""
    return _seal(secret, "ledger", _fields(ledger, ("user_id", "entries", "head")))


def statement_seal(secret: bytes, statement: Statement) -> str:
    """Return the seal that a statement should carry."""
    return _seal(secret, "statement", _fields(statement, _STATEMENT))


def holds(on_record: str | None, expected: str) -> bool:
    """Tell whether a seal is right, in constant time."""
    return hmac.compare_digest((on_record or "").encode(), expected.encode())


def _fields(row: object, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: _written(getattr(row, name)) for name in names}


def _written(value: object) -> object:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    return value if value is None or isinstance(value, int) else str(value)


def _seal(secret: bytes, what: str, fields: dict[str, Any]) -> str:
    key = hmac.digest(secret, f"sanshi ledger {what} v1".encode(), hashlib.sha256)
    frozen = json.dumps(fields, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hmac.new(key, frozen.encode(), hashlib.sha256).hexdigest()
