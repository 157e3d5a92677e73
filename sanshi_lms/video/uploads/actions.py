"""Writes of uploads: begin, receive bytes, finish, give up."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from io import FileIO
from typing import IO

from sqlalchemy import delete, select

from sanshi_lms.core.db import after_commit, db
from sanshi_lms.core.errors import DISK_FULL, Refusal
from sanshi_lms.core.settings import settings
from sanshi_lms.core.storage import Storage, storage
from sanshi_lms.video.actions import add_video
from sanshi_lms.video.engine import first_sight
from sanshi_lms.video.rules import file_name_from, title_from
from sanshi_lms.video.uploads.models import Upload
from sanshi_lms.video.uploads.rules import Room, refusal

PIECE = 1024 * 1024
_HEAD = 512


def begin_upload(file_name: str, size: int, person_id: int, moment: datetime) -> Upload:
    """Reserve an upload of `size` bytes. Refuses before the first byte what cannot end well."""
    store = storage()
    waiting = [upload for upload in open_uploads() if is_alive(store, upload)]
    promised = sum(upload.size - received(store, upload) for upload in waiting)
    chosen = settings()
    room = Room(store.free_bytes(), chosen.min_free_bytes, promised, chosen.max_upload_bytes)
    own = sum(upload.person_id == person_id for upload in waiting)
    if wrong := refusal(size, room, own):
        raise Refusal(wrong[1], wrong[0])
    upload = Upload(
        id=secrets.token_hex(16),
        person_id=person_id,
        file_name=file_name_from(file_name),
        size=size,
        created_at=moment,
    )
    part = store.path(upload.part_key)
    part.parent.mkdir(parents=True, exist_ok=True)
    part.touch()
    db.session.add(upload)
    db.session.flush()
    return upload


def open_uploads() -> list[Upload]:
    """Return the uploads that are not finished, of everybody."""
    return list(db.session.scalars(select(Upload).where(Upload.finished_at.is_(None)).limit(2000)))


def received(store: Storage, upload: Upload) -> int:
    """Return how many bytes are safely here: the length of the file, nothing else."""
    if store.exists(upload.final_key):
        return upload.size
    part = store.path(upload.part_key)
    return part.stat().st_size if part.exists() else 0


def is_alive(store: Storage, upload: Upload) -> bool:
    """Tell whether the bytes of an unfinished upload can still grow; refused ones are gone."""
    return store.exists(upload.part_key) or store.exists(upload.final_key)


def receive_bytes(part_key: str, *, size: int, offset: int, length: int, body: IO[bytes]) -> int:
    """Add `length` bytes behind `offset` of an upload of `size` bytes. Returns how many are here.

    Touches no database. Refuses another offset (409), too many bytes (413), a second sender (423)
    and, once the first bytes are here, what is plainly no video (415).
    """
    store = storage()
    with _part_file(store, part_key) as file:
        if file.seek(0, os.SEEK_END) != offset:
            raise Refusal("上传的位置对不上，请刷新页面，会从断开的地方继续。", 409)
        if offset + length > size:
            raise Refusal("收到的内容比文件还大，请重新选择文件。", 413)
        arrived = _append(file, body, length)
        if offset < _HEAD <= arrived or arrived == size:
            file.seek(0)
            if wrong := first_sight(file.read(_HEAD)):
                store.delete(part_key)
                raise Refusal(wrong, 415)
        return arrived


@contextmanager
def _part_file(store: Storage, part_key: str) -> Iterator[FileIO]:
    """Open the gathering file for one sender at a time. Raises Refusal 423 for a second one."""
    try:
        # Unbuffered: when the disk is full, what we count as arrived is what lies on it.
        file = store.path(part_key).open("r+b", buffering=0)
    except FileNotFoundError:
        raise Refusal("这次上传已经结束或被取消，请重新选择文件。", 410) from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refusal("同一个文件正在另一个窗口里上传，请稍等。", 423) from None
        yield file


def _append(file: FileIO, body: IO[bytes], length: int) -> int:
    """Add `length` bytes of `body` to the file, made durable. Returns the new length.

    What arrived before the line broke is kept: the sender goes on behind it.
    """
    offset = file.seek(0, os.SEEK_END)
    left = length
    try:
        while left > 0 and (piece := body.read(min(PIECE, left))):
            rest = memoryview(piece)
            while rest:
                written = file.write(rest)
                left -= written
                rest = rest[written:]
    except OSError as error:
        if error.errno not in DISK_FULL:
            raise
        raise Refusal(
            "服务器磁盘满了，已传的部分都还在。请联系管理员清理后，接着上传。", 507
        ) from error
    finally:
        os.fsync(file.fileno())
    return offset + length - left


def finish(upload: Upload, moment: datetime) -> int:
    """Turn a whole upload into a video, once. Returns the video's id."""
    if upload.video_id is not None:
        return upload.video_id
    if upload.finished_at is not None:
        raise Refusal("这个视频已经被删除，请重新上传。", 410)
    store = storage()
    if received(store, upload) != upload.size:
        raise Refusal("文件还没有传完。", 409)
    if not store.exists(upload.final_key):
        # Before the commit on purpose: if the machine stops in between, the whole file is found
        # under its final name and `tidy` makes the video.
        store.commit_file(store.path(upload.part_key), upload.final_key)
    video = add_video(
        title=title_from(upload.file_name),
        source_name=upload.file_name,
        source_key=upload.final_key,
        size=upload.size,
        person_id=upload.person_id,
        moment=moment,
    )
    upload.video_id, upload.finished_at = video.id, moment
    return video.id


def give_up(upload: Upload) -> None:
    """Forget an unfinished upload and its bytes."""
    if upload.finished_at is not None:
        raise Refusal("文件已经传完，请在视频列表里删除。", 409)
    store = storage()
    for key in (upload.part_key, upload.final_key):
        after_commit(partial(store.delete, key))
    db.session.execute(delete(Upload).where(Upload.id == upload.id))
