"""Documents: a real PDF becomes pages with their words; what is hostile is refused in words."""

import io

import pytest
import typst
from flask import Flask
from PIL import Image
from pypdf import PdfReader, PdfWriter
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.job_lane import run_next
from sanshi_lms.core.jobs import Job
from sanshi_lms.core.storage import storage
from sanshi_lms.courses import Lesson
from sanshi_lms.courses.search_source import LessonSource
from sanshi_lms.documents import rules
from sanshi_lms.documents.models import Document, DocumentPage
from sanshi_lms.learning.models import Completion
from sanshi_lms.learning.reading.rules import READ_KINDS
from sanshi_lms.learning.ruling.rules import Rule
from tests.people import Cast
from tests.training.making import make_course

NONCE = "cd" * 16


@pytest.fixture(scope="session")
def slides() -> bytes:
    """Three pages as a lecturer would export them, with text in the words layer."""
    pages = "#pagebreak()".join(f"= Lift page {n}\n#lorem(20)" for n in (1, 2, 3))
    made = typst.compile(f"#set page(width: 25cm, height: 14cm)\n{pages}".encode())
    assert isinstance(made, bytes)
    return made


def form(data: bytes, name: str = "加装电梯课件.pdf", **more: str) -> dict[str, object]:
    return {"nonce": NONCE, "file": (io.BytesIO(data), name), **more}


def work(app: Flask) -> None:
    with app.app_context():
        while run_next("fast"):
            pass


def only(app: Flask) -> Document:
    with app.app_context():
        found = db.session.scalars(select(Document)).one()
        db.session.expunge(found)
        return found


def show(app: Flask, document_id: int) -> int:
    with app.app_context(), transaction():
        course = make_course("kejian", "看课件")
        lesson = db.session.scalars(select(Lesson).where(Lesson.course_id == course.id)).one()
        lesson.kind, lesson.target_id = "document", document_id
        return lesson.id


def test_from_the_upload_to_a_read_lesson(app: Flask, people: Cast, slides: bytes) -> None:
    author, cadre = people.client("author"), people.client("cadre")
    for _ in range(2):  # a double click
        assert author.post("/admin/documents/", data=form(slides)).status_code == 302
    made = only(app)
    assert (made.title, made.state) == ("加装电梯课件", "waiting")
    lesson = show(app, made.id)
    assert "文档还在处理" in cadre.get("/courses/kejian/text").text
    work(app)
    made = only(app)
    assert (made.state, made.pages) == ("made", 3)
    page = cadre.get("/courses/kejian/text").text
    assert page.count('loading="lazy"') >= 2
    assert "Lift page 3" in page, "who cannot see the picture reads the words"
    with cadre.get("/documents/1/pages/2.webp") as sent:
        assert sent.mimetype == "image/webp"
        picture = Image.open(io.BytesIO(sent.data))
        assert picture.width == rules.PAGE_WIDTH
    with cadre.get("/documents/1/original.pdf") as sent:
        assert sent.data == slides
        assert sent.headers["Content-Disposition"].startswith("attachment")
    assert ">我看完了<" in page
    assert cadre.post(f"/learning/lessons/{lesson}/read").status_code == 302
    with app.app_context():
        assert db.session.get(Completion, (people.id("cadre"), lesson)) is not None
        found = next(iter(LessonSource().documents([lesson])))
        assert "Lift page 2" in found.body


def test_strangers_see_only_what_a_published_course_shows(
    app: Flask, people: Cast, slides: bytes
) -> None:
    people.client("author").post("/admin/documents/", data=form(slides))
    work(app)
    visitor = app.test_client()
    for path in ("/documents/1/pages/1.webp", "/documents/1/original.pdf"):
        assert visitor.get(path).status_code == 404
        with people.client("author").get(path) as sent:
            assert sent.status_code == 200
    show(app, 1)
    with visitor.get("/documents/1/pages/1.webp") as sent:
        assert sent.status_code == 200
    assert visitor.get("/documents/1/pages/4.webp").status_code == 404
    assert people.client("cadre").get("/admin/documents/").status_code == 403


