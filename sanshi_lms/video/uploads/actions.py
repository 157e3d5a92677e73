"""Writes of uploads: begin, finish, give up. Nothing commits here."""

import secrets
from datetime import datetime
from functools import partial

from sqlalchemy import delete

from sanshi_lms.account import User
from sanshi_lms.core.db import after_commit, db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.settings import settings
from sanshi_lms.core.storage import storage
from sanshi_lms.video.actions import add_video
from sanshi_lms.video.rules import file_name_from, title_from
from sanshi_lms.video.uploads.models import Upload
from sanshi_lms.video.uploads.parts import is_alive, received
from sanshi_lms.video.uploads.queries import open_uploads, originals_bytes
from sanshi_lms.video.uploads.rules import Room, refusal


def begin_upload(
    file_name: str,
    size: int,
    person_id: int,
    moment: datetime,
    *,
    metadata_header: str = "",
    inbox_key: str | None = None,
    unit_id: int | None = None,
) -> Upload:
    """Reserve an upload of `size` bytes. Refuses before the first byte what cannot end well."""
    # Two uploads of one person that begin at once must not both fit into the same rest.
    db.session.get(User, person_id, with_for_update=True)
    store, chosen = storage(), settings()
    waiting = [upload for upload in open_uploads() if is_alive(store, upload)]
    own = [upload for upload in waiting if upload.person_id == person_id]
    room = Room(
        free=store.free_bytes(),
        keep_free=chosen.min_free_bytes,
        promised=sum(upload.size - received(store, upload) for upload in waiting),
        largest=chosen.max_upload_bytes,
        quota=chosen.upload_quota_bytes,
        used=originals_bytes(person_id) + sum(upload.size for upload in own),
    )
    if wrong := refusal(size, room, len(own)):
        raise Refusal(wrong[1], wrong[0])
    upload = Upload(
        id=secrets.token_hex(16),
        person_id=person_id,
        file_name=file_name_from(file_name),
        size=size,
        metadata_header=metadata_header,
        inbox_key=inbox_key,
        unit_id=unit_id,
        created_at=moment,
    )
    db.session.add(upload)
    db.session.flush()
    part = store.path(upload.part_key)
    part.parent.mkdir(parents=True, exist_ok=True)
    part.touch()
    return upload


def refuse_without_room(size: int) -> None:
    """Refuse a file that nobody uploads (the command line's) when the disk cannot hold it."""
    chosen, store = settings(), storage()
    waiting = [upload for upload in open_uploads() if is_alive(store, upload)]
    promised = sum(upload.size - received(store, upload) for upload in waiting)
    room = Room(store.free_bytes(), chosen.min_free_bytes, promised, largest=max(size, 1))
    if wrong := refusal(size, room, 0):
        raise Refusal(wrong[1], wrong[0])


def finish(upload: Upload, sha256: str, moment: datetime) -> int:
    """Turn a whole upload, proven to have this hash, into a video, once. Returns its id."""
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
        sha256=sha256,
        person_id=upload.person_id,
        unit_id=upload.unit_id,
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
