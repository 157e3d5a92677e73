"""Lines of pasted text: what each of them is, told by its first signs.

Signs are looked for in a shadow of the line with the same length, in which full-width letters,
digits and brackets are half-width ones; what is kept is cut from the line as it was written.
"""

import re
from dataclasses import dataclass

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SPACES = dict.fromkeys((0x00A0, 0x3000, 0x2002, 0x2003, 0x2009, 0x0009), " ")
_UNSEEN = dict.fromkeys((0x200B, 0x200C, 0x200D, 0xFEFF, 0x00AD, 0x0000, 0x2060))
LETTERS = "ABCDEFGHIJ"

HEAD_KINDS = (
    (r"判断", "true_false"), (r"多选|多项选择|不定项", "multiple"), (r"单选|单项选择", "single"),
    (r"填空", "blanks"), (r"案例|材料|综合分析", "case"), (r"排序", "ordering"),
    (r"匹配|连线|配对", "matching"), (r"计算|数值", "numeric"),
    (r"简答|问答|论述|名词解释", "short"),
    (r"选择", "choice"),
)  # fmt: skip
_KIND_WORDS = "|".join(pattern for pattern, _ in HEAD_KINDS)
_HEAD = re.compile(
    rf"(?:第?([一二三四五六七八九十]{{1,3}})(?:部分|大题)?\s*[、.)\s:]\s*|[【\[(])?"
    rf"\s*(?:{_KIND_WORDS})[^。?!]{{0,60}}$"
)
_OWN_KIND = re.compile(rf"[\[【(]\s*((?:{_KIND_WORDS})(?:题|选择题|分析题)?)\s*[\]】)]")
_POINTS = re.compile(r"[(\[【]\s*(?:本题|共)?\s*(\d{1,3})\s*分\s*[)\]】]")
_EACH_POINTS = re.compile(r"每(?:小)?(?:题|空)\s*(\d{1,3})\s*分")
_NUMBERED = re.compile(
    r"(?:第\s*)?(\d{1,4})\s*(?:题)?\s*(?:[、):]|[.](?!\d))\s*|第\s*(\d{1,4})\s*题\s*"
)
_BRACKETED = re.compile(r"\(\s*(\d{1,4})\s*\)\s*[.、]?\s*")
_SPACED = re.compile(r"(\d{1,3})\s+(?=[\u4e00-\u9fff“《])")
FIELDS = {
    "answer": "正确答案|参考答案|标准答案|答案", "explanation": "答案解析|试题解析|解析|讲解|解答",
    "difficulty": "难易程度|难度系数|难度", "points": "分值|分数", "clause": "出处|依据|来源|法条",
    "topic": "知识点|考点|主题|章节",
}  # fmt: skip
_FIELD = re.compile(
    "|".join(
        rf"(?P<{key}>[【\[]\s*(?:{words})\s*[】\]]\s*:?|(?:{words})(?:是|为)?\s*:"
        + (r"|答案(?:是|为)\s*(?=[A-Ja-j√×对错]{1,10}[.。]?$))" if key == "answer" else ")")
        for key, words in FIELDS.items()
    )
)
_REPLY = re.compile(r"(?:答|\[答\]|【答】)\s*[:】]\s*")
_LIST_TITLE = re.compile(
    r"(?:附[:：]?)?\s*[【\[]?(?:参考|标准|试题|正确|测试题)?答案(?:及解析|与解析|汇总|一览|部分)?[】\]]?\s*:?"
)
_LIST_LINE = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}\s*[、.:]\s*)?"
    r"\d{1,4}\s*(?:[-~—–至]+\s*\d{1,4}|[.、:)]?\s*(?:[A-J]{1,10}|[√×✓✗对错]))"
)
_SECTION = re.compile(r"([一二三四五六七八九十]{1,3})\s*[、.:]")


@dataclass(frozen=True)
class Line:
    """One line: as written, without unseen characters, and its shadow of the same length."""

    number: int
    text: str
    shadow: str


@dataclass(frozen=True)
class Start:
    """The first sign of a question: its number, how it was written, and what follows."""

    number: int
    style: str
    rest: str


@dataclass(frozen=True)
class Head:
    """A section, e.g. 一、单选题（每题 2 分）. `ordinal` is 0 when it has no number."""

    kind: str
    ordinal: int
    points: int | None


def shadow(text: str) -> str:
    """Return `text` with half-width signs, of the same length."""
    return text.translate(_WIDE)


def lines_of(text: str) -> list[Line]:
    """Return the lines, numbered from 1, with plain spaces and without unseen characters."""
    found = []
    for number, raw in enumerate(re.split(r"\r\n|\r|\n|\x0b|\x0c|\u2028|\u2029", text), 1):
        line = raw.translate(_UNSEEN).translate(_SPACES).strip()
        found.append(Line(number, line, shadow(line)))
    return found


def head_of(line: Line) -> Head | None:
    """Return the section that a line opens; None for any other line."""
    found = _HEAD.match(line.shadow)
    if not found or (found[1] is None and not _alone(line.shadow)):
        return None
    kind = next(kind for pattern, kind in HEAD_KINDS if re.search(pattern, line.shadow))
    each = _EACH_POINTS.search(line.shadow)
    return Head(kind, _ordinal(found[1] or ""), int(each[1]) if each else None)


