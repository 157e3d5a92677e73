"""Writes of notes. They are private and not audited: what somebody noted is nobody's business."""

from datetime import datetime

from sqlalchemy import update

from sanshi_lms.core.db import db, insert_missing, row_count
from sanshi_lms.core.errors import Refusal
from sanshi_lms.courses import Lesson
from sanshi_lms.learning.notes.models import Note
from sanshi_lms.learning.notes.queries import count_of_lesson, note_by_key
from sanshi_lms.learning.notes.rules import MOST_OF_LESSON, problem

CONFLICT = 409


def write_note(
    user_id: int,
    lesson: Lesson,
    key: str,
    second: int | None,
    text: str,
    at: datetime,
    *,
    bookmark: bool = False,
) -> Note:
    """Keep a note at a second of a lesson, once for each key. Raises Refusal with a sentence."""
    known = note_by_key(user_id, key)
    if known is not None:
        return known
    fault = problem(text, second, bookmark=bookmark)
    if fault is None and count_of_lesson(user_id, lesson.id) >= MOST_OF_LESSON:
        fault = f"这一课已经有 {MOST_OF_LESSON} 条笔记，请先删掉一些再写。"
    if fault:
        raise Refusal(fault)
    insert_missing(
        Note,
        user_id=user_id,
        lesson_id=lesson.id,
        key=key,
        second=second,
        text=text,
        version=1,
        created_at=at,
        updated_at=at,
    )
    kept = note_by_key(user_id, key)
    if kept is None:  # pragma: no cover - the key's constraint lets nothing else happen
        raise RuntimeError("a note vanished between two statements")
    return kept


def change_note(note: Note, seen: int, second: int | None, text: str, at: datetime) -> None:
    """Change a note that was shown in version `seen`; saving the same twice counts once.

    Raises Refusal (409) when it was changed elsewhere meanwhile: nothing is overwritten.
    """
    if (note.second, note.text) == (second, text):
        return
    fault = problem(text, second, bookmark=second is not None)
    if fault:
        raise Refusal(fault)
    mine = update(Note).where(Note.id == note.id, Note.version == seen)
    values = {"second": second, "text": text, "version": seen + 1, "updated_at": at}
    if row_count(db.session.execute(mine.values(**values))) != 1:
        raise Refusal(
            "这条笔记刚刚在别处改过。下面是您现在写的；要保留两份，请复制后另写一条。", CONFLICT
        )
    db.session.refresh(note)


def delete_note(note: Note) -> None:
    """Delete a note for good."""
    db.session.delete(note)
