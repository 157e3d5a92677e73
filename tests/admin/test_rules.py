"""What changed, how long it took, when it goes on: in words."""

import pytest

from sanshi_lms.admin.rules import LONGEST_SHOWN, Change, again_zh, changes, lasting_zh, value_zh

NAMES = {"title": "标题", "required": "是否必修", "audience": "适合谁学"}
WORDS = {"required": {"true": "必修", "false": "选修"}}


def test_only_what_changed_is_told_and_in_the_order_of_the_names() -> None:
    before = {"audience": ["居民"], "title": "旧", "required": True, "zz": 1, "aa": 1}
    after = {"audience": ["居民", "三师"], "title": "旧", "required": False, "zz": 2, "aa": 2}
    assert changes(before, after, NAMES, WORDS) == [
        Change("是否必修", "必修", "选修"),
        Change("适合谁学", "居民", "居民、三师"),
        Change("aa", "1", "2"),
        Change("zz", "1", "2"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (None, None, []),
        (None, {"title": "新"}, [Change("标题", None, "新")]),
        ({"title": "旧"}, None, [Change("标题", "旧", None)]),
        ({"title": ""}, {"title": "新"}, [Change("标题", "（空）", "新")]),
        ({}, {}, []),
    ],
)
def test_one_side_alone_is_told_alone(
    before: dict[str, str] | None, after: dict[str, str] | None, told: list[Change]
) -> None:
    assert changes(before, after, NAMES, WORDS) == told


def test_a_long_text_is_shown_where_it_begins_to_differ() -> None:
    start = "同样的开头。" * 100
    (change,) = changes({"title": start + "旧" * 300}, {"title": start + "新" * 300}, NAMES, WORDS)
    assert change.before is not None
    assert change.after is not None
    assert "旧" in change.before
    assert "新" in change.after
    assert change.before.startswith("…")
    assert len(change.before) <= LONGEST_SHOWN + 2


def test_a_text_that_only_grew_longer_shows_what_came() -> None:
    (change,) = changes({"title": "甲" * 200}, {"title": "甲" * 200 + "乙"}, NAMES, WORDS)
    assert change.after is not None
    assert change.after.endswith("乙")
    assert change.before


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (True, "是"),
        (False, "否"),
        (None, "（空）"),
        ("", "（空）"),
        ([], "（空）"),
        (["a", "b"], "甲、b"),
        (0, "不限"),
        (12, "12"),
    ],
)
def test_values_are_told_as_people_read_them(value: object, told: str) -> None:
    assert value_zh(value, {"0": "不限", "a": "甲"}) == told


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (-3, "0 秒"),
        (0.2, "1 秒"),
        (59, "59 秒"),
        (60, "1 分钟"),
        (3540, "59 分钟"),
        (3600, "1 小时"),
        (4800, "1 小时 20 分钟"),
    ],
)
def test_lengths_of_time(seconds: float, told: str) -> None:
    assert lasting_zh(seconds) == told


def test_a_back_off_is_told_in_words() -> None:
    assert again_zh(40, 3, 5) == "将在 40 秒后再试（已经试了 3 次，最多 5 次）"
    assert again_zh(-2, 1, 5).startswith("马上再试")
