"""The website's sign of life: since when, and with which gaps, it has been answering.

The web process touches a file every two seconds. A gap that is longer than a busy machine explains
is an outage of ours: whoever promised somebody time hears of it through `outage_over` before the
first request is answered again, and before the file says that the site is back.
"""

import logging
import os
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from blinker import Signal
from flask import Flask

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import transaction
from sanshi_lms.core.settings import settings

BEAT_SECONDS = 2.0
GAP = timedelta(seconds=15)
outage_over = Signal(
    "Sent in a transaction with began and ended: from when to when the website did not answer."
)
_log = logging.getLogger(__name__)


def begin(app: Flask) -> None:
    """Tell of the outage that ends now, if any, and beat from now on in a thread of its own."""
    _beat(app)
    threading.Thread(target=_keep_beating, args=(app,), name="pulse", daemon=True).start()


def last_beat() -> datetime | None:
    """Return when the website last gave a sign of life; None when it never did on this data."""
    try:
        return datetime.fromtimestamp(_file().stat().st_mtime, UTC)
    except FileNotFoundError:
        return None


def served_until(at: datetime) -> datetime:
    """Return up to which moment the website is known to have answered, at most `at`.

    Without any sign of life (a development server, a test) it is taken to be answering.
    """
    last = last_beat()
    return at if last is None or at - last <= GAP else last


def notice_gap(at: datetime) -> tuple[datetime, datetime] | None:
    """Return the outage that lies behind us at `at`, told to everybody; then mark `at`."""
    last = last_beat()
    gap = (last, at) if last is not None and at - last > GAP else None
    if gap is not None:
        with transaction():
            outage_over.send(None, began=gap[0], ended=gap[1])
        _log.warning("the website did not answer from %s to %s", *gap)
    _file().touch()
    os.utime(_file(), (at.timestamp(), at.timestamp()))
    return gap


def _keep_beating(app: Flask) -> None:
    while True:
        time.sleep(BEAT_SECONDS)
        _beat(app)


def _beat(app: Flask) -> None:
    # What could not be told is tried again at the next beat: the file still shows the gap.
    try:
        with app.app_context():
            notice_gap(now())
    except Exception:
        _log.exception("could not give a sign of life")


def _file() -> Path:
    return settings().data_dir / "web.alive"
