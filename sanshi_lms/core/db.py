"""Database and the one transaction at the edge.

Views and actions never commit. A request that changes things (any method but GET, HEAD, OPTIONS)
commits when it succeeds; an exception, an abort or a status of 400 and more rolls back; a GET
never writes. Jobs and the command line use `transaction()`. What lives outside the database waits
for the commit in `after_commit`.
"""

import logging
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, g, has_request_context, request
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Dialect, Executable, MetaData, TypeDecorator, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
# A database on another host may restart, and the line to it be cut without a word. A connection is
# tried before it is used; who hears nothing for ten seconds gives up, and so does the server: what
# a host held that is gone (locks of rows) is free again after fifteen.
_FAR_AWAY: dict[str, Any] = {
    "pool_pre_ping": True,
    "connect_args": {
        "connect_timeout": 3,
        "keepalives_idle": 5,
        "keepalives_interval": 3,
        "keepalives_count": 2,
        "tcp_user_timeout": 10_000,
        "options": "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=2"
        " -c tcp_user_timeout=15000 -c idle_in_transaction_session_timeout=120000",
    },
}
READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_PENDING = "after_commit"
_log = logging.getLogger(__name__)
_in_transaction: ContextVar[bool] = ContextVar("in_transaction", default=False)


class Base(DeclarativeBase):
    """Base of all tables; the naming convention lets every constraint be altered by name."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base)
migrate = Migrate()

if TYPE_CHECKING:

    class Model(Base):
        """What tables inherit from: db.Model, which type checkers cannot see."""

        __abstract__ = True
else:
    Model = db.Model


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime on both engines; SQLite itself forgets zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times: they hide eight-hour errors between Chongqing and UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored; use core.clock.now()")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the stored time as aware UTC on every engine."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def setup(app: Flask) -> None:
    """Bind the database to `app` and put the transaction around every request."""
    # Each thread of the web server may hold a connection (tools/web.py); three more are for what
    # a request opens besides. They are made when they are needed.
    options: dict[str, Any] = {"pool_size": 5, "max_overflow": 22}
    if str(app.config["SQLALCHEMY_DATABASE_URI"]).startswith("postgresql"):
        options |= _FAR_AWAY
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    db.init_app(app)
    migrate.init_app(app, db, directory="migrations", render_as_batch=True, compare_type=True)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _prepare_sqlite(db.engine)
    app.after_request(_end_transaction)
    app.teardown_request(_drop_transaction)


def after_commit(effect: Callable[[], object]) -> None:
    """Run `effect` once the present transaction has been committed, never if it is not."""
    db.session().info.setdefault(_PENDING, []).append(effect)


@contextmanager
def transaction() -> Iterator[Session]:
    """Commit on leaving, roll back on an exception. For jobs and the command line.

    Needs an application context; must not be nested and not be used in a view.
    """
    if has_request_context() or _in_transaction.get():
        raise RuntimeError("there is a transaction around this already")
    token = _in_transaction.set(True)
    db.session.rollback()  # a read left open before would hold an old snapshot
    try:
        yield db.session()
        _commit()
    except BaseException:
        rollback()
        raise
    finally:
        _in_transaction.reset(token)
        db.session.remove()


def release_connection() -> None:
    """End the request's transaction now and begin a new one at the next query.

    For a view that checks who is asking and then waits for minutes on an upload's bytes: holding
    SQLite's write lock meanwhile would stop everybody else. What the view changed before is lost,
    so it must not have changed anything.
    """
    if db.session.new or db.session.dirty or db.session.deleted:
        raise RuntimeError("changes would be lost; release the connection before changing things")
    rollback()


def rollback() -> None:
    """Take back all that this request changed so far, and what it wanted done after the commit.

    For a view that tells of a refusal by a redirect, which commits.
    """
    session = db.session()
    session.info.pop(_PENDING, None)
    session.rollback()


def keep_though_refused(write: Callable[[], object]) -> None:
    """Take back what this request changed so far, then do `write` and commit that by itself.

    For what must stay though the answer is a refusal: that somebody failed to sign in.
    """
    rollback()
    before, g.read_only = g.get("read_only", False), False
    try:
        write()
        _commit()
    finally:
        g.read_only = before


def _end_transaction(response: Response) -> Response:
    if request.method in READING_METHODS or response.status_code >= 400:
        rollback()
    elif not getattr(g, "read_only", False):
        _commit()
    return response


def _drop_transaction(error: BaseException | None) -> None:
    if error is not None:
        rollback()


def _commit() -> None:
    session = db.session()
    session.commit()
    for effect in session.info.pop(_PENDING, []):
        try:
            effect()
        except Exception:
            # The change is committed and stays; a sweep makes up for an effect that failed.
            _log.exception("an effect after the commit failed")


def _will_write() -> bool:
    if has_request_context():
        return request.method not in READING_METHODS and not g.get("read_only", False)
    return _in_transaction.get()


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def set_pragmas(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        del record
        # The driver's own BEGIN comes too late and is never IMMEDIATE: we send ours.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        # NORMAL lost every acknowledged write in a power cut; FULL lost none (measured).
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA busy_timeout=10000")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A reader that turns writer in WAL fails at once with "database is locked" when somebody
        # wrote in between, whatever the timeout: take the write lock first where we will write.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _will_write() else "BEGIN")


def rows_of(statement: Executable, **values: object) -> Sequence[Any]:
    """Return the rows of a statement that selects columns, past the mapper of objects.

    For what every page asks: made once, with a `bindparam` for each of `values`, a statement costs
    half of what it costs to be put together anew.
    """
    session = db.session()
    if session.new or session.dirty or session.deleted:
        session.flush()
    return session.connection().execute(statement, values).all()


def insert_missing(table: type[Model], **values: Any) -> None:
    """Insert a row unless its key is there already; two callers at once end with one row."""
    db.session.execute(_insert(table).values(**values).on_conflict_do_nothing())


def insert_or_update(
    table: type[Model], key: dict[str, Any], fresh: dict[str, Any] | None = None, **values: Any
) -> None:
    """Set `values` in the row with `key`, which is inserted if it is missing, in one statement.

    `fresh` is set only when the row is new. `key` names the columns of a unique constraint.
    """
    statement = _insert(table).values(**key, **(fresh or {}), **values)
    db.session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))


def _insert(table: type[Model]) -> Any:
    postgres = db.engine.dialect.name == "postgresql"
    return (postgresql if postgres else sqlite).insert(table)


def row_count(result: Any) -> int:
    """Return how many rows an UPDATE or DELETE touched."""
    return int(result.rowcount)
