"""Feedback in three taps: once for each person, never told who, hidden while few."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.learning.actions import enrol
from sanshi_lms.learning.feedback.actions import say
from sanshi_lms.learning.feedback.models import Feedback
from sanshi_lms.learning.feedback.rules import ASKED, FEWEST_SHOWN, read_choice, sums
from tests.learning.conftest import Lift
from tests.people import Cast

TAPS = st.fixed_dictionaries({a.name: st.none() | st.integers(1, 3) for a in ASKED})


@given(st.lists(TAPS, max_size=30))
def test_sums_add_up_and_few_are_hidden(taps: list[dict[str, int | None]]) -> None:
    found = sums(taps, ["好"] * len(taps))
    assert found.people == len(taps)
    if len(taps) < FEWEST_SHOWN:
        assert (found.counts, found.words, found.shown) == ({}, (), False)
        return
    for asked in ASKED:
        tapped = sum(1 for tap in taps if tap[asked.name])
        assert sum(count for _, count in found.counts[asked.name]) == tapped


def test_only_the_choices_are_read() -> None:
    assert read_choice("useful", "3") == 3
    for nonsense in ("4", "", "３", None, "03"):
        assert read_choice("useful", nonsense) is None
    assert read_choice("unheard-of", "1") is None


def test_once_for_each_person_and_changeable(app: Flask, people: Cast, lift: Lift) -> None:
    client, url = people.client("cadre"), f"/learning/feedback/courses/{lift.course}"
    assert client.post(url, data={"useful": "3"}).status_code == 403, "not begun"
    assert "点三下" not in client.get("/courses/lift").text
    client.post(f"/learning/lessons/{lift.text}/read")
    assert "点三下" in client.get("/courses/lift").text
    assert client.post(url, data={}).status_code == 422
    for useful in ("3", "1"):
        answer = client.post(url, data={"useful": useful, "level": "2", "words": " 例子再多些 "})
        assert answer.location == "/courses/lift#feedback"
    with app.app_context():
        (row,) = db.session.scalars(select(Feedback)).all()
        assert (row.useful, row.level, row.length, row.words) == (1, 2, None, "例子再多些")
    assert "您评价过这门课" in client.get("/courses/lift").text


@pytest.mark.usefixtures("lift")
def test_a_stranger_cannot(client: FlaskClient, people: Cast, lift: Lift) -> None:
    url = f"/learning/feedback/courses/{lift.course}"
    assert client.post(url, data={"useful": "3"}).status_code == 401
    assert people.client("cadre").post("/learning/feedback/courses/999").status_code == 404
    for path in ("", f"courses/{lift.course}"):
        assert people.client("cadre").get(f"/admin/learning/feedback/{path}").status_code == 403


def test_the_author_sees_sums_and_words_from_five_on(app: Flask, people: Cast, lift: Lift) -> None:
    author = people.client("author")
    page = f"/admin/learning/feedback/courses/{lift.course}"
    assert "还没有人评价" in author.get("/admin/learning/feedback/").text
    parts = ("cadre", "other_cadre", "pro", "other_pro", "resident")
    for number, part in enumerate(parts):
        user_id = people.id(part)
        with app.app_context(), transaction():
            enrol(user_id, lift.course, now())
            say(user_id, lift.course, {"useful": 3}, f"第{number}句话", now())
        if number == 3:
            text = author.get(page).text
            assert "已有 4 人评价" in text
            assert "第0句话" not in text
    text = author.get(page).text
    assert "共 5 人评价" in text
    assert "第4句话" in text
    assert "王小明" not in text
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Feedback)) == 5
