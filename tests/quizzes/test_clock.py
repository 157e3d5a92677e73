"""The server's clock: deadlines, grace, outages, repetitions, resits."""

import os
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.core import pulse
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.settings import settings
from sanshi_lms.quizzes import passed_papers
from sanshi_lms.quizzes.actions import Sending, hand_in, save_answer, shown_items, start_attempt
from sanshi_lms.quizzes.attempts import jobs
from sanshi_lms.quizzes.attempts.actions import end_by_clock, give_back
from sanshi_lms.quizzes.attempts.clock import clock_of
from sanshi_lms.quizzes.attempts.rules import MOST_PAGES, given_back, heard_now, is_news, is_over
from sanshi_lms.quizzes.models import Attempt
from sanshi_lms.quizzes.papers.actions import set_conditions
from sanshi_lms.quizzes.papers.rules import (
    PaperRule,
    Past,
    counted_percent,
    deadline,
    problem,
    rule_sentence,
    start_problem,
)
from sanshi_lms.quizzes.queries import full_paper, own_attempt, rule_of, standing
from tests.people import Cast
from tests.quizzes.papers import TRUE_FALSE, WHEN, make_paper

MINUTE = timedelta(minutes=1)
AT = local(WHEN)
PLAIN = PaperRule(60, 0)
TEN = replace(PLAIN, limit_minutes=10)


def test_the_rule_is_one_plain_sentence() -> None:
    assert rule_sentence(PLAIN, 5) == (
        "共 5 题，答对 60% 以上（含）为及格；可以多次测验，取最好成绩；不限时间。"
    )
    full = PaperRule(80, 3, 45, 30, AT, AT + 3 * 24 * 60 * MINUTE, 24, "last", practice=True)
    assert rule_sentence(full, 20) == (
        "共 20 题，答对 80% 以上（含）为及格；最多可以测验 3 次，两次之间至少隔 1 天，"
        "取最后一次成绩，及格后不再考；限时 45 分钟，以服务器的时间为准，到时自动交卷；"
        "2026年3月5日 09:00 至 2026年3月8日 09:00 开放；可以先练习，练习不计成绩。"
    )
    assert "只能测验 1 次；" in rule_sentence(PaperRule(80, 1), 10)
    assert "隔 5 小时" in rule_sentence(replace(PLAIN, cooldown_hours=5), 1)


@pytest.mark.parametrize(
    ("rule", "past", "minutes", "said"),
    [
        (PLAIN, Past(), 0, None),
        (replace(PLAIN, opens_at=AT), Past(), -1, "09:00 才开始"),
        (replace(PLAIN, opens_at=AT), Past(), 0, None),
        (replace(PLAIN, closes_at=AT), Past(), 0, "结束"),
        (replace(PLAIN, attempts_allowed=2), Past([10, 20]), 0, "次数已经用完"),
        (replace(PLAIN, cooldown_hours=1), Past([10], last_at=WHEN), 59, "10:00 以后可以再考"),
        (replace(PLAIN, cooldown_hours=1), Past([10], last_at=WHEN), 60, None),
        (replace(PLAIN, counting="last"), Past([90], passed=True), 0, "已经及格"),
        (PLAIN, Past([90], passed=True), 0, None),
    ],
)
def test_who_may_start_and_why_not(
    rule: PaperRule, past: Past, minutes: int, said: str | None
) -> None:
    found = start_problem(rule, past, AT + minutes * MINUTE)
    assert found is None if said is None else said in (found or "")


def test_what_counts_the_deadline_and_contradictions() -> None:
    assert [counted_percent(c, [50, 90, 61]) for c in ("best", "last", "average")] == [90, 61, 67]
    assert counted_percent("average", []) is None
    assert deadline(PLAIN, WHEN) is None
    assert deadline(TEN, WHEN) == WHEN + 10 * MINUTE
    assert deadline(replace(TEN, closes_at=AT + 4 * MINUTE), WHEN) == WHEN + 4 * MINUTE
    assert problem(replace(TEN, opens_at=AT, closes_at=AT)) is not None
    assert problem(replace(TEN, opens_at=AT, closes_at=AT + 9 * MINUTE)) is not None
    assert problem(replace(TEN, opens_at=AT, closes_at=AT + 10 * MINUTE)) is None


