"""Writes of attachments: bytes go to the storage, the row says what they are."""

import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import func, select

from sanshi_lms.core.audit import note
from sanshi_lms.core.db import after_commit, db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.refusing import taken_means
from sanshi_lms.core.storage import storage
from sanshi_lms.courses.attachment_words import read_later
from sanshi_lms.courses.file_types import (
    MAX_PER_LESSON,
    content_type,
    file_problem,
    safe_filename,
)
from sanshi_lms.courses.models import Attachment, Lesson
from sanshi_lms.courses.pack_files import digest


def attach(lesson: Lesson, source: Path, offered_name: str) -> Attachment:
    """Keep a copy of the file at `source` with the lesson; `source` stays.

    Raises Refusal for a file that is not allowed and for a name that the lesson has already.
    """
    filename = safe_filename(offered_name)
    if problem := file_problem(source, filename):
        raise Refusal(f"附件“{filename}”：{problem}")
    count = db.session.scalar(
        select(func.count(Attachment.id)).where(Attachment.lesson_id == lesson.id)
    )
    if (count or 0) >= MAX_PER_LESSON:
        raise Refusal(f"一课最多 {MAX_PER_LESSON} 个附件，请先删去不用的。")
    ending = filename.rpartition(".")[2].lower()
    attachment = Attachment(
        lesson_id=lesson.id,
        filename=filename,
        key=f"courses/attachments/{secrets.token_hex(12)}.{ending}",
        size=source.stat().st_size,
        sha256=digest(source),
        content_type=content_type(filename),
    )
    with taken_means(f"这一课已经有附件“{filename}”，请先删去旧的，或换个文件名。"):
        db.session.add(attachment)
    _store(source, attachment.key)
    read_later(attachment)
    note("courses.attach", f"lesson:{lesson.id}", after={"filename": filename})
    return attachment


def attach_all(lesson: Lesson, files: Sequence[tuple[Path, str]]) -> None:
    """Attach every (path, offered name), or none: bytes already kept go when one is refused."""
    kept: list[str] = []
    try:
        for source, name in files:
            kept.append(attach(lesson, source, name).key)
    except Refusal:
        for key in kept:
            storage().delete(key)
        raise


def detach(attachment: Attachment) -> None:
    """Take an attachment off its lesson; the bytes go once that is certain."""
    key, place = attachment.key, storage()
    note(
        "courses.detach", f"lesson:{attachment.lesson_id}", before={"filename": attachment.filename}
    )
    db.session.delete(attachment)
    db.session.flush()
    after_commit(lambda: place.delete(key))


def _store(source: Path, key: str) -> None:
    place = storage()
    folder = place.private_dir()
    try:
        copy = Path(shutil.copyfile(source, folder / "attachment"))
        place.commit_file(copy, key)
    except OSError as error:
        raise Refusal("服务器存不下这个文件，请联系管理员清理磁盘后再试。", 507) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
