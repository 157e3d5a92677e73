"""Titles by how they sound: syllables, initials, characters that sound alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.core.syllables import syllables
from sanshi_lms.search.sounds import Sounds, same_sound

TITLES = [
    "老旧小区改造前的摸底",
    "既有住宅加装电梯",
    "重庆的山城步道",
    "BIM在旧改里有什么用",
    "长江边",
]


@pytest.mark.parametrize(
    ("letters", "word"),
    [
        ("laojiu", "老旧"),
        ("laojiuxiaoqu", "老旧小区"),
        ("ljxq", "老旧小区"),
        ("jzdt", "加装电梯"),
        ("dianti", "电梯"),
        ("chongqing", "重庆"),
        ("changjiang", "长江"),
        ("laoj", "老旧"),
    ],
)
def test_letters_stand_for_words_of_titles(letters: str, word: str) -> None:
    assert word in Sounds(TITLES).heard(letters)


@pytest.mark.parametrize("letters", ["a", "iuxiao", "bim", "l1", "电梯", "", "x" * 1000, "\n"])
def test_what_is_no_syllable_stands_for_nothing(letters: str) -> None:
    assert Sounds(TITLES).heard(letters) == []


def test_a_word_is_not_heard_across_two_titles() -> None:
    assert Sounds(["老旧", "小区"]).heard("jiuxiao") == []


def test_a_slip_that_sounds_alike_is_put_right() -> None:
    assert "加装电梯" in same_sound("加装店梯", Sounds(TITLES))


@given(st.lists(st.text(max_size=12), max_size=6), st.text(max_size=12))
def test_any_titles_and_letters_are_harmless(titles: list[str], typed: str) -> None:
    sounds = Sounds(titles)
    assert all(sounds.heard(typed))
    assert len(syllables(typed)) == len(typed)
    list(same_sound(typed, sounds))
