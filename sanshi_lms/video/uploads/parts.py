"""The bytes of uploads on the disk: how many are here, adding to them, proving them whole.

Touches no database. The length of the gathering file is the only truth about how much has arrived,
so nothing is ever written there that may have to be taken back: bytes with a checksum wait apart
until it is right.
"""

import fcntl
import hashlib
import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from typing import IO

from sanshi_lms.core.errors import DISK_FULL, Refusal
from sanshi_lms.core.storage import Storage
from sanshi_lms.video.engine import first_sight
from sanshi_lms.video.uploads.models import Upload
from sanshi_lms.video.uploads.rules import Checksum

PIECE = 64 * 1024  # a read waits for all of it, and what is half read dies with the server
IN_MEMORY = 16 * 1024 * 1024  # a longer body that has to be checked waits on the disk
# Each sender holds a thread of the web server for as long as its line is slow; the rest of them
# stays for people who read. Who comes too many is told to come again, and its program does.
AT_ONCE = 6
_HEAD = 512
_places = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True)
class Place:
    """Where an upload of `size` bytes gathers, and where it lies once it is whole."""

    part_key: str
    final_key: str
    size: int

    @classmethod
    def of(cls, upload: Upload) -> "Place":
        """Return the place of an upload; unlike its row, it outlives the transaction."""
        return cls(upload.part_key, upload.final_key, upload.size)


def received(store: Storage, upload: Upload) -> int:
    """Return how many bytes are safely here: the length of the file, nothing else."""
    if store.exists(upload.final_key):
        return upload.size
    part = store.path(upload.part_key)
    return part.stat().st_size if part.exists() else 0


def is_alive(store: Storage, upload: Upload) -> bool:
    """Tell whether the bytes of an unfinished upload can still grow; refused ones are gone."""
    return store.exists(upload.part_key) or store.exists(upload.final_key)


def last_byte_at(store: Storage, upload: Upload) -> datetime:
    """Return when the last byte came; an upload expires so long after it."""
    for key in (upload.final_key, upload.part_key):
        if store.exists(key):
            return datetime.fromtimestamp(store.path(key).stat().st_mtime, UTC)
    return upload.created_at


def receive_bytes(
    store: Storage,
    place: Place,
    *,
    offset: int,
    length: int,
    body: IO[bytes],
    keep_free: int = 0,
    checksum: Checksum | None = None,
) -> int:
    """Add `length` bytes behind `offset`. Returns how many are here.

    Refuses another offset (409), too many bytes (413), a second sender (423), bytes that do not
    add up to `checksum` (460, none is kept), a disk that would have less than `keep_free` bytes
    (507), too many senders (503), and, with the first bytes, what is plainly no video (415).
    """
    with _one_of_few(), held(store, place.part_key) as file:
        if file.seek(0, os.SEEK_END) != offset:
            raise Refusal("上传的位置对不上，请刷新页面，会从断开的地方继续。", 409)
        if offset + length > place.size:
            raise Refusal("收到的内容比文件还大，请重新选择文件。", 413)
        if store.free_bytes() - length < keep_free:
            raise Refusal(_FULL, 507)
        if checksum is None:
            arrived = _append(file, body, length)
        else:
            with _checked(file, body, length, checksum) as proven:
                arrived = _append(file, proven, length)
        if offset < _HEAD <= arrived or arrived == place.size:
            file.seek(0)
            if wrong := first_sight(file.read(_HEAD)):
                store.delete(place.part_key)
                raise Refusal(wrong, 415)
        return arrived


def prove_whole(store: Storage, place: Place, declared: str | None) -> str:
    """Return the SHA-256 of the whole file, read back from the disk.

    Refuses (422), and forgets the bytes, when it is not the one that its sender `declared`.
    """
    if store.exists(place.final_key):
        return file_sha256(store.path(place.final_key))
    with held(store, place.part_key) as file:
        if file.seek(0, os.SEEK_END) != place.size:
            raise Refusal("文件还没有传完。", 409)
        found = file_sha256(store.path(place.part_key))
        if declared is not None and found != declared:
            store.delete(place.part_key)
            raise Refusal(
                "传完后核对：服务器收到的和您手上的文件不一样，可能上传途中文件被改动过。"
                "请重新选择这个文件，再传一次。"
            )
        return found


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def held(store: Storage, part_key: str) -> Iterator[FileIO]:
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


_FULL = "服务器磁盘满了，已传的部分都还在。请联系管理员清理后，接着上传。"


@contextmanager
def _one_of_few() -> Iterator[None]:
    if not _places.acquire(blocking=False):
        raise Refusal("同时上传的人太多，请稍等片刻，会自动接着传。", 503)
    try:
        yield
    finally:
        _places.release()


@contextmanager
def _checked(file: FileIO, body: IO[bytes], length: int, checksum: Checksum) -> Iterator[IO[bytes]]:
    """Yield the body from its beginning once all of it came and adds up; else keep nothing."""
    folder = str(Path(str(file.name)).parent)
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY, dir=folder) as apart:
        total = hashlib.new(checksum.algorithm, usedforsecurity=False)
        left = length
        try:
            while left > 0 and (piece := body.read(min(PIECE, left))):
                apart.write(piece)
                total.update(piece)
                left -= len(piece)
        except OSError as error:
            if error.errno not in DISK_FULL:
                raise
            raise Refusal(_FULL, 507) from error
        if left or total.digest() != checksum.digest:
            raise Refusal("这一段在路上损坏了，没有保存，会自动重传。", 460)
        apart.seek(0)
        yield apart


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
        raise Refusal(_FULL, 507) from error
    finally:
        os.fsync(file.fileno())
    return offset + length - left
