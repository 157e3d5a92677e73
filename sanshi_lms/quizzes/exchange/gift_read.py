"""Questions from GIFT, the text format of Moodle."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from sanshi_lms.quizzes.content import (
    Blank,
    ContentKind,
    ItemContent,
    NumericKey,
    OptionContent,
    Pair,
)
from sanshi_lms.quizzes.content_rules import BLANK
from sanshi_lms.quizzes.exchange.hypertext import markdown_of
from sanshi_lms.quizzes.exchange.reading import MOST_ITEMS, Reading, refused
from sanshi_lms.quizzes.exchange.rubric_text import read_rubric
from sanshi_lms.quizzes.rules import TRUE_FALSE_TEXTS

HOLE = "___"
PARTLY = "有的答案只给部分分，这里没有；请只留全对的答案，或改成多选题。"
_ESCAPED = re.compile(r"\\([\\~=#{}:n])")
_TITLE = re.compile(r"\s*::(?:\\.|[^:\\]|:(?!:))*::", re.DOTALL)
_FORMAT = re.compile(r"\s*\[(html|moodle|plain|markdown)\]")
_WEIGHT = re.compile(r"\s*%\s*(-?\d{1,3}(?:\.\d{0,9})?)\s*%")
_TRUTHS = {"T": True, "TRUE": True, "对": True, "F": False, "FALSE": False, "错": False}
_PART = re.compile(r"((?:\\.|[^\\~=])*)", re.DOTALL)
_COMMENT = re.compile(r"^[ \t]*//.*$", re.MULTILINE)
_NUMBER = r"[-+]?\d{1,30}(?:\.\d{1,30})?(?:[eE][-+]?\d{1,2})?|[-+]?\.\d{1,30}"
_NUMERIC = re.compile(
    rf"\s*(?:(?P<low>{_NUMBER})\s*\.\.\s*(?P<high>{_NUMBER})"
    rf"|(?P<value>{_NUMBER})\s*(?::\s*(?P<tolerance>{_NUMBER})\s*)?)\s*"
)


@dataclass(frozen=True)
class Raw:
    """A question as it stands: the line it begins on, its text, and the end it must have had."""

    line: int
    text: str


@dataclass(frozen=True)
class _Answer:
    """One entry between the braces: its sign, weight in percent if given, text and feedback."""

    sign: str
    weight: float | None
    text: str
    feedback: str


def read_gift(text: str) -> Reading:
    """Return the questions of a GIFT text."""
    reading, topic = Reading(), ""
    raws = _raws(text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff"))
    if len(raws) > 3 * MOST_ITEMS:  # categories count as well
        return refused(f"题目太多了，一次最多 {MOST_ITEMS} 题，请分成几个文件。")
    for raw in raws:
        category = re.match(r"\s*\$CATEGORY:\s*([^\n]{0,1000})", raw.text)
        if category:
            topic = topic_of(category[1])
            rest = raw.text[category.end() :]
            if not rest.strip():
                continue
            raw = Raw(raw.line + raw.text[: category.end()].count("\n"), rest)
        line = raw.line + len(raw.text[: len(raw.text) - len(raw.text.lstrip())].split("\n")) - 1
        content, problem = _question(raw.text)
        if content is None:
            words = f"没有大括号里的答案，没有导入：{raw.text.strip()[:40]}"
            reading.note(f"第 {line} 行", words)
            continue
        reading.add(replace(content, topic=topic[:60]), f"第 {line} 行", line, problem)
    if not reading.found and not reading.left_out:
        return refused("没有找到题目。")
    return reading


def topic_of(category: str) -> str:
    """Return the last step of a category's path, without the steps that every course has."""
    steps = [one.strip() for one in re.split(r"(?<!/)/(?!/)", category.strip())]
    last = steps[-1].replace("//", "/") if steps else ""
    return "" if last in {"top", "$course$", "$system$"} or last.startswith("$") else last


def _raws(text: str) -> list[Raw]:
    """Return the questions: parted by empty lines outside of braces."""
    text = _COMMENT.sub("", text)
    found: list[Raw] = []
    begin, line, inside, at = 0, 1, False, 1
    gap = re.compile(r"\\.|[{}]|\n(?:[ \t]*\n)*", re.DOTALL)
    for match in gap.finditer(text):
        sign = match[0]
        if sign == "{":
            inside = True
        elif sign == "}":
            inside = False
        elif sign[0] == "\n":
            if sign.count("\n") > 1 and not inside:
                found.append(Raw(at, text[begin : match.start()]))
                begin, at = match.end(), line + sign.count("\n")
            line += sign.count("\n")
        else:
            line += sign.count("\n")
    found.append(Raw(at, text[begin:]))
    return [raw for raw in found if raw.text.strip()]