seconds = st.integers(0, 7200).map(lambda s: WHEN + timedelta(seconds=s))


@given(seconds, seconds, seconds, seconds)
def test_an_outage_gives_back_what_it_took_and_no_more(
    started: datetime, end: datetime, began: datetime, ended: datetime
) -> None:
    end, ended = max(end, started), max(ended, began)
    back = given_back(started, end, began, ended)
    assert timedelta(0) <= back <= ended - began
    if back:
        # Whoever comes when the site is back has as long as was left when it went away.
        assert (end + back) - ended == end - max(began, started)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 9)), max_size=40))
def test_repetitions_are_never_news(told: list[tuple[str, int]]) -> None:
    heard: dict[str, int] = {}
    for page, number in told:
        if is_news(heard, page, number):
            heard = heard_now(heard, page, number)
        assert not is_news(heard, page, number)
    assert all(not is_news(heard, page, number) for page, number in told)


def test_the_memory_of_opened_pages_is_bounded() -> None:
    heard: dict[str, int] = {}
    for number in range(1, 500):
        heard = heard_now(heard, f"page {number}", number)
    assert len(heard) == MOST_PAGES
    assert "page 499" in heard


@pytest.mark.parametrize(
    ("late", "over"), [(-1, False), (0, False), (30, False), (31, True), (9999, True)]
)
def test_the_last_second_of_grace_is_in_time(late: int, over: bool) -> None:
    assert is_over(WHEN, 30, WHEN + timedelta(seconds=late)) is over
    assert is_over(None, 30, WHEN) is False


@pytest.fixture
def begun(app: Flask, people: Cast) -> tuple[int, int]:
    """A cadre with ten minutes for one question, who has just started; attempt and person."""
    paper_id = make_paper(app, (TRUE_FALSE,))
    cadre = people.id("cadre")
    with app.app_context(), transaction():
        paper = full_paper(paper_id)
        assert paper
        set_conditions(paper, replace(rule_of(paper), limit_minutes=10), WHEN)
        return start_attempt(paper_id, cadre, WHEN).id, cadre


def held(begun: tuple[int, int]) -> Attempt:
    found = own_attempt(*begun)
    assert found is not None
    return found


def choose(begun: tuple[int, int], place: int, at: datetime, mark: Sending | None = None) -> None:
    attempt = held(begun)
    save_answer(attempt, shown_items(attempt)[0].item.item_id, [place], at, mark)


def test_a_late_answer_is_refused_and_what_was_saved_is_marked(
    app: Flask, begun: tuple[int, int]
) -> None:
    end = WHEN + 10 * MINUTE
    with app.app_context():
        with transaction():
            choose(begun, 1, end + timedelta(seconds=30))  # right, in the last second of grace
        with pytest.raises(Refusal, match="时间已到"), transaction():
            choose(begun, 0, end + timedelta(seconds=31))
        with transaction():
            end_by_clock(begun[0], end)  # not yet over: nothing happens
            assert held(begun).handed_in_at is None
        with transaction():
            done = hand_in(held(begun), end + 60 * MINUTE)
            assert (done.percent, done.passed, done.ended_by_clock) == (100, True, True)
            assert done.handed_in_at == end


def test_the_sweep_ends_what_nobody_ended_but_not_while_the_site_is_away(
    app: Flask, begun: tuple[int, int]
) -> None:
    with app.app_context():
        with transaction():
            choose(begun, 1, WHEN)
        beat = settings().data_dir / "web.alive"
        beat.touch()
        at = (WHEN + 5 * MINUTE).timestamp()
        os.utime(beat, (at, at))  # the site went away in the middle and has not come back
        assert not jobs.is_due()
        jobs.sweep()
        assert held(begun).handed_in_at is None
        beat.unlink()
        assert jobs.is_due()
        jobs.sweep()
        assert not jobs.is_due()
        db.session.expire_all()
        assert held(begun).passed
        db.session.remove()


