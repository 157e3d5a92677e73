"""The desk's pages for papers: they work, only for those who may, the edges."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sanshi_lms.quizzes.models import Paper
from sanshi_lms.quizzes.queries import freeze, full_paper
from tests.people import Cast
from tests.quizzes.papers import make_paper, show_in_course

RULE = {"title": "新测验", "pass_percent": "80", "attempts_allowed": "2", "shuffle": "y"}
QUESTION = {
    "kind": "single",
    "stem": "谁来表决？",
    "option-0": "业主",
    "option-1": "租客",
    "option-3": "物业",
    "correct": "0",
    "explanation": "业主说了算",
}


@pytest.fixture
def author(people: Cast) -> FlaskClient:
    return people.client("author")


def paper_of(app: Flask, paper_id: int) -> Paper:
    with app.app_context():
        found = full_paper(paper_id)
        assert found is not None
        return found


def test_a_paper_is_made_and_filled(app: Flask, author: FlaskClient) -> None:
    assert "新建测验" in author.get("/admin/quizzes/").text
    assert author.get("/admin/quizzes/new").status_code == 200
    made = author.post("/admin/quizzes/new", data=RULE)
    assert made.status_code == 302
    paper_id = int(made.location.rsplit("/", 1)[1])
    assert "还没有题目" in author.get(made.location).text
    added = author.post(f"{made.location}/items/new", data=QUESTION)
    assert added.status_code == 302, added.text
    flat = {"kind": "true_false", "stem": "一楼不用问。", "answer": "false"}
    author.post(f"{made.location}/items/new", data=flat)
    frozen = freeze(paper_of(app, paper_id))
    first, second = frozen.items
    assert [(o.text, o.correct) for o in first.options] == [
        ("业主", True),
        ("租客", False),
        ("物业", False),
    ]
    assert [o.correct for o in second.options] == [False, True]
    page = author.get(made.location).text
    assert "谁来表决？" in page
    assert "正确答案" in page


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"correct": ""}, "还没有指明正确答案"),
        ({"stem": "  "}, "请写题目"),
        ({"option-1": "业主"}, "文字相同"),
        ({"option-1": "", "option-3": ""}, "2 到 10 个选项"),
        ({"kind": "essay"}, "题型只能是"),
        ({"option-3": "", "correct": ["0", "3"]}, "没有文字"),
    ],
)
def test_an_unsound_item_is_shown_again_with_the_mend(
    app: Flask, author: FlaskClient, change: dict[str, object], said: str
) -> None:
    paper_id = make_paper(app, ())
    answer = author.post(f"/admin/quizzes/{paper_id}/items/new", data={**QUESTION, **change})
    assert answer.status_code == 422
    assert said in answer.text
    assert paper_of(app, paper_id).items == []


def test_a_preview_saves_nothing(app: Flask, author: FlaskClient) -> None:
    paper_id = make_paper(app, ())
    values = {**QUESTION, "stem": "谁来**表决**？", "then": "preview"}
    answer = author.post(f"/admin/quizzes/{paper_id}/items/new", data=values)
    assert answer.status_code == 200
    assert "谁来<strong>表决</strong>？" in answer.text
    assert ">租客</textarea>" in answer.text
    more = author.post(f"/admin/quizzes/{paper_id}/items/new", data={**values, "then": "more"})
    assert 'name="option-9"' in more.text
    assert paper_of(app, paper_id).items == []


def test_an_item_is_changed_moved_and_deleted(app: Flask, author: FlaskClient) -> None:
    paper_id = make_paper(app)
    first, second, third = (i.id for i in paper_of(app, paper_id).items)
    base = f"/admin/quizzes/{paper_id}/items"
    assert "谁来**表决**" in author.get(f"{base}/{first}").text
    assert author.post(f"{base}/{first}", data=QUESTION).status_code == 302
    assert author.post(f"{base}/{third}/move", data={"to": "up"}).status_code == 302
    assert [i.id for i in paper_of(app, paper_id).items] == [first, third, second]
    author.post(f"{base}/{first}/move", data={"to": "up"})
    author.post(f"{base}/{third}/delete")
    left = paper_of(app, paper_id).items
    assert [i.id for i in left] == [first, second]
    assert left[0].stem_md == "谁来表决？"
    assert author.get(f"{base}/{third}").status_code == 404


def test_an_item_is_only_reached_through_its_own_paper(app: Flask, author: FlaskClient) -> None:
    one, other = make_paper(app), make_paper(app)
    item_id = paper_of(app, one).items[0].id
    assert author.post(f"/admin/quizzes/{other}/items/{item_id}/delete").status_code == 404
    assert len(paper_of(app, one).items) == 3


@pytest.mark.parametrize(
    "change",
    [
        {"title": " "},
        {"title": "长" * 101},
        {"pass_percent": "0"},
        {"pass_percent": "x"},
        {"attempts_allowed": "-1"},
    ],
)
def test_a_wrong_rule_is_shown_again(
    app: Flask, author: FlaskClient, change: dict[str, str]
) -> None:
    paper_id = make_paper(app)
    answer = author.post(f"/admin/quizzes/{paper_id}", data={**RULE, **change})
    assert answer.status_code == 422
    assert re.search(r'class="field__error"', answer.text)
    assert author.post("/admin/quizzes/new", data={**RULE, **change}).status_code == 422
    assert paper_of(app, paper_id).title == "加装电梯测验"


def test_a_paper_in_use_is_not_deleted(app: Flask, author: FlaskClient, people: Cast) -> None:
    used, free = make_paper(app), make_paper(app)
    show_in_course(app, used)
    people.client("cadre").post(f"/quizzes/papers/{used}/attempts")
    assert author.post(f"/admin/quizzes/{used}/delete").status_code == 409
    assert author.post(f"/admin/quizzes/{free}/delete").status_code == 302
    listed = author.get("/admin/quizzes/").text
    assert "已删除" in listed
    assert f"/admin/quizzes/{used}" in listed
    assert f"/admin/quizzes/{free}" not in listed
    assert "1 人，1 次" in listed
    assert "《加装电梯》" not in listed


def test_a_paper_shown_by_a_lesson_is_not_deleted(app: Flask, author: FlaskClient) -> None:
    paper_id = make_paper(app)
    show_in_course(app, paper_id)
    refused = author.post(f"/admin/quizzes/{paper_id}/delete")
    assert refused.status_code == 409
    assert "《加装电梯》正在用" in refused.text


def test_a_search_for_nonsense_finds_nothing(author: FlaskClient) -> None:
    for words in ("%", "'; --", "x" * 3000):
        assert author.get("/admin/quizzes/", query_string={"q": words}).status_code == 200


@pytest.mark.parametrize("part", ["cadre", "pro", "resident"])
def test_learners_do_not_get_in(app: Flask, people: Cast, part: str) -> None:
    paper_id = make_paper(app)
    item_id = paper_of(app, paper_id).items[0].id
    client = people.client(part)
    base = f"/admin/quizzes/{paper_id}"
    for path in ("/admin/quizzes/", "/admin/quizzes/new", base, f"{base}/items/{item_id}"):
        assert client.get(path).status_code == 403
    for path in (f"{base}/delete", f"{base}/items/{item_id}/delete", f"{base}/items/new"):
        assert client.post(path, data=QUESTION).status_code == 403
    assert len(paper_of(app, paper_id).items) == 3
