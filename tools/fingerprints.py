"""How many rows a table has and a sum over them in which their order has no part, on one engine.

Reads what is there and knows no model, so that a backup of another version can be drilled too.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

Sums = dict[str, tuple[int, str]]
_MODULUS = 1 << 256
_AT_ONCE = 1000


def sum_rows(rows: Iterable[Sequence[Any]]) -> tuple[int, str]:
    count = total = 0
    for row in rows:
        digest = hashlib.sha256(repr(tuple(row)).encode()).digest()
        total = (total + int.from_bytes(digest, "big")) % _MODULUS
        count += 1
    return count, f"{total:064x}"


def sqlite_sums(file: Path) -> Sums:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")
        found = [name for (name,) in names if not name.startswith("sqlite_")]
        return {
            name: sum_rows(connection.execute(f'SELECT * FROM "{name}"'))  # noqa: S608 - its own name
            for name in found
        }


def sqlite_faults(file: Path) -> list[str]:
    """What SQLite itself finds wrong with a file."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        broken = [row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
        lost = connection.execute("PRAGMA foreign_key_check").fetchall()
    return broken + [f"{table} 第 {row} 行指向不存在的 {parent}" for table, row, parent, _ in lost]


def postgres_sums(connection: psycopg.Connection[Any]) -> Sums:
    query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    names = [name for (name,) in connection.execute(query)]
    return {name: sum_rows(_rows(connection, name)) for name in names}


def _rows(connection: psycopg.Connection[Any], name: str) -> Iterator[Sequence[Any]]:
    with connection.cursor(name="sums") as cursor:
        cursor.itersize = _AT_ONCE
        # As texts: a summer's clock or a driver's habits have no part in it.
        query = sql.SQL("SELECT t::text FROM public.{} t").format(sql.Identifier(name))
        cursor.execute(query)
        yield from cursor
