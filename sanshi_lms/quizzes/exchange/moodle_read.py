"""Questions from Moodle XML."""

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from urllib.parse import quote
from xml.etree.ElementTree import Element

from sanshi_lms.quizzes.content import (
    Blank,
    ContentKind,
    ItemContent,
    NumericKey,
    OptionContent,
    Pair,
)
from sanshi_lms.quizzes.exchange.gift_read import HOLE, PARTLY, topic_of
from sanshi_lms.quizzes.exchange.hypertext import markdown_of
from sanshi_lms.quizzes.exchange.pictured import Arrivals
from sanshi_lms.quizzes.exchange.reading import MOST_ITEMS, Reading, refused
from sanshi_lms.quizzes.exchange.rubric_text import read_rubric
from sanshi_lms.quizzes.rules import TRUE_FALSE_TEXTS

PICTURES = "题里的图片不在文件里，或者太大。请先去掉图片导入，再在网页上把图片加回去。"
_LEVELS = {"难": 3, "易": 1}
_CLOZE = re.compile(
    r"\{\d*:(SHORTANSWER(?:_C)?|SA|SAC|MW|MWC|NUMERICAL|NM|MULTICHOICE\w*|MC\w{0,3}|MULTIRESPONSE\w*"
    r"|MR\w{0,3}):((?:\\.|[^\\}]){0,5000})\}",
    re.DOTALL,
)  # fmt: skip
_CLOZE_PART = re.compile(r"(?:\\.|[^\\~])+", re.DOTALL)
_MADE = tuple[ItemContent, str | None]


class _Found(Exception):
    """A problem of the question that is being read."""


def read_moodle(root: Element) -> Reading:
    """Return the questions of a question file."""
    reading, topic = Reading(), ""
    questions = root.findall("question")
    if len(questions) > 3 * MOST_ITEMS:  # categories count as well
        return refused(f"题目太多了，一次最多 {MOST_ITEMS} 题，请分成几个文件。")
    arrivals = Arrivals()
    reading.pictures = arrivals.found
    for number, node in enumerate(questions, 1):
        _number_pictures(node, arrivals)
        kind = node.get("type", "")
        place = f"第 {number} 个题目"
        name = (node.findtext("name/text") or "").strip()[:40]
        place += f"“{name}”" if name else ""
        if kind == "category":
            topic = topic_of(node.findtext("category/text") or "")
        elif kind == "description":
            reading.note(place, "这是说明文字，不是题目，没有导入。")
        else:
            content, problem = _question(node, kind)
            reading.add(replace(content, topic=topic[:60]), place, number, problem)
    if not reading.found and not reading.left_out:
        return refused("文件里没有题目。")
    return reading


def _question(node: Element, kind: str) -> _MADE:
    stem, pictures = _words(node.find("questiontext"))
    why, more = _words(node.find("generalfeedback"))
    base = ItemContent("short", stem, why, points=_points(node))
    for tag in (one.text or "" for one in node.iterfind("tags/tag/text")):
        key, _, value = tag.partition("：")
        if key == "难度" and value in _LEVELS:
            base = replace(base, difficulty=_LEVELS[value])
        elif key == "出处" and value:
            base = replace(base, source_clause=value)
        elif tag.strip():
            base = replace(base, tags=(*base.tags, tag.strip()))
    read = _READERS.get(kind)
    if read is None:
        return base, f"Moodle 的“{kind[:30]}”题型这里没有，请改成别的题型，或在网页上添加。"
    try:
        content, problem = read(base, node)
    except _Found as found:
        content, problem = base, str(found)
    return content, PICTURES if pictures or more else problem


def _number_pictures(question: Element, arrivals: Arrivals) -> None:
    """Let the texts of a question name its pictures by number: what they say is rewritten."""
    for node in question.iter():
        text = node.find("text")
        if text is None or not text.text:
            continue
        said = arrivals.without_data(text.text)
        for file in node.findall("file"):
            name, address = file.get("name", ""), arrivals.take_text(file.text or "")
            if name and address and file.get("encoding", "base64") == "base64":
                for spelling in {name, quote(name)}:
                    said = said.replace(f"@@PLUGINFILE@@/{spelling}", address)
        text.text = said


def _points(node: Element) -> int:
    text = node.findtext("defaultgrade") or "1"
    whole = re.fullmatch(r"\s*(\d{1,4})(?:\.0*)?\s*", text)
    return int(whole[1]) if whole and int(whole[1]) else 1


def _words(node: Element | None) -> tuple[str, bool]:
    if node is None:
        return "", False
    text = node.findtext("text")
    if text is None:
        text = node.text or ""
    text = text.replace("\r\n", "\n")
    if node.get("format", "html") in {"plain_text", "markdown"}:
        return text.strip(), "@@PLUGINFILE@@" in text
    if not re.search(r"<[a-zA-Z/!]|&[a-z#]", text):
        return text.strip(), False
    converted = markdown_of(text)
    return converted.text, converted.pictures


def _fraction(node: Element) -> float:
    try:
        return float(node.get("fraction", "0"))
    except ValueError:
        return 0.0


