"""Figures and letters as they are said, and the pinyin that the engine gets."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.video.studio.mandarin import number, read_aloud
from sanshi_lms.video.studio.voice import to_pinyin


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("2024年完成60%", "二零二四年完成百分之六十"),
        ("2025—2027年", "二零二五到二零二七年"),
        ("15分钟生活圈", "十五分钟生活圈"),
        ("2部电梯，12部", "两部电梯，十二部"),
        ("第2条", "第二条"),
        ("2月", "二月"),
        ("2/3以上的业主", "三分之二以上的业主"),
        ("3.5m", "三点五米"),
        ("80㎡", "八十平方米"),
        ("1,200户", "一千二百户"),
        ("10-20天", "十到二十天"),
        ("拨打12345热线", "拨打幺二三四五热线"),
        ("电话：023-6300", "电话：零二三-六三零零"),
        ("3‰", "千分之三"),
        ("老旧小区", "老旧小区"),
    ],
)
def test_read_aloud(written: str, said: str) -> None:
    assert read_aloud(written) == said


@pytest.mark.parametrize(
    ("digits", "words"),
    [
        ("0", "零"), ("10", "十"), ("12", "十二"), ("20", "二十"), ("101", "一百零一"),
        ("110", "一百一十"), ("1005", "一千零五"), ("10000", "一万"), ("10005", "一万零五"),
        ("100000", "十万"), ("100010000", "一亿零一万"), ("200000001", "二亿零一"),
        ("007", "零零七"), ("0.05", "零点零五"), ("1234567890123", "一二三四五六七八九零一二三"),
    ],
)  # fmt: skip
def test_numbers(digits: str, words: str) -> None:
    assert number(digits) == words


@given(st.integers(0, 10**12 - 1))
def test_numbers_can_be_read_back(value: int) -> None:
    assert _value(number(str(value))) == value


def _value(words: str) -> int:
    """The other direction, by its own simple rule: a place multiplies the figure before it."""
    total = group = 0
    figure: int | None = None
    for word in words:
        if word in "零一二三四五六七八九":
            figure = "零一二三四五六七八九".index(word)
        elif word in "十百千":
            group += (1 if figure is None else figure) * 10 ** ("十百千".index(word) + 1)
            figure = None
        else:
            total += (group + (figure or 0)) * {"万": 10**4, "亿": 10**8}[word]
            group, figure = 0, None
    return total + group + (figure or 0)


@pytest.mark.parametrize(
    ("text", "pinyin"),
    [
        ("重庆市", "chong2qing4shi4"),
        ("重建", "chong2jian4"),
        ("铺装", "pu1zhuang1"),
        ("长效管理", "chang2xiao4 guan3li3"),
        ("一户一户", "yi2hu4 yi2hu4"),
        ("一张清单", "yi4zhang1 qing1dan1"),
        ("第一步", "di4yi1bu4"),
        ("一楼二楼", "yi1lou2 er4lou2"),
        ("看一看", "kan4yi5kan4"),
        ("不替居民", "bu2 ti4 ju1min2"),
        ("一百一十一户", "yi4bai3yi1shi2 yi1hu4"),
        ("院里一块闲地", "yuan4li3 yi2kuai4 xian2 di4"),
        ("有条件地愿意", "you3 tiao2jian4 de5 yuan4yi4"),
        ("业主的电梯", "ye4zhu3 de5 dian4ti1"),
    ],
)
def test_words_of_the_field_are_read_rightly(text: str, pinyin: str) -> None:
    # Where words part depends on the dictionary, which search adds to; the readings must not.
    assert to_pinyin(text).replace(" ", "") == pinyin.replace(" ", "")


def test_syllables_that_espeak_would_read_as_english_go_as_phonemes() -> None:
    assert "iong" not in to_pinyin("穷人的兄弟")
    assert "[[" in to_pinyin("兄弟")


@given(st.text(alphabet="社区里的三师AB，。（）“”—…12%- ", max_size=40))
def test_only_pinyin_commas_and_phonemes_reach_the_engine(text: str) -> None:
    rest = re.sub(r"\[\[.*?\]\]", "", to_pinyin(read_aloud(text)))
    assert re.fullmatch(r"[a-z0-9, ]*", rest), rest
