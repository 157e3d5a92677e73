"""Whom an assignment means, and the ladder: each turn once, never after it is done."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.training.assignments.rules import (
    Audience,
    Ladder,
    audience_sentence,
    days_words,
    digest_week,
    read_days,
    rung_today,
    spread,
    state_of,
)

LADDER = Ladder((14, 7, 1), 7, 4, 0)
DUE = date(2026, 12, 31)
LONG_AGO = date(2026, 1, 1)
ladders = st.builds(
    Ladder,
    st.lists(st.integers(0, 60), min_size=1, max_size=5, unique=True).map(
        lambda days: tuple(sorted(days, reverse=True))
    ),
    st.integers(1, 30),
    st.integers(0, 6),
    st.integers(0, 6),
)


@pytest.mark.parametrize(
    ("left", "rung"),
    [
        (15, None),
        (14, "before14"),
        (8, "before14"),
        (7, "before7"),
        (2, "before7"),
        (1, "before1"),
        (0, "before1"),
        (-1, "over0"),
        (-7, "over0"),
        (-8, "over1"),
        (-28, "over3"),
        (-29, None),
    ],
)
def test_the_ladder(left: int, rung: str | None) -> None:
    assert rung_today(DUE, DUE - timedelta(days=left), LONG_AGO, LADDER) == rung


def test_whoever_hears_of_it_late_is_not_reminded_at_once() -> None:
    begun = DUE - timedelta(days=5)
    turns = [rung_today(DUE, begun + timedelta(days=n), begun, LADDER) for n in range(6)]
    assert turns == [None, None, None, None, "before1", "before1"]


@given(ladders, st.integers(0, 90), st.lists(st.integers(0, 400), max_size=60))
def test_however_the_ticks_fall_nobody_is_told_twice(
    ladder: Ladder, notice_days: int, ticks: list[int]
) -> None:
    """Ticks on any days, any number on one, in order: the rungs that are new at each are few."""
    begun = DUE - timedelta(days=notice_days)
    told: list[str] = []
    for day in sorted(ticks):
        rung = rung_today(DUE, begun + timedelta(days=day), begun, ladder)
        if rung is not None and rung not in told:
            told.append(rung)
    assert len(told) <= len(ladder.days_before) + ladder.most_overdue
    days = [int(one.removeprefix("before")) for one in told if one.startswith("before")]
    assert days == sorted(days, reverse=True), "never back up the ladder"
    overs = [int(one.removeprefix("over")) for one in told if one.startswith("over")]
    assert overs == sorted(overs)
    assert all(number < ladder.most_overdue for number in overs)
    assert all(DUE - timedelta(days=day) > begun for day in days)


@given(ladders)
def test_with_a_tick_each_day_every_rung_comes_on_its_day(ladder: Ladder) -> None:
    for day in ladder.days_before:
        assert rung_today(DUE, DUE - timedelta(days=day), LONG_AGO, ladder) == f"before{day}"


def test_a_week_has_one_digest() -> None:
    monday, thursday = date(2026, 11, 23), Ladder((7,), 7, 4, 3)
    assert [digest_week(monday + timedelta(days=n), thursday) for n in (0, 2, 3, 6)] == [
        None,
        None,
        "2026-W48",
        "2026-W48",
    ]
    assert digest_week(date(2027, 1, 1), thursday) == "2026-W53"


@pytest.mark.parametrize(
    ("unit", "role", "post", "fits"),
    [(1, "cadre", "网格员", True), (2, "cadre", "网格员", False), (1, "pro", "网格员", False),
     (1, "cadre", "", False), (None, "cadre", "网格员", False)],
)  # fmt: skip
def test_whom_a_rule_means(unit: int | None, role: str, post: str, fits: bool) -> None:
    audience = Audience(frozenset({1}), frozenset({"cadre"}), frozenset({"网格员"}))
    assert audience.fits(unit, role, post) is fits
    assert not Audience(user_ids=frozenset({5})).fits(unit, role, post)


def test_an_audience_in_one_sentence() -> None:
    roles = {"cadre": "社区干部"}
    both = Audience(frozenset({1}), frozenset({"cadre"}), frozenset(), frozenset({5, 6}))
    assert (
        audience_sentence(both, ["渝中区"], roles, 2)
        == "渝中区（含下级）的人员中身份是社区干部的，以及点名的 2 人"
    )
    assert audience_sentence(Audience(roles=frozenset({"cadre"})), [], roles, 0).startswith("所有")
    assert audience_sentence(Audience(user_ids=frozenset({5})), [], roles, 1) == "点名的 1 人"


@pytest.mark.parametrize(
    ("typed", "days"),
    [("14, 7, 1", (14, 7, 1)), ("1、7，14 7", (14, 7, 1)), ("", None), ("x", None), ("-1", None),
     ("366", None), ("9" * 50, None), ("1,2,3,4,5,6,7,8,9,10,11", None), ("٣", None)],
)  # fmt: skip
def test_days_as_they_are_typed(typed: str, days: tuple[int, ...] | None) -> None:
    assert read_days(typed) == days


def test_words_and_states() -> None:
    today = date(2026, 11, 26)
    assert days_words(today, today) == "今天截止"
    assert days_words(today - timedelta(days=3), today) == "已经过期 3 天"
    assert state_of(today, today, 0.5, done=False, exempt=False) == "soon"
    assert state_of(today - timedelta(days=1), today, 0.5, done=False, exempt=False) == "overdue"
    assert state_of(today - timedelta(days=1), today, 1, done=True, exempt=False) == "done"
    assert state_of(today - timedelta(days=1), today, 0, done=False, exempt=True) == "exempt"
    assert spread([f"人{n}" for n in range(7)]).endswith("等 7 人")
