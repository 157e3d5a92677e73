"""The words of search: synonyms at the desk are in force at once, misses become wishes."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.registers import Document, add_search_source, registers
from sanshi_lms.search import jobs
from sanshi_lms.search.synonyms import in_digits, in_words, shipped_groups
from sanshi_lms.search.words.actions import count_missed
from sanshi_lms.search.words.queries import missed_wishes, missed_words, synonyms_in_force
from sanshi_lms.search.words.rules import countable, group_problem
from tests.people import Cast
from tests.search.test_pages import Shelf


@pytest.fixture
def shelf(app: Flask) -> None:
    with app.app_context():
        registers().sources.clear()
        add_search_source(Shelf("lesson", "单节课", [Document("lesson", 1, "口袋公园", "/p")]))
        jobs.rebuild()


@pytest.mark.usefixtures("shelf")
def test_an_editor_joins_two_words_and_both_find_it(people: Cast) -> None:
    editor = people.client("author")
    assert "没有找到" in editor.get("/search/?q=袖珍绿地").text
    editor.post("/admin/search/words", data={"words": "口袋公园 = 袖珍绿地"})
    assert "/p" in editor.get("/search/?q=袖珍绿地").text
    assert "口袋公园 = 袖珍绿地" in editor.get("/admin/search/words").text


def test_a_shipped_group_can_be_put_out_of_force_and_back(people: Cast, app: Flask) -> None:
    editor, origin = people.client("author"), shipped_groups()[0][0]
    line = " = ".join(shipped_groups()[0])
    editor.post("/admin/search/words/shipped", data={"origin": origin, "words": line, "act": "off"})
    with app.app_context():
        assert origin not in synonyms_in_force()
        number = db.session.execute(db.text("select id from search_synonyms")).scalar_one()
    editor.post(f"/admin/search/words/{number}", data={"act": "remove"})
    with app.app_context():
        assert origin in synonyms_in_force()


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("电梯", "至少要有两个词"),
        ("电 = 梯", "太短"),
        ("、".join(["电梯", "长" * 30]), "太长"),
        ("", "两个词"),
    ],
)
def test_a_bad_group_is_told_in_words(people: Cast, line: str, word: str) -> None:
    page = people.client("author").post(
        "/admin/search/words", data={"words": line}, follow_redirects=True
    )
    assert page.status_code == 200
    assert word in page.text


def test_strangers_cannot_change_words(client: FlaskClient, people: Cast) -> None:
    assert client.post("/admin/search/words", data={"words": "甲乙 = 丙丁"}).status_code == 401
    assert people.client("cadre").get("/admin/search/words").status_code == 403


@pytest.mark.usefixtures("shelf")
def test_a_search_without_result_is_counted_and_one_with_a_result_is_not(
    client: FlaskClient, app: Flask
) -> None:
    for _ in range(3):
        assert client.post("/search/missed", data={"q": "地源热泵"}).status_code == 302
    client.post("/search/missed", data={"q": "口袋公园"})
    client.post("/search/missed", data={"q": "13812345678"})
    with app.test_request_context():
        assert missed_words(now() - timedelta(days=1)) == [("地源热泵", 3)]
        (wish,) = missed_wishes(now() - timedelta(days=1))
        assert (wish.label, wish.count) == ("地源热泵", 3)


def test_counting_twice_on_one_day_is_one_line(app: Flask) -> None:
    with app.app_context():
        with transaction():
            assert count_missed("  BIM  模型 ", now())
            assert count_missed("bim 模型", now())
        assert missed_words(now() - timedelta(days=1)) == [("bim 模型", 2)]


@pytest.mark.parametrize(
    "query", ["", "电", "5012", "张三 13812345678", "x@y.cn", "https://a.cn", "长" * 40]
)
def test_what_may_be_private_or_says_nothing_is_not_kept(query: str) -> None:
    assert countable(query) == ""


def test_groups_of_the_program_keep_the_rules() -> None:
    assert [group for group in shipped_groups() if len(group) < 2] == []
    words = [word for group in shipped_groups() for word in group]
    assert len(words) == len(set(words)), "a word stands in two groups"
    assert group_problem(("电梯", "加梯")) is None


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("十五分钟", "15分钟"),
        ("第三讲", "第3讲"),
        ("二〇二六年", "2026年"),
        ("三师", ""),
        ("百千", ""),
    ],
)
def test_written_numbers_in_digits(written: str, digits: str) -> None:
    assert in_digits(written) == digits


@pytest.mark.parametrize(
    ("number", "written"), [("15", "十五"), ("0", ""), ("10000", ""), ("1a", "")]
)
def test_digits_in_words(number: str, written: str) -> None:
    assert in_words(number) == written
