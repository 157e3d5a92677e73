"""Tidying uploads: finish what is whole, drop what its sender gave up."""

from contextlib import suppress
from datetime import datetime, timedelta

from sanshi_lms.core import queue
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.storage import Storage, storage
from sanshi_lms.video.uploads.actions import finish, give_up
from sanshi_lms.video.uploads.models import Upload
from sanshi_lms.video.uploads.parts import (
    Place,
    held,
    is_alive,
    last_byte_at,
    prove_whole,
    received,
)
from sanshi_lms.video.uploads.queries import open_uploads
from sanshi_lms.video.uploads.rules import KEPT, read_metadata, read_sha256

WAKER = "video.uploads"
_REST = timedelta(
    seconds=20
)  # younger than this, the request that brought the last byte is still at work


def tidy() -> None:
    """Make videos of uploads whose last request died, and remove the expired ones."""
    moment, store = now(), storage()
    waiting = open_uploads()
    whole = [upload.id for upload in waiting if _is_whole_and_left(store, upload)]
    expired = [upload.id for upload in waiting if _is_expired(store, upload, moment)]
    db.session.rollback()
    for upload_id in whole:
        with suppress(Refusal):  # somebody is at work on it, or it is not what was declared
            _finish_left(store, upload_id)
    for upload_id in expired:
        with suppress(Refusal):
            _drop(store, upload_id, moment)


def _finish_left(store: Storage, upload_id: str) -> None:
    upload = db.session.get(Upload, upload_id)
    if upload is None:
        return
    place, declared = Place.of(upload), read_metadata(upload.metadata_header).get("sha256")
    db.session.rollback()  # reading gigabytes takes its time; nobody waits for us meanwhile
    sha256 = prove_whole(store, place, read_sha256(declared))
    with transaction() as session:
        left = session.get(Upload, upload_id, with_for_update=True)
        if left is not None and left.finished_at is None:
            finish(left, sha256, now())


def _drop(store: Storage, upload_id: str, moment: datetime) -> None:
    with transaction() as session:
        upload = session.get(Upload, upload_id, with_for_update=True)
        if upload is None or upload.finished_at is not None:
            return
        if store.exists(upload.part_key):
            with held(store, upload.part_key):  # its sender may be back at this very moment
                if _is_expired(store, upload, moment):
                    store.delete(upload.part_key)
        if _is_expired(store, upload, moment):
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
    # What comes from the inbox is only whole under its final name: a copy is checked first.
    if upload.inbox_key is not None and not store.exists(upload.final_key):
        return False
    whole = received(store, upload) == upload.size
    return whole and now() - last_byte_at(store, upload) > _REST


def _is_expired(store: Storage, upload: Upload, moment: datetime) -> bool:
    if not is_alive(store, upload):
        return True
    whole = received(store, upload) == upload.size and upload.inbox_key is None
    return not whole and moment - last_byte_at(store, upload) > KEPT
