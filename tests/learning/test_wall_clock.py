"""What a report earns: each moment of the wall clock pays once, and nothing honest is lost."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.learning.rules import Reason, WatchRule
from sanshi_lms.learning.stretches import Interval, beyond, clip, first, last, length, merge
from sanshi_lms.learning.wall_clock import Clock, Report, Session, Verdict, judge

RULE = WatchRule()
MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
NOON = 1_000 * DAY
stretches = st.lists(
    st.tuples(st.integers(-5_000, 4_000_000), st.integers(-5_000, 4_000_000)), max_size=8
)


class Person:
    """One learner's clock and what they have seen of one long lecture."""

    def __init__(self, rule: WatchRule = RULE) -> None:
        self.rule = rule
        self.clock: Clock | None = None
        self.seen: tuple[Interval, ...] = ()

    def send(
        self,
        now: int,
        sequence: int,
        *played: Interval,
        session: str = "a",
        opened: int = NOON,
        rate: float = 1.0,
        age: int = 0,
    ) -> Verdict:
        claimed = clip(played, 10 * HOUR)
        fresh = beyond(claimed, self.seen)
        report = Report(session, opened, sequence, length(claimed), fresh, rate, age)
        verdict = judge(self.clock, report, now, self.rule)
        self.clock = Clock.load(verdict.clock.dump())
        assert self.clock == verdict.clock
        self.seen = merge([*self.seen, *verdict.earned])
        return verdict


def test_watching_at_plain_speed_counts_whole() -> None:
    one = Person()
    for number in range(1, 41):
        one.send(NOON + number * 15_000, number, ((number - 1) * 15_000, number * 15_000))
    assert one.seen == ((0, 10 * MINUTE),)


def test_watching_at_the_fastest_speed_counts_whole_through_a_trembling_line() -> None:
    one = Person()
    for number in range(1, 41):
        late = 700 + (number * 977) % 1_800
        played = ((number - 1) * 30_000, number * 30_000)
        one.send(NOON + number * 15_000 + late, number, played, rate=2.0, age=0)
    assert one.seen == ((0, 20 * MINUTE),)


def test_the_end_claimed_at_once_earns_no_more_than_the_wait() -> None:
    one = Person()
    verdict = one.send(NOON + 5_000, 1, (0, 10 * MINUTE))
    assert verdict.earned == ((0, 10_000),)
    assert verdict.reason is Reason.FASTER_THAN_TIME
    assert verdict.lost_ms == 10 * MINUTE - 10_000


def test_a_replay_earns_nothing_and_so_does_what_was_seen_before() -> None:
    one = Person()
    one.send(NOON + 20_000, 1, (0, 20_000))
    assert one.send(NOON + MINUTE, 1, (20_000, 60_000)).reason is Reason.REPEATED
    again = one.send(NOON + MINUTE, 2, (0, 20_000))
    assert (again.reason, again.earned) == (None, ())
    assert one.seen == ((0, 20_000),)


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1), (3, 1, 2)])
def test_the_order_in_which_reports_arrive_changes_nothing(order: tuple[int, ...]) -> None:
    one = Person()
    one.send(NOON + 1_000, 0, (0, 500))
    for step, number in enumerate(order):
        played = ((number - 1) * 15_000, number * 15_000)
        assert one.send(NOON + 46_000 + step, number, played).reason is None
    assert one.seen == ((0, 45_000),)


def test_a_report_long_behind_the_others_is_taken_for_a_replay() -> None:
    one = Person()
    one.send(NOON + HOUR, 500, (0, 1_000))
    assert one.send(NOON + HOUR, 436, (2_000, 3_000)).reason is Reason.REPEATED
    assert one.send(NOON + HOUR, 437, (2_000, 3_000)).reason is None


def test_minutes_without_a_line_are_made_up_for() -> None:
    one = Person()
    one.send(NOON + 15_000, 1, (0, 15_000))
    assert one.send(NOON + 25 * MINUTE, 2, (15_000, 25 * MINUTE)).reason is None
    assert one.seen == ((0, 25 * MINUTE),)


