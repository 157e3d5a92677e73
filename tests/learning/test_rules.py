"""The rule of watching: nothing that is sent can earn more than the wall clock allows."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.learning.rules import (
    Clock,
    Interval,
    Reason,
    Report,
    WatchRule,
    clip,
    is_course_complete,
    is_watched,
    judge,
    length,
    merge,
    resume_at,
)

RULE = WatchRule()
MINUTE = 60_000
stretches = st.lists(
    st.tuples(st.integers(-5_000, 4_000_000), st.integers(-5_000, 4_000_000)), max_size=8
)


def report(sequence: int, *played: Interval, session: str = "a", opened: int = 0) -> Report:
    return Report(session, opened, sequence, merge(played))


def test_watching_at_normal_speed_counts_whole() -> None:
    clock: Clock | None = None
    seen: tuple[Interval, ...] = ()
    for number in range(1, 41):
        played = ((number - 1) * 15_000, number * 15_000)
        verdict = judge(clock, report(number, played), number * 15_000, RULE)
        clock, seen = verdict.clock, merge([*seen, *verdict.earned])
    assert length(seen) == 10 * MINUTE


def test_the_end_claimed_at_once_earns_nothing() -> None:
    verdict = judge(None, report(1, (0, 10 * MINUTE)), 5_000, RULE)
    assert verdict.earned == ()
    assert verdict.reason is Reason.FASTER_THAN_TIME


def test_a_token_kept_from_long_ago_still_pays_only_for_real_time() -> None:
    early = judge(None, report(1, (0, 20_000)), 10_000, RULE)
    hoarded = Report("b", 1, 1, merge([(0, 20 * MINUTE)]))
    assert judge(early.clock, hoarded, 20_000, RULE).reason is Reason.FASTER_THAN_TIME


def test_a_replay_changes_nothing() -> None:
    first = judge(None, report(1, (0, 10_000)), 10_000, RULE)
    again = judge(first.clock, report(1, (0, 10_000)), 60_000, RULE)
    assert again.clock == first.clock
    assert again.reason is Reason.REPEATED


def test_a_late_packet_does_not_hurt_the_next_one() -> None:
    """A report held up for nine seconds arrives just before its follower: both are honest."""
    held_up = judge(None, report(1, (0, 30_000)), 24_000, RULE)
    follower = judge(held_up.clock, report(2, (30_000, 60_000)), 30_000, RULE)
    assert held_up.reason is None
    assert follower.reason is None


def test_minutes_without_a_line_are_merged_later() -> None:
    start = judge(None, report(1, (0, 15_000)), 15_000, RULE)
    after = judge(start.clock, report(2, (15_000, 25 * MINUTE)), 25 * MINUTE, RULE)
    assert length(after.earned) == 25 * MINUTE - 15_000


def test_time_older_than_the_bound_does_not_count() -> None:
    start = judge(None, report(1), 0, RULE)
    day = 24 * 60 * MINUTE
    claim = (0, round(RULE.waiting_ms * RULE.fastest) + 10 * MINUTE)
    assert judge(start.clock, report(2, claim), day, RULE).earned == ()


def test_the_newest_page_wins_and_the_older_is_told() -> None:
    phone = judge(None, report(1, (0, 15_000), session="phone", opened=0), 15_000, RULE)
    desk = judge(phone.clock, report(1, session="desk", opened=20_000), 20_000, RULE)
    late = judge(desk.clock, report(2, (15_000, 30_000), session="phone", opened=0), 40_000, RULE)
    assert desk.reason is None
    assert late.reason is Reason.SUPERSEDED
    assert late.clock == desk.clock


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "c"]),
            st.integers(0, 100_000),
            st.integers(-2, 12),
            stretches,
            st.integers(0, 90_000),
        ),
        max_size=30,
    )
)
def test_whatever_is_sent_earns_at_most_wall_clock_times_the_fastest_speed(
    sent: list[tuple[str, int, int, list[Interval], int]],
) -> None:
    clock, now, earned = None, 100_000, 0
    first_opened = min((opened for _, opened, *_ in sent), default=0)
    for session, opened, sequence, played, wait in sent:
        now += wait
        mine = Report(session, opened, sequence, clip(played, 3_600_000))
        verdict = judge(clock, mine, now, RULE)
        clock = verdict.clock
        earned += length(verdict.earned)
        assert earned <= (now - first_opened) * RULE.fastest + RULE.slack_ms


@given(stretches, stretches)
def test_the_union_never_shrinks_and_counts_overlap_once(
    one: list[Interval], two: list[Interval]
) -> None:
    both = merge([*merge(one), *merge(two)])
    assert both == merge([*two, *one])
    assert max(length(merge(one)), length(merge(two))) <= length(both)
    assert length(both) <= length(merge(one)) + length(merge(two))
    assert all(a[1] < b[0] for a, b in pairwise(both))


@given(stretches, st.integers(0, 3_600_000))
def test_nothing_counts_outside_the_lecture(played: list[Interval], duration: int) -> None:
    assert length(clip(played, duration)) <= duration


@pytest.mark.parametrize(
    ("seen", "duration", "enough"),
    [
        ([(0, 90)], 100, True),
        ([(0, 89)], 100, False),
        ([(0, 45), (55, 100)], 100, True),
        ([], 0, False),
        ([(0, 10)], 0, False),
    ],
)
def test_a_lecture_is_watched_at_its_share(
    seen: list[Interval], duration: int, enough: bool
) -> None:
    assert is_watched(seen, duration, RULE) is enough


def test_resume_goes_back_a_little_and_starts_anew_after_the_end() -> None:
    assert resume_at(60_000, 600_000) == 58_000
    assert resume_at(1_000, 600_000) == 0
    assert resume_at(599_000, 600_000) == 0


def test_a_course_is_complete_when_all_that_is_required_is_done() -> None:
    assert is_course_complete([1, 2], [1, 2, 3])
    assert not is_course_complete([1, 2], [1])
    assert not is_course_complete([], [])
