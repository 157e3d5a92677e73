"""A test before and after a lecture: the key is kept back, the gain is shown."""

import re

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.core.db import db, transaction
from sanshi_lms.courses import Lesson
from sanshi_lms.learning.models import Completion
from sanshi_lms.quizzes.mistakes.models import Mistake
from sanshi_lms.quizzes.models import Attempt
from sanshi_lms.quizzes.pairs.rules import gain_of, own_words
from sanshi_lms.quizzes.regrading.queries import changes_of
from tests.people import Cast
from tests.quizzes.papers import SECRET_WHY, make_paper, show_in_course

CONDITIONS = {
    "limit_minutes": "0", "grace_seconds": "30", "cooldown_hours": "0", "counting": "best",
    "partial": "none",
}  # fmt: skip


@pytest.fixture
def pair(app: Flask, people: Cast) -> tuple[int, int]:
    """The test before and the one after; only the first is shown in a course."""
    before, after = make_paper(app, shuffle=False), make_paper(app, shuffle=False)
    show_in_course(app, before)
    url = f"/admin/quizzes/{before}/conditions"
    author = people.client("author")
    answer = author.post(url, data={**CONDITIONS, "posttest_id": str(after)})
    assert answer.status_code == 302, answer.text
    assert "这是课前测" in author.get(f"/admin/quizzes/{before}").text
    return before, after


def sit(people: Cast, who: str, paper: int, chosen: list[list[int]]) -> str:
    """Return the page of the result."""
    client = people.client(who)
    attempt = client.post(f"/quizzes/papers/{paper}/attempts").location
    assert attempt, f"{who} could not start"
    items = re.findall(r'name="shown" value="(\d+)"', client.get(attempt).text)
    form = {"shown": items, "then": "anyway"}
    form |= {f"item-{item}": [str(n) for n in one] for item, one in zip(items, chosen, strict=True)}
    return client.post(f"{attempt}/hand-in", data=form, follow_redirects=True).text


RIGHT, WRONG = [[0], [0, 1], [1]], [[1], [2], [0]]


def test_key_is_kept_back_and_the_gain_is_told(
    app: Flask, people: Cast, pair: tuple[int, int]
) -> None:
    before, after = pair
    with app.app_context(), transaction():  # the later one is shown as well
        lesson = db.session.query(Lesson).filter_by(slug="kan").one()
        lesson.kind, lesson.target_id = "quiz", after
    page = sit(people, "cadre", before, WRONG)
    assert "课前测做完了" in page
    assert SECRET_WHY not in page
    assert "没有及格" not in page
    with app.app_context():
        assert db.session.query(Attempt).one().passed, "handing in is all that it asks for"
        assert not db.session.query(Mistake).count(), "the book would tell the key"
        done = db.session.query(Completion).one()
        assert done.lesson_id == db.session.query(Lesson).filter_by(target_id=before).one().id
        assert not any(one.moves for one in changes_of(before, keep_passed=False))
    again = people.client("cadre").post(f"/quizzes/papers/{before}/attempts")
    assert again.status_code == 409
    assert "课前测只做一次" in again.text

    page = sit(people, "cadre", after, RIGHT)
    assert own_words(0, 100) in page
    assert SECRET_WHY in people.client("cadre").get("/quizzes/attempts/1/result").text
    sit(people, "pro", after, RIGHT)  # without the test before: not in the figures
    figures = people.client("author").get(f"/admin/quizzes/{after}/analysis").text
    assert (
        "1 人课前、课后都做了：平均从 <strong>0.0</strong> 分到 <strong>100.0</strong>" in figures
    )


@pytest.mark.usefixtures("pair")
@pytest.mark.parametrize(
    ("subject", "chosen", "said"),
    [(1, 1, "自己的课前测"), (1, 99, "已经没有了"), (2, 1, "课后测"), (3, 2, "已经有课前测")],
)
def test_what_cannot_be_a_pair_is_refused(
    app: Flask, people: Cast, subject: int, chosen: int, said: str
) -> None:
    make_paper(app)
    url = f"/admin/quizzes/{subject}/conditions"
    answer = people.client("author").post(url, data={**CONDITIONS, "posttest_id": str(chosen)})
    assert answer.status_code == 422
    assert said in answer.text


def test_no_practice_before_a_pretest(people: Cast, pair: tuple[int, int]) -> None:
    sent = {**CONDITIONS, "posttest_id": str(pair[1]), "practice": "y"}
    answer = people.client("author").post(f"/admin/quizzes/{pair[0]}/conditions", data=sent)
    assert answer.status_code == 422
    assert "课前测要看原来会多少" in answer.text


PERCENT = st.integers(0, 100)


@given(st.lists(st.tuples(PERCENT, PERCENT), max_size=40))
def test_gain_is_bounded(pairs: list[tuple[int, int]]) -> None:
    found = gain_of(pairs)
    if found is None:
        assert not pairs
        return
    assert found.people == len(pairs)
    assert found.improved + found.fell <= found.people
    assert found.share is None or found.share <= 1 + 1e-9
    assert -100 <= found.points <= 100
