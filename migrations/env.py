"""Alembic environment: the running application's engine and tables, nothing else."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from flask import current_app
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

# A change of a table waits for whoever uses it, and everybody after waits for the change: so it
# waits for seconds only, lets the others by, and comes again. 7: one machine migrates at a time.
BEFORE = (
    "SET LOCAL lock_timeout = '4s'",
    "SET LOCAL statement_timeout = '30min'",
    "SELECT pg_advisory_xact_lock(7, 7)",
)
TRIES = 8
database = current_app.extensions["migrate"].db
_log = logging.getLogger("alembic.env")


def run() -> None:
    """Run the migrations; on PostgreSQL again when somebody held a table for too long."""
    for tried in range(1, TRIES + 1):
        try:
            _run_once()
        except OperationalError as error:
            if tried == TRIES or getattr(error.orig, "sqlstate", "") not in {"55P03", "40P01"}:
                raise
            _log.warning("a table is in use, the migrations come again: %s", error.orig)
            time.sleep(tried)
        else:
            return


def _run_once() -> None:
    """Run the migrations in one transaction, so that a failed one leaves nothing behind."""
    options = current_app.extensions["migrate"].configure_args
    with database.engine.connect() as connection, _foreign_keys_at_rest(connection):
        context.configure(connection=connection, target_metadata=database.metadata, **options)
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":
                for statement in BEFORE:
                    connection.exec_driver_sql(statement)
            context.run_migrations()


@contextmanager
def _foreign_keys_at_rest(connection: Connection) -> Iterator[None]:
    """Batch mode copies a table and drops the old one; its cascades must not fire meanwhile.

    SQLite ignores this pragma inside a transaction, and SQLAlchemy begins one before any statement:
    said to the driver itself, it works. (Said the other way, a migration that altered the tracks
    deleted all their cues.)
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


if context.is_offline_mode():
    raise SystemExit("offline migrations are not supported: run `flask --app app db upgrade`")
run()
