"""Pasting into a paper: nothing is written with anything wrong, and nothing twice."""

import pytest
from flask import Flask

from sanshi_lms.quizzes.queries import full_paper
from tests.people import Cast
from tests.quizzes.papers import make_paper

GOOD = (
    "一、单选题\n1. 谁出钱？\nA. 业主\nB. 租客\n答案：A\n难度：难\n知识点：城市更新\n"
    "二、判断题\n1. 要公示。（√）\n三、填空题\n1. ____分钟生活圈。\n答案：15/十五\n"
)
BAD = "2. 谁来管？\nA. 甲\nB. 乙\n答案：D\n"


def stems(app: Flask, paper_id: int) -> list[str]:
    with app.app_context():
        paper = full_paper(paper_id)
        assert paper is not None
        return [item.stem_md for item in paper.items]


@pytest.fixture
def paper(app: Flask) -> int:
    return make_paper(app)


def test_looked_over_then_taken_in_once(app: Flask, people: Cast, paper: int) -> None:
    author, path = people.client("author"), f"/admin/quizzes/{paper}/import"
    assert path in author.get(f"/admin/quizzes/{paper}").text
    before = stems(app, paper)
    looked = author.post(path, data={"text": GOOD, "then": "look"})
    assert looked.status_code == 200
    assert "导入这 3 题" in looked.text
    assert stems(app, paper) == before
    assert author.post(path, data={"text": GOOD, "then": "all"}).status_code == 302
    assert stems(app, paper) == [*before, "谁出钱？", "要公示。（　）", "___分钟生活圈。"]
    again = author.post(path, data={"text": GOOD, "then": "all"})
    assert again.status_code == 422
    assert "不会重复导入" in again.text
    with app.app_context():
        kept = full_paper(paper)
        assert kept is not None
        first = kept.items[len(before)]
        assert (first.topic, first.difficulty, first.kind) == ("城市更新", 3, "single")


def test_with_anything_wrong_only_the_good_ones_when_asked_for(
    app: Flask, people: Cast, paper: int
) -> None:
    author, path = people.client("author"), f"/admin/quizzes/{paper}/import"
    before = stems(app, paper)
    text = GOOD.replace("二、", BAD + "二、")
    refused = author.post(path, data={"text": text, "then": "all"})
    assert refused.status_code == 422
    assert "一道也没有导入" in refused.text
    assert "答案里的 D 没有对应的选项" in refused.text
    assert "谁来管？" in refused.text, "the text stays in the box"
    assert stems(app, paper) == before
    assert author.post(path, data={"text": text, "then": "good"}).status_code == 302
    assert len(stems(app, paper)) == len(before) + 3


def test_short_answers_come_with_their_rubric(people: Cast, paper: int) -> None:
    text = "一、简答题\n1. 为什么？\n答：因为要公示。\n"
    author, path = people.client("author"), f"/admin/quizzes/{paper}/import"
    assert author.post(path, data={"text": text, "then": "all"}).status_code == 302
    assert "因为要公示。（1 分）" in author.get(f"/admin/quizzes/{paper}").text


def test_more_than_a_paper_holds_is_refused(people: Cast, app: Flask, paper: int) -> None:
    text = "".join(f"{n}. 第{n}问？\nA. 一\nB. 二\n答案：A\n" for n in range(1, 202))
    path = f"/admin/quizzes/{paper}/import"
    answer = people.client("author").post(path, data={"text": text, "then": "all"})
    assert answer.status_code == 422
    assert "最多 200 题" in answer.text
    assert len(stems(app, paper)) == 3


def test_strangers_cannot(people: Cast, paper: int) -> None:
    path = f"/admin/quizzes/{paper}/import"
    assert people.client("cadre").get(path).status_code == 403
    assert people.client("cadre").post(path, data={"text": GOOD, "then": "all"}).status_code == 403
    assert people.client("author").get("/admin/quizzes/999/import").status_code == 404
