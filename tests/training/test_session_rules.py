"""Codes that change, scans that wait, and lines of a paper sheet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.training.sessions.rules import (
    CLOSES_AFTER,
    KEPT,
    OPENS_BEFORE,
    TOKEN,
    WINDOW,
    Candidate,
    Listed,
    Phase,
    code_holds,
    code_of,
    phase,
    read_sheet,
    token_good,
    walk_in,
    window_of,
)

SECRET = b"s" * 32
SECONDS = st.integers(1_700_000_000, 1_900_000_000)


@given(SECONDS, st.integers(0, WINDOW * (KEPT + 3)), st.integers(1, 10**6))
def test_a_code_holds_for_its_window_and_a_few_more(shown: int, later: int, session: int) -> None:
    code = code_of(SECRET, session, window_of(shown))
    held = code_holds(SECRET, session, code, shown + later)
    windows = window_of(shown + later) - window_of(shown)
    assert held == (windows <= KEPT)
    assert not code_holds(SECRET, session + 1, code, shown), "of this session only"
    assert not code_holds(b"x" * 32, session, code, shown), "by our key only"


@given(SECONDS)
def test_a_code_of_the_future_is_not_taken(second: int) -> None:
    ahead = code_of(SECRET, 1, window_of(second) + 1)
    assert not code_holds(SECRET, 1, ahead, second)


@given(SECONDS)
def test_a_code_survives_at_least_a_minute(second: int) -> None:
    code = code_of(SECRET, 1, window_of(second))
    assert code_holds(SECRET, 1, code, second + 60)
    assert code_holds(SECRET, 1, code.upper(), second)


@pytest.mark.parametrize("wrong", ["", "x", "é", "a" * 300, "\x00"])
def test_no_code_is_no_fault(wrong: str) -> None:
    assert not code_holds(SECRET, 1, wrong, 1_800_000_000)


def test_when_check_in_is_open() -> None:
    starts, ends = 1_800_000_000, 1_800_007_200
    assert phase(starts, ends, starts - OPENS_BEFORE - 1) is Phase.EARLY
    assert phase(starts, ends, starts - OPENS_BEFORE) is Phase.OPEN
    assert phase(starts, ends, ends + CLOSES_AFTER) is Phase.OPEN
    assert phase(starts, ends, ends + CLOSES_AFTER + 1) is Phase.OVER


@given(SECONDS, st.integers(0, 86_400), st.integers(0, 86_400))
def test_an_early_scan_waits_for_the_hour(starts: int, early: int, later: int) -> None:
    opens = starts - OPENS_BEFORE
    scanned = opens - early
    assert token_good(scanned, starts, scanned)
    assert token_good(scanned, starts, opens), "however early, it is good when the door opens"
    assert token_good(scanned, starts, opens + TOKEN)
    assert not token_good(scanned, starts, opens + TOKEN + 1)
    assert token_good(opens + later, starts, opens + later + TOKEN)


PEOPLE = [
    Listed(1, "王秀兰", "13812345678"),
    Listed(2, "李强", "liqiang"),
    Listed(3, "李强", "13900000000"),
    Listed(4, "买买提·艾力", "13700000000"),
]


def test_lines_of_a_sheet() -> None:
    rows = [
        ["序号", "姓名", "手机"],
        ["1", "王 秀兰", ""],
        ["2", "李强", "１３９０００００００0"],
        ["", "", ""],
        ["3", "李强", ""],
        ["4", "张三", ""],
        ["5", "王秀兰", "13812345678"],
        ["6", "李强", "liqiang", "13812345678"],
        ["13700000000.0"],
    ]
    found = read_sheet(rows, PEOPLE, {})
    assert found.found == ((2, 1), (3, 3), (9, 4))
    assert [line for line, _ in found.faults] == [5, 7, 8]
    assert found.strangers == ((6, ("4", "张三")),)
    said = dict(found.faults)
    assert "2 位叫“李强”" in said[5]
    assert "两次" in said[7]
    assert "两个人" in said[8]


@pytest.mark.parametrize(
    ("cells", "meant", "sure"),
    [
        (["赵敏"], [1, 2], None),
        (["赵敏", "石油路街道"], [1], 1),
        (["赵敏", "石油路"], [1], 1),
        (["赵敏", "渝中区"], [1, 2], None),
        (["赵敏", "别的地方"], [1, 2], None),
        (["13600000002"], [2], 2),
        (["孙悦"], [3], None),
        (["13600000002", "13600000003"], [2, 3], None),
        (["谁也不是"], [], None),
    ],
)
def test_who_came_without_being_on_the_list(
    cells: list[str], meant: list[int], sure: int | None
) -> None:
    everybody = [
        Candidate(1, "赵敏", "13600000001", "重庆市 / 渝中区 / 石油路街道"),
        Candidate(2, "赵 敏", "13600000002", "重庆市 / 渝中区 / 大坪街道"),
        Candidate(3, "孙悦", "13600000003", ""),
    ]
    found = walk_in(4, cells, everybody)
    assert [one.user_id for one in found.candidates] == meant
    assert found.sure == sure


def test_who_is_there_already_is_no_fault() -> None:
    found = read_sheet([["王秀兰"], ["LIQIANG"]], PEOPLE, {1: ""})
    assert found.known == (1,)
    assert found.found == ((2, 2),)
    assert found.faults == ()


@given(st.lists(st.lists(st.text(max_size=12), max_size=4), max_size=12))
def test_any_sheet_is_answered(rows: list[list[str]]) -> None:
    found = read_sheet(rows, PEOPLE, {2: ""})
    named = [user_id for _, user_id in found.found]
    assert len(named) == len(set(named))
    assert not set(named) & {2}
