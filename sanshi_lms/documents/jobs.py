"""The job that makes the pages of a document: in a child process, under limits."""

import json
import secrets
import shutil
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import delete

from sanshi_lms.core.changes import touch
from sanshi_lms.core.db import db
from sanshi_lms.core.jobs import JobFailed, JobRun, job
from sanshi_lms.core.process import run_limited
from sanshi_lms.core.storage import storage
from sanshi_lms.courses import lessons_using
from sanshi_lms.documents import rules
from sanshi_lms.documents.models import Document, DocumentPage

DRAW = "documents.draw"
_CHILD = Path(__file__).with_name("page_child.py")
_REFUSED = {
    "password": "这份 PDF 有密码，打不开。请去掉密码，另存一份再上传。",
    "unreadable": "这份 PDF 打不开，可能没有拷贝完整。请重新导出再上传。",
    "pages": f"这份 PDF 超过 {rules.MOST_PAGES} 页，请拆成几份再上传。",
    "empty": "这份 PDF 里没有页面，请重新导出再上传。",
}


def setup() -> None:
    """Nothing: importing this module registers the job."""


@job(DRAW, lane="fast", attempts=3, label="处理文档", subject="document")
def draw_pages(run: JobRun) -> None:
    """Draw all pages, then show them at once. Doing it again replaces nothing that is shown."""
    document_id = int(run.payload["document"])
    found = db.session.get(Document, document_id)
    if found is None or found.state != "waiting":
        db.session.rollback()
        return
    key = found.source_key
    db.session.rollback()
    folder = storage().private_dir()
    try:
        pages, refused = _drawn(run, storage().path(key), folder)
        pages_key = f"documents/{document_id}/{secrets.token_hex(6)}"
        if not refused:
            storage().commit_dir(folder, pages_key)
        _record(run, document_id, pages, pages_key, refused)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _drawn(run: JobRun, source: Path, folder: Path) -> tuple[list[dict[str, Any]], str]:
    """Return the pages and "", or why the document is refused."""
    pages: list[dict[str, Any]] = []
    told: dict[str, Any] = {}

    def hear(text: str) -> None:
        line = json.loads(text)
        if "page" in line:
            pages.append(line)
            run.progress(len(pages) / rules.MOST_PAGES)
        else:
            told.update(line)

    arguments = [rules.PAGE_WIDTH, rules.MOST_PAGES, rules.LONGEST_PAGE_TEXT]
    done = run_limited(
        [sys.executable, "-I", str(_CHILD), str(source), str(folder), *map(str, arguments)],
        cwd=folder,
        cpu_seconds=300,
        memory_bytes=1536 * 1024**2,
        file_bytes=16 * 1024**2,
        wall_seconds=600,
        on_line=hear,
    )
    if "refused" in told:
        return [], _REFUSED[told["refused"]]
    if not done.ok or told.get("pages") != len(pages):
        if done.timed_out or done.returncode < 0:
            return [], _REFUSED["unreadable"]
        raise JobFailed("文档没有处理成，请点“重试”。", done.stderr_tail, retry=True)
    return pages, "" if pages else _REFUSED["empty"]


def _record(
    run: JobRun, document_id: int, pages: list[dict[str, Any]], pages_key: str, refused: str
) -> None:
    with run.commit() as session:
        found = session.get(Document, document_id)
        if found is None:
            return
        session.execute(delete(DocumentPage).where(DocumentPage.document_id == document_id))
        session.add_all(
            DocumentPage(
                document_id=document_id,
                number=page["page"],
                width=page["width"],
                height=page["height"],
                words=str(page["words"]).replace("\x00", ""),
            )
            for page in pages
        )
        found.state, found.problem = ("refused", refused) if refused else ("made", "")
        found.pages, found.pages_key = len(pages), None if refused else pages_key
        for lesson in lessons_using("document", document_id):
            touch("lesson", lesson.id)
        run.done(session)