def _alone(text: str) -> bool:
    """Return whether a line without a number is nothing but the name of a kind."""
    bare = re.sub(r"\(.*?\)|【|】|\[|\]|[:(),]|共?\s*\d+\s*[题分]", "", text).strip()
    return re.fullmatch(rf"(?:{_KIND_WORDS})(?:选择|分析|说明)?题?", bare) is not None


def section_of(line: Line) -> int:
    """Return the number of the section that a line of an answer list begins with; 0 for none."""
    found = _SECTION.match(line.shadow)
    return _ordinal(found[1]) if found else 0


def _ordinal(numeral: str) -> int:
    digits = "一二三四五六七八九"
    if "十" in numeral:
        tens, _, ones = numeral.partition("十")
        return 10 * (digits.find(tens) + 1 if tens else 1) + (digits.find(ones) + 1 if ones else 0)
    return digits.find(numeral) + 1 if numeral else 0


def start_of(line: Line) -> Start | None:
    """Return the number a line begins with, if it begins like a question."""
    for style, pattern in (("dot", _NUMBERED), ("bracket", _BRACKETED), ("space", _SPACED)):
        found = pattern.match(line.shadow)
        if found:
            number = next(int(group) for group in found.groups() if group)
            return Start(number, style, line.text[found.end() :])
    return None


def fields_of(text: str) -> list[tuple[str, str]]:
    """Return the parts of a line by field, e.g. [("", "D.租客"), ("answer", "A")]."""
    signs = shadow(text)
    reply = _REPLY.match(signs)
    if reply:
        return [("answer", text[reply.end() :].strip())]
    parts, key, begin = [], "", 0
    for found in _FIELD.finditer(signs):
        parts.append((key, text[begin : found.start()].strip(" ;；，,")))
        key, begin = str(found.lastgroup), found.end()
    parts.append((key, text[begin:].strip()))
    return [(key, value) for key, value in parts if key or value]


def options_of(text: str, place: int) -> tuple[str, list[str]]:
    """Return what stands before the first option, and the options of a line.

    `place` is the number of the option expected next: markers count only in their order, so that
    an "A、B 两栋" in the middle of a stem does not begin options.
    """
    signs = shadow(text)
    marks: list[tuple[int, int]] = []
    begin = 0
    for letter in LETTERS[place:]:
        found = _marker(signs, letter, begin, first=not marks)
        if found is None:
            break
        marks.append(found)
        begin = found[1]
    if place == 0 and len(marks) == 1 and marks[0][0] > 0:
        return text, []
    if not marks:
        return text, []
    ends = [start for start, _ in marks[1:]] + [len(text)]
    texts = [text[end:stop].strip(" ;；") for (_, end), stop in zip(marks, ends, strict=True)]
    return text[: marks[0][0]].strip(), texts


def _marker(signs: str, letter: str, begin: int, *, first: bool) -> tuple[int, int] | None:
    small = letter.lower()
    pattern = rf"\(\s*[{letter}{small}]\s*\)\s*|(?<![A-Za-z0-9(])[{letter}{small}]\s*[.、):]\s*"
    if first and begin == 0:
        at_start = re.match(rf"{pattern}|{letter}\s*(?=[\u4e00-\u9fff《“])|{letter}\s+", signs)
        if at_start:
            return at_start.span()
    found = re.compile(rf"{pattern}|(?<=\s){letter}(?=[\u4e00-\u9fff《“])").search(signs, begin)
    return found.span() if found else None


def own_kind(text: str) -> tuple[str | None, str]:
    """Return the kind that a stem names in brackets, and the stem without it."""
    found = _OWN_KIND.search(shadow(text))
    if not found or (found.start() > 0 and found.end() < len(text.rstrip())):
        return None, text
    kind = next(kind for pattern, kind in HEAD_KINDS if re.search(pattern, found[1]))
    return kind, (text[: found.start()] + text[found.end() :]).strip()


def own_points(text: str) -> tuple[int | None, str]:
    """Return the points that a stem names in brackets, and the stem without them."""
    found = _POINTS.search(shadow(text))
    if not found:
        return None, text
    return int(found[1]), (text[: found.start()] + text[found.end() :]).strip()


def opens_answer_list(lines: list[Line], place: int) -> bool:
    """Return whether the answers of all questions are listed from here on."""
    title = _LIST_TITLE.fullmatch(lines[place].shadow)
    following = [line for line in lines[place + 1 : place + 8] if line.shadow]
    if title:
        listed = [line for line in following if _LIST_LINE.match(line.shadow) or head_of(line)]
        return bool(listed) and (
            head_of(following[0]) is not None or _LIST_LINE.match(following[0].shadow) is not None
        )
    rest = _LIST_TITLE.match(lines[place].shadow)
    return bool(rest and len(_LIST_LINE.findall(lines[place].shadow[rest.end() :])) > 1)
