"""Reads whole tables in a stream, as one moment saw them."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from sqlalchemy import Table, select, text
from sqlalchemy.engine import Connection

from sanshi_lms.admin.moving.values import Carrier, Fingerprint, carried, fingerprint
from sanshi_lms.core.db import db

AT_ONCE = 500


def tables() -> list[Table]:
    """Return every table there is, those that others name first: nobody keeps a list by hand."""
    return list(db.metadata.sorted_tables)


@contextmanager
def one_moment() -> Iterator[Connection]:
    """Yield a connection that sees the database as it is now, however much is written meanwhile."""
    connection = db.engine.connect()
    try:
        if db.engine.dialect.name == "postgresql":
            connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        connection.execute(text("SELECT count(*) FROM alembic_version"))  # the moment begins here
        yield connection
    finally:
        connection.close()


def lines_of(connection: Connection, table: Table) -> Iterator[bytes]:
    """Yield the rows of a table as lines, in the order of its key."""
    plain, carrier = carried(table, connection.dialect.name), Carrier(table)
    query = select(*plain.columns).order_by(*plain.primary_key.columns)
    options = {"stream_results": True, "yield_per": AT_ONCE}
    with closing(connection.execute(query, execution_options=options)) as rows:
        for row in rows:
            yield carrier.line(row)


def fingerprint_of(connection: Connection, table: Table) -> Fingerprint:
    """Return the fingerprint of a table as it stands."""
    return fingerprint(lines_of(connection, table))


def revision_of(connection: Connection) -> str:
    """Return the number of the migration that the database has come to; "" before the first."""
    return str(connection.scalar(text("SELECT max(version_num) FROM alembic_version")) or "")
