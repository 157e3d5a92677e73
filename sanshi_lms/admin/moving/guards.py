"""Lets whole tables come in: rows that name later rows, triggers that keep ledgers from changing.

All of it belongs to the one transaction of an import: given up, everything is as it was.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Table, text
from sqlalchemy.engine import Connection

_TO_ITSELF = """
SELECT t.relname, c.conname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
WHERE c.contype = 'f' AND c.conrelid = c.confrelid AND t.relnamespace = 'public'::regnamespace
ORDER BY 1, 2
"""


@contextmanager
def at_rest(connection: Connection, tables: Sequence[Table]) -> Iterator[None]:
    """Check foreign keys at the end, and let the guards of append-only tables sleep meanwhile."""
    if connection.dialect.name == "postgresql":
        yield from _postgres(connection, tables)
    else:
        yield from _sqlite(connection)


def _postgres(connection: Connection, tables: Sequence[Table]) -> Iterator[None]:
    # By the names they have in the database: a table that a migration altered may keep others.
    keys = connection.execute(text(_TO_ITSELF)).all()
    for table, key in keys:
        _alter(connection, table, f'ALTER CONSTRAINT "{key}" DEFERRABLE INITIALLY DEFERRED')
    for table in tables:
        _alter(connection, table.name, "DISABLE TRIGGER USER")
    yield
    connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))  # raises for what names nothing
    for table in tables:
        _alter(connection, table.name, "ENABLE TRIGGER USER")
    for table, key in keys:
        _alter(connection, table, f'ALTER CONSTRAINT "{key}" NOT DEFERRABLE')


def _sqlite(connection: Connection) -> Iterator[None]:
    connection.execute(text("PRAGMA defer_foreign_keys = ON"))
    found = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    triggers = found.all()
    for name, _ in triggers:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    yield
    for _, statement in triggers:
        connection.exec_driver_sql(statement)


def _alter(connection: Connection, table: str, change: str) -> None:
    connection.exec_driver_sql(f'ALTER TABLE "{table}" {change}')
