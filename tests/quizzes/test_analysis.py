"""Item analysis: the figures against their plain definitions, then the pages."""

import io
from statistics import StatisticsError, correlation, pvariance

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from sanshi_lms.core.db import db, transaction
from sanshi_lms.quizzes.actions import hand_in, save_answer, shown_items, start_attempt
from sanshi_lms.quizzes.analysis.queries import analysis_of
from sanshi_lms.quizzes.analysis.rules import (
    Sums,
    alpha,
    discrimination,
    facility,
    histogram,
    verdicts,
)
from sanshi_lms.quizzes.queries import full_paper, own_attempt
from tests.people import Cast
from tests.quizzes.papers import ITEMS, WHEN, make_paper, show_in_course

matrix = st.integers(2, 6).flatmap(
    lambda k: st.lists(st.lists(st.integers(0, 1), min_size=k, max_size=k), min_size=2, max_size=30)
)


def sums_of(answers: list[list[int]], place: int) -> Sums:
    totals = [sum(row) for row in answers]
    return Sums(
        asked=len(answers),
        totals=sum(totals),
        squares=sum(t * t for t in totals),
        right=sum(row[place] for row in answers),
        right_totals=sum(t for row, t in zip(answers, totals, strict=True) if row[place]),
    )


@given(matrix)
def test_the_sums_give_what_the_definitions_give(answers: list[list[int]]) -> None:
    items = [sums_of(answers, place) for place in range(len(answers[0]))]
    for place, one in enumerate(items):
        column = [row[place] for row in answers]
        rest = [sum(row) - row[place] for row in answers]
        assert facility(one) == sum(column) / len(column)
        try:
            wanted = correlation(column, rest)
        except StatisticsError:
            assert discrimination(one) is None
        else:
            assert discrimination(one) == pytest.approx(wanted, abs=1e-9)
    variance = pvariance([sum(row) for row in answers])
    found = alpha(items)
    if variance == 0:
        assert found is None
    else:
        within = sum(pvariance([row[p] for row in answers]) for p in range(len(items)))
        assert found == pytest.approx(len(items) / (len(items) - 1) * (1 - within / variance))


def test_words_and_tens() -> None:
    assert verdicts(Sums(4, 4, 4, 0, 0)) == []  # too few to conclude anything
    assert "再讲一遍" in verdicts(Sums(10, 30, 100, 4, 16))[0]
    assert "检查答案" in "".join(verdicts(sums_of([[1, 0, 0]] * 5 + [[0, 1, 1]] * 5, 0)))
    assert facility(Sums(0, 0, 0, 0, 0)) is None
    assert discrimination(Sums(0, 0, 0, 0, 0)) is None
    assert alpha([]) is None
    assert histogram([(0, 1), (9, 1), (10, 1), (99, 1), (100, 2)]) == [2, 1, 0, 0, 0, 0, 0, 0, 0, 3]


@pytest.fixture
def taken(app: Flask, people: Cast) -> int:
    """Four people: the first item right by all, the second by two, the last by none."""
    paper_id = make_paper(app, ITEMS)
    show_in_course(app, paper_id)
    for place, name in enumerate(("cadre", "other_cadre", "pro", "resident")):
        for again in range(2):  # a second attempt is not part of it
            take(app, paper_id, people.id(name), place, again=bool(again))
    return paper_id


def take(app: Flask, paper_id: int, user_id: int, place: int, *, again: bool) -> None:
    chosen = {"single": [0], "multiple": [0, 1] if place < 2 else [2], "true_false": [0]}
    with app.app_context(), transaction():
        attempt = own_attempt(start_attempt(paper_id, user_id, WHEN).id, user_id)
        assert attempt
        for shown in shown_items(attempt):
            if again or (place == 3 and shown.item.kind == "true_false"):
                continue
            save_answer(attempt, shown.item.item_id, shown.places(chosen[shown.item.kind]), WHEN)
        hand_in(attempt, WHEN)


def test_first_attempts_are_counted_and_options_too(app: Flask, taken: int) -> None:
    with app.app_context():
        paper = full_paper(taken)
        assert paper
        found = analysis_of(paper)
        db.session.remove()
    assert found.attempts == 4
    assert [one.facility for one in found.items] == [1.0, 0.5, 0.0]
    assert [use.chosen for use in found.items[1].options] == [2, 2, 2]
    assert [use.chosen for use in found.items[2].options] == [3, 0]
    assert found.items[2].unanswered == 1
    assert found.mean == (66 + 66 + 33 + 33) / 4
    assert found.alpha is not None


def test_the_page_and_the_spreadsheet(people: Cast, taken: int) -> None:
    author = people.client("author")
    page = author.get(f"/admin/quizzes/{taken}/analysis").text
    assert "4 人的第一次作答" in page
    assert "<svg" in page
    assert "人数还少" in page
    answer = author.get(f"/admin/quizzes/{taken}/analysis.xlsx")
    sheet = load_workbook(io.BytesIO(answer.data))["试题分析"]
    rows = list(sheet.values)
    assert rows[2][1:5] == ("谁来表决？", 4, 1, None)
    assert rows[3][3] == 0.5
    for path in ("analysis", "analysis.xlsx"):
        assert people.client("cadre").get(f"/admin/quizzes/{taken}/{path}").status_code == 403
        assert author.get(f"/admin/quizzes/999/{path}").status_code == 404


def test_nobody_yet(app: Flask, people: Cast) -> None:
    page = people.client("author").get(f"/admin/quizzes/{make_paper(app)}/analysis").text
    assert "还没有人交卷" in page
