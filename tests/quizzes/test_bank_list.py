"""The list of all questions, and which keys can mark old answers again."""

from dataclasses import replace

import pytest
from flask import Flask

from sanshi_lms.core.db import db, transaction
from sanshi_lms.quizzes.content import Blank, ItemContent, OptionContent, Pair
from sanshi_lms.quizzes.models import Item
from sanshi_lms.quizzes.regrading.rules import asks_the_same
from tests.people import Cast
from tests.quizzes.papers import make_paper
from tests.quizzes.test_reviewing import ORDERING, SHORT


def test_questions_are_found_by_what_they_are(app: Flask, people: Cast) -> None:
    make_paper(app)
    make_paper(app, (ORDERING, SHORT))
    with app.app_context(), transaction():
        short = db.session.query(Item).filter_by(kind="short").one()
        short.topic, short.difficulty, short.source_clause = "公示", 3, "渝建〔2024〕1号"
    author = people.client("author")

    def found(**asked: str) -> str:
        return author.get("/admin/quizzes/bank/", query_string=asked).text

    assert "共 5 题" in found()
    assert "共 1 题" in found(kind="ordering")
    for asked in ({"topic": "公示"}, {"level": "3"}, {"q": "渝建"}, {"q": "为什么要公示"}):
        page = found(**asked)
        assert "共 1 题" in page
        assert "为什么要公示？" in page
    assert "没有这样的题目" in found(q="100%_")
    assert "共 5 题" in found(kind="x", level="9")
    assert people.client("cadre").get("/admin/quizzes/bank/").status_code == 403


CHOICE = ItemContent(
    "single", "甲", options=(OptionContent("一", True), OptionContent("二", False))
)
BLANK = ItemContent("blanks", "甲 ____", blanks=(Blank(("一",)),))
MATCH = ItemContent("matching", "甲", pairs=(Pair("一", "1"), Pair("二", "2")))
CASE = ItemContent("case", "材料", parts=(CHOICE, BLANK))
TURNED = replace(CHOICE, options=(OptionContent("一", False), OptionContent("二", True)))


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        (CHOICE, TURNED, True),
        (CHOICE, replace(CHOICE, options=CHOICE.options[::-1]), False),
        (BLANK, replace(BLANK, blanks=(Blank(("二", "两")),)), True),
        (BLANK, replace(BLANK, stem_md="乙 ____"), False),
        (MATCH, replace(MATCH, pairs=(Pair("一", "2"), Pair("二", "1"))), True),
        (MATCH, replace(MATCH, pairs=(Pair("一", "2"), Pair("二", "3"))), False),
        (CASE, replace(CASE, parts=(TURNED, BLANK)), True),
        (CASE, replace(CASE, parts=(BLANK, CHOICE)), False),
        (CASE, replace(CASE, parts=(CHOICE,)), False),
    ],
)
def test_only_a_key_may_differ(old: ItemContent, new: ItemContent, same: bool) -> None:
    assert asks_the_same(old, new) is same