def test_an_outage_moves_the_deadline_once_and_says_why(app: Flask, begun: tuple[int, int]) -> None:
    began, ended = WHEN + 8 * MINUTE, WHEN + 20 * MINUTE
    with app.app_context():
        for moved in (1, 0):
            with transaction():
                assert give_back(began, ended) == moved
        clock = clock_of(held(begun), ended)
        assert clock.left_ms == 2 * 60 * 1000
        assert clock.reasons == [
            "系统在 09:08 到 09:20 中断过，这段时间已经还给您，交卷时间延长了 12 分 00 秒。"
        ]
        db.session.remove()
        with transaction():  # whose time was over before it began gets nothing
            assert give_back(WHEN + 60 * MINUTE, WHEN + 70 * MINUTE) == 0


def test_a_gap_of_the_website_is_told_before_it_says_that_it_is_back(
    app: Flask, begun: tuple[int, int]
) -> None:
    with app.app_context():
        assert pulse.notice_gap(WHEN + 2 * MINUTE) is None
        assert pulse.notice_gap(WHEN + 2 * MINUTE + pulse.GAP) is None
        gap = pulse.notice_gap(WHEN + 9 * MINUTE)
        assert gap == (WHEN + 2 * MINUTE + pulse.GAP, WHEN + 9 * MINUTE)
        assert pulse.last_beat() == WHEN + 9 * MINUTE
        assert pulse.served_until(now()) == WHEN + 9 * MINUTE
        moved = held(begun).deadline_at
        assert moved == WHEN + 10 * MINUTE + (gap[1] - gap[0])
        db.session.remove()


def test_a_repetition_that_comes_late_changes_nothing(app: Flask, begun: tuple[int, int]) -> None:
    with app.app_context():
        for place, mark in (
            (0, Sending("phone", 1)),
            (1, Sending("phone", 2)),
            (0, Sending("desk", 1)),
            (1, Sending("phone", 2)),  # the last accepted answer stays: the desk's
            (0, Sending("phone", 1)),
        ):
            with transaction():
                choose(begun, place, WHEN, mark)
        assert held(begun).answers[0].chosen == [0]
        db.session.remove()


def test_practice_never_counts_and_stands_beside_the_test(
    app: Flask, begun: tuple[int, int]
) -> None:
    attempt_id, cadre = begun
    with app.app_context():
        paper_id = held(begun).paper_id
        with pytest.raises(Refusal, match="没有练习"), transaction():
            start_attempt(paper_id, cadre, WHEN, practice=True)
        with transaction():
            paper = full_paper(paper_id)
            assert paper
            set_conditions(paper, replace(rule_of(paper), practice=True, attempts_allowed=1), WHEN)
        with transaction():
            practice = start_attempt(paper_id, cadre, WHEN, practice=True)
            assert practice.id != attempt_id
            assert practice.deadline_at is None
            choose((practice.id, cadre), 1, WHEN)
            assert hand_in(practice, WHEN).percent == 100
            assert practice.passed is False
        paper = full_paper(paper_id)
        assert paper
        found = standing(paper, cadre, WHEN)
        assert (found.used, found.passed, found.percent) == (0, False, None)
        assert found.open is not None
        assert passed_papers(cadre, [paper_id]) == set()
        db.session.remove()


def test_an_average_passes_when_all_attempts_together_do(app: Flask, people: Cast) -> None:
    paper_id, cadre = make_paper(app, (TRUE_FALSE,)), people.id("cadre")
    passed = []
    with app.app_context():
        with transaction():
            paper = full_paper(paper_id)
            assert paper
            set_conditions(paper, replace(rule_of(paper), counting="average"), WHEN)
        for number, place in enumerate((0, 1, 1)):
            at = WHEN + number * MINUTE
            with transaction():
                one = start_attempt(paper_id, cadre, at)
                choose((one.id, cadre), place, at)
                passed.append(hand_in(one, at).passed)
        assert passed == [False, False, True]  # 0, 50, 66 of 100
        db.session.remove()
