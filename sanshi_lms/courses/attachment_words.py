"""The words of attachments (PDF, docx, pptx, text), read by a job for search to find."""

import json
import sys
from collections.abc import Collection
from pathlib import Path

from sqlalchemy import delete, select

from sanshi_lms.core.changes import touch
from sanshi_lms.core.db import db
from sanshi_lms.core.jobs import JobRun, enqueue, job
from sanshi_lms.core.process import run_limited
from sanshi_lms.core.registers import Cue
from sanshi_lms.core.storage import storage
from sanshi_lms.courses.models import Attachment, AttachmentPage, Course, Lesson
from sanshi_lms.courses.paths import attachment_path

READ = "courses.read_attachment"
READABLE = frozenset({"pdf", "docx", "pptx", "txt", "csv"})
MOST_PAGES, LONGEST_PAGE = 300, 20_000
_CHILD = Path(__file__).with_name("words_child.py")


def read_later(attachment: Attachment) -> None:
    """Have the words of an attachment read after the present transaction."""
    if ending_of(attachment.filename) in READABLE:
        enqueue(READ, str(attachment.id), {"attachment": attachment.id})


def read_all_later() -> int:
    """Have the words of every attachment read anew; return of how many files."""
    attachments = db.session.scalars(select(Attachment)).all()
    for attachment in attachments:
        read_later(attachment)
    return len(attachments)


def ending_of(filename: str) -> str:
    """Return the ending of a file's name in small letters."""
    return filename.rpartition(".")[2].lower()


@job(READ, lane="fast", attempts=3, label="读附件里的字")
def read_words(run: JobRun) -> None:
    """Keep the words of an attachment, page by page; done again it keeps the same."""
    attachment_id = int(run.payload["attachment"])
    found = db.session.get(Attachment, attachment_id)
    if found is None:
        db.session.rollback()
        return
    key, ending = found.key, ending_of(found.filename)
    db.session.rollback()
    pages = _read(storage().path(key), ending)
    with run.commit() as session:
        kept = session.get(Attachment, attachment_id)
        if kept is not None:
            session.execute(
                delete(AttachmentPage).where(AttachmentPage.attachment_id == attachment_id)
            )
            session.add_all(
                AttachmentPage(attachment_id=attachment_id, number=number, words=words)
                for number, words in pages
            )
            touch("lesson", kept.lesson_id)
        run.done(session)


def _read(source: Path, ending: str) -> list[tuple[int, str]]:
    pages: list[tuple[int, str]] = []

    def hear(line: str) -> None:
        told = json.loads(line)
        words = str(told["words"]).replace("\x00", "").strip()
        if words:
            pages.append((int(told["page"]), words))

    run_limited(
        [
            sys.executable,
            "-I",
            str(_CHILD),
            str(source),
            ending,
            str(MOST_PAGES),
            str(LONGEST_PAGE),
        ],
        cwd=source.parent,
        cpu_seconds=60,
        memory_bytes=1024 * 1024**2,
        file_bytes=1024**2,
        wall_seconds=120,
        on_line=hear,
    )
    return pages


def attachment_cues(lesson_ids: Collection[int]) -> dict[int, list[Cue]]:
    """Return what stands in the attachments of these lessons, page by page, with its address."""
    query = (
        select(Lesson.id, Course.slug, Lesson.slug, Attachment, AttachmentPage)
        .join(Attachment, Attachment.lesson_id == Lesson.id)
        .join(AttachmentPage, AttachmentPage.attachment_id == Attachment.id)
        .join(Course, Course.id == Lesson.course_id)
        .where(Lesson.id.in_(lesson_ids))
        .order_by(Attachment.id, AttachmentPage.number)
    )
    cues: dict[int, list[Cue]] = {}
    for lesson_id, course_slug, lesson_slug, attachment, page in db.session.execute(query):
        url = attachment_path(course_slug, lesson_slug, attachment.id)
        paged = ending_of(attachment.filename) in {"pdf", "pptx"}
        if ending_of(attachment.filename) == "pdf":
            url += f"#page={page.number}"
        label = f"{attachment.filename} 第 {page.number} 页" if paged else attachment.filename
        cues.setdefault(lesson_id, []).append(Cue(0.0, page.words, page.number, url, label))
    return cues
