"""Quiz pages: they work, a stranger cannot, the edges. The key never travels before handing in."""

import json
import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sanshi_lms.core.db import db
from sanshi_lms.quizzes.models import Attempt
from tests.people import Cast
from tests.quizzes.papers import ITEMS, MULTIPLE, SECRET_WHY, SINGLE, make_paper, show_in_course
from tests.quizzes.test_actions import ALL_RIGHT

LESSON = "/courses/dianti/ceyan"
NO_CLOCK: dict[str, object] = {"left_ms": None, "over": False, "deadline": "", "reasons": []}


@pytest.fixture
def paper(app: Flask) -> int:
    paper_id = make_paper(app)
    show_in_course(app, paper_id)
    return paper_id


def begin(client: FlaskClient, paper: int) -> str:
    answer = client.post(f"/quizzes/papers/{paper}/attempts")
    assert answer.status_code == 302, answer.text
    assert answer.location.startswith("/quizzes/attempts/")
    return answer.location


def fields(page: str) -> dict[str, dict[str, str]]:
    """Return for each stem the texts of its options and the value that chooses them."""
    found = {}
    for section in re.findall(r'<section class="panel question".*?</section>', page, re.DOTALL):
        item = re.search(r'data-item="(\d+)"', section)
        assert item
        stem = re.sub(r"<[^>]+>", "", section.split("question__stem")[1].split(">", 1)[1])
        choices = re.findall(r'value="(\d+)" id=.*?choice__text">(.*?)</span>', section, re.DOTALL)
        found[stem.split("\n")[0].strip()] = {
            "": item[1],
            **{unescape(text).strip(): value for value, text in choices},
        }
    return found


