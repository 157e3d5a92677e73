"""Rules of reports: filters survive the way there and back, falls, medians, when a file is due."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.reports.making import from_query, to_query
from sanshi_lms.reports.rules import (
    FEWEST_PEOPLE,
    SORTS,
    STATUSES,
    STEEPEST,
    ZONE,
    Filters,
    Standing,
    bounds,
    cell_words,
    falls,
    median_rate,
    next_run,
    ranked,
    read_filters,
)

START = datetime(2024, 1, 1, tzinfo=UTC)
words = st.text("王小明=&?% '\"字a", max_size=12).map(lambda text: " ".join(text.split()))
numbers = st.integers(0, 2**31 - 1).map(lambda n: n % 10**9)
filters = st.builds(
    Filters,
    unit=numbers,
    role=st.sampled_from(["", "cadre", "pro"]),
    post=words,
    q=words,
    courses=st.lists(st.integers(1, 9999), max_size=12, unique=True).map(tuple),
    group=st.sampled_from(["", "class:3", "programme:1"]),
    status=st.sampled_from(["", *STATUSES]),
    since=st.none() | st.dates(date(2000, 1, 1), date(2100, 12, 31)),
    until=st.none() | st.dates(date(2000, 1, 1), date(2100, 12, 31)),
    year=st.sampled_from([0, 2026]),
    sort=st.sampled_from(["", *SORTS]),
    paper=numbers,
    lesson=numbers,
)


@given(filters)
def test_filters_survive_being_kept(given: Filters) -> None:
    assert from_query(to_query(given)) == given


@given(st.text(max_size=300))
def test_any_query_is_read_and_read_again_the_same(query: str) -> None:
    found = from_query(query)
    assert from_query(to_query(found)) == found


def test_what_is_odd_does_not_narrow() -> None:
    odd = {
        "unit": ["-1"], "courses": ["x", "3", "3", "9" * 30], "status": ["gone"], "year": ["1"],
        "since": ["2026-02-30"], "until": ["20260201"], "sort": ["drop table"],
    }  # fmt: skip
    assert read_filters(odd) == Filters(courses=(3,))


def test_a_period_takes_both_of_its_days_whole() -> None:
    since, until = bounds(Filters(since=date(2026, 3, 1), until=date(2026, 3, 1)))
    assert since == datetime(2026, 2, 28, 16, tzinfo=UTC)
    assert until == datetime(2026, 3, 1, 16, tzinfo=UTC)


def test_a_cell_never_says_all_before_it_is() -> None:
    assert cell_words(0.999, None) == "学习中 99%"
    assert cell_words(1.0, None) == "学习中 99%"
    assert cell_words(0.0, None) == "学习中 0%"


@given(
    st.lists(st.integers(0, 200), min_size=1, max_size=300).map(lambda n: sorted(n, reverse=True)),
    st.integers(1, 30),
)
def test_falls_lie_apart_inside_the_lecture_and_lose_what_they_say(
    still: list[int], bucket: int
) -> None:
    found = falls(still, bucket)
    assert len(found) <= STEEPEST
    for one in found:
        lost = still[one.start // bucket] - still[one.end // bucket]
        assert one.lost == pytest.approx(lost / still[0])
        assert 0 <= one.start < one.end <= len(still) * bucket
    assert all(a.end < b.start for a, b in pairwise(found))


def test_the_steepest_falls_are_found_and_the_end_is_none() -> None:
    still = [100] * 20 + [80] * 30 + [75] * 30 + [40] * 18 + [0, 0]
    found = falls(still, 1)
    assert [(one.start <= 20 <= one.end, round(one.lost, 2)) for one in found[:1]] == [(True, 0.2)]
    assert [round(one.lost, 2) for one in found] == [0.2, 0.05, 0.35]


def test_few_people_stand_last_and_outside_the_median() -> None:
    def unit(number: int, people: int, finished: int) -> Standing:
        return Standing(number, str(number), people, finished, finished, 0)

    rows = [unit(1, 2, 2), unit(2, 100, 50), unit(3, 100, 80), unit(4, 0, 0), unit(5, 10, 6)]
    assert [one.unit_id for one in ranked(rows, "rate")] == [3, 5, 2, 1, 4]
    assert median_rate(rows) == 0.6
    assert median_rate([unit(1, FEWEST_PEOPLE - 1, 1)]) is None


@given(
    st.sampled_from(["week", "month"]),
    st.integers(0, 6 * 365 * 86400).map(lambda n: START + timedelta(seconds=n)),
)
def test_a_schedule_is_due_at_seven_of_its_day_and_after_now(every: str, at: datetime) -> None:
    due = next_run(every, at)
    here = due.astimezone(ZONE)
    assert due > at
    assert (here.hour, here.minute) == (7, 0)
    assert here.weekday() == 0 if every == "week" else here.day == 1
    assert due - at <= timedelta(days=7 if every == "week" else 31)
    assert next_run(every, due) > due
