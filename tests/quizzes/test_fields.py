"""Items with fields: blanks, numbers, pairs; from the editor to the result."""

import re
from dataclasses import replace

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.core.db import db, transaction
from sanshi_lms.courses import Faults
from sanshi_lms.quizzes.actions import hand_in, save_answer, shown_items, start_attempt
from sanshi_lms.quizzes.content_rules import content_problem
from sanshi_lms.quizzes.editing import edit_item
from sanshi_lms.quizzes.key_text import read_key, write_key
from sanshi_lms.quizzes.models import Attempt, Paper
from sanshi_lms.quizzes.queries import full_paper, own_attempt
from sanshi_lms.quizzes.question_file import ItemDraft, read_questions
from sanshi_lms.quizzes.regrading.queries import changes_of
from tests.people import Cast
from tests.quizzes.papers import SINGLE, WHEN, make_paper, show_in_course

STEM = "面积占比要过 ___，人数占比要过 ___。"
BLANKS = ItemDraft("blanks", STEM, (), answers="三分之二|2/3\n三分之二|2/3")
NUMBER = ItemDraft("numeric", "楼道净宽至少多少？", (), answers="1.1 ± 0.05 米|m")
PAIRS = ItemDraft("matching", "谁做什么？", (), answers="规划师=看片区\n建筑师=看房子\n=看电梯")
FIELDS = (BLANKS, NUMBER, PAIRS)


@pytest.mark.parametrize("draft", FIELDS)
def test_a_key_is_read_as_it_is_written(draft: ItemDraft) -> None:
    assert draft.problem is None
    assert draft.content is not None
    again = read_key(draft.kind, draft.stem_md, write_key(draft.content))
    assert write_key(again) == write_key(draft.content)


@given(st.sampled_from(["blanks", "numeric", "matching"]), st.text(max_size=60))
def test_any_key_has_a_sentence_or_is_sound(kind: str, text: str) -> None:
    content = read_key(kind, STEM, text)
    if content_problem(content) is None:
        again = read_key(kind, STEM, write_key(content))
        assert content_problem(again) is None
        assert write_key(again) == write_key(content)


@pytest.mark.parametrize(
    ("text", "value", "tolerance", "units"),
    [
        ("12.50", "12.50", "0", ()),
        ("12.5±0.1米|m", "12.5", "0.1", ("米", "m")),
        ("1,200 平方米|㎡", "1200", "0", ("平方米", "㎡")),
        ("-3 ± 1", "-3", "1", ()),
        ("3 kW|千瓦", "3", "0", ("kW", "千瓦")),
    ],
)
def test_numbers(text: str, value: str, tolerance: str, units: tuple[str, ...]) -> None:
    key = read_key("numeric", "?", text).numeric
    assert key is not None
    assert (str(key.value), str(key.tolerance), key.units) == (value, tolerance, units)


def test_a_number_that_is_none_is_told() -> None:
    assert "数值题要写一个数" in (ItemDraft("numeric", "?", (), answers="很多").problem or "")
    assert "2 个空" in (ItemDraft("blanks", STEM, (), answers="一").problem or "")


def test_a_pack_knows_them() -> None:
    faults = Faults("a.questions.yaml")
    text = (
        "questions:\n  - id: a\n    kind: blanks\n    stem: 要过 ___。\n    answers: 三分之二|2/3\n"
        "  - id: b\n    kind: matching\n    stem: 谁？\n    answers: |\n"
        "      甲 = 一\n      乙 = 二\n"
    )
    paper = read_questions(text, faults)
    assert paper is not None, faults.found
    assert [item.kind for item in paper.items] == ["blanks", "matching"]
    assert read_questions(text.replace("要过 ___", "要过"), faults) is None
    assert "三个下划线" in str(faults.found)


