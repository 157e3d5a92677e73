"""The worker's part: take changes from the outbox into the index, build it anew when damaged."""

import logging
import threading

from sanshi_lms.core import queue
from sanshi_lms.core.changes import settle, waiting
from sanshi_lms.core.db import db, transaction
from sanshi_lms.search.engine import IndexDamagedError, WriterBusyError
from sanshi_lms.search.sources import all_documents, documents_of, engine

CHANGES = "search.changes"
REBUILD = "search.rebuild"
BATCH = 200
MUCH_WASTE = 0.5
_log = logging.getLogger(__name__)
_one_at_a_time = threading.Lock()


class StoppedError(Exception):
    """The worker was asked to stop in the middle of a rebuild; it begins again next time."""


def setup() -> None:
    """Let the worker look after the index."""
    queue.on_wake(CHANGES, run=take_up_changes, due=has_changes)
    queue.on_wake(REBUILD, run=repair, due=needs_rebuild)


def has_changes() -> bool:
    """Tell whether documents changed that the index does not know of yet."""
    return bool(waiting(1))


def take_up_changes() -> None:
    """Bring the index up to date with the outbox, batch by batch.

    A batch leaves the outbox after the index holds it durably; killed in between, it is taken up
    again, which changes nothing. A damaged index leaves the outbox as it is: `repair` comes.
    """
    while not queue.stopping():
        changes = [(c.id, (c.kind, c.ref)) for c in waiting(BATCH)]
        if not changes:
            return
        keys = {key for _, key in changes}
        documents = documents_of(keys)
        db.session.rollback()  # no transaction stays open while the index is written
        try:
            engine().update(documents, gone=keys)
        except IndexDamagedError as error:
            _log.info("changes wait until the index is repaired: %s", error)
            return
        with transaction():
            settle([number for number, _ in changes])


def needs_rebuild() -> bool:
    """Tell whether the index is damaged (looks at every file) or half dead weight."""
    try:
        engine().check()
        return engine().waste() > MUCH_WASTE
    except IndexDamagedError as error:
        _log.warning("the index is damaged: %s", error)
        return True


def repair() -> None:
    """Build the index anew if it needs it."""
    if needs_rebuild():
        rebuild()


def rebuild() -> int | None:
    """Build the index anew from the database; return how many documents it holds.

    None says that another process is at it already, or that the worker is stopping.
    """
    try:
        count = engine().rebuild(all_documents(_pause), documents_of)
    except WriterBusyError:
        _log.info("the index is being rebuilt by another process")
        return None
    except StoppedError:
        return None
    _log.info("index rebuilt with %s documents", count)
    return count


def _pause() -> None:
    if queue.stopping():
        raise StoppedError
