"""The worker's heartbeat: a file it touches at each tick, so that the website can tell it is gone.

A file, not a row: a write to the database every two seconds would cost a sync to disk each time.
"""

import logging
import time
from pathlib import Path

from sanshi_lms.core.settings import settings

# The ticker beats every 2 s; checking the files of a large index may hold it up for a while.
SILENT_SECONDS = 30.0
_log = logging.getLogger(__name__)


def beat() -> None:
    """Say that the worker lives."""
    try:
        _file().touch()
    except OSError:
        _log.exception("could not leave a sign of life")


def stop() -> None:
    """Say that the worker leaves. Another one on the same data says soon that it is there."""
    _file().unlink(missing_ok=True)


def is_beating() -> bool:
    """Tell whether a worker gave a sign of life in the last thirty seconds."""
    try:
        silent = time.time() - _file().stat().st_mtime
    except FileNotFoundError:
        return False
    return silent < SILENT_SECONDS


def _file() -> Path:
    return settings().data_dir / "worker.alive"