def locked(data: bytes) -> bytes:
    writer, out = PdfWriter(clone_from=PdfReader(io.BytesIO(data))), io.BytesIO()
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(out)
    return out.getvalue()


def endless() -> bytes:
    """Return a PDF that says it has far more pages than anybody reads."""
    writer, out = PdfWriter(), io.BytesIO()
    for _ in range(rules.MOST_PAGES + 1):
        writer.add_blank_page(10, 10)
    writer.write(out)
    return out.getvalue()


def test_what_cannot_be_drawn_says_why(app: Flask, people: Cast, slides: bytes) -> None:
    author = people.client("author")
    for place, (data, words) in enumerate(
        [
            (locked(slides), "有密码"),
            (slides[: len(slides) // 3], "没有拷贝完整"),
            (b"%PDF-1.7\n" + b"\xff" * 5000, "没有拷贝完整"),
            (endless(), "拆成几份"),
        ],
        1,
    ):
        author.post("/admin/documents/", data={**form(data), "nonce": f"{place:032}"})
        work(app)
        page = author.get(f"/admin/documents/{place}").text
        assert words in page
        assert "不能使用" in page
    with app.app_context():
        assert db.session.scalars(select(DocumentPage)).all() == []
        assert set(db.session.scalars(select(Job.state))) == {"done"}
        private = storage().root / ".private"
        assert not any(private.iterdir()), "nothing half-made is left"


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"PK\x03\x04docx", "课件.pptx", "另存为 PDF"),
        (b"<html>", "a.pdf", "不是 PDF"),
        (b"", "a.pdf", "请先选择"),
        (b"%PDF-1.7 /JavaScript (app.alert(1))", "a.pdf", "脚本或附件"),
    ],
)
def test_what_is_no_pdf_of_ours_is_refused(
    app: Flask, people: Cast, data: bytes, name: str, words: str
) -> None:
    answer = people.client("author").post("/admin/documents/", data=form(data, name))
    assert answer.status_code == 422
    assert words in answer.text
    with app.app_context():
        assert db.session.scalars(select(Document)).all() == []


def test_a_picture_bomb_is_drawn_small_or_refused(app: Flask, people: Cast) -> None:
    """A page of 200 inches by 1/10 inch must not become a picture of a billion pixels."""
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(7.2, 14_400)
    writer.add_blank_page(14_400, 7.2)
    writer.write(out)
    people.client("author").post("/admin/documents/", data=form(out.getvalue()))
    work(app)
    with app.app_context():
        pages = db.session.scalars(select(DocumentPage)).all()
        assert all(0 < one.width * one.height < 9_000_000 for one in pages)


def test_a_large_deck_passes(people: Cast, slides: bytes) -> None:
    large = slides + b"\n%" + b"x" * (20 * rules.MEGABYTE) + b"\n%%EOF"
    # In one piece: the test client would keep the parts in a file that nobody closes.
    boundary, body = encode_multipart(
        {"nonce": NONCE, "file": FileStorage(io.BytesIO(large), "大课件.pdf", "file")}
    )
    answer = people.client("author").post(
        "/admin/documents/", data=body, content_type=f"multipart/form-data; boundary={boundary}"
    )
    assert answer.status_code == 302


def test_what_is_in_use_stays(app: Flask, people: Cast, slides: bytes) -> None:
    author = people.client("author")
    author.post("/admin/documents/", data=form(slides))
    work(app)
    with app.app_context():
        keys = [only(app).source_key, str(only(app).pages_key)]
    lesson = show(app, 1)
    assert author.post("/admin/documents/1/delete").status_code == 409
    with app.app_context(), transaction():
        db.session.delete(db.session.get_one(Lesson, lesson))
    assert author.post("/admin/documents/1/delete").status_code == 302
    with app.app_context():
        assert not any(storage().exists(key) for key in keys)


def test_the_rule_speaks_of_documents() -> None:
    assert "document" in READ_KINDS, "reading time counts where the rule asks for it"
    assert Rule(reading_percent=50).sentence_for("document") == (
        "文档要在页面上读满所标分钟数的 50%，再点“我看完了”。"
    )