def _choice(base: ItemContent, node: Element) -> _MADE:
    single = (node.findtext("single") or "true").strip().lower() not in {"false", "0"}
    options = tuple(
        OptionContent(
            _option_words(one),
            _fraction(one) > (99 if single else 0),
            _words(one.find("feedback"))[0],
        )
        for one in node.findall("answer")
    )
    kind: ContentKind = "single" if single else "multiple"
    return replace(base, kind=kind, options=options), _partly(node) if single else None


def _partly(node: Element) -> str | None:
    """Return a problem when an answer is worth a part of the points."""
    return PARTLY if any(0 < _fraction(one) <= 99 for one in node.findall("answer")) else None


def _option_words(node: Element) -> str:
    text, pictures = _words(node)
    if pictures:
        raise _Found(PICTURES)
    return text


def _true_false(base: ItemContent, node: Element) -> _MADE:
    truth = None
    for one in node.findall("answer"):
        word = (one.findtext("text") or "").strip().lower()
        if _fraction(one) > 99:
            truth = word in {"true", "1", "对", "正确"}
    if truth is None:
        raise _Found("没有指明是对还是错，请在原来的软件里改好，再导出。")
    pairs = zip(TRUE_FALSE_TEXTS, (truth, not truth), strict=True)
    options = tuple(OptionContent(word, right) for word, right in pairs)
    return replace(base, kind="true_false", options=options), None


def _short_answer(base: ItemContent, node: Element) -> _MADE:
    accepted = tuple(
        (one.findtext("text") or "").strip()
        for one in node.findall("answer")
        if _fraction(one) > 99
    )
    stem = re.sub(r"_{2,}", HOLE, base.stem_md)
    stem = stem if stem.count(HOLE) == 1 else f"{stem}{HOLE}"
    made = replace(base, kind="blanks", stem_md=stem, blanks=(Blank(accepted),))
    if any("*" in text for text in accepted):
        return made, "答案里有通配符 *，这里不支持。请把几种写法一一列出来。"
    return made, _partly(node)


def _cloze(base: ItemContent, _node: Element) -> _MADE:
    blanks: list[Blank] = []

    def keep(found: re.Match[str]) -> str:
        kind, inner = found[1], found[2]
        if kind.startswith(("MULTIR", "MR")):
            raise _Found("填空里有多选的空，这里没有。请改成别的题型。")
        accepted = tuple(
            _bare(one) for one in _CLOZE_PART.findall(inner) if one.startswith(("=", "%100%"))
        )
        numbers = kind in {"NUMERICAL", "NM"}
        blanks.append(Blank(tuple(t.partition(":")[0] if numbers else t for t in accepted)))
        return HOLE

    stem = _CLOZE.sub(keep, base.stem_md)
    return replace(base, kind="blanks", stem_md=stem, blanks=tuple(blanks)), None


def _bare(part: str) -> str:
    text = re.sub(r"^(?:=|%100%)", "", part)
    text = re.split(r"(?<!\\)#", text, maxsplit=1)[0]
    return re.sub(r"\\(.)", r"\1", text).strip()


def _matching(base: ItemContent, node: Element) -> _MADE:
    pairs = tuple(
        Pair(_option_words(one), (one.findtext("answer/text") or "").strip())
        for one in node.findall("subquestion")
    )
    return replace(base, kind="matching", pairs=pairs), None


def _numeric(base: ItemContent, node: Element) -> _MADE:
    answers = [one for one in node.findall("answer") if _fraction(one) > 99]
    if len(answers) != 1:
        raise _Found("数值题要有一个（而且只有一个）满分的答案，请在原来的软件里改好。")
    value = _decimal(answers[0].findtext("text") or answers[0].text or "")
    tolerance = _decimal(answers[0].findtext("tolerance") or "0")
    units = tuple(
        (one.findtext("unit_name") or "").strip()
        for one in node.iterfind("units/unit")
        if (one.findtext("multiplier") or "1").strip() in {"1", "1.0"}
    )
    return replace(base, kind="numeric", numeric=NumericKey(value, tolerance, units)), None


def _decimal(text: str) -> Decimal:
    try:
        value = Decimal(text.strip()[:60])
    except InvalidOperation:
        raise _Found(f"答案“{text.strip()[:20]}”不是一个数，请改好。") from None
    if not value.is_finite() or abs(value.adjusted()) > 30:
        raise _Found("答案的数太大或太小了，请换一个单位。")
    return value


def _essay(base: ItemContent, node: Element) -> _MADE:
    rubric = read_rubric(_words(node.find("graderinfo"))[0], base.points)
    return replace(base, kind="short", rubric=rubric), None


def _ordering(base: ItemContent, node: Element) -> _MADE:
    answers = sorted(node.findall("answer"), key=_fraction)
    return replace(base, kind="ordering", sequence=tuple(map(_option_words, answers))), None


_READERS: dict[str, Callable[[ItemContent, Element], _MADE]] = {
    "multichoice": _choice,
    "truefalse": _true_false,
    "shortanswer": _short_answer,
    "cloze": _cloze,
    "multianswer": _cloze,
    "matching": _matching,
    "match": _matching,
    "numerical": _numeric,
    "essay": _essay,
    "ordering": _ordering,
}
