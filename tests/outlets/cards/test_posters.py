"""Posters: what their code opens, who may make them, and that drafts have none."""

import io
from urllib.parse import urlsplit

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from sanshi_lms.core.db import transaction
from sanshi_lms.outlets.cards.rules import second_in
from sanshi_lms.training.classes.models import TrainingClass
from tests.outlets.cards.conftest import Lecture, Sent, fetch
from tests.outlets.cards.test_heads import make_story
from tests.people import Cast
from tests.training.making import make_classes


def code_in(picture: Image.Image) -> tuple[str, str]:
    """Return what the one code of a picture says, and its level."""
    # The bars of a test picture may read as an older kind of code.
    seen = zxingcpp.read_barcodes(picture)
    (found,) = [one for one in seen if one.format == zxingcpp.BarcodeFormat.QRCode]
    return found.text, found.ec_level


def picture_of(sent: Sent) -> Image.Image:
    assert sent.status == 200, sent.text
    return Image.open(io.BytesIO(sent.data))


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("95", 95), ("1:35", 95), ("1：35", 95), ("0:01:35", 95), (" 9 ", 9), ("", 0), (None, 0),
        ("100", 0), ("-1", 0), ("x", 0), ("1:", 0), ("99999", 0), ("٣", 0),
    ],
)  # fmt: skip
def test_a_second_is_read_as_people_write_it(text: str | None, second: int) -> None:
    assert second_in(text, 100.0) == second


def test_a_poster_of_a_lecture_opens_it_at_its_second(
    client: FlaskClient, people: Cast, lecture: Lecture
) -> None:
    author = people.client("author")
    path = f"/outlets/posters/lesson/{lecture.lesson_id}"
    assert f'href="{path}"' in author.get(lecture.page).text
    page = author.get(f"{path}?t=0:02")
    assert "三分之二怎么算" in page.text
    assert f"{path}/poster.pdf?t=2" in page.text
    drawn = picture_of(fetch(author, f"{path}/poster.png?t=2"))
    assert drawn.size == (1080, 1920)
    assert code_in(drawn) == (f"http://localhost{lecture.page}?from=poster&t=2", "M")
    target = urlsplit(code_in(drawn)[0])
    assert 'data-start="2.0"' in client.get(f"{target.path}?{target.query}").text
    plain = picture_of(fetch(author, f"{path}/poster.png?t=9999"))
    assert code_in(plain)[0] == f"http://localhost{lecture.page}?from=poster"


def test_the_sheet_is_one_page_of_a4_with_its_words(people: Cast, lecture: Lecture) -> None:
    author = people.client("author")
    sent = fetch(author, f"/outlets/posters/lesson/{lecture.lesson_id}/poster.pdf?t=2")
    assert sent.mimetype == "application/pdf"
    document = pypdfium2.PdfDocument(sent.data)
    assert len(document) == 1
    page = document[0]
    assert [round(side) for side in page.get_size()] == [595, 842]
    text = "".join(page.get_textpage().get_text_range().split())
    for words in ("先问意愿", "扫一扫，马上看", "从00:02看起：三分之二怎么算", "三师微课堂"):
        assert words in text
    assert code_in(page.render(scale=2).to_pil())[0].endswith("?from=poster&t=2")
    document.close()


def test_a_lecture_for_signed_in_people_says_so_on_its_poster(
    people: Cast, lecture: Lecture
) -> None:
    lecture.close()
    path = f"/outlets/posters/lesson/{lecture.lesson_id}"
    author = people.client("author")
    assert "登录后才能看" in author.get(path).text
    document = pypdfium2.PdfDocument(fetch(author, f"{path}/poster.pdf?t=2").data)
    text = document[0].get_textpage().get_text_range()
    assert "登录以后观看" in text
    assert "挨家挨户" not in text
    document.close()


def test_a_course_and_a_case_have_posters(app: Flask, people: Cast, lecture: Lecture) -> None:
    number = make_story(app, people.id("admin"), "published")
    author = people.client("author")
    for kind, ref, page in (
        ("course", lecture.course_id, lecture.course_page),
        ("story", number, f"/community/cases/{number}"),
    ):
        path = f"/outlets/posters/{kind}/{ref}"
        assert f'href="{path}"' in author.get(page).text
        assert author.get(path).status_code == 200
        drawn = picture_of(fetch(author, f"{path}/poster.png"))
        assert code_in(drawn)[0] == f"http://localhost{page}?from=poster"
        assert fetch(author, f"{path}/other.png").status == 404


def test_a_class_has_one_while_it_takes_people(app: Flask, people: Cast) -> None:
    own, _ = make_classes(app, people)
    path = f"/outlets/posters/class/{own['class_id']}"
    admin = people.client("admin")

    def let_in(open_now: bool) -> str:
        with app.app_context(), transaction() as session:
            found = session.get_one(TrainingClass, int(own["class_id"]))
            found.status, found.joining = "open", open_now
            return found.code

    code = let_in(open_now=True)
    assert f'href="{path}"' in admin.get(f"/training/desk/classes/{own['class_id']}").text
    assert admin.get(path).status_code == 200
    drawn = picture_of(fetch(admin, f"{path}/poster.png"))
    assert code_in(drawn)[0] == f"http://localhost/training/join/{code}?from=poster"
    assert people.client("resident").get(path).status_code == 404
    assert people.client("resident").get(f"{path}/poster.png").status_code == 404
    let_in(open_now=False)
    refused = admin.get(path)
    assert refused.status_code == 409
    assert "开放报名" in refused.text


@pytest.mark.parametrize("name", ["", "/poster.png", "/poster.pdf"])
def test_strangers_make_no_posters_and_drafts_have_none(
    app: Flask, client: FlaskClient, people: Cast, lecture: Lecture, name: str
) -> None:
    story = make_story(app, people.id("admin"), "draft")
    paths = [
        f"/outlets/posters/{ref}{name}"
        for ref in (f"course/{lecture.course_id}", f"lesson/{lecture.lesson_id}", f"story/{story}")
    ]
    for path in paths:
        assert client.get(path).status_code == 302
        assert people.client("cadre").get(path).status_code == 403
    lecture.hide()
    for path in paths:
        assert people.client("author").get(path).status_code == 404
    for page in (lecture.page, lecture.course_page):
        assert "做海报" not in people.client("author").get(page).text


def test_nobody_else_sees_the_way_to_posters(
    client: FlaskClient, people: Cast, lecture: Lecture
) -> None:
    for who in (client, people.client("cadre")):
        for page in (lecture.page, lecture.course_page):
            assert "做海报" not in who.get(page).text
