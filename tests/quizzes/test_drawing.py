"""Papers drawn from the bank: the rule by properties, then a class of forty replayed."""

from collections.abc import Mapping

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.errors import Refusal
from sanshi_lms.quizzes.actions import hand_in, save_answer, shown_items, start_attempt
from sanshi_lms.quizzes.analysis.queries import analysis_of
from sanshi_lms.quizzes.frozen import FrozenPaper
from sanshi_lms.quizzes.models import Answer, Attempt, Item, Pool
from sanshi_lms.quizzes.papers.bank_actions import set_blueprint
from sanshi_lms.quizzes.papers.drawing import (
    ANY,
    DIFFICULTY_ZH,
    Candidate,
    Line,
    Shortage,
    draw,
    lines_from_json,
    lines_to_json,
    stock,
)
from sanshi_lms.quizzes.papers.replay import replay
from sanshi_lms.quizzes.queries import full_paper, own_attempt
from sanshi_lms.quizzes.question_file import ItemDraft
from tests.people import Cast
from tests.quizzes.papers import WHEN, make_paper, options, show_in_course

TOPICS = ("表决", "费用")
pools = st.lists(st.tuples(st.sampled_from(TOPICS), st.integers(1, 3)), max_size=40).map(
    lambda rows: [Candidate(n, *row) for n, row in enumerate(rows, 1)]
)
blueprints = st.lists(
    st.builds(
        Line, st.sampled_from(TOPICS), st.sampled_from(list(DIFFICULTY_ZH)), st.integers(1, 6)
    ),
    max_size=8,
    unique_by=lambda line: (line.topic, line.difficulty),
)
seeds = st.integers(0, 2**31 - 1)


@given(pools, blueprints, seeds)
def test_a_draw_fits_its_blueprint_repeats_and_never_fails_without_need(
    pool: list[Candidate], lines: list[Line], seed: int
) -> None:
    there = stock(pool)
    enough = all(_enough(there.get(topic, {}), lines, topic) for topic in TOPICS)
    if not enough:
        with pytest.raises(Shortage, match="“"):
            draw(pool, lines, seed)
        return
    drawn = draw(pool, lines, seed)
    known = {one.item_id: one for one in pool}
    assert len(set(drawn)) == len(drawn) == sum(line.count for line in lines)
    rest = list(drawn)
    for line in lines:
        part, rest = rest[: line.count], rest[line.count :]
        assert all(known[i].topic == line.topic for i in part)
        assert line.difficulty == ANY or all(known[i].difficulty == line.difficulty for i in part)
    assert drawn == draw(pool[::-1], lines_from_json(lines_to_json(lines)), seed)


def _enough(counts: Mapping[int, int], lines: list[Line], topic: str) -> bool:
    mine = [line for line in lines if line.topic == topic]
    exact = all(counts.get(line.difficulty, 0) >= line.count for line in mine)
    return exact and counts.get(ANY, 0) >= sum(line.count for line in mine)


def test_seeds_do_give_different_papers_and_every_question_its_turn() -> None:
    pool = [Candidate(n, "表决", 2) for n in range(1, 21)]
    papers = [frozenset(draw(pool, [Line("表决", 2, 5)], seed)) for seed in range(200)]
    assert len(set(papers)) > 150
    assert frozenset().union(*papers) == frozenset(range(1, 21))


def many(count: int) -> tuple[ItemDraft, ...]:
    return tuple(
        ItemDraft("single", f"第 {n} 问？", options(f"对 {n}", "错", "都不对"))
        for n in range(count)
    )


@pytest.fixture
def drawn_paper(app: Flask, people: Cast) -> int:
    """A paper of 4 + 2 questions from a bank of 24, its topics and lines filled in by an author."""
    bank, paper = make_paper(app, many(24)), make_paper(app, ())
    show_in_course(app, paper)
    author = people.client("author")
    with app.app_context():
        ids = db.session.scalars(select(Item.id).order_by(Item.position)).all()
        db.session.remove()
    tags = {f"topic-{i}": TOPICS[n % 2] for n, i in enumerate(ids)}
    tags |= {f"difficulty-{i}": str(1 + n % 3) for n, i in enumerate(ids)}
    assert author.post(f"/admin/quizzes/{bank}/topics", data=tags).status_code == 302
    lines = {"topic-0": "表决", "difficulty-0": "0", "count-0": "4"}
    lines |= {"topic-1": "费用", "difficulty-1": "2", "count-1": "2"}
    answer = author.post(f"/admin/quizzes/{paper}/blueprint", data=lines)
    assert answer.status_code == 302, answer.text
    return paper


