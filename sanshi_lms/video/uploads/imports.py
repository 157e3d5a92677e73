"""Taking a file from the inbox: the click, and the job that copies, hashes and makes the video.

Killed at any moment it runs again and ends the same. The original in the inbox is left alone until
its bytes are ours and the video exists; one click or ten make one video.
"""

import os
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from io import FileIO
from pathlib import Path

from sqlalchemy import select

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import after_commit, db
from sanshi_lms.core.errors import DISK_FULL, Refusal
from sanshi_lms.core.jobs import Job, JobFailed, JobRun, enqueue, job
from sanshi_lms.core.refusing import taken_means
from sanshi_lms.core.settings import settings
from sanshi_lms.core.storage import Storage, storage
from sanshi_lms.video.engine import first_sight
from sanshi_lms.video.uploads.actions import begin_upload, finish
from sanshi_lms.video.uploads.inbox import (
    InboxFile,
    Moved,
    find_file,
    hash_through,
    head_of,
    is_being_written,
    may_be_moved,
    opened,
    waiting_files,
)
from sanshi_lms.video.uploads.models import Upload
from sanshi_lms.video.uploads.parts import Place, file_sha256
from sanshi_lms.video.uploads.queries import video_with_hash

IMPORT = "video.import"
_GONE = "收件箱里没有这个文件了，或者它刚刚变了。请刷新“视频”页再看。"
_GROWING = "这个文件还在往收件箱里拷，请等拷完再导入。"
_FULL = "服务器磁盘满了，文件没有导入，收件箱里的原文件没有动。请联系管理员清理后再试。"


def inbox_files(moment: datetime) -> list[InboxFile]:
    """Return the files of the inbox; none where there is no such folder (yet)."""
    try:
        return waiting_files(settings().inbox_dir, moment)
    except OSError:
        return []


def begin_import(key: str, person_id: int, moment: datetime) -> Upload:
    """Queue the taking of the inbox's file with this key. A second click changes nothing."""
    query = select(Upload).where(Upload.inbox_key == key, Upload.finished_at.is_(None))
    upload = db.session.scalar(query)
    if upload is None:
        file = next((one for one in inbox_files(moment) if one.key == key), None)
        if file is None:
            raise Refusal(_GONE, 404)
        if file.growing or file.wrong:
            raise Refusal(file.wrong or _GROWING)
        with taken_means("有人刚刚点了导入这个文件，请刷新页面看进度。", 409):
            upload = begin_upload(file.name, file.size, person_id, moment, inbox_key=key)
    enqueue(IMPORT, upload.id, {"upload_id": upload.id, "inbox_key": key}, priority=100)
    return upload


@dataclass(frozen=True)
class Import:
    """How the taking of one file stands: working, failed or done; `progress` 0 to 1."""

    upload_id: str
    state: str
    progress: float
    message: str
    video_id: int | None

    @property
    def percent(self) -> int:
        """The share that is done, in percent; the whole is only told by the state."""
        return min(int(self.progress * 100), 99)


def imports_of(keys: Collection[str]) -> Mapping[str, Import]:
    """Return how the import of each of these files stands, by key, in two queries."""
    query = select(Upload).where(Upload.inbox_key.in_(set(keys))).order_by(Upload.created_at)
    uploads = {upload.id: upload for upload in db.session.scalars(query)}
    jobs = select(Job).where(Job.kind == IMPORT, Job.key.in_(uploads)).order_by(Job.id)
    newest = {one.key: one for one in db.session.scalars(jobs)}
    found = {}
    for upload in uploads.values():
        work = newest.get(upload.id)
        if upload.finished_at is not None and upload.video_id is not None:
            found[upload.inbox_key or ""] = Import(upload.id, "done", 1.0, "", upload.video_id)
        elif upload.finished_at is None and work is not None:
            state = "failed" if work.state == "failed" else "working"
            found[upload.inbox_key or ""] = Import(
                upload.id, state, work.progress, work.message or "", None
            )
    return found


@job(IMPORT, lane="copy", attempts=5, label="导入收件箱里的文件")
def import_file(run: JobRun) -> None:
    """Bring the file that the payload names into the storage, and make it a video."""
    store = storage()
    with run.commit() as session:
        upload = session.get(Upload, run.payload["upload_id"])
        place = Place.of(upload) if upload is not None and upload.finished_at is None else None
    if place is None:
        return
    key = run.payload["inbox_key"]
    if store.exists(place.final_key):  # brought by a worker that died then
        sha256 = file_sha256(store.path(place.final_key))
    else:
        sha256 = _bring(run, store, place, key)
    with run.commit() as session:
        left = session.get(Upload, run.payload["upload_id"], with_for_update=True)
        if left is None:
            store.delete(place.final_key)
            return
        finish(left, sha256, now())
        after_commit(partial(_clear, settings().inbox_dir, key))
        after_commit(partial(store.delete, place.part_key))
        run.done(session)


def _bring(run: JobRun, store: Storage, place: Place, key: str) -> str:
    path = find_file(settings().inbox_dir, key)
    if path is None:
        raise JobFailed(_GONE)
    try:
        with opened(path, key) as file:
            if is_being_written(file, path):
                raise JobFailed(_GROWING)
            if wrong := first_sight(head_of(file)):
                raise JobFailed(wrong)
            move = may_be_moved(file, path, store.root)
            sha256 = _read(run, store, place, file, copy=not move)
        _refuse_twin(sha256)
    except Moved as error:
        raise JobFailed(_GONE) from error
    except OSError as error:
        full = error.errno in DISK_FULL
        sentence = _FULL if full else "读不出收件箱里的这个文件（没有权限，或者盘被拔掉了）。"
        raise JobFailed(sentence, repr(error), retry=not full) from error
    run.checkpoint()
    source = Path(os.fsdecode(path)) if move else store.path(place.part_key)
    store.commit_file(source, place.final_key)
    return sha256


def _read(run: JobRun, store: Storage, place: Place, file: FileIO, *, copy: bool) -> str:
    def tell(done: int) -> None:
        run.progress(done / place.size)

    if not copy:
        return hash_through(file, None, tell)
    if store.free_bytes() - place.size < settings().min_free_bytes:
        raise JobFailed(_FULL)
    with store.path(place.part_key).open("wb", buffering=0) as target:
        return hash_through(file, target, tell)


def _refuse_twin(sha256: str) -> None:
    known = video_with_hash(sha256)
    title = known.title if known is not None else None
    db.session.rollback()
    if title is not None:
        raise JobFailed(
            f"这个文件已经是视频《{title}》了，没有再导入一份，收件箱里的原文件没有动。"
        )


def _clear(folder: Path, key: str) -> None:
    """Remove the original that was copied, if it may be removed and is still the same."""
    with suppress(OSError):
        path = find_file(folder, key)
        if path is not None:
            os.unlink(path)  # noqa: PTH108 - bytes
