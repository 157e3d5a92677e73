"""My learning opens on one thing: what is due soon, else the lesson under way."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.core.clock import now
from sanshi_lms.learning import Duty, add_duty_source, duties_of
from sanshi_lms.learning.mine.rules import due_tone, due_words, first_duty, in_order, merged
from tests.learning.conftest import Lift
from tests.people import Cast

AT = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)


def duty(title: str, days: float | None, *, done: bool = False) -> Duty:
    due = None if days is None else AT + timedelta(days=days)
    return Duty(title, due, "/courses/", 10, done, "街道要求")


def test_the_soonest_comes_first_and_what_is_done_is_gone() -> None:
    found = in_order(
        [duty("无期限", None), duty("晚", 30), duty("过期", -3), duty("做完", -9, done=True)]
    )
    assert [one.title for one in found] == ["过期", "晚", "无期限"]


def test_what_two_ask_for_is_there_once_with_both_reasons() -> None:
    by_class = replace(duty("加装电梯", 20), url="/courses/lift", why="培训班", minutes=None)
    by_unit = replace(duty("加装电梯", 5), url="/courses/lift", why="必修：消防")
    other = replace(duty("议事", None), url="/courses/talk")
    (first, second) = merged([by_class, other, by_unit])
    assert (first.why, first.due_at, first.minutes) == ("培训班；必修：消防", by_unit.due_at, 10)
    assert second == other
    assert merged([replace(by_class, done=True), by_unit])[0].done


@pytest.mark.parametrize(
    ("days", "under_way", "first"),
    [
        (14, True, True),
        (14.01, True, False),
        (-100, True, True),
        (40, False, True),
        (None, True, False),
        (None, False, True),
    ],
)
def test_a_duty_goes_before_a_lesson_only_when_it_is_near(
    days: float | None, under_way: bool, first: bool
) -> None:
    chosen = first_duty([duty("必修", days)], AT, under_way=under_way)
    assert (chosen is not None) is first


def test_nothing_to_do_is_nothing() -> None:
    assert first_duty([], AT, under_way=False) is None


@given(st.lists(st.one_of(st.none(), st.integers(-400, 400)), max_size=12))
def test_no_open_duty_is_lost_in_the_order(days: list[int | None]) -> None:
    duties = [duty(str(n), d) for n, d in enumerate(days)]
    found = in_order(duties)
    assert sorted(d.title for d in found) == sorted(d.title for d in duties)
    dated = [d.due_at for d in found if d.due_at]
    assert dated == sorted(dated)


@pytest.mark.parametrize(
    ("days", "words", "tone"),
    [
        (-2, "已过期 2 天", "bad"),
        (0, "今天截止", "warn"),
        (1, "明天截止", "warn"),
        (7, "还有 7 天", "warn"),
        (8, "还有 8 天", "river"),
    ],
)
def test_a_due_day_is_said_in_words(days: int, words: str, tone: str) -> None:
    today = date(2026, 11, 26)
    due = today + timedelta(days=days)
    assert (due_words(due, today), due_tone(due, today)) == (words, tone)


def test_the_page_opens_on_what_is_due(app: Flask, people: Cast, lift: Lift) -> None:
    client, me = people.client("cadre"), people.id("cadre")
    client.post(f"/learning/lessons/{lift.text}/read")
    soon = Duty("消防必修", now() + timedelta(days=2), "/courses/", 25, False, "石油路街道要求")
    later = Duty("年度必修", now() + timedelta(days=90), "/courses/a", None, False, "")
    add_duty_source(app, lambda user_id: [later, soon] if user_id == me else [])
    page = client.get("/learning/").text
    assert page.index("先做这一件") < page.index("消防必修") < page.index("要按时完成的")
    assert page.index("要按时完成的") < page.index("年度必修")
    assert "大约 25 分钟" in page
    assert "还有 2 天" in page
    other = people.client("other_cadre").get("/learning/").text
    assert "消防必修" not in other
    with app.app_context():
        assert len(duties_of(me)) == 2