def test_written_taken_and_marked_in_part(app: Flask, people: Cast) -> None:
    paper_id = make_paper(app, (SINGLE,), 50, shuffle=False)
    show_in_course(app, paper_id)
    author = people.client("author")
    for draft in FIELDS:
        page = f"/admin/quizzes/{paper_id}/items/new"
        assert 'name="answers"' in author.get(f"{page}?kind={draft.kind}").text
        data = {"kind": draft.kind, "stem": draft.stem_md, "answers": draft.answers}
        assert author.post(page, data={**data, "answers": ""}).status_code == 422
        assert author.post(page, data=data).status_code == 302
    with app.app_context(), transaction():
        paper = full_paper(paper_id)
        assert paper is not None
        paper.partial = "each"
        ids = [item.id for item in paper.items]
    assert "三分之二|2/3" in author.get(f"/admin/quizzes/{paper_id}").text
    cadre = people.client("cadre")
    attempt = cadre.post(f"/quizzes/papers/{paper_id}/attempts").location
    sheet = cadre.get(attempt).text
    assert "2/3" not in sheet
    number = attempt.rsplit("/", 1)[1]
    url = f"/api/v1/quizzes/attempts/{number}/answers"
    given = ["２／３", ""]
    told = cadre.post(url, json={"item": ids[1], "chosen": given}).get_json()
    assert told["chosen"] == given
    assert cadre.post(url, json={"item": ids[1], "chosen": ["x"]}).status_code == 422
    assert cadre.post(url, json={"item": ids[1], "chosen": [None, ""]}).status_code == 422
    assert cadre.post(url, json={"item": ids[3], "chosen": ["9", ""]}).status_code == 422
    assert 'value="２／３"' in cadre.get(attempt).text
    right = {text: value for value, text in re.findall(r'value="(\d)"[^>]*>(看\S\S)<', sheet)}
    form = {
        "shown": [str(one) for one in ids],
        f"item-{ids[0]}": "0",
        f"item-{ids[1]}": given,
        f"item-{ids[2]}": "1.08 Ｍ",
        f"item-{ids[3]}": [right["看片区"], right["看电梯"]],
        "then": "anyway",
    }
    assert cadre.post(f"{attempt}/hand-in", data=form).location == f"{attempt}/result"
    result = cadre.get(f"{attempt}/result").text
    assert "<strong>75</strong> 分" in result  # 1 + ½ + 1 + ½ of 4
    assert "对了一部分，得 50% 的分" in result
    assert "正确答案：看房子" in result
    with app.app_context():
        kept = db.session.get(Attempt, int(number))
        assert kept is not None
        assert (kept.right, kept.percent, kept.passed) == (2, 75, True)
        assert db.session.get(Paper, paper_id) is not None


def test_conditions_choose_the_partial_points(app: Flask, people: Cast) -> None:
    paper_id = make_paper(app, (BLANKS,))
    author = people.client("author")
    page = f"/admin/quizzes/{paper_id}/conditions"
    assert "没有全对时怎么给分" in author.get(page).text
    data = {"limit_minutes": 0, "grace_seconds": 30, "cooldown_hours": 0, "counting": "best"}
    assert author.post(page, data={**data, "partial": "half"}).status_code == 302
    assert author.post(page, data={**data, "partial": "all"}).status_code == 422
    with app.app_context():
        kept = db.session.get(Paper, paper_id)
        assert kept is not None
        assert kept.partial == "half"


def test_a_spelling_that_was_forgotten_is_marked_again(app: Flask, people: Cast) -> None:
    paper_id = make_paper(app, (BLANKS, PAIRS))
    cadre_id = people.id("cadre")
    with app.app_context(), transaction():
        number = start_attempt(paper_id, cadre_id, WHEN).id
    with app.app_context(), transaction():
        attempt = own_attempt(number, cadre_id)
        assert attempt is not None
        blanks = next(s.item for s in shown_items(attempt) if s.item.kind == "blanks")
        save_answer(attempt, blanks.item_id, ["2/3", "三分之2"], WHEN)
        assert hand_in(attempt, WHEN).percent == 0
    with app.app_context(), transaction():
        paper = full_paper(paper_id)
        assert paper is not None
        mended = replace(BLANKS, answers="2/3|三分之二\n2/3|三分之2")
        edit_item(paper, paper.items[0], mended, WHEN)
    with app.app_context():
        (change,) = changes_of(paper_id, keep_passed=True)
        assert (change.right, change.percent) == (1, 50)
