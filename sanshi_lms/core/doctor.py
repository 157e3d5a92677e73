"""The doctor: looks at all that may be ill, what is quick at once, what may take a while apart.

A slow check (a mail server, a certificate, a bucket) waits for another machine, so no page makes
it: the worker does every ten minutes and keeps the answers in a file, with the moment they are of.
`flask --app app doctor` makes all of them now.
"""

import json
import logging
import time
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from flask import Flask, current_app

from sanshi_lms.core import queue
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db
from sanshi_lms.core.durable import replace_private
from sanshi_lms.core.health import Answers, look_at
from sanshi_lms.core.registers import Health, registers
from sanshi_lms.core.settings import settings

WAKER = "core.doctor"
FILE = "doctor.json"
STALE = timedelta(hours=1)
_FIRST_SECONDS = 90.0
_EVERY_SECONDS = 600.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Looked:
    """What the slow checks said at a moment."""

    at: datetime
    answers: Answers


def setup(app: Flask) -> None:
    """Let the worker look."""
    # Not at once: what waited while no worker ran (seals, jobs) is taken up first.
    app.extensions[WAKER] = time.monotonic() + _FIRST_SECONDS
    queue.on_wake(WAKER, run=look_slowly, due=_is_due)


def look_slowly() -> None:
    """Make the slow checks and keep what they say."""
    current_app.extensions[WAKER] = time.monotonic() + _EVERY_SECONDS
    answers = slow_answers()
    parts = {name: {"label": label, **asdict(one)} for name, (label, one) in answers.items()}
    kept = json.dumps({"at": now().isoformat(), "parts": parts}, ensure_ascii=False)
    replace_private(settings().data_dir / FILE, kept.encode())


def slow_answers() -> Answers:
    """Make the slow checks now. No transaction stays open between two of them."""
    found: Answers = {}
    for check in registers().health:
        if check.slow:
            found[check.name] = (check.label, look_at(check))
            db.session.rollback()
    return found


def looked() -> Looked | None:
    """Return what the worker found last; None when it never looked."""
    try:
        kept = json.loads((settings().data_dir / FILE).read_text(encoding="utf-8"))
        parts = kept["parts"].items()
        answers = {name: (str(part.pop("label")), Health(**part)) for name, part in parts}
        return Looked(datetime.fromisoformat(kept["at"]), answers)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        _log.exception("what the doctor found cannot be read; it is written anew soon")
        return None


def _is_due() -> bool:
    return bool(current_app.extensions[WAKER] <= time.monotonic())
