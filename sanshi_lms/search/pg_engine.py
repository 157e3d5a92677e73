"""The search engine in PostgreSQL: one writer at a time, readers in every web process."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from typing import TypeVar

from psycopg import Connection, errors
from sqlalchemy import Engine

from sanshi_lms.core.registers import Document
from sanshi_lms.search.engine import (
    Found,
    Hit,
    IndexDamagedError,
    Key,
    Question,
    Visible,
    WriterBusyError,
)
from sanshi_lms.search.facets import Labels
from sanshi_lms.search.pg_reading import Reading
from sanshi_lms.search.pg_tables import (
    FORMAT,
    Rows,
    State,
    Writer,
    drop_tables,
    make_indexes,
    make_schema,
    make_tables,
    numbers_of_generations,
    read_state,
)
from sanshi_lms.search.pg_titles import Titles
from sanshi_lms.search.plan import plan
from sanshi_lms.search.ranked import Wish, seen_counts
from sanshi_lms.search.sounds import Sounds

BATCH = 100
REBUILD_LOCK = 7_301_001
PATIENCE = "10s"
TRIES = 3
_STATE = "SELECT format, generation, building, mark, last_id, documents FROM sanshi_search.state"
# Texts and vectors must not be read to decide, nor a query be compiled that takes a moment.
_READ = (
    _STATE + " WHERE set_config('enable_seqscan', 'off', true) = 'off'"
    " AND set_config('jit', 'off', true) = 'off'"
    " AND set_config('max_parallel_workers_per_gather', '0', true) = '0'"
)
_GONE = (
    errors.UndefinedTable,
    errors.UndefinedColumn,
    errors.InvalidSchemaName,
    errors.UndefinedObject,
    errors.DataCorrupted,
    errors.IndexCorrupted,
    errors.DeadlockDetected,  # with the writer that drops it
)
_log = logging.getLogger(__name__)
T = TypeVar("T")


class PostgresEngine:
    """Implements SearchEngine in the database that `engine` gives."""

    def __init__(self, engine: Callable[[], Engine]) -> None:
        self._engine = engine
        self._titles = Titles()
        self._labels: tuple[int, dict[int, Labels]] = 0, {}

    def search(
        self,
        asked: Question,
        *,
        page: int = 1,
        limit: int = 10,
        visible: Visible | None = None,
    ) -> Found:
        """Find documents; see SearchEngine."""
        return self._read(lambda reading: self._search(reading, asked, page, limit, visible))

    def sounds(self) -> Sounds:
        """Return how the titles sound; see SearchEngine."""
        return self._read(lambda reading: reading.sounds())

    def titled(self, piece: str, most: int) -> list[Key]:
        """Return documents by a piece of their title; see SearchEngine."""
        return self._read(lambda reading: reading.titled(piece, most))

    def update(self, documents: Iterable[Document], gone: Iterable[Key] = ()) -> None:
        """Add or replace `documents` and drop `gone`; see SearchEngine."""
        fresh = {(d.kind, d.ref): d for d in documents}
        stale = list({**dict.fromkeys(gone), **dict.fromkeys(fresh)})
        if not stale:
            return
        with self._writing() as cursor:
            state = read_state(cursor.execute(f"{_STATE} FOR UPDATE").fetchone())
            if state.building is not None:
                cursor.executemany(
                    "INSERT INTO sanshi_search.changed VALUES (%s, %s) ON CONFLICT DO NOTHING",
                    stale,
                )
            writer = Writer(cursor, state.generation, state.last_id)
            grown = writer.replace(stale, fresh.values())
            cursor.execute(
                "UPDATE sanshi_search.state"
                " SET mark = mark + 1, last_id = %s, documents = documents + %s",
                [writer.last_id, grown],
            )

    def rebuild(
        self,
        documents: Iterable[Document],
        again: Callable[[Sequence[Key]], Iterable[Document]],
    ) -> int:
        """Build the index anew while the old one keeps answering; see SearchEngine."""
        with self._rebuilding():
            generation = self._begin()
            try:
                count = self._fill(generation, documents)
                self._publish(generation, count, again)
            except BaseException:
                with suppress(Exception):
                    self._give_up(generation)
                raise
            self._sweep()
        return count

    def check(self) -> None:
        """Compare the tables with what was written; see SearchEngine."""
        if not self._read(lambda reading: reading.whole()):
            raise IndexDamagedError("the tables of the index do not hold what was written")

    def count(self) -> int:
        """Return how many documents there are; see SearchEngine."""
        return self._read(lambda reading: reading.count)

    def waste(self) -> float:
        """Return 0: PostgreSQL frees the space of replaced rows by itself."""
        return self._read(lambda _: 0.0)

    def close(self) -> None:
        """Give the connections back; the engine opens them again when asked."""
        self._engine().dispose()

    def _search(
        self, reading: Reading, asked: Question, page: int, limit: int, visible: Visible | None
    ) -> Found:
        wish = Wish(asked.chosen, asked.sort, asked.favour, asked.today)
        wanted = plan(asked.text, asked.synonyms, reading.heard)
        if not wanted.needs:
            return Found()
        ranked = reading.rank(wanted, wish)
        known = reading.candidates
        keys = [known.keys[number] for _, _, number in ranked.best]
        beside = [known.keys[number] for _, _, number in ranked.beside]
        seen = visible([*keys, *beside]) if visible else {*keys, *beside}
        shown = [entry for entry, key in zip(ranked.best, keys, strict=True) if key in seen]
        start = (page - 1) * limit
        turned = shown[start : start + limit]
        documents = reading.documents([number for _, _, number in turned]) if turned else {}
        every = zip((*ranked.best, *ranked.beside), (*keys, *beside), strict=True)
        hidden = [reading.facts(entry).labels for entry, key in every if key not in seen]
        counts = seen_counts(ranked, hidden, asked.chosen)
        return Found(
            hits=tuple(Hit(documents[number], score) for score, _, number in turned),
            total=ranked.total - (len(keys) - len(shown)),
            counts=counts,
            relaxed=ranked.relaxed and bool(counts),
            marks=wanted.marks,
        )

    def _read(self, work: Callable[[Reading], T]) -> T:
        """Do `work` on the index as it is at one moment."""
        for attempt in range(TRIES):
            try:
                with self._connection("REPEATABLE READ") as connection:
                    cursor = connection.cursor()
                    state = read_state(cursor.execute(_READ).fetchone())
                    return work(Reading(cursor, state, self._titles, self._labels_of(state)))
            except _GONE as error:
                # A rebuild may have dropped this generation after we read its number.
                if attempt == TRIES - 1:
                    raise IndexDamagedError("a table of the index is missing") from error
        raise IndexDamagedError("the index changes faster than it can be read")

    def _labels_of(self, state: State) -> dict[int, Labels]:
        generation, labels = self._labels
        if generation != state.generation:
            labels = {}
            self._labels = state.generation, labels
        return labels

    @contextmanager
    def _connection(self, isolation: str) -> Iterator[Connection]:
        """Lend a connection of the pool by itself: whatever was not committed is rolled back."""
        with self._engine().connect() as pooled:
            pooled.execution_options(isolation_level=isolation)
            connection = pooled.connection.driver_connection
            if not isinstance(connection, Connection):
                raise TypeError("this engine needs psycopg")
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Rows]:
        """Lend a cursor; what it did is committed at the end."""
        with self._connection("READ COMMITTED") as connection:
            cursor = connection.cursor()
            try:
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
                yield cursor
                connection.commit()
            except errors.LockNotAvailable as error:
                raise WriterBusyError("another process writes the index") from error
            except _GONE as error:
                raise IndexDamagedError("a table of the index is missing") from error

    @contextmanager
    def _rebuilding(self) -> Iterator[None]:
        """Keep other rebuilds out, of other processes and machines too, until we end or die."""
        with self._connection("AUTOCOMMIT") as connection:
            held = connection.execute("SELECT pg_try_advisory_lock(%s)", [REBUILD_LOCK]).fetchone()
            if held != (True,):
                raise WriterBusyError("another process rebuilds the index")
            try:
                yield
            finally:
                if not connection.closed:
                    connection.execute("SELECT pg_advisory_unlock(%s)", [REBUILD_LOCK])

    def _begin(self) -> int:
        """Make empty tables; from now on changes are noted for them as well."""
        with self._writing() as cursor:
            make_schema(cursor)
        self._sweep()
        with self._writing() as cursor:
            state = cursor.execute(
                "SELECT generation FROM sanshi_search.state FOR UPDATE"
            ).fetchone()
            generation = 1 + max(numbers_of_generations(cursor) | set(state or [0]))
            cursor.execute(
                "INSERT INTO sanshi_search.state VALUES (true, 0, 0, %(n)s, 0, 0, 0)"
                " ON CONFLICT (one) DO UPDATE SET building = %(n)s",
                {"n": generation},
            )
            cursor.execute("DELETE FROM sanshi_search.changed")
            make_tables(cursor, generation)
        return generation

    def _fill(self, generation: int, documents: Iterable[Document]) -> int:
        """Write all documents, batch by batch, and make them searchable; return how many."""
        counted, last_id = Counter[str](), 0
        rest = iter(documents)
        while batch := list(islice(rest, BATCH)):
            with self._writing() as cursor:
                writer = Writer(cursor, generation, last_id)
                counted.update(writer.add(batch))
                last_id = writer.last_id
        with self._writing() as cursor:
            Writer(cursor, generation, last_id).count_terms(counted)
            make_indexes(cursor, generation)
        return last_id

    def _publish(
        self, generation: int, count: int, again: Callable[[Sequence[Key]], Iterable[Document]]
    ) -> None:
        """Write what changed meanwhile, and let the new tables answer, in one transaction."""
        with self._writing() as cursor:
            cursor.execute("SELECT building FROM sanshi_search.state FOR UPDATE")
            if cursor.fetchone() != (generation,):
                raise WriterBusyError("another process rebuilds the index")
            writer, grown = Writer(cursor, generation, count), 0
            changed = cursor.execute("DELETE FROM sanshi_search.changed RETURNING kind, ref")
            if keys := sorted(changed.fetchall()):
                grown = writer.replace(keys, again(keys))
            cursor.execute(
                "UPDATE sanshi_search.state SET format = %s, generation = %s, building = NULL,"
                " mark = mark + 1, last_id = %s, documents = %s",
                [FORMAT, generation, writer.last_id, count + grown],
            )

    def _give_up(self, generation: int) -> None:
        with self._writing() as cursor:
            cursor.execute("UPDATE sanshi_search.state SET building = NULL")
            drop_tables(cursor, generation)

    def _sweep(self) -> None:
        """Drop the tables that answer no more; what is being read is left for the next time."""
        try:
            with self._writing() as cursor:
                cursor.execute("SELECT generation FROM sanshi_search.state")
                current = cursor.fetchone() or (0,)
                for generation in numbers_of_generations(cursor) - set(current):
                    drop_tables(cursor, generation)
        except WriterBusyError:
            _log.info("an old generation of the index is still being read")
