"""Responses and marking of every kind: awkward cases, and what must hold for any of them."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.quizzes import content_json
from sanshi_lms.quizzes.content import (
    Area,
    Blank,
    Criterion,
    ItemContent,
    NumericKey,
    OptionContent,
    Pair,
    Picture,
)
from sanshi_lms.quizzes.content_rules import content_problem
from sanshi_lms.quizzes.marking import PARTIALS, Policy, mark, percent, read_number, suggested
from sanshi_lms.quizzes.responses import acceptable, is_complete, is_given


def options(*right: bool) -> tuple[OptionContent, ...]:
    return tuple(OptionContent(f"选项 {number}", one) for number, one in enumerate(right))


SINGLE = ItemContent("single", "谁来表决？", options=options(True, False, False))
MULTIPLE = ItemContent("multiple", "看哪些？", options=options(True, True, False, False), points=4)
TRUE_FALSE = ItemContent("true_false", "一楼不用问。", options=options(False, True))
BLANKS = ItemContent(
    "blanks",
    "___ 分钟生活圈，服务 ___。",
    blanks=(Blank(("15", "十五")), Blank(("社区",))),
    points=2,
)
ORDERING = ItemContent("ordering", "先后", sequence=("收件", "派单", "响应", "办结"), points=4)
MATCHING = ItemContent(
    "matching",
    "配对",
    pairs=(Pair("规划师", "规划"), Pair("建筑师", "建筑"), Pair("", "医疗")),
    points=2,
)
NUMERIC = ItemContent(
    "numeric", "多宽？", numeric=NumericKey(Decimal("1.10"), Decimal("0.05"), ("米", "m")), points=2
)
SHORT = ItemContent(
    "short",
    "为什么？",
    rubric=(Criterion("说到居民", 3, ("居民", "住户")), Criterion("说到安全", 2, ("安全",))),
    points=5,
)
HOTSPOT = ItemContent(
    "hotspot", "入口在哪？", picture=Picture("k.webp", "平面图"), areas=(Area(0.1, 0.1, 0.3, 0.3),)
)
CASE = ItemContent("case", "材料……", parts=(SINGLE, MULTIPLE, NUMERIC), points=7)
KEYS: tuple[tuple[ItemContent, Any], ...] = (
    (SINGLE, [0]), (MULTIPLE, [0, 1]), (TRUE_FALSE, [1]), (BLANKS, ["１５", " 社区 "]),
    (ORDERING, [0, 1, 2, 3]), (MATCHING, [0, 1]), (NUMERIC, "１．１ Ｍ"), (HOTSPOT, [0.2, 0.3]),
    (CASE, [[0], [1, 0], "1.15米"]),
)  # fmt: skip
ALL = (*(content for content, _ in KEYS), SHORT)
EACH = Policy("each")


@pytest.mark.parametrize(("content", "key"), KEYS, ids=lambda one: getattr(one, "kind", ""))
def test_the_key_earns_everything_under_any_policy(content: ItemContent, key: Any) -> None:
    assert content_problem(content) is None
    assert is_complete(content, key)
    for partial in PARTIALS:
        result = mark(content, key, Policy(partial, penalty_percent=50))
        assert result.is_right
        assert result.earned == content.points


@pytest.mark.parametrize(
    ("content", "response", "none", "half", "each"),
    [
        (MULTIPLE, [0], 0, 2, 2),
        (MULTIPLE, [0, 2], 0, 0, 0),
        (MULTIPLE, [0, 1, 2], 0, 0, 2),
        (MULTIPLE, [2, 3], 0, 0, 0),
        (BLANKS, ["15", ""], 0, 1, 1),
        (BLANKS, ["15", "街道"], 0, 0, 1),
        (ORDERING, [0, 1, 3, 2], 0, 0, 2),
        (MATCHING, [0, None], 0, 1, 1),
        (MATCHING, [0, 2], 0, 0, 1),
        (NUMERIC, "1.1", 0, 1, 1),
        (NUMERIC, "1.16米", 0, 0, 0),
        (NUMERIC, "一米一", 0, 0, 0),
        (SINGLE, [2], 0, 0, 0),
        (HOTSPOT, [0.31, 0.2], 0, 0, 0),
        (CASE, [[0], [0], None], 1, 3, 3),
    ],
)
def test_what_is_partly_right(
    content: ItemContent, response: Any, none: int, half: int, each: int
) -> None:
    earned = [mark(content, response, Policy(partial)).earned for partial in PARTIALS]
    assert earned == [none, half, each]


def test_a_penalty_is_for_what_is_wrong_and_not_for_what_is_left_out() -> None:
    policy = Policy("none", penalty_percent=25)
    assert mark(SINGLE, [1], policy).earned == Fraction(-1, 4)
    assert mark(SINGLE, [], policy).earned == 0
    assert percent([mark(SINGLE, [1], policy)] * 3) == 0, "a paper never earns less than nothing"


def test_a_short_answer_waits_for_a_person_who_decides() -> None:
    assert mark(SHORT, "居民更安全", EACH).needs_person
    assert suggested(SHORT, "为了ＸＸ住户") == (3, 0)
    decided = mark(SHORT, "居民更安全", EACH, by_person=(3, 1))
    assert decided.earned == 4
    assert not decided.needs_person
    assert mark(SHORT, "x", EACH, by_person=(99, -5)).earned == 3, "a criterion gives what it has"
    assert mark(SHORT, "  ", EACH).needs_person is False, "nothing was answered"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("12.5", (Decimal("12.5"), "")), ("－１，２００ 元", (Decimal(-1200), "元")),
        (".5m²", (Decimal("0.5"), "m2")), ("50％", (Decimal(50), "%")), ("米", None), ("", None),
        ("1e9", (Decimal(1), "e9")), ("1 2", None), ("1,2,3", None), ("+", None), ("NaN", None),
        ("9" * 31, None),
    ],
)  # fmt: skip
def test_numbers_as_people_type_them(text: str, read: object) -> None:
    assert read_number(text) == read


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (SINGLE, [0, 1]), (SINGLE, [3]), (SINGLE, [True]), (SINGLE, "0"), (MULTIPLE, [0, 0]),
        (MULTIPLE, [-1]), (BLANKS, ["15"]), (BLANKS, [15, 15]), (BLANKS, ["x" * 201, ""]),
        (ORDERING, [0, 1, 2]), (ORDERING, [0, 0, 1, 2]), (MATCHING, [0]), (MATCHING, [0, 3]),
        (NUMERIC, 1.1), (SHORT, ["a"]), (SHORT, "字" * 4001), (HOTSPOT, [0.1]),
        (HOTSPOT, [float("nan"), 0]), (HOTSPOT, [2, 0]), (CASE, [[9], None, None]), (CASE, [[0]]),
    ],
)  # fmt: skip
def test_what_cannot_be_an_answer_is_not_one(content: ItemContent, wrong: Any) -> None:
    assert not acceptable(content, wrong)
    assert mark(content, wrong, EACH).earned == 0


@pytest.mark.parametrize("content", ALL, ids=lambda one: one.kind)
def test_an_answer_can_be_taken_back(content: ItemContent) -> None:
    empty: Any = "" if content.kind in {"numeric", "short"} else []
    assert acceptable(content, empty)
    assert not is_given(empty)


def test_an_option_with_the_number_nought_is_an_answer() -> None:
    assert is_given([0])
    assert not is_given([None, ""])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=6),
    max_leaves=12,
)
SENSIBLE = st.lists(st.integers(0, 3) | st.none() | st.sampled_from(["15", "社区", ""]), max_size=4)


@given(
    st.sampled_from(ALL), JSON | SENSIBLE, st.sampled_from(PARTIALS), st.integers(0, 100),
)  # fmt: skip
def test_no_answer_earns_more_than_there_is(
    content: ItemContent, response: Any, partial: Any, penalty: int
) -> None:
    result = mark(content, response, Policy(partial, penalty))
    assert -content.points <= result.earned <= content.points
    assert 0 <= percent([result]) <= 100
    lenient = mark(content, response, Policy("each"))
    assert mark(content, response, Policy("none")).share <= lenient.share


@given(st.permutations([0, 1, 2, 3]), st.integers(0, 4), st.sampled_from(PARTIALS))
def test_the_order_of_ticks_does_not_matter(ticks: list[int], most: int, partial: Any) -> None:
    chosen = ticks[:most]
    assert mark(MULTIPLE, chosen, Policy(partial)) == mark(
        MULTIPLE, sorted(chosen), Policy(partial)
    )


@pytest.mark.parametrize("content", ALL, ids=lambda one: one.kind)
def test_content_survives_the_database(content: ItemContent) -> None:
    kept = content_json.to_json(replace(content, topic="城市更新", lesson_seconds=90))
    assert content_json.from_json(kept) == replace(content, topic="城市更新", lesson_seconds=90)
    with pytest.raises(ValueError, match="content of an item"):
        content_json.from_json({**kept, "kind": "essay"})


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (replace(SINGLE, options=options(True, True)), "只能有一个正确选项"),
        (replace(SINGLE, options=options(False, False)), "还没有指明正确答案"),
        (
            replace(SINGLE, options=(OptionContent("a", True), OptionContent("a ", False))),
            "文字相同",
        ),
        (replace(SINGLE, stem_md="  "), "请写题目"),
        (replace(SINGLE, points=0), "分值"),
        (replace(BLANKS, blanks=BLANKS.blanks[:1]), "2 个空"),
        (replace(BLANKS, stem_md="无"), "三个下划线"),
        (replace(ORDERING, sequence=("一",)), "步骤"),
        (replace(MATCHING, pairs=(Pair("a", "b"),)), "配对项"),
        (replace(NUMERIC, numeric=NumericKey(Decimal("Infinity"))), "写一个数"),
        (replace(NUMERIC, numeric=NumericKey(Decimal(1), Decimal(-1))), "误差"),
        (replace(SHORT, rubric=()), "评分点"),
        (replace(CASE, parts=(CASE,)), "第 1 小题"),
        (replace(CASE, parts=(replace(SINGLE, stem_md=""),)), "第 1 小题：请写题目"),
        (replace(HOTSPOT, areas=(Area(0.5, 0, 0.4, 1),)), "不在图片里"),
        (replace(HOTSPOT, picture=None), "一张图片"),
    ],
)
def test_what_is_unsound_says_how_to_mend_it(content: ItemContent, words: str) -> None:
    assert words in (content_problem(content) or "")
