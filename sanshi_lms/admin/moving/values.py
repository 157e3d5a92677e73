"""Values of a row as both engines say them alike, and the fingerprint of a table.

A row is a JSON list in the order of the table's columns. What JSON cannot say is a text: moments in
UTC, days, decimals at the scale of their column, bytes in base64. A JSON column is carried as the
text that the database holds, so that nothing is put in another order or written anew.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Column, Date, LargeBinary, MetaData, Numeric, Table, Text, cast
from sqlalchemy.types import Float, TypeDecorator, TypeEngine

from sanshi_lms.core.db import UtcDateTime

Change = Callable[[Any], Any]
_MODULUS = 1 << 256
_SCALE = 2


class _JsonText(TypeDecorator[str]):
    """The text of a JSON column as it lies in SQLite, where it is a text."""

    impl = Text
    cache_ok = True


class _PostgresJsonText(_JsonText):
    """The text of a JSON column of PostgreSQL, there and back."""

    cache_ok = True

    def bind_expression(self, bindparam: Any) -> Any:
        """Hand a text over as JSON."""
        return cast(bindparam, JSON)

    def column_expression(self, column: Any) -> Any:
        """Read JSON as the text that it was written as."""
        return cast(column, Text)


@dataclass
class Fingerprint:
    """How many rows, and a sum over their digests in which their order has no part."""

    rows: int = 0
    total: int = 0

    def add(self, line: bytes) -> None:
        """Take one more row in."""
        self.rows += 1
        digest = hashlib.sha256(line).digest()
        self.total = (self.total + int.from_bytes(digest, "big")) % _MODULUS

    def __str__(self) -> str:
        """Return the sum as it stands in a manifest."""
        return f"{self.total:064x}"


def carried(table: Table, engine: str) -> Table:
    """Return the same table with types that neither judge nor rewrite what is carried."""
    json_text = _PostgresJsonText() if engine == "postgresql" else _JsonText()
    columns: list[Column[Any]] = []
    for column in table.columns:
        plain: TypeEngine[Any] = json_text if isinstance(column.type, JSON) else column.type
        columns.append(Column(column.name, plain, primary_key=column.primary_key))
    return Table(table.name, MetaData(), *columns)


class Carrier:
    """Turns rows of a table into lines and back."""

    def __init__(self, table: Table) -> None:
        """`table` is one of the application's own."""
        self._out = [_writer(column.type) for column in table.columns]
        self._in = [_reader(column.type) for column in table.columns]
        self._names = [column.name for column in table.columns]

    def line(self, row: Sequence[Any]) -> bytes:
        """Return a row as its line, without an end."""
        values = [
            value if change is None or value is None else change(value)
            for value, change in zip(row, self._out, strict=True)
        ]
        return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()

    def row(self, line: bytes) -> dict[str, Any]:
        """Return what a line says, ready for an INSERT. Raises ValueError or TypeError."""
        values = json.loads(line)
        if not isinstance(values, list):
            raise TypeError("a row is a list")
        return {
            name: value if change is None or value is None else change(value)
            for name, value, change in zip(self._names, values, self._in, strict=True)
        }


def fingerprint(lines: Iterable[bytes]) -> Fingerprint:
    """Return the fingerprint of all these rows."""
    found = Fingerprint()
    for line in lines:
        found.add(line)
    return found


def _writer(kind: TypeEngine[Any]) -> Change | None:
    if isinstance(kind, UtcDateTime):
        return lambda moment: moment.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(kind, Date):
        return lambda day: day.isoformat()
    if isinstance(kind, Float):  # before Numeric, of which it is one
        return float
    if isinstance(kind, Numeric):
        unit = Decimal(1).scaleb(-(kind.scale if kind.scale is not None else _SCALE))
        return lambda amount: str(Decimal(amount).quantize(unit))
    if isinstance(kind, LargeBinary):
        return lambda data: base64.b64encode(data).decode()
    return None


def _reader(kind: TypeEngine[Any]) -> Change | None:
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat
    if isinstance(kind, Date):
        return date.fromisoformat
    if isinstance(kind, Float):
        return float
    if isinstance(kind, Numeric):
        return Decimal
    if isinstance(kind, LargeBinary):
        return base64.b64decode
    return None
