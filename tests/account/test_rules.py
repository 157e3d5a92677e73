"""Rules about people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.account.rules import (
    display_name_problem,
    mask_name,
    normalise_username,
    permissions_of,
    username_problem,
)


@pytest.mark.parametrize(
    ("name", "masked"),
    [("王小明", "王*明"), ("王明", "王*"), ("王", "*"), ("买买提·艾力", "买****力"), ("", "*")],
)
def test_a_masked_name_shows_its_ends(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@given(st.text(min_size=2, max_size=30).filter(lambda t: len(t.strip()) >= 2))
def test_a_masked_name_always_hides_something(name: str) -> None:
    assert "*" in mask_name(name)


@pytest.mark.parametrize("typed", ["Wang.Min", " wang.min ", "ｗａｎｇ.ｍｉｎ"])
def test_account_names_are_compared_as_people_mean_them(typed: str) -> None:
    assert normalise_username(typed) == "wang.min"


@pytest.mark.parametrize("bad", ["", "ab", "王小明", "a b c", "-abc", "x" * 31, "a@b.c"])
def test_bad_account_names(bad: str) -> None:
    assert username_problem(normalise_username(bad))


@pytest.mark.parametrize("bad", ["王", "", "​王小​", "12345", "王\n明", "字" * 31])
def test_bad_names(bad: str) -> None:
    assert display_name_problem(bad)


@pytest.mark.parametrize("good", ["王小明", "买买提·艾力", "Anna Müller", "𠮷田"])
def test_good_names(good: str) -> None:
    assert display_name_problem(good) is None


def test_an_unknown_role_may_do_nothing() -> None:
    assert permissions_of("emperor") == frozenset()
