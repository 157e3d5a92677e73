"""Rules of learning: when a lesson is watched, where it resumes, when a course is complete."""

import pytest

from sanshi_lms.learning.rules import WatchRule, is_course_complete, is_watched, resume_at
from sanshi_lms.learning.stretches import Interval

RULE = WatchRule()


def test_the_sentence_states_the_bounds() -> None:
    assert "断网时看的先存在手机或电脑上，7 天内联网就补记，一次最多补 2 小时" in RULE.sentence()


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
