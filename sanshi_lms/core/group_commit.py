"""Many small writes in one transaction: a durable commit costs the disk's time, not ours.

Requests of several threads hand in their items; whoever comes first writes what all of them have
waiting, in one transaction, and meanwhile the next group gathers. Each is answered only after the
commit that holds its item. What breaks a group is tried item by item, so that one bad item costs
its neighbours nothing.
"""

import contextvars
import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from flask import Flask
from sqlalchemy.exc import OperationalError

from sanshi_lms.core.db import transaction
from sanshi_lms.core.errors import Refusal

Item = TypeVar("Item")
Answer = TypeVar("Answer")
MOST_IN_A_GROUP = 128
PATIENCE_SECONDS = 30.0
GATHER_SECONDS = 0.004
_MOST_GATHERS = 3
_RECENTLY_SECONDS = 0.05
_BUSY = "服务器正忙，这一步没有做成，请稍后再试。"
_log = logging.getLogger(__name__)


@dataclass
class _Entry(Generic[Item, Answer]):
    item: Item
    # Held until its turn has come: a lock is woken at a fraction of what an Event costs.
    turn: threading.Lock = field(default_factory=threading.Lock)
    leads: bool = False
    answer: Answer | Exception = field(default_factory=lambda: RuntimeError("was not written"))


class GroupCommit(Generic[Item, Answer]):
    """Writes items of many threads together.

    `write` takes a group, inside a transaction, and returns an answer or an exception for each
    item in order; an exception among them is raised to its own caller only.
    """

    def __init__(
        self, app: Flask, write: Callable[[Sequence[Item]], Sequence[Answer | Exception]]
    ) -> None:
        """Write the items of `app` by `write`."""
        self._app, self._write = app, write
        self._guard = threading.Lock()
        self._waiting: list[_Entry[Item, Answer]] = []
        self._busy = False
        self._last = 0  # how many the last group held
        self._ended = 0.0  # when it was written

    def submit(self, item: Item) -> Answer:
        """Return the answer for `item` once it is committed.

        Raises what was wrong with it, OperationalError when the database could not be written, and
        Refusal (503) when the wait was too long. Must not be called inside a transaction.
        """
        entry: _Entry[Item, Answer] = _Entry(item)
        with self._guard:
            entry.turn.acquire()
            self._waiting.append(entry)
            if not self._busy:
                self._busy = entry.leads = True
        if not entry.leads and not entry.turn.acquire(timeout=PATIENCE_SECONDS):
            self._give_up(entry)
        if entry.leads:
            self._lead()
        if isinstance(entry.answer, Exception):
            raise entry.answer
        return entry.answer

    def _give_up(self, entry: _Entry[Item, Answer]) -> None:
        with self._guard:
            if entry.leads or not entry.turn.locked():
                return  # its turn came in this very moment
            if entry in self._waiting:
                self._waiting.remove(entry)
        raise Refusal(_BUSY, 503)

    def _lead(self) -> None:
        """Write what is waiting, then give the lead to the first of those who came meanwhile."""
        self._gather()
        with self._guard:
            group = self._waiting[:MOST_IN_A_GROUP]
            del self._waiting[:MOST_IN_A_GROUP]
            self._last = len(group)
        try:
            # A request of the caller, if there is one, has a transaction of its own: stay out.
            answers = contextvars.Context().run(self._answers, [entry.item for entry in group])
            for entry, answer in zip(group, answers, strict=True):
                entry.answer = answer
        finally:
            self._ended = time.monotonic()
            with self._guard:
                self._busy = bool(self._waiting)
                if self._waiting:
                    self._waiting[0].leads = True
                    self._waiting[0].turn.release()
            for entry in group:
                if not entry.leads:
                    entry.turn.release()

    def _gather(self) -> None:
        """Wait a little for more where many come: a commit costs as much for one as for ten."""
        if time.monotonic() - self._ended > _RECENTLY_SECONDS:
            return  # somebody alone waits for nobody
        for _ in range(_MOST_GATHERS):
            time.sleep(GATHER_SECONDS)
            if len(self._waiting) >= max(2, self._last):
                return

    def _answers(self, items: list[Item]) -> Sequence[Answer | Exception]:
        with self._app.app_context():
            try:
                return self._committed(items)
            except OperationalError as error:  # a full disk or a lock: the same for each of them
                return [error] * len(items)
            except Exception as error:
                if len(items) == 1:
                    return [error]
                _log.exception("a group could not be written; trying its items one by one")
            return [answer for item in items for answer in self._alone(item)]

    def _alone(self, item: Item) -> Sequence[Answer | Exception]:
        try:
            return self._committed([item])
        except Exception as error:
            return [error]

    def _committed(self, items: list[Item]) -> Sequence[Answer | Exception]:
        with transaction():
            return self._write(items)
