"""Removes what nobody needs any more: half-made folders of dead workers, media of stopped work.

Everything made of a source lies in one folder whose name follows from source and recipe. It is
needed while it is shown, or while a job stands that will show it.
"""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sanshi_lms.core import queue
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.jobs import find_job
from sanshi_lms.core.queue import holder_is_dead
from sanshi_lms.core.storage import Storage, storage
from sanshi_lms.video.models import Video
from sanshi_lms.video.queries import TRANSCODE, media_key_for

WAKER = "video.tidy"
_EVERY_SECONDS = 900.0
_OWNER = "video-job-owner"
_RECIPE = "h264-"
_next_round = 0.0


@contextmanager
def private_folder(token: str, store: Storage) -> Iterator[Path]:
    """A folder that nobody else sees, and that another worker removes if this one dies."""
    private = store.private_dir()
    try:
        (private / _OWNER).write_text(token, "utf-8")
        work = private / "work"
        work.mkdir()
        yield work
    finally:
        shutil.rmtree(private, ignore_errors=True)


def forget_unneeded(video_id: int, media_key: str, store: Storage) -> bool:
    """Remove a folder of media that no page shows and no job will. Returns whether it did."""
    with transaction():
        video = db.session.get(Video, video_id)
        if video is not None and media_key in _needed(video):
            return False
        store.delete(media_key)
        if not store.names(f"video/{video_id}"):
            store.delete(f"video/{video_id}")
    return True


def _needed(video: Video) -> set[str | None]:
    awaited = find_job(TRANSCODE, str(video.id)) is not None
    return {video.shown_key, media_key_for(video.id, video.source_key) if awaited else None}


def sweep_private(store: Storage) -> int:
    """Remove the half-made folders of workers that died. Returns how many."""
    removed = 0
    for mark in store.root.glob(f".private/*/{_OWNER}"):
        try:
            dead = holder_is_dead(mark.read_text("utf-8"))
        except OSError:
            continue
        if dead:
            shutil.rmtree(mark.parent, ignore_errors=True)
            removed += 1
    return removed


def sweep(store: Storage) -> int:
    """Remove everything that nobody needs. Returns how many folders."""
    removed = sweep_private(store)
    for name in store.names("video"):
        if not name.isdigit():
            continue
        for child in store.names(f"video/{name}"):
            if child.startswith(_RECIPE):
                removed += forget_unneeded(int(name), f"video/{name}/{child}", store)
    return removed


def _is_due() -> bool:
    return time.monotonic() >= _next_round


def _tidy() -> None:
    global _next_round
    _next_round = time.monotonic() + _EVERY_SECONDS
    sweep(storage())


def setup() -> None:
    """Let the worker's ticker tidy up now and then."""
    queue.on_wake(WAKER, run=_tidy, due=_is_due)