def sit(paper_id: int, user_id: int) -> int:
    attempt = own_attempt(start_attempt(paper_id, user_id, WHEN).id, user_id)
    assert attempt
    for shown in shown_items(attempt)[:-1]:  # the last stays blank
        save_answer(attempt, shown.item.item_id, shown.places([0]), WHEN)
    return hand_in(attempt, WHEN).id


def test_a_class_of_forty_is_replayed_from_its_seeds(
    app: Flask, people: Cast, drawn_paper: int
) -> None:
    cadre = people.id("cadre")
    with app.app_context():
        attempts = []
        for _ in range(40):
            with transaction():
                attempts.append(sit(drawn_paper, cadre))
        with transaction():  # the bank changes: what was drawn is replayed all the same
            for item in db.session.scalars(select(Item).limit(8)):
                item.topic = ""
        for attempt_id in attempts:
            found = replay(attempt_id)
            assert found
            assert found.drawn
            assert found.equal
        assert db.session.query(Pool).count() == 1
        papers = {
            tuple(i.item_id for i in FrozenPaper.from_json(one.version.content).items)
            for one in (own_attempt(i, cadre) for i in attempts)
            if one
        }
        assert len(papers) > 30
        assert db.session.query(Answer).count() == 40 * 6, "blanks are entered too"
        db.session.remove()
    said = app.test_cli_runner().invoke(args=["quizzes", "replay", str(attempts[0])])
    assert said.exit_code == 0
    assert "drawn from the bank, equal" in said.output
    with app.app_context(), transaction():  # a stored paper that the seed does not give is told
        db.session.get_one(Attempt, attempts[0]).seed += 1
    said = app.test_cli_runner().invoke(args=["quizzes", "replay", str(attempts[0])])
    assert said.exit_code == 1
    assert app.test_cli_runner().invoke(args=["quizzes", "replay", "999"]).exit_code == 1


def test_the_pages_count_what_is_drawn_and_refuse_too_much(
    app: Flask, people: Cast, drawn_paper: int
) -> None:
    author, cadre = people.client("author"), people.client("cadre")
    assert "共 6 题" in cadre.get("/courses/dianti/ceyan").text
    assert "每人各抽一份" in author.get(f"/admin/quizzes/{drawn_paper}").text
    path = f"/admin/quizzes/{drawn_paper}/blueprint"
    page = author.get(path).text
    assert "共 12 题（易 4，中 4，难 4）" in page
    for lines, said in (
        ({"topic-0": "费用", "difficulty-0": "2", "count-0": "5"}, "只有 4 道可用"),
        ({"topic-0": "费用", "difficulty-0": "9", "count-0": "1"}, "主题和难度"),
        ({"topic-0": "费用", "difficulty-0": "1", "count-0": "x"}, "题数至少是 1"),
        ({"topic-0": "没有的", "difficulty-0": "0", "count-0": "1"}, "只有 0 道可用"),
    ):
        answer = author.post(path, data=lines)
        assert answer.status_code == 422
        assert said in answer.text
    assert cadre.get(path).status_code == 403
    with app.app_context(), transaction():
        sit(drawn_paper, people.id("cadre"))
        paper = full_paper(drawn_paper)
        assert paper
        found = analysis_of(paper)
        assert sum(one.sums.right for one in found.items) == 5
        assert sum(one.unanswered for one in found.items) == 1
        with pytest.raises(Refusal, match="相同"):
            set_blueprint(paper, [Line("费用", 1, 1), Line("费用", 1, 1)], WHEN)
    assert author.post(path, data={}).status_code == 302
    with app.app_context(), pytest.raises(Refusal, match="还没有题目"):
        start_attempt(drawn_paper, people.id("pro"), WHEN)
