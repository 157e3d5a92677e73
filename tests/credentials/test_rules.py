"""Certificate numbers, hours, names, dates and seals, with the awkward cases."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.credentials import rules

bodies = st.text(rules.ALPHABET, min_size=rules.BODY_LENGTH, max_size=rules.BODY_LENGTH)
years = st.integers(2000, 2999)


@st.composite
def numbers(draw: st.DrawFn) -> str:
    letters = iter(draw(bodies))
    return rules.new_number(draw(years), lambda _: next(letters))


def test_a_number_reads_as_printed() -> None:
    number = rules.new_number(2026)
    assert number[:7] == "SS2026-"
    assert [len(part) for part in number.split("-")] == [6, 4, 4, 2]
    assert rules.normalise_number(number) == number


def test_no_character_can_be_mistaken_for_another() -> None:
    assert len(rules.ALPHABET) == 31
    assert not set("ILO01") & set(rules.ALPHABET)


@pytest.mark.parametrize(
    "typed",
    [
        "ss2026-7k3m-9qwx-{check}",
        " SS2026 7K3M 9QWX {check} ",
        "ＳＳ２０２６－７Ｋ３Ｍ－９ＱＷＸ－{check}",
        "SS2026—7K3M—9QWX—{check}",
        "SS20267K3M9QWX{check}",
        "SS 2026 · 7K3M · 9QWX · {check}\n",
        "https://example.cn/v/ss2026-7k3m-9qwx-{check}",
    ],
)
def test_the_ways_people_type_a_number_are_forgiven(typed: str) -> None:
    check = rules.check_characters(2026, "7K3M9QWX")
    assert rules.normalise_number(typed.format(check=check)) == f"SS2026-7K3M-9QWX-{check}"


@pytest.mark.parametrize("typed", ["", "SS", "王小明", "SS2026-7K3M-9QWX", "S" * 5000, "\x00", "—"])
def test_what_cannot_be_a_number_is_none(typed: str) -> None:
    assert rules.normalise_number(typed) is None


@given(numbers(), st.data())
def test_one_or_two_wrong_characters_are_always_noticed(number: str, data: st.DataObject) -> None:
    places = [i for i, c in enumerate(number) if i >= 2 and c != "-"]
    wrong = list(number)
    for place in data.draw(st.lists(st.sampled_from(places), min_size=1, max_size=2, unique=True)):
        wrong[place] = data.draw(st.sampled_from([c for c in rules.ALPHABET if c != number[place]]))
    assert rules.normalise_number("".join(wrong)) is None


@given(numbers(), st.data())
def test_two_swapped_characters_are_always_noticed(number: str, data: st.DataObject) -> None:
    places = [i for i, c in enumerate(number) if i >= 2 and c != "-"]
    a, b = data.draw(st.lists(st.sampled_from(places), min_size=2, max_size=2, unique=True))
    wrong = list(number)
    wrong[a], wrong[b] = wrong[b], wrong[a]
    if wrong[a] != wrong[b]:
        assert rules.normalise_number("".join(wrong)) is None


@given(st.text(max_size=60))
def test_any_text_is_read_without_an_error(typed: str) -> None:
    found = rules.normalise_number(typed)
    assert found is None or rules.normalise_number(found) == found


@pytest.mark.parametrize(
    ("given_hours", "kept", "shown"),
    [
        (0.5, "0.50", "0.5"),
        (1, "1.00", "1"),
        ("0.25", "0.25", "0.25"),
        (10, "10.00", "10"),
        (0, "0.00", "0"),
        (Decimal("0.125"), "0.13", "0.13"),
        (100, "100.00", "100"),
    ],
)
def test_credit_hours_keep_two_decimals(given_hours: Any, kept: str, shown: str) -> None:
    hours = rules.credit_hours_of(given_hours)
    assert str(hours) == kept
    assert rules.hours_text(hours) == shown


@pytest.mark.parametrize("wrong", [-1, "NaN", "Infinity", "viel", 10000, 1e40])
def test_what_is_no_number_of_hours_is_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match="credit hours"):
        rules.credit_hours_of(wrong)


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("王小明", "王小明"),
        ("  王\n小明 ", "王 小明"),
        ("买买提•艾力", "买买提·艾力"),
        ("买买提・艾力", "买买提·艾力"),
        ("王😀小‮明👍🏽❤️", "王小明"),
        ("𠮷䶮", "𠮷䶮"),
        ('#import "x"; $a$ *b* \\', '#import "x"; $a$ *b* \\'),
        ("😀", rules.NAMELESS),
        ("", rules.NAMELESS),
    ],
)
def test_names_are_cleaned_for_print(typed: str, printed: str) -> None:
    assert rules.clean_name(typed) == printed


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2026, 3, 5), "二〇二六年三月五日"),
        (date(2026, 10, 10), "二〇二六年十月十日"),
        (date(2030, 11, 20), "二〇三〇年十一月二十日"),
        (date(2026, 12, 31), "二〇二六年十二月三十一日"),
    ],
)
def test_dates_are_written_in_characters(day: date, written: str) -> None:
    assert rules.date_in_characters(day) == written


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 3, 5), 12, date(2027, 3, 5)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
    ],
)
def test_months_end_on_a_day_that_exists(day: date, months: int, then: date) -> None:
    assert rules.months_after(day, months) == then