def test_more_than_may_be_made_up_for_at_once_does_not_count() -> None:
    one = Person()
    one.send(NOON + 15_000, 1, (0, 15_000))
    verdict = one.send(NOON + 9 * HOUR, 2, (15_000, 9 * HOUR))
    assert verdict.reason is Reason.WAITED_TOO_LONG
    assert length(verdict.earned) == 2 * RULE.waiting_ms


def test_what_is_older_than_a_week_does_not_count() -> None:
    one = Person()
    one.send(NOON + 9 * DAY, 1, (0, 15_000), session="b", opened=NOON + 9 * DAY - 15_000)
    verdict = one.send(NOON + 9 * DAY, 1, (20_000, 50_000), age=9 * DAY - 30_000)
    assert verdict.reason is Reason.WAITED_TOO_LONG


def test_faster_than_what_earns_is_told_and_spends_no_time() -> None:
    one = Person()
    assert one.send(NOON + 15_000, 1, (0, 60_000), rate=16.0).reason is Reason.TOO_FAST
    assert one.send(NOON + 30_000, 2, (0, 60_000), rate=2.0).earned == ((0, 60_000),)


def test_the_newest_page_wins_and_the_older_earns_for_what_it_played_before() -> None:
    one = Person()
    one.send(NOON + 15_000, 1, (0, 15_000))
    one.send(NOON + 35_000, 1, (100_000, 115_000), session="desk", opened=NOON + 18_000)
    late = one.send(NOON + 40_000, 2, (15_000, 20_000), age=20_000)
    live = one.send(NOON + 45_000, 3, (20_000, 30_000), age=0)
    assert (late.reason, late.earned) == (None, ((15_000, 20_000),))
    assert (live.reason, live.earned) == (Reason.SUPERSEDED, ())


def test_a_page_that_was_opened_later_but_does_not_play_takes_nothing_over() -> None:
    one = Person()
    one.send(NOON + 15_000, 1, (0, 15_000))
    one.send(NOON + 20_000, 1, session="desk", opened=NOON + 18_000)
    assert one.send(NOON + 30_000, 2, (15_000, 30_000)).reason is None


def test_a_phone_without_a_line_loses_nothing_to_the_computer_that_was_opened_since() -> None:
    """Forty minutes on a train, then another lecture at the desk; the phone finds a line last."""
    one = Person()
    one.send(NOON + 15_000, 1, (0, 15_000), session="phone")
    began = NOON + 41 * MINUTE
    for number in range(1, 81):
        played = (5 * HOUR + (number - 1) * 15_000, 5 * HOUR + number * 15_000)
        now = began + number * 15_000
        assert one.send(now, number, played, session="desk", opened=NOON + MINUTE).reason is None
    late = one.send(now, 2, (15_000, 40 * MINUTE), session="phone", age=now - NOON - 40 * MINUTE)
    assert (late.reason, late.earned) == (None, ((15_000, 40 * MINUTE),))


def test_two_devices_at_once_earn_what_one_would() -> None:
    one = Person()
    for number in range(1, 41):
        now = NOON + number * 15_000
        here, there = (number - 1) * 15_000, 5 * HOUR + (number - 1) * 15_000
        one.send(now, number, (here, here + 15_000), session="phone")
        one.send(now, number, (there, there + 15_000), session="desk", opened=NOON + 5)
    assert length(one.seen) <= 10 * MINUTE + 15_000


def test_who_takes_it_back_goes_on_at_once() -> None:
    one = Person()
    one.send(NOON + 15_000, 1, (0, 15_000))
    one.send(NOON + 30_000, 1, (100_000, 110_000), session="desk", opened=NOON + 20_000)
    back = one.send(NOON + 50_000, 1, (15_000, 30_000), session="back", opened=NOON + 35_000)
    other = one.send(NOON + 60_000, 2, (110_000, 140_000), session="desk", opened=NOON + 20_000)
    assert (back.reason, other.reason) == (None, Reason.SUPERSEDED)


def test_a_clock_that_is_set_back_makes_no_time() -> None:
    one = Person()
    one.send(NOON + 15_000, 1, (0, 15_000))
    for number in range(2, 30):
        one.send(NOON + (number % 2) * 15_000, number, (number * MINUTE, (number + 1) * MINUTE))
    assert length(one.seen) <= 15_000 * RULE.fastest


