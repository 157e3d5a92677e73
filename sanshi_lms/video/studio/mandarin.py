"""Written Chinese as one would read it aloud: figures, units and telephone numbers as words.

A speech engine left alone with “2024年完成60%” reads the wrong thing; a person does not.
Pure rules, no engine: plain text in, plain text out.
"""

import re
import unicodedata

_DIGITS = "零一二三四五六七八九"
_PLACES = ("", "十", "百", "千")
_GROUPS = ("", "万", "亿", "万亿")
_MEASURES = "个位人栋部台户家层次种条名件年天周处张份步项座间套扇排梯类方点级分米元倍成"
_UNITS = {
    "㎡": "平方米",
    "m²": "平方米",
    "m2": "平方米",
    "㎞": "公里",
    "km": "公里",
    "cm": "厘米",
    "mm": "毫米",
    "kg": "公斤",
    "kW": "千瓦",
    "℃": "摄氏度",
    "°C": "摄氏度",
    "m": "米",
}
_NUMBER = r"\d+(?:\.\d+)?"
_UNIT = re.compile(
    rf"(?<=\d)\s?({'|'.join(map(re.escape, _UNITS))})(?![0-9A-Za-z])",
)
_THOUSANDS = re.compile(r"(?<=\d)[,，](?=\d{3}(?!\d))")
_DIAL = r"\d[\d-]{2,14}"
_CALL = re.compile(
    rf"(?:拨打|电话|热线|拨)[^\d。，；]{{0,3}}{_DIAL}|{_DIAL}(?=[^\d。，；]{{0,8}}?热线)"
)
_YEAR = re.compile(r"(?<!\d)(?:[12]\d{3})(?=年(?!以|之|内))")
_YEARS = re.compile(r"(?<!\d)([12]\d{3})\s?[-–—~～至]\s?([12]\d{3})(?=年)")
_RANGE = re.compile(rf"({_NUMBER}%?)\s?[-–—~～]\s?(?={_NUMBER})")
_FRACTION = re.compile(r"(?<!\d)(\d{1,3})/(\d{1,3})(?!\d)")
_PERCENT = re.compile(rf"({_NUMBER})\s?([%％‰])")
_PAIR = re.compile(rf"(?<![\d.第])2(?=[{_MEASURES}])(?!月|层楼)")
_SIGNS = {"&": "和", "+": "加", "=": "等于", "×": "乘", "≥": "大于等于", "≤": "小于等于", "#": "号"}


def read_aloud(text: str) -> str:
    """The words a person would say for a text; Latin letters and punctuation stay.

    >>> read_aloud("2024年完成60%，共2部电梯")
    '二零二四年完成百分之六十，共两部电梯'
    """
    text = _THOUSANDS.sub("", text)
    text = _UNIT.sub(lambda m: _UNITS[m[1]], text)
    text = _CALL.sub(lambda m: re.sub(r"\d+", lambda n: _one_by_one(n[0], call=True), m[0]), text)
    text = _YEARS.sub(lambda m: f"{_one_by_one(m[1])}到{_one_by_one(m[2])}", text)
    text = _YEAR.sub(lambda m: _one_by_one(m[0]), text)
    text = _RANGE.sub(r"\1到", text)
    text = _FRACTION.sub(lambda m: f"{number(m[2])}分之{number(m[1])}", text)
    text = _PERCENT.sub(_percent, text)
    text = _PAIR.sub("两", text)
    text = re.sub(_NUMBER, lambda m: number(m[0]), text)
    text = "".join(_SIGNS.get(c, c) for c in text)
    return unicodedata.normalize("NFC", text)


def number(digits: str) -> str:
    """A figure in Chinese words: "15" → 十五, "3.5" → 三点五; "007" digit by digit."""
    whole, _, part = digits.partition(".")
    if len(whole) > 12 or (len(whole) > 1 and whole.startswith("0")):
        words = _one_by_one(whole)
    else:
        words = _whole(int(whole))
    return f"{words}点{_one_by_one(part)}" if part else words


def _percent(match: re.Match[str]) -> str:
    base = "千分之" if match[2] == "‰" else "百分之"
    return base + number(match[1])


def _one_by_one(digits: str, *, call: bool = False) -> str:
    words = "".join(_DIGITS[int(d)] for d in digits)
    return words.replace("一", "幺") if call else words


def _whole(value: int) -> str:
    if value == 0:
        return "零"
    groups: list[int] = []
    while value:
        value, rest = divmod(value, 10_000)
        groups.append(rest)
    words = ""
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if not group:
            continue
        if words and (group < 1000 or (place + 1 < len(groups) and not groups[place + 1])):
            words += "零"
        words += _group(group) + _GROUPS[place]
    return words.removeprefix("一") if words.startswith("一十") else words


def _group(value: int) -> str:
    words, gap = "", False
    for place in (3, 2, 1, 0):
        digit = value // 10**place % 10
        if digit:
            words += ("零" if gap and words else "") + _DIGITS[digit] + _PLACES[place]
            gap = False
        else:
            gap = True
    return words
