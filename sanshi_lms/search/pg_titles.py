"""The titles of all documents, kept by each process: for suggestions, and for how they sound."""

import heapq
import threading
import time

from psycopg import sql

from sanshi_lms.search.engine import Key
from sanshi_lms.search.pg_tables import Rows, State, names
from sanshi_lms.search.sounds import Sounds

SECONDS = 60.0
_ALL = """
SELECT d.kind, d.ref, x.title FROM {texts} x JOIN {documents} d USING (id) WHERE x.id > %s
"""


class Titles:
    """What a process knows of the titles, by the mark that every commit changes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: State | None = None
        self._titles: dict[Key, str] = {}
        self._sounds: Sounds | None = None
        self._heard: State | None = None
        self._heard_at = 0.0

    def titled(self, cursor: Rows, state: State, piece: str, most: int) -> list[Key]:
        """Return documents whose squeezed title has `piece`, those that begin with it first."""
        with self._lock:
            self._refresh(cursor, state)
            found = (
                (at, len(title), key)
                for key, title in self._titles.items()
                if (at := title.find(piece)) >= 0
            )
            return [key for _, _, key in heapq.nsmallest(most, found)]

    def sounds(self, cursor: Rows, state: State) -> Sounds:
        """Return how the titles sound, not older than a minute: it takes a while to work out."""
        with self._lock:
            young = time.monotonic() - self._heard_at < SECONDS
            if self._sounds is None or (self._heard != state and not young):
                self._refresh(cursor, state)
                self._sounds = Sounds(self._titles.values())
                self._heard, self._heard_at = state, time.monotonic()
            return self._sounds

    def _refresh(self, cursor: Rows, state: State) -> None:
        """Read what was written since; all titles when something was dropped as well."""
        known = self._known
        if known is not None and known.generation == state.generation:
            if known.mark >= state.mark:
                return
            self._read(cursor, state, after=known.last_id)
        if self._known != state or len(self._titles) != state.documents:
            self._titles = {}
            self._read(cursor, state, after=0)

    def _read(self, cursor: Rows, state: State, *, after: int) -> None:
        cursor.execute(sql.SQL(_ALL).format(**names(state.generation)), [after])
        self._titles.update({(kind, ref): title for kind, ref, title in cursor.fetchall()})
        self._known = state
