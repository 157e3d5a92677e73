"""What everybody reads alike, kept in this process until somebody changes it.

A room names in its setup the tables of a subject; each transaction that writes to one of them
gives the subject a new random mark in the database (a row of `core_shared`), whoever writes:
another process, the worker, the command line. A page reads all marks once, in one cheap query, and
what was kept under other marks is read anew. So nothing is ever older than the page's own view.

    share(app, "courses", Course, Lesson)       in setup

    @shared("courses")                          on a read that depends on these tables and its
    def lessons_of(course_id: int) -> …         arguments alone, not on who asks nor on the clock

Only requests that only read share, and who asks for it by `sharing()`. Objects that are kept belong
to no session: what is not loaded with them cannot be loaded later, and nobody may change them.
"""

import functools
import re
import secrets
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar, cast

from flask import Flask, current_app, g, has_app_context, has_request_context, request
from sqlalchemy import String, event, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.core.db import READING_METHODS, Model, db

P = ParamSpec("P")
R = TypeVar("R")

MOST_BYTES = 16 * 1024 * 1024
_OBJECT_BYTES = 1500  # what the mapper keeps beside the values of a row
_KEY = "core.shared"
_PENDING = "core.shared"
_WRITES = re.compile(r'\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)

_asked_for: ContextVar[bool] = ContextVar("sharing", default=False)


class SharedMark(Model):
    """The present mark of a subject: another one after each change of its tables."""

    __tablename__ = "core_shared"

    subject: Mapped[str] = mapped_column(String(20), primary_key=True)
    mark: Mapped[str] = mapped_column(String(16))


class Memory:
    """What is kept, within a number of bytes; what was used longest ago goes first."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self.tables: dict[str, str] = {}  # table -> subject
        self._kept: OrderedDict[Hashable, tuple[Hashable, object, int]] = OrderedDict()
        self._bytes = 0
        self._guard = threading.Lock()

    def find(self, key: Hashable, marks: Hashable) -> tuple[object] | None:
        """Return what is kept under these marks, in a tuple."""
        with self._guard:
            found = self._kept.get(key)
            if found is None or found[0] != marks:
                return None
            self._kept.move_to_end(key)
            return (found[1],)

    def keep(self, key: Hashable, marks: Hashable, value: object) -> None:
        """Keep a value in the place of an older one."""
        size = weight(value)
        with self._guard:
            old = self._kept.pop(key, None)
            self._bytes -= old[2] if old else 0
            if size > MOST_BYTES // 4:
                return
            self._kept[key] = (marks, value, size)
            self._bytes += size
            while self._bytes > MOST_BYTES:
                self._bytes -= self._kept.popitem(last=False)[1][2]

    @property
    def bytes(self) -> int:
        """What all that is kept weighs."""
        return self._bytes


def setup(app: Flask) -> None:
    """Give the application its memory, and marks to what its transactions change."""
    memory = app.extensions[_KEY] = Memory()
    with app.app_context():
        engine = db.engine

    @event.listens_for(engine, "before_cursor_execute")
    def note(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip()[:1].upper() not in "IUD":
            return
        written = _WRITES.match(statement)
        subject = memory.tables.get(written[1]) if written else None
        if subject:
            connection.info.setdefault(_PENDING, set()).add(subject)
            if has_app_context():
                g.shares_nothing = True

    @event.listens_for(engine, "begin")
    @event.listens_for(engine, "rollback")
    def forget(connection: Connection) -> None:
        connection.info.pop(_PENDING, None)

    @event.listens_for(engine, "commit")
    def mark(connection: Connection) -> None:
        changed = sorted(connection.info.pop(_PENDING, ()))
        if changed and not inspect(connection).has_table(SharedMark.__tablename__):
            return  # a migration on its way to the table
        for subject in changed:
            connection.execute(_new_mark(connection.dialect.name, subject))


def share(app: Flask, subject: str, *tables: type[Model]) -> None:
    """Name the tables of a subject; call it in a room's setup."""
    memory: Memory = app.extensions[_KEY]
    memory.tables |= dict.fromkeys((table.__tablename__ for table in tables), subject)


def carried_marks(connection: Connection) -> None:
    """Let what this connection wrote get no new marks: the marks themselves were carried along."""
    connection.info.pop(_PENDING, None)


def shared(*subjects: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Keep the answers of a read by its arguments; collections of ids among them have no order."""

    def decorate(read: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(read)
        def remembered(*args: P.args, **kwargs: P.kwargs) -> R:
            marks = _marks(subjects)
            if marks is None:
                return read(*args, **kwargs)
            given = tuple(_hashable(arg) for arg in args)
            named = {name: _hashable(arg) for name, arg in kwargs.items()}
            key = (read.__module__, read.__qualname__, given, *sorted(named.items()))
            memory: Memory = current_app.extensions[_KEY]
            found = memory.find(key, marks)
            if found is None:
                value = cast("Callable[..., R]", read)(*given, **named)
                _let_go(value)
                if not g.get("shares_nothing"):
                    memory.keep(key, marks, value)
                found = (value,)
            return cast("R", found[0].copy() if type(found[0]) in (list, dict) else found[0])  # type: ignore[attr-defined]  # both have it

        return remembered

    return decorate


@contextmanager
def sharing() -> Iterator[None]:
    """Let reads share within a transaction that has written to none of their tables so far."""
    token = _asked_for.set(True)
    g.pop("shared_marks", None)
    try:
        yield
    finally:
        _asked_for.reset(token)
        g.pop("shared_marks", None)


def weight(value: object) -> int:
    """Return about how many bytes a value takes."""
    parts = _parts(value)
    rows = sum(isinstance(one, Model) for one in parts)
    return sum(map(sys.getsizeof, parts)) + rows * _OBJECT_BYTES


def _parts(value: object) -> list[object]:
    """Return a value and all that hangs on it, each once."""
    found: dict[int, object] = {}
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if id(one) in found:
            continue
        found[id(one)] = one
        if isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list | tuple | set | frozenset):
            waiting += one
        elif hasattr(one, "__dict__") and not callable(one):
            waiting += [part for name, part in vars(one).items() if name[0] != "_"]
    return list(found.values())


def _marks(subjects: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the marks of these subjects as this request sees them; None when it may not share."""
    reading = has_request_context() and request.method in READING_METHODS
    if not (reading or _asked_for.get()) or g.get("shares_nothing"):
        return None
    known: dict[str, str] | None = g.get("shared_marks")
    if known is None:
        rows = db.session.connection().exec_driver_sql("SELECT subject, mark FROM core_shared")
        known = g.shared_marks = {subject: mark for subject, mark in rows}  # noqa: C416 - rows are no pairs to mypy
    return tuple(known.get(subject, "") for subject in subjects)


def _hashable(argument: Any) -> Any:
    plain = isinstance(argument, Hashable) and not isinstance(argument, Iterable)
    return argument if plain or isinstance(argument, str | frozenset) else frozenset(argument)


def _let_go(value: object) -> None:
    """Take what was just read out of the session, whose end would empty it."""
    session = db.session()
    for one in _parts(value):
        if isinstance(one, Model) and one in session:
            session.expunge(one)


def _new_mark(engine: str, subject: str) -> Any:
    insert = (postgresql if engine == "postgresql" else sqlite).insert(SharedMark)
    values = insert.values(subject=subject, mark=secrets.token_hex(8))
    return values.on_conflict_do_update(
        index_elements=["subject"], set_={"mark": values.excluded.mark}
    )
