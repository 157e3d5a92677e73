"""Tidying uploads: finish what is whole, drop what its sender gave up."""

from datetime import UTC, datetime, timedelta

from sanshi_lms.core import queue
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.storage import Storage, storage
from sanshi_lms.video.uploads.actions import finish, give_up, is_alive, open_uploads, received
from sanshi_lms.video.uploads.models import Upload
from sanshi_lms.video.uploads.rules import KEPT

WAKER = "video.uploads"
_REST = timedelta(
    seconds=20
)  # younger than this, the request that brought the last byte is still at work


def tidy() -> None:
    """Make videos of uploads whose last request died, and remove the expired ones."""
    moment, store = now(), storage()
    with transaction():
        for upload in open_uploads():
            if _is_whole_and_left(store, upload):
                finish(upload, moment)
            elif _is_expired(store, upload, moment):
                give_up(upload)


def is_due() -> bool:
    """Tell whether there is anything to tidy. Looks at the disk, not only at rows."""
    moment, store = now(), storage()
    waiting = open_uploads()
    db.session.rollback()
    return any(
        _is_whole_and_left(store, upload) or _is_expired(store, upload, moment)
        for upload in waiting
    )


def setup() -> None:
    """Let the worker's ticker look after uploads."""
    queue.on_wake(WAKER, run=tidy, due=is_due)


def _is_whole_and_left(store: Storage, upload: Upload) -> bool:
    whole = received(store, upload) == upload.size
    return whole and now() - _last_byte_at(store, upload) > _REST


def _is_expired(store: Storage, upload: Upload, moment: datetime) -> bool:
    if not is_alive(store, upload):
        return True
    whole = received(store, upload) == upload.size
    return not whole and moment - _last_byte_at(store, upload) > KEPT


def _last_byte_at(store: Storage, upload: Upload) -> datetime:
    for key in (upload.final_key, upload.part_key):
        if store.exists(key):
            return datetime.fromtimestamp(store.path(key).stat().st_mtime, UTC)
    return upload.created_at