def filled(page: str, wanted: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return the form's values when a person chooses the options with these texts."""
    values: dict[str, list[str]] = {"shown": []}
    plain = {stem.replace("*", ""): texts for stem, texts in wanted.items()}
    for stem, options in fields(page).items():
        values["shown"].append(options[""])
        values[f"item-{options['']}"] = [options[text] for text in plain.get(stem, [])]
    return values


def test_the_lesson_page_tells_the_rule_and_starts(people: Cast, paper: int) -> None:
    cadre = people.client("cadre")
    page = cadre.get(LESSON).text
    assert "共 3 题，答对 60% 以上（含）为及格；可以多次测验，取最好成绩；不限时间。" in page
    assert "开始测验" in page
    attempt = begin(cadre, paper)
    assert begin(cadre, paper) == attempt
    assert "接着做" in cadre.get(LESSON).text


def test_a_visitor_is_invited_to_sign_in_and_comes_back(client: FlaskClient, paper: int) -> None:
    page = client.get(LESSON).text
    assert f"/account/sign-in?next={LESSON}" in page.replace("%2F", "/")
    assert "开始测验" not in page
    assert client.post(f"/quizzes/papers/{paper}/attempts").status_code == 401


def test_all_right_without_a_script(people: Cast, paper: int) -> None:
    cadre = people.client("cadre")
    attempt = begin(cadre, paper)
    page = cadre.get(attempt).text
    answer = cadre.post(f"{attempt}/hand-in", data=filled(page, ALL_RIGHT))
    assert answer.location == f"{attempt}/result"
    result = cadre.get(answer.location).text
    assert "<strong>100</strong> 分" in result
    assert "恭喜，及格了" in result
    assert SECRET_WHY in result
    assert "/courses/dianti/kan" in result
    assert cadre.get(attempt).location == f"{attempt}/result"
    assert "最好成绩 <strong>100</strong> 分" in cadre.get(LESSON).text


def test_what_is_missing_is_listed_and_may_be_handed_in_anyway(people: Cast, paper: int) -> None:
    cadre = people.client("cadre")
    attempt = begin(cadre, paper)
    some = {SINGLE.stem_md: ["租客"]}
    answer = cadre.post(f"{attempt}/hand-in", data=filled(cadre.get(attempt).text, some))
    assert answer.location == f"{attempt}/check"
    check = cadre.get(answer.location).text
    assert "还有 2 题没有作答" in check
    assert len(re.findall(r"第 \d 题</a>", check)) == 2
    assert "checked" in cadre.get(attempt).text
    assert cadre.post(f"{attempt}/hand-in", data={"then": "anyway"}).location.endswith("/result")
    result = cadre.get(f"{attempt}/result").text
    assert "<strong>0</strong> 分" in result
    assert "您的选择" in result
    assert result.count("未作答") == 2
    assert "再做一次" in result


def test_saved_for_later(people: Cast, paper: int) -> None:
    cadre = people.client("cadre")
    attempt = begin(cadre, paper)
    values = {**filled(cadre.get(attempt).text, ALL_RIGHT), "then": "later"}
    assert cadre.post(f"{attempt}/hand-in", data=values).location == LESSON
    assert "已答 <strong data-answered>3</strong> / 3 题" in cadre.get(attempt).text


def test_unticking_everything_takes_an_answer_back(people: Cast, paper: int) -> None:
    cadre = people.client("cadre")
    attempt = begin(cadre, paper)
    page = cadre.get(attempt).text
    for wanted in (ALL_RIGHT, ALL_RIGHT | {MULTIPLE.stem_md: []}):
        cadre.post(f"{attempt}/hand-in", data={**filled(page, wanted), "then": "later"})
    assert "已答 <strong data-answered>2</strong> / 3 题" in cadre.get(attempt).text


def save(client: FlaskClient, attempt: str, item: object, chosen: object) -> tuple[int, dict]:  # type: ignore[type-arg]
    answer = client.post(f"/api/v1{attempt}/answers", json={"item": item, "chosen": chosen})
    return answer.status_code, answer.get_json()


def test_answers_are_saved_as_they_are_given(people: Cast, paper: int) -> None:
    cadre = people.client("cadre")
    attempt = begin(cadre, paper)
    sheet = fields(cadre.get(attempt).text)
    single = sheet["谁来表决？"]
    item, place = int(single[""]), int(single["业主"])
    for _ in range(2):
        assert save(cadre, attempt, item, [place]) == (
            200,
            {"saved": True, "item": item, "chosen": [place], "clock": NO_CLOCK},
        )
    assert f'value="{place}" id="item-{item}-{place}" checked' in cadre.get(attempt).text


@pytest.mark.parametrize(
    ("item", "chosen"),
    [
        (None, [0]),
        ("1", [0]),
        (True, [0]),
        (-1, [0]),
        (10**30, [0]),
        (1, "0"),
        (1, {"a": 1}),
        (1, [True]),
        (1, [0.5]),
        (1, [10**30]),
        (1, list(range(500))),
    ],
)
def test_a_forged_answer_is_refused_in_plain_words(
    people: Cast, paper: int, item: object, chosen: object
) -> None:
    cadre = people.client("cadre")
    status, body = save(cadre, begin(cadre, paper), item, chosen)
    assert status == 422
    assert "刷新页面" in body["error"]["message"]


@pytest.mark.parametrize("body", ["", "[]", "nul", '"x"', '{"item": 1}'])
def test_a_body_that_is_no_answer_is_refused(people: Cast, paper: int, body: str) -> None:
    cadre = people.client("cadre")
    attempt = begin(cadre, paper)
    answer = cadre.post(f"/api/v1{attempt}/answers", data=body, content_type="application/json")
    assert answer.status_code == 422


@pytest.mark.parametrize("values", [{"shown": "x"}, {"shown": "1", "item-1": "x"}, {"shown": "9"}])
def test_a_forged_form_is_refused(people: Cast, paper: int, values: dict[str, str]) -> None:
    cadre = people.client("cadre")
    attempt = begin(cadre, paper)
    assert cadre.post(f"{attempt}/hand-in", data=values).status_code == 422


def test_a_late_answer_is_refused(people: Cast, paper: int, app: Flask) -> None:
    cadre = people.client("cadre")
    attempt = begin(cadre, paper)
    page = cadre.get(attempt).text
    cadre.post(f"{attempt}/hand-in", data={"then": "anyway"})
    item = int(fields(page)["谁来表决？"][""])
    status, body = save(cadre, attempt, item, [0])
    assert status == 409
    assert "已经交卷" in body["error"]["message"]
    late = cadre.post(f"{attempt}/hand-in", data=filled(page, ALL_RIGHT))
    assert late.location == f"{attempt}/result"
    with app.app_context():
        assert db.session.query(Attempt.percent).scalar() == 0


@pytest.mark.parametrize("part", ["other_cadre", "admin"])
def test_an_attempt_is_nobody_elses_business(people: Cast, paper: int, part: str) -> None:
    cadre, stranger = people.client("cadre"), people.client(part)
    attempt = begin(cadre, paper)
    for ending in ("", "/check", "/result"):
        assert stranger.get(attempt + ending).status_code == 404
    assert stranger.post(f"{attempt}/hand-in", data={"then": "anyway"}).status_code == 404
    assert save(stranger, attempt, 1, [0])[0] == 404
    cadre.post(f"{attempt}/hand-in", data={"then": "anyway"})
    assert stranger.get(f"{attempt}/result").status_code == 404


def test_a_visitor_cannot_answer(client: FlaskClient, people: Cast, paper: int) -> None:
    attempt = begin(people.client("cadre"), paper)
    assert client.get(attempt).status_code == 302
    assert save(client, attempt, 1, [0])[0] == 401
    assert client.post(f"{attempt}/hand-in").status_code == 401


def test_the_key_never_travels_before_handing_in(people: Cast, paper: int) -> None:
    cadre = people.client("cadre")
    attempt = begin(cadre, paper)
    sheet = cadre.get(attempt).text
    first = fields(sheet)["谁来表决？"]
    answered = cadre.post(
        f"/api/v1{attempt}/answers", json={"item": int(first[""]), "chosen": [int(first["业主"])]}
    ).text
    seen = [cadre.get(LESSON).text, sheet, answered, cadre.get(f"{attempt}/check").text]
    seen.append(cadre.get(attempt).text)
    for text in seen:
        for secret in (SECRET_WHY, "correct", "is_right", "choice--right", "正确答案", "讲解</p>"):
            assert secret not in text, secret
    assert set(json.loads(answered)) == {"saved", "item", "chosen", "clock"}


def test_places_do_not_betray_the_authors_order(app: Flask, people: Cast) -> None:
    """Authors tend to write the right option first: its place must differ between people."""
    paper = make_paper(app, ITEMS)
    show_in_course(app, paper)
    places = set()
    for part in ("cadre", "other_cadre", "pro", "resident"):
        client = people.client(part)
        for _ in range(5):
            attempt = begin(client, paper)
            places.add(fields(client.get(attempt).text)["谁来表决？"]["业主"])
            client.post(f"{attempt}/hand-in", data={"then": "anyway"})
    assert places == {"0", "1", "2"}


def test_a_draft_course_has_no_quiz_for_learners(app: Flask, people: Cast) -> None:
    paper = make_paper(app)
    show_in_course(app, paper, status="draft")
    assert people.client("cadre").post(f"/quizzes/papers/{paper}/attempts").status_code == 404
    assert people.client("author").post(f"/quizzes/papers/{paper}/attempts").status_code == 302
    assert people.client("cadre").post("/quizzes/papers/999/attempts").status_code == 404


def test_attempts_run_out_kindly(app: Flask, people: Cast) -> None:
    paper = make_paper(app, attempts=1)
    show_in_course(app, paper)
    cadre = people.client("cadre")
    attempt = begin(cadre, paper)
    cadre.post(f"{attempt}/hand-in", data={"then": "anyway"})
    assert "次数已经用完" in cadre.get(f"{attempt}/result").text
    assert "您的次数已经用完" in cadre.get(LESSON).text
    refused = cadre.post(f"/quizzes/papers/{paper}/attempts")
    assert refused.status_code == 409
    assert "最多做 1 次" in refused.text


def test_text_of_authors_is_shown_as_text(app: Flask, people: Cast) -> None:
    kind = type(SINGLE)
    evil = "<script>alert(1)</script>"
    options = tuple(
        type(o)(text, o.correct) for o, text in zip(SINGLE.options, (evil, "b", "c"), strict=True)
    )
    paper = make_paper(app, (kind("single", evil + "**题**", options, evil),))
    show_in_course(app, paper)
    cadre = people.client("cadre")
    attempt = begin(cadre, paper)
    cadre_sees = [cadre.get(attempt).text]
    cadre.post(f"{attempt}/hand-in", data={"then": "anyway"})
    cadre_sees.append(cadre.get(f"{attempt}/result").text)
    for page in cadre_sees:
        assert "<script>alert" not in page
        assert "<strong>题</strong>" in page
