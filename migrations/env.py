"""Alembic environment: the running application's engine and tables, nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from flask import current_app
from sqlalchemy.engine import Connection

database = current_app.extensions["migrate"].db


def run() -> None:
    """Run the migrations in one transaction, so that a failed one leaves nothing behind."""
    options = current_app.extensions["migrate"].configure_args
    with database.engine.connect() as connection, _foreign_keys_at_rest(connection):
        context.configure(connection=connection, target_metadata=database.metadata, **options)
        with context.begin_transaction():
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
