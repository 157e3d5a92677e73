"""Marking, passing, attempts and order, with the awkward cases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.quizzes import rules

ids = st.lists(st.integers(1, 50), unique=True, max_size=10)


@pytest.mark.parametrize(
    ("correct", "chosen", "right"),
    [
        ([1], [1], True),
        ([1, 2], [2, 1], True),
        ([1, 2], [1], False),
        ([1, 2], [1, 2, 3], False),
        ([1], [], False),
        ([], [], False),
    ],
)
def test_only_exactly_the_right_options_count(
    correct: list[int], chosen: list[int], right: bool
) -> None:
    assert rules.is_right(correct, chosen) is right


@given(ids, ids)
def test_marking_does_not_depend_on_order(correct: list[int], chosen: list[int]) -> None:
    once = rules.is_right(correct, chosen)
    assert once == rules.is_right(correct[::-1], chosen[::-1])
    assert once == (bool(correct) and sorted(correct) == sorted(chosen))


@pytest.mark.parametrize(
    ("kind", "chosen", "ok"),
    [
        ("single", [1], True),
        ("single", [], True),
        ("single", [1, 2], False),
        ("true_false", [1, 2], False),
        ("multiple", [1, 2], True),
        ("multiple", [1, 1], False),
        ("multiple", [9], False),
        ("single", [-1], False),
    ],
)
def test_only_options_of_the_item_are_acceptable(
    kind: rules.ItemKind, chosen: list[int], ok: bool
) -> None:
    assert rules.acceptable(kind, [1, 2, 3], chosen) is ok


def test_a_paper_without_items_is_never_passed() -> None:
    assert rules.score([], 1) == rules.Score(0, 0, 0, passed=False)


@pytest.mark.parametrize(
    ("right", "total", "mark", "percent", "passed"),
    [
        (3, 5, 60, 60, True),
        (119, 200, 60, 59, False),
        (2, 3, 67, 66, False),
        (2, 3, 66, 66, True),
        (0, 4, 1, 0, False),
        (4, 4, 100, 100, True),
    ],
)
def test_the_shown_percentage_and_the_verdict_agree(
    right: int, total: int, mark: int, percent: int, passed: bool
) -> None:
    verdicts = [True] * right + [False] * (total - right)
    assert rules.score(verdicts, mark) == rules.Score(right, total, percent, passed)


@given(st.lists(st.booleans(), min_size=1, max_size=200), st.integers(1, 100))
def test_a_score_never_contradicts_itself(verdicts: list[bool], mark: int) -> None:
    result = rules.score(verdicts, mark)
    assert 0 <= result.percent <= 100
    assert result.passed == (result.percent >= mark)
    assert (result.percent == 100) == all(verdicts)
    # Whoever reaches the mark exactly has passed, whatever the division does.
    assert result.passed == (result.right * 100 >= mark * result.total)


@pytest.mark.parametrize(
    ("allowed", "used", "left"), [(0, 99, None), (3, 0, 3), (3, 3, 0), (3, 5, 0), (1, 0, 1)]
)
def test_attempts_left(allowed: int, used: int, left: int | None) -> None:
    assert rules.attempts_left(allowed, used) == left


@given(ids, st.integers(0, 2**31))
def test_an_order_is_a_permutation_and_repeats_for_its_seed(things: list[int], seed: int) -> None:
    order = rules.shuffled(things, seed, "items")
    assert sorted(order) == sorted(things)
    assert order == rules.shuffled(things, seed, "items")


def test_seeds_do_give_different_orders() -> None:
    orders = {tuple(rules.shuffled(range(6), seed, "items")) for seed in range(50)}
    assert len(orders) > 20


@pytest.mark.parametrize(
    ("kind", "texts", "correct", "said"),
    [
        ("single", ["甲", "乙"], [True, False], None),
        ("multiple", ["甲", "乙"], [True, True], None),
        ("true_false", ["正确", "错误"], [False, True], None),
        ("single", ["甲", "乙"], [True, True], "单选题只能有一个"),
        ("single", ["甲", "乙"], [False, False], "还没有指明正确答案"),
        ("single", ["甲"], [True], "2 到 10 个选项"),
        ("single", [], [], "2 到 10 个选项"),
        ("multiple", ["甲", "甲 "], [True, False], "文字相同"),
        ("multiple", ["甲", " "], [True, False], "没有文字"),
        ("single", [str(n) for n in range(11)], [True] + [False] * 10, "现在有 11 个"),
        ("true_false", ["正确"], [True], "判断题"),
        ("essay", ["甲", "乙"], [True, False], "题型只能是"),
    ],
)
def test_what_is_wrong_with_an_item_is_said(
    kind: str, texts: list[str], correct: list[bool], said: str | None
) -> None:
    problem = rules.item_problem(kind, texts, correct)
    assert problem is None if said is None else said in (problem or "")


def test_all_of_the_above_stays_last() -> None:
    assert rules.stays_last("以上都对")
    assert rules.stays_last("上述说法都不对")
    assert not rules.stays_last("社区以上")
