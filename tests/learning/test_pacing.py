"""Few who watch report often; ten thousand cost what they cost before."""

import pytest

from sanshi_lms.learning.pacing import EASY_PER_SECOND, LONGEST_SECONDS, SHORTEST_SECONDS, Pace


def settled(watchers: int, minutes: int = 3) -> tuple[float, float]:
    """Return the pause after some minutes of so many watchers, and the reports a second by then."""
    pace, at, pause, count = Pace(), 0.0, LONGEST_SECONDS, 0
    while at < minutes * 60:
        count += 1
        at += pause / watchers
        pause = pace.after(at)
    return pause, watchers / pause


@pytest.mark.parametrize("watchers", [1, 40, 900])
def test_few_report_each_five_seconds(watchers: int) -> None:
    assert settled(watchers) == (SHORTEST_SECONDS, watchers / SHORTEST_SECONDS)


@pytest.mark.parametrize("watchers", [1_500, 2_500])
def test_more_share_what_is_easy(watchers: int) -> None:
    pause, rate = settled(watchers, 2)
    assert SHORTEST_SECONDS < pause < LONGEST_SECONDS
    assert rate == pytest.approx(EASY_PER_SECOND, rel=0.1)


def test_ten_thousand_cost_what_they_did() -> None:
    assert settled(10_000, 1)[0] == LONGEST_SECONDS
