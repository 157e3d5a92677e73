"""When a device was last here, written down beside the requests that tell of it.

A GET never writes, and nobody shall wait for a disk because five minutes are over. So a request
only leaves a word in the memory of its process; a moment later a thread writes down what was left,
all of it in a transaction of its own. What a process takes with it when it dies is told by the
next page that the device opens.
"""

import logging
import threading
from datetime import datetime

from flask import Flask, current_app
from sqlalchemy.exc import OperationalError

from sanshi_lms.account.devices.actions import keep_seen
from sanshi_lms.account.devices.queries import Proof
from sanshi_lms.account.devices.rules import SEEN_EVERY
from sanshi_lms.core.db import transaction

AFTER_SECONDS = 2.0
_KEY = "account.seen"
_log = logging.getLogger(__name__)


class Seen:
    """The devices of which a process has seen something that is not written down yet."""

    def __init__(self, app: Flask) -> None:
        """Write to the database of `app`."""
        self._app = app
        self._guard = threading.Lock()
        self._waiting: dict[Proof, datetime] = {}

    def note(self, proof: Proof, last: datetime, at: datetime) -> None:
        """Leave word that a device is here at `at`, unless it was written down lately."""
        if at - last < SEEN_EVERY:
            return
        with self._guard:
            first = not self._waiting
            self._waiting[proof] = at
        if first:  # not before: a process that is forked takes no thread with it
            timer = threading.Timer(AFTER_SECONDS, self.write)
            timer.daemon = True
            timer.start()

    def write(self) -> None:
        """Write down what waits."""
        with self._guard:
            waiting, self._waiting = self._waiting, {}
        if not waiting:
            return
        try:
            with self._app.app_context(), transaction():
                keep_seen(waiting)
        except OperationalError as error:  # the next page of each of them tries again
            _log.warning("could not write down who was seen: %s", error.orig)


def setup(app: Flask) -> None:
    """Give the application its memory of who was seen."""
    app.extensions[_KEY] = Seen(app)


def seen() -> Seen:
    """Return the memory of the current application."""
    found: Seen = current_app.extensions[_KEY]
    return found
