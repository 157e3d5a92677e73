"""The words of attachments: read under limits, found at their page, gone with the file."""

import zipfile
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.job_lane import run_next
from sanshi_lms.courses import Course, Lesson
from sanshi_lms.courses.attachment_words import attachment_cues, read_all_later
from sanshi_lms.courses.attachments import attach, detach
from sanshi_lms.courses.models import Attachment, AttachmentPage
from sanshi_lms.search import jobs
from sanshi_lms.search.sources import engine

ROOT = Path(__file__).resolve().parents[2]
CHECKLIST = ROOT / "content/courses/jiazhuang-dianti/files/jiazhuang-dianti-qingdan.pdf"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
DRAW = "http://schemas.openxmlformats.org/drawingml/2006/main"


def office(path: Path, parts: dict[str, str]) -> Path:
    """Write an Office file with these parts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as box:
        box.writestr("[Content_Types].xml", "<Types/>")
        for name, xml in parts.items():
            box.writestr(name, xml)
    return path


def docx(path: Path, *paragraphs: str) -> Path:
    body = "".join(f"<w:p><w:r><w:t>{one}</w:t></w:r></w:p>" for one in paragraphs)
    return office(path, {"word/document.xml": f'<w:document xmlns:w="{WORD}">{body}</w:document>'})


def pptx(path: Path, *slides: str) -> Path:
    parts = {
        f"ppt/slides/slide{n}.xml": f'<p xmlns:a="{DRAW}"><a:p><a:t>{text}</a:t></a:p></p>'
        for n, text in enumerate(slides, 1)
    }
    return office(path, {"ppt/presentation.xml": "<p/>", **parts})


@pytest.fixture
def lesson_id(app: Flask) -> int:
    with app.app_context(), transaction():
        moment = now()
        course = Course(
            slug="lift", title="加装电梯", topic="城市更新", kind="技能培训", status="published",
            published_at=moment, created_at=moment, updated_at=moment,
        )  # fmt: skip
        db.session.add(course)
        db.session.flush()
        lesson = Lesson(
            course_id=course.id, position=1, slug="one", title="第一课", kind="reading", minutes=5,
            body_md="正文", updated_at=moment,
        )  # fmt: skip
        db.session.add(lesson)
        db.session.flush()
        return lesson.id


def put(app: Flask, lesson_id: int, file: Path, name: str) -> list[tuple[int | None, str]]:
    """Attach a file, let the worker read it, return what it found."""
    with app.app_context():
        with transaction():
            attach(db.session.get_one(Lesson, lesson_id), file, name)
        while run_next("fast"):
            pass
        cues = attachment_cues([lesson_id]).get(lesson_id, [])
        return [(cue.page, cue.text) for cue in cues]


def test_words_of_a_document_and_of_slides(app: Flask, lesson_id: int, tmp_path: Path) -> None:
    found = put(app, lesson_id, docx(tmp_path / "a.docx", "井道选址", "底坑防水"), "说明.docx")
    assert found == [(1, "井道选址\n底坑防水")]
    found = put(app, lesson_id, pptx(tmp_path / "b.pptx", "第一张", "轿厢应急"), "课件.pptx")
    assert found[1:] == [(1, "第一张"), (2, "轿厢应急")]


def test_a_hit_in_a_pdf_opens_it_at_its_page(
    app: Flask, client: FlaskClient, lesson_id: int
) -> None:
    pages = put(app, lesson_id, CHECKLIST, "清单.pdf")
    assert pages
    word = "入户征求意愿" if "入户征求意愿" in pages[0][1] else pages[0][1].split()[0][:6]
    with app.app_context():
        jobs.rebuild()
    page = client.get("/search/", query_string={"q": word, "kind": "lesson"}).text
    assert "清单.pdf 第 1 页" in page
    assert "#page=1" in page
    with app.app_context():
        engine().close()  # type: ignore[attr-defined]  # it keeps files open


@pytest.mark.parametrize(
    "xml",
    [
        "<broken",
        '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>',
        f'<w:document xmlns:w="{WORD}"><w:t>{"字" * 9_000_000}</w:t></w:document>',
    ],
    ids=["broken", "entities", "bomb"],
)
def test_hostile_files_have_no_words(app: Flask, lesson_id: int, tmp_path: Path, xml: str) -> None:
    assert (
        put(app, lesson_id, office(tmp_path / "a.docx", {"word/document.xml": xml}), "a.docx") == []
    )


def test_words_go_with_their_file_and_can_be_read_anew(
    app: Flask, lesson_id: int, tmp_path: Path
) -> None:
    put(app, lesson_id, docx(tmp_path / "a.docx", "井道"), "说明.docx")
    with app.app_context():
        with transaction():
            assert read_all_later() == 1
        while run_next("fast"):
            pass
        assert db.session.query(AttachmentPage).count() == 1
        db.session.rollback()
        with transaction():
            detach(db.session.query(Attachment).one())
        assert db.session.query(AttachmentPage).count() == 0