def test_what_is_remembered_stays_small() -> None:
    one = Person()
    for number in range(300):
        opened = NOON + number * MINUTE
        played = (number * 10_000, number * 10_000 + 9_000)
        one.send(opened + 10_000, 1, played, session=f"{number}", opened=opened)
    assert one.clock is not None
    assert len(one.clock.dump()) < 4_000
    assert length(one.seen) == 300 * 9_000


SENT = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c", "d"]),
        st.integers(-2, 80),
        st.lists(st.tuples(st.integers(0, 400_000), st.integers(0, 400_000)), max_size=4),
        st.integers(0, 90_000),
        st.sampled_from([0.5, 1.0, 1.5, 2.0, 3.0, 16.0]),
        st.sampled_from([0, 0, 0, 20_000, 200_000, 10**9]),
    ),
    max_size=30,
)


@given(SENT, st.lists(st.integers(0, 300_000), min_size=4, max_size=4))
def test_whatever_is_sent_earns_at_most_wall_clock_times_the_fastest_speed(
    sent: list[tuple[str, int, list[Interval], int, float, int]], opened: list[int]
) -> None:
    one, now = Person(), NOON + 300_000
    pages = {name: NOON + at for name, at in zip("abcd", opened, strict=True)}
    used = [pages[name] for name, *_ in sent]
    before = 0
    for name, sequence, played, wait, rate, age in sent:
        now += wait
        one.send(now, sequence, *played, session=name, opened=pages[name], rate=rate, age=age)
        assert length(one.seen) >= before
        before = length(one.seen)
        assert before <= (now - min(used)) * RULE.fastest


@given(
    st.lists(
        st.tuples(
            st.integers(0, 3), st.integers(1_000, 40_000), st.integers(0, 60_000), st.booleans()
        ),
        min_size=1,
        max_size=20,
    ),
    st.randoms(use_true_random=False),
)
def test_an_honest_person_loses_nothing_however_late_and_mixed_the_reports_arrive(
    plays: list[tuple[int, int, int, bool]], chance: object
) -> None:
    """One thing after the other on four devices; lines fail; the reports come in any order."""
    now, media, sent, page = NOON, 0, [], ("", 0, 0)
    for device, took, pause, fast in plays:
        if page[0] != f"{device}":  # whoever comes back to a device opens its page or takes it back
            page = (f"{device}", now, 0)
        now += took
        rate = 2.0 if fast else 1.0
        played = (media, media + round(took * rate))
        media = played[1] + 1_000
        page = (page[0], page[1], page[2] + 1)
        sent.append((page, played, rate, now))
        now += pause
    chance.shuffle(sent)  # type: ignore[attr-defined]  # a random.Random
    one = Person()
    for (name, opened, sequence), played, rate, at in sent:
        one.send(
            now, sequence, played, session=f"{name}@{opened}", opened=opened, rate=rate,
            age=now - at,
        )  # fmt: skip
    assert length(one.seen) == sum(played[1] - played[0] for _, played, _, _ in sent)


@given(stretches, stretches)
def test_the_union_never_shrinks_and_counts_overlap_once(
    one: list[Interval], two: list[Interval]
) -> None:
    both = merge([*merge(one), *merge(two)])
    assert both == merge([*two, *one])
    assert max(length(merge(one)), length(merge(two))) <= length(both)
    assert length(both) <= length(merge(one)) + length(merge(two))
    assert all(a[1] < b[0] for a, b in pairwise(both))


@given(stretches, stretches, st.integers(0, 4_000_000))
def test_inside_and_outside_make_the_whole(
    one: list[Interval], two: list[Interval], part: int
) -> None:
    left, right = merge(one), merge(two)
    outside = beyond(left, right)
    assert merge([*outside, *right]) == merge([*left, *right])
    assert length(outside) + length(right) == length(merge([*left, *right]))
    assert length(first(left, part)) == length(last(left, part)) == min(part, length(left))


@given(stretches, st.integers(0, 3_600_000))
def test_nothing_counts_outside_the_lecture(played: list[Interval], duration: int) -> None:
    assert length(clip(played, duration)) <= duration


def test_a_session_is_kept_as_it_is() -> None:
    kept = Clock(5, ((1, 2), (4, 5)), (Session("a", 1, 2, 3, 4, 5, 1 << 63),))
    assert Clock.load(kept.dump()) == kept
