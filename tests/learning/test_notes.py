"""Notes at a second: rules, writes that come twice, and pages that nobody else sees."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.markdown import plain_text
from sanshi_lms.courses import get_lesson
from sanshi_lms.learning.notes.models import Note
from sanshi_lms.learning.notes.rules import LONGEST, NoteLine, as_markdown, problem
from sanshi_lms.learning.wording import clean_text, read_key, read_second
from tests.learning.conftest import Lift
from tests.people import Cast

API = "/api/v1/learning/notes/"


@pytest.mark.parametrize(
    ("typed", "second"),
    [
        ("3:12", 192),
        ("03:12", 192),
        ("1:03:12", 3792),
        ("192", 192),
        ("192.7", 192),
        ("３：１２", 192),
        (" 0:00 ", 0),
        (75.9, 75),
        (0, 0),
        ("", None),
        ("三分钟", None),
        ("-5", None),
        (-1, None),
        (True, None),
        (float("nan"), None),
        (float("inf"), None),
        ("9" * 30, None),
        ([3], None),
        (None, None),
    ],
)
def test_a_second_is_read_as_people_type_it(typed: object, second: int | None) -> None:
    assert read_second(typed) == second


@given(st.text())
def test_what_is_typed_loses_no_letter_and_keeps_no_control_sign(text: str) -> None:
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned
    assert [c for c in cleaned if c.isalnum()] == [
        c for c in text if c.isalnum() and not "\ud800" <= c <= "\udfff"
    ]
    assert "\u202e" not in cleaned


def test_a_key_of_a_device_is_kept_and_nonsense_is_not() -> None:
    assert read_key("ab12-cd34") == "ab12-cd34"
    assert read_key("' OR 1=1 --") != "' OR 1=1 --"
    assert read_key(None) != read_key(None)


def test_a_note_needs_words_and_a_bookmark_a_second() -> None:
    assert problem("", 5, bookmark=False)
    assert problem("", None, bookmark=True)
    assert problem("字" * (LONGEST + 1), 5, bookmark=False)
    assert problem("", 0, bookmark=True) is None
    assert problem("字", None, bookmark=False) is None


@given(st.lists(st.tuples(st.text(max_size=40), st.none() | st.integers(0, 9000)), max_size=6))
def test_no_note_swallows_another_in_the_export(found: list[tuple[str, int | None]]) -> None:
    lines = [
        NoteLine("课", "第 1 课", second, clean_text(text), f"https://a.example/l?t={n}")
        for n, (text, second) in enumerate(found)
    ]
    text = as_markdown("王*明的笔记", lines)
    heads = re.findall(r"(?m)^- \[.*?\]\(https://a\.example/l\?t=(\d+)\)", text)
    assert heads == [str(n) for n in range(len(lines))]
    # Everything else is indented below its head, or is one of the three headings.
    known = ("  ", "- [", "# ", "## ", "### ")
    rest = [x for x in text.split("\n") if x and not x.startswith(known)]
    assert rest == []
    assert plain_text(as_markdown("王*明的笔记", [])) == "王*明的笔记"


def write(client: FlaskClient, lesson: int, **more: Any) -> Any:
    return client.post(API, json={"lesson": lesson, "key": "device-0001", "text": "记住", **more})


def count(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count(Note.id))) or 0


def test_a_note_sent_twice_is_one(app: Flask, people: Cast, film: Lift) -> None:
    client = people.client("cadre")
    for _ in range(2):
        answer = write(client, film.lecture, second="3:12")
        assert answer.status_code == 200
        assert "03:12" in answer.json["list"]
    assert count(app) == 1
    other = people.client("other_cadre")
    assert write(other, film.lecture, second="0:05", text="别的").status_code == 200
    assert count(app) == 2, "a key is one person's"


def test_notes_stand_in_the_order_of_the_film(people: Cast, film: Lift) -> None:
    client = people.client("cadre")
    for number, (second, text) in enumerate([(90, "后"), (5, "先"), (None, "没有时间")]):
        write(client, film.lecture, key=f"device-{number:04}", second=second, text=text)
    write(client, film.lecture, key="device-mark", second=60, text="", bookmark=True)
    page = client.get("/courses/lift/video").text
    places = [page.index(f">{word}</p>") for word in ("先", "书签", "后", "没有时间")]
    assert places == sorted(places)
    assert 'href="/courses/lift/video?t=5"' in page


def test_a_reading_lesson_has_notes_without_seconds(app: Flask, people: Cast, lift: Lift) -> None:
    client = people.client("cadre")
    page = client.get("/courses/lift/reading").text
    assert "我的笔记" in page
    assert "标记这里" not in page
    assert write(client, lift.text, second=33).status_code == 200
    with app.app_context():
        assert db.session.scalars(select(Note.second)).one() is None
    refused = write(client, lift.text, key="device-0002", text="", bookmark=True)
    assert refused.status_code == 422
    assert "写几个字" in refused.json["error"]["message"]


def test_the_form_works_without_a_script(app: Flask, people: Cast, film: Lift) -> None:
    client = people.client("cadre")
    form = {"key": "form-00001", "text": "第一行\r\n第二行", "at": "1:05"}
    for _ in range(2):
        answer = client.post(f"/learning/notes/lessons/{film.lecture}", data=form)
        assert answer.location == "/courses/lift/video#notes"
    with app.app_context():
        (note,) = db.session.scalars(select(Note)).all()
        assert (note.second, note.text) == (65, "第一行\n第二行")
    empty = client.post(f"/learning/notes/lessons/{film.lecture}", data={"text": "  "})
    assert (empty.status_code, "先写几个字" in empty.text) == (422, True)


def test_an_edit_of_an_older_text_overwrites_nothing(app: Flask, people: Cast, film: Lift) -> None:
    client = people.client("cadre")
    write(client, film.lecture, second=10, text="原来的")
    with app.app_context():
        number = db.session.scalars(select(Note.id)).one()
    path = f"/learning/notes/{number}"
    assert "原来的" in client.get(path).text
    first = client.post(path, data={"version": 1, "text": "手机上改的", "at": "0:11"})
    assert first.status_code == 302
    again = client.post(path, data={"version": 1, "text": "手机上改的", "at": "0:11"})
    assert again.status_code == 302, "the same twice"
    late = client.post(path, data={"version": 1, "text": "电脑上改的", "at": "0:11"})
    assert late.status_code == 409
    assert "手机上改的" in late.text
    assert "电脑上改的" in late.text
    assert client.post(path, data={"version": 2, "text": ""}).status_code == 302, "now a bookmark"
    assert client.post(f"{path}/delete").status_code == 302
    assert client.get(path).status_code == 404


def test_nobody_else_sees_a_note(app: Flask, people: Cast, film: Lift, client: FlaskClient) -> None:
    write(people.client("cadre"), film.lecture, second=10, text="只有我知道")
    with app.app_context():
        number = db.session.scalars(select(Note.id)).one()
    for part in ("other_cadre", "admin", "author"):
        stranger = people.client(part)
        for path in ("/learning/notes/", "/courses/lift/video", "/learning/notes/export.md"):
            assert "只有我知道" not in stranger.get(path).text
        assert stranger.get(f"/learning/notes/{number}").status_code == 404
        assert stranger.post(f"/learning/notes/{number}", data={"text": "x"}).status_code == 404
        assert stranger.post(f"/learning/notes/{number}/delete").status_code == 404
    assert write(client, film.lecture).status_code == 401
    assert client.get("/learning/notes/").status_code == 302
    assert "我的笔记" not in client.get("/courses/lift/video").text
    assert count(app) == 1


def test_all_notes_and_their_export(people: Cast, film: Lift) -> None:
    client = people.client("cadre")
    assert "还没有笔记" in client.get("/learning/notes/").text
    write(client, film.lecture, second=10, text="电梯要三分之二同意")
    write(client, film.text, key="device-0009", text="读后感")
    page = client.get(f"/learning/notes/?course={film.course}").text
    assert page.index("电梯要三分之二同意") < page.index("读后感")
    assert "共 2 条" in page
    assert "读后感" not in client.get("/learning/notes/?q=三分之二").text
    assert "没有找到" in client.get("/learning/notes/?q=无此词").text
    answer = client.get("/learning/notes/export.md")
    assert answer.mimetype == "text/markdown"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "- [00:10](http://localhost/courses/lift/video?t=10)" in answer.text
    assert "- [打开这一课](http://localhost/courses/lift/reading)" in answer.text


def test_a_withdrawn_course_gives_no_title_and_no_link(
    app: Flask, people: Cast, film: Lift
) -> None:
    client = people.client("cadre")
    write(client, film.lecture, second=10, text="还在")
    with app.app_context(), transaction():
        lesson = get_lesson(film.lecture)
        assert lesson is not None
        lesson.course.status, lesson.course.title = "draft", "改名了的草稿"
    for path in ("/learning/notes/", "/learning/notes/export.md"):
        text = client.get(path).text
        assert "还在" in text
        assert "改名了的草稿" not in text
        assert "/courses/lift" not in text


@pytest.mark.parametrize(
    "change",
    [{"lesson": None}, {"lesson": True}, {"lesson": "1"}, {"lesson": 2**40}, {"lesson": -1}],
)
def test_nonsense_is_refused_in_a_sentence(
    people: Cast, film: Lift, change: dict[str, object]
) -> None:
    answer = people.client("cadre").post(API, json={"lesson": film.lecture, "text": "x", **change})
    assert answer.status_code == 400
    assert "刷新" in (answer.json or {})["error"]["message"]
    assert people.client("cadre").post(API, json={"lesson": 9999, "text": "x"}).status_code == 404
