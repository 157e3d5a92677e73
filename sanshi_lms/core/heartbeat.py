"""The worker's heartbeat: a file it touches at each tick, so that the website can tell it is gone.

A file, not a row: a write to the database every two seconds would cost a sync to disk each time.
With Redis also a key there, for websites on hosts that have no worker.
"""

import logging
import time
from pathlib import Path
from typing import Any

import redis
from flask import current_app
from huey import RedisHuey

from sanshi_lms.core.settings import settings

# The ticker beats every 2 s; checking the files of a large index may hold it up for a while.
SILENT_SECONDS = 30.0
_KEY = "sanshi.worker.alive"
_KEPT_SECONDS = 3600
_log = logging.getLogger(__name__)


def beat() -> None:
    """Say that the worker lives."""
    try:
        _file().touch()
    except OSError:
        _log.exception("could not leave a sign of life")
    shared = _shared()
    if shared is not None:
        try:
            shared.set(_KEY, 1, ex=_KEPT_SECONDS)
        except redis.RedisError as error:
            _log.warning("could not leave a sign of life in Redis: %s", error)


def stop() -> None:
    """Say that the worker leaves. Another one on the same data says soon that it is there."""
    _file().unlink(missing_ok=True)


def is_beating() -> bool:
    """Tell whether a worker gave a sign of life in the last thirty seconds."""
    silent = silent_seconds()
    return silent is not None and silent < SILENT_SECONDS


def silent_seconds() -> float | None:
    """Return how long ago a worker gave a sign of life; None when there is none."""
    here = _here()
    anywhere = _elsewhere()
    known = [one for one in (here, anywhere) if one is not None]
    return min(known) if known else None


def _here() -> float | None:
    try:
        return max(0.0, time.time() - _file().stat().st_mtime)
    except FileNotFoundError:
        return None


def _elsewhere() -> float | None:
    shared = _shared()
    if shared is None:
        return None
    try:
        left = shared.pttl(_KEY)
    except redis.RedisError:
        return None
    return None if left < 0 else max(0.0, _KEPT_SECONDS - left / 1000)


def _shared() -> Any:
    """Return a line to Redis, or None on an installation without."""
    huey = current_app.extensions["huey"]
    return huey.storage.conn if isinstance(huey, RedisHuey) else None


def _file() -> Path:
    return settings().data_dir / "worker.alive"