def _question(text: str) -> tuple[ItemContent | None, str | None]:
    title = _TITLE.match(text)
    text = text[title.end() :] if title else text
    form = _FORMAT.match(text)
    text = text[form.end() :] if form else text
    style = form[1] if form else "moodle"
    opened = re.search(r"(?<!\\)(?:\\\\)*(\{)", text)
    if opened is None:
        return None, None
    start = opened.start(1)
    closed = re.compile(r"(?<!\\)(?:\\\\)*(\})").search(text, start)
    before = _words(text[:start], style, "right").lstrip()
    if closed is None:
        return ItemContent("short", before.strip() or "?"), "大括号没有合上，请在答案后面加上 }。"
    after = _words(text[closed.end(1) :], style, "left").rstrip()
    if re.search(r"(?<!\\)[{}]", text[closed.end(1) :]):
        stem = f"{before}{HOLE}{after}"
        return ItemContent("blanks", stem), "GIFT 的一道题只能有一处答案，请拆成几道题。"
    return _answered(before, after, text[start + 1 : closed.start(1)], style)


def _answered(before: str, after: str, inner: str, style: str) -> tuple[ItemContent, str | None]:
    inner, _, why = _parted(inner, "####")
    stem = f"{before}{HOLE}{after}" if after.strip() else before.strip()
    base = ItemContent("single", stem, _words(why, style))
    bare = inner.strip()
    if not bare:
        return replace(base, kind="short", rubric=read_rubric("", 1)), None
    truth = _TRUTHS.get(_parted(bare, "#")[0].strip().upper())
    if truth is not None:
        pair = zip(TRUE_FALSE_TEXTS, (truth, not truth), strict=True)
        options = tuple(OptionContent(word, right) for word, right in pair)
        return replace(base, kind="true_false", options=options), None
    if bare.startswith("#"):
        return _numeric(replace(base, kind="numeric"), bare[1:])
    answers = _answers(inner)
    if answers is None:
        return replace(base, kind="short"), "大括号里的答案要以 = 或 ~ 开头，请核对。"
    if all(one.sign == "=" for one in answers):
        if all("->" in one.text for one in answers):
            pairs = tuple(_pair(one.text, style) for one in answers)
            return replace(base, kind="matching", pairs=pairs), None
        partly = any(one.weight is not None and one.weight <= 99 for one in answers)
        accepted = tuple(_words(one.text, "plain") for one in answers)
        marked = not after.strip() and len(BLANK.findall(before)) == 1  # "___ 路。{=…}"
        stem = before.strip() if marked else f"{before}{HOLE}{after}".strip()
        return replace(
            base, kind="blanks", stem_md=stem, blanks=(Blank(accepted),)
        ), PARTLY if partly else None
    return _choice(base, answers, style)


def _choice(
    base: ItemContent, answers: list[_Answer], style: str
) -> tuple[ItemContent, str | None]:
    single = any(one.sign == "=" for one in answers)
    options = tuple(
        OptionContent(
            _words(one.text, style),
            one.sign == "=" if one.weight is None else one.weight > (99 if single else 0),
            _words(one.feedback, style),
        )
        for one in answers
    )
    partly = single and any(one.sign == "~" and (one.weight or 0) > 0 for one in answers)
    kind: ContentKind = "single" if single else "multiple"
    return replace(base, kind=kind, options=options), PARTLY if partly else None


def _numeric(base: ItemContent, text: str) -> tuple[ItemContent, str | None]:
    bare = re.sub(r"^\s*=?(?:%100%)?", "", _parted(text.strip(), "#")[0])
    found = _NUMERIC.fullmatch(bare)
    if found is None:
        return base, "数值题的答案要写成 {#12.5:0.1} 这样，一题只能有一个数；请改好。"
    if found["value"]:
        return replace(
            base, numeric=NumericKey(Decimal(found["value"]), Decimal(found["tolerance"] or 0))
        ), None
    low, high = Decimal(found["low"]), Decimal(found["high"])
    return replace(base, numeric=NumericKey((low + high) / 2, (high - low) / 2)), None


def _answers(inner: str) -> list[_Answer] | None:
    found, place = [], 0
    text = inner.strip()
    while place < len(text):
        sign = text[place]
        if sign not in "=~":
            return None
        match = _PART.match(text, place + 1)
        end = match.end() if match else place + 1
        body = text[place + 1 : end]
        weight = _WEIGHT.match(body)
        words, _, feedback = _parted(body[weight.end() :] if weight else body, "#")
        found.append(_Answer(sign, float(weight[1]) if weight else None, words, feedback))
        place = end
    return found


def _pair(text: str, style: str) -> Pair:
    left, _, right = text.partition("->")
    return Pair(_words(left, style), _words(right, "plain"))


def _parted(text: str, mark: str) -> tuple[str, str, str]:
    """Part a text at the first `mark` that is not escaped."""
    found = re.search(rf"(?<!\\)(?:\\\\)*({re.escape(mark)})", text)
    if found is None:
        return text, "", ""
    return text[: found.start(1)], mark, text[found.end(1) :]


def _words(text: str, style: str, open_side: str = "") -> str:
    """Return the words of a text; spaces stay on the side on which a blank follows."""
    plain = _ESCAPED.sub(lambda m: "\n" if m[1] == "n" else m[1], text)
    plain = plain if open_side and style in {"plain", "markdown", "moodle"} else plain.strip()
    if style in {"html", "moodle"} and re.search(r"<[a-zA-Z/!]|&[a-z#]", plain):
        return markdown_of(plain).text
    return plain
