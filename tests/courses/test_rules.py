"""The rules of courses with their awkward cases."""

from decimal import Decimal

import pytest

from sanshi_lms.courses import rules
from sanshi_lms.courses.rules import Doing, LessonFacts


@pytest.mark.parametrize("slug", ["a", "lift-step-by-step", "15-minutes", "x" * 80])
def test_a_plain_address_word_is_taken(slug: str) -> None:
    assert rules.slug_problem(slug) is None


@pytest.mark.parametrize(
    "slug", ["", "-a", "a-", "a--b", "Lift", "加装电梯", "a b", "a/b", "..", "a\n", "x" * 81]
)
def test_other_address_words_are_refused_in_words(slug: str) -> None:
    assert "网址名" in (rules.slug_problem(slug) or "")


@pytest.mark.parametrize("hours", ["0", "0.25", "0.1", "1.50", "100"])
def test_credit_hours_in_range(hours: str) -> None:
    assert rules.credit_problem(Decimal(hours)) is None


@pytest.mark.parametrize("hours", ["-0.25", "100.01", "0.125", "NaN", "Infinity"])
def test_credit_hours_out_of_range(hours: str) -> None:
    assert rules.credit_problem(Decimal(hours)) is not None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("83", 83.0),
        ("83.5", 83.5),
        ("1:23", 83.0),
        ("1:02:03", 3723.0),
        ("0", 0.0),
        ("", None),
        (None, None),
        ("-1", None),
        ("1e9", None),
        ("nan", None),
        ("12345678901234", None),
        ("٣", None),
    ],
)
def test_a_second_in_an_address(text: str | None, seconds: float | None) -> None:
    assert rules.start_seconds(text) == seconds


def test_every_length_falls_into_exactly_one_band() -> None:
    for minutes in range(200):
        bands = [
            band
            for band in rules.LENGTHS
            if band.least <= minutes and (band.most is None or minutes <= band.most)
        ]
        assert len(bands) == 1


def test_a_ready_course_may_be_published() -> None:
    ready = LessonFacts("第一课", has_content=True, problem_zh=None)
    assert rules.publish_problems("简介", ["居民"], [ready]) == []


def test_everything_that_is_missing_is_named_at_once() -> None:
    lessons = [
        LessonFacts("看图", has_content=True, problem_zh="视频还没有转码完成，请等它完成。"),
        LessonFacts("读文", has_content=False, problem_zh=None),
    ]
    problems = rules.publish_problems(" ", [], lessons)
    assert len(problems) == 4
    assert problems[2] == "第 1 课“看图”：视频还没有转码完成，请等它完成。"
    assert "第 2 课“读文”还没有正文" in problems[3]


def test_a_course_without_lessons_is_not_published() -> None:
    assert "至少一课" in rules.publish_problems("简介", ["居民"], [])[0]


@pytest.mark.parametrize(
    ("doings", "answer"),
    [
        ([], None),
        (["new", "new"], (0, "开始学习")),
        (["started", "new"], (0, "继续学习")),
        (["done", "new"], (1, "继续学习")),
        (["new", "done"], (0, "继续学习")),
        (["done", "done"], (0, "再看一遍")),
    ],
)
def test_the_next_step(doings: list[str], answer: tuple[int, str] | None) -> None:
    assert rules.next_step([Doing(doing) for doing in doings]) == answer


def test_moving_stops_at_both_ends() -> None:
    assert rules.moved([1, 2, 3], 3, -1) == [1, 3, 2]
    assert rules.moved([1, 2, 3], 1, -1) == [1, 2, 3]
    assert rules.moved([1, 2, 3], 3, 1) == [1, 2, 3]
    assert rules.moved([1], 1, 1) == [1]


@pytest.mark.parametrize(
    ("current", "pack", "merged"),
    [
        ([], ["a", "b"], ["a", "b"]),
        (["a", "x", "b"], ["b", "a"], ["b", "a", "x"]),
        (["x", "a", "b", "y"], ["a", "n", "b"], ["x", "a", "n", "b", "y"]),
        (["a", "x", "y"], ["a"], ["a", "x", "y"]),
        (["x"], ["a"], ["x", "a"]),
    ],
)
def test_lessons_of_the_website_stay_behind_the_one_they_followed(
    current: list[str], pack: list[str], merged: list[str]
) -> None:
    assert rules.merged_order(current, pack) == merged
