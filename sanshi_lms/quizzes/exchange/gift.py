"""GIFT, Moodle's text format: read in the shapes that people write, written so that it comes back.

What it cannot hold is in `LOSES`: ordering, cases, hotspots, several blanks, units, rubrics, and
what an item carries besides its question.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sanshi_lms.quizzes.content import (
    Blank,
    ItemContent,
    NumericKey,
    OptionContent,
    Pair,
)
from sanshi_lms.quizzes.content_rules import BLANK as GAP
from sanshi_lms.quizzes.exchange.markup import markdown_of
from sanshi_lms.quizzes.exchange.reading import MOST_ITEMS, Fault, Reading, refused
from sanshi_lms.quizzes.exchange.writing import BLANK, DEFAULT_RUBRIC, one_blank
from sanshi_lms.quizzes.marking import read_number
from sanshi_lms.quizzes.rules import TRUE_FALSE_TEXTS

KINDS = ("single", "multiple", "true_false", "blanks", "numeric", "matching", "short")
_ESCAPED = re.compile(r"\\([~=#{}:\\])")
_SPECIAL = re.compile(r"([~=#{}:\\])")
_FORMAT = re.compile(r"\s*\[(html|moodle|plain|markdown)\]", re.IGNORECASE)
_TITLE = re.compile(r"\s*::(?:\\.|[^\\])*?::", re.DOTALL)
_WEIGHT = re.compile(r"\s*%(-?\d+(?:\.\d+)?)%")
_TRUTH = {"t": True, "true": True, "f": False, "false": False}
# Stand for escaped characters while the others do their work.
_HELD = {char: chr(0xE000 + n) for n, char in enumerate("~=#{}:\\n")}
_BACK = {held: ("\n" if char == "n" else char) for char, held in _HELD.items()}


@dataclass(frozen=True)
class _Answer:
    mark: str
    text: str
    weight: Decimal | None
    feedback: str


def read_gift(text: str) -> Reading:
    """Return the questions of a GIFT text."""
    reading, topic = Reading(), ""
    blocks = list(_blocks(text))
    if len(blocks) > MOST_ITEMS:
        return refused(f"题目太多了，一次最多 {MOST_ITEMS} 题，请分几个文件。")
    for line, block in blocks:
        if block.startswith("$CATEGORY:"):
            topic = _topic(block)
            continue
        _read_block(reading, block, line, topic)
    if not reading.found and not reading.faults:
        reading.fault("整个文件", "没有找到 GIFT 题目：每道题的答案要写在花括号 { } 里。")
    return reading


def write_gift(contents: Sequence[ItemContent]) -> str:
    """Return the questions as GIFT; only those of `KINDS` that `one_blank` lets through."""
    parts: list[str] = []
    topic = ""
    for content in contents:
        if content.topic != topic:
            topic = content.topic
            parts.append("$CATEGORY: " + (_escape(topic).replace("/", "//") or "top"))
        parts.append(_write(content))
    return "\n\n".join(parts) + "\n" if parts else ""


def fits(content: ItemContent) -> bool:
    """Tell whether a question survives: one blank, feedback on one line, pairs without an arrow."""
    arrows = any("->" in text for pair in content.pairs for text in (pair.left, pair.right))
    return one_blank(content) and not arrows


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    """Yield (line, text) of what blank lines part; comments are gone, escapes are held."""
    held: list[str] = []
    start = depth = 0
    for number, raw in enumerate([*text.splitlines(), ""], 1):
        line = "" if raw.lstrip().startswith("//") else _hold(raw)
        comment = bool(raw.strip()) and not line
        if line.strip().startswith("$CATEGORY:") and not depth:
            yield number, line.strip()
            continue
        if line.strip():
            start = start if held else number
            held.append(line.rstrip())
            depth += line.count("{") - line.count("}")
        elif held and depth <= 0 and not comment:
            yield start, "\n".join(held)
            held, depth = [], 0
    if held:
        yield start, "\n".join(held)


def _read_block(reading: Reading, block: str, line: int, topic: str) -> None:
    place = f"第 {line} 行"
    body = _TITLE.sub("", block, count=1) if block.lstrip().startswith("::") else block
    found = _FORMAT.match(body)
    markup = found[1].lower() if found else "moodle"
    body = body[found.end() :] if found else body
    begin, end = body.find("{"), body.rfind("}")
    if begin < 0 and end < 0:
        reading.left_out.append(Fault(place, "没有花括号，是一段说明，没有当作题目。"))
        return
    if begin < 0 or end < begin or "{" in body[begin + 1 : end]:
        reading.fault(
            place, "花括号没有成对：每道题的答案要写在一对 { } 里，文字里的括号前面加反斜杠。"
        )
        return
    before, inner, after = body[:begin], body[begin + 1 : end], body[end + 1 :]
    inner, _, general = inner.partition("####")
    content, problem = _content(before, inner, after, markup)
    content = replace(
        content, topic=topic, explanation_md=_text(general, _own_markup(general, markup))
    )
    reading.add(content, place, line, problem)


def _content(before: str, inner: str, after: str, markup: str) -> tuple[ItemContent, str | None]:
    stem = _text(before + after, markup)
    key = inner.strip()
    word, _, _ = key.partition("#")
    if not key:
        return ItemContent("short", stem, rubric=DEFAULT_RUBRIC), None
    if word.strip().lower() in _TRUTH:
        truth = _TRUTH[word.strip().lower()]
        options = tuple(OptionContent(t, (n == 0) == truth) for n, t in enumerate(TRUE_FALSE_TEXTS))
        return ItemContent("true_false", stem, options=options), None
    if key.startswith("#"):
        return _numeric(stem, key[1:])
    answers = list(_answers(key))
    if not answers:
        return ItemContent("short", stem), "看不懂花括号里的答案：选项前面要有 = 或 ~。"
    if all(one.mark == "=" and "->" in one.text for one in answers):
        pairs = tuple(_pair(one.text, markup) for one in answers)
        return ItemContent("matching", stem, pairs=pairs), None
    if all(one.mark == "=" for one in answers):
        gapped = _text(before + BLANK + after, markup)
        blanks = (Blank(tuple(_text(one.text, "plain") for one in answers)),)
        partial = any(one.weight not in (None, Decimal(100)) for one in answers)
        words = "填空题的答案写了百分比，这里不分等级；请只留全对的答案。" if partial else None
        return ItemContent("blanks", gapped, blanks=blanks), words
    if after.strip():
        stem = _text(before + BLANK + after, markup)
    return _choice(stem, answers, markup), None


def _choice(stem: str, answers: Sequence[_Answer], markup: str) -> ItemContent:
    several = not any(one.mark == "=" for one in answers)
    options = tuple(
        OptionContent(
            _text(one.text, markup).replace("\n", " "),
            one.mark == "=" or (one.weight is not None and one.weight > 0),
            _text(one.feedback, markup),
        )
        for one in answers
    )
    return ItemContent("multiple" if several else "single", stem, options=options)


def _numeric(stem: str, key: str) -> tuple[ItemContent, str | None]:
    first = next(iter(_answers(key)), None) if key.lstrip().startswith("=") else None
    text = _release(first.text if first else key.partition("#")[0]).strip()
    low, between, high = text.partition("..")
    value, _, tolerance = text.partition(":")
    if between:
        ends = (read_number(low), read_number(high))
        if ends[0] and ends[1]:
            least, most = ends[0][0], ends[1][0]
            key_ = NumericKey((least + most) / 2, (most - least) / 2)
            return ItemContent("numeric", stem, numeric=key_), None
    read, allowed = read_number(value), read_number(tolerance or "0")
    if read is None or allowed is None:
        return ItemContent("numeric", stem), f"“{text}”不是数：请写成 {{#3.14:0.01}} 这样。"
    return ItemContent("numeric", stem, numeric=NumericKey(read[0], allowed[0])), None


def _answers(key: str) -> Iterator[_Answer]:
    for mark, text in re.findall(r"([=~])([^=~]*)", key):
        weight = _WEIGHT.match(text)
        words, _, feedback = text[weight.end() if weight else 0 :].partition("#")
        yield _Answer(mark, words, Decimal(weight[1]) if weight else None, feedback)


def _pair(text: str, markup: str) -> Pair:
    left, _, right = text.partition("->")
    return Pair(_text(left, markup), _text(right, "plain"))


def _own_markup(text: str, markup: str) -> str:
    found = _FORMAT.match(text)
    return found[1].lower() if found else markup


def _topic(block: str) -> str:
    path = _release(block.removeprefix("$CATEGORY:")).strip().replace("//", "\0")
    last = path.rstrip("/").rpartition("/")[2].replace("\0", "/")
    return "" if last in ("top", "") else last


def _text(text: str, markup: str) -> str:
    found = _FORMAT.match(text)
    plain = _release(text[found.end() :] if found else text).strip()
    return markdown_of(plain) if markup == "html" else plain


def _hold(line: str) -> str:
    line = re.sub(r"[\ue000-\ue00f]", "", line)
    line = _ESCAPED.sub(lambda found: _HELD[found[1]], line)
    return line.replace("\\n", _HELD["n"])


def _release(text: str) -> str:
    return "".join(_BACK.get(char, char) for char in text)


def _write(content: ItemContent) -> str:
    general = f"####{_escape(content.explanation_md)}" if content.explanation_md else ""
    if content.kind == "blanks" and one_blank(content):
        accepted = " ".join(f"={_escape(text)}" for text in content.blanks[0].accepted)
        before, _, after = GAP.sub("\0", content.stem_md, count=1).partition("\0")
        return f"[markdown]{_escape(before)}{{{accepted}{general}}}{_escape(after)}"
    return f"[markdown]{_escape(content.stem_md)}{{{_written_key(content)}{general}}}"


def _written_key(content: ItemContent) -> str:
    if content.kind == "true_false":
        return "T" if content.options[0].correct else "F"
    if content.kind == "numeric" and content.numeric is not None:
        return f"#{content.numeric.value:f}:{content.numeric.tolerance:f}"
    if content.kind == "matching":
        return " ".join(f"={_escape(p.left)} -> {_escape(p.right)}" for p in content.pairs)
    if content.kind == "short":
        return ""
    right = sum(option.correct for option in content.options)
    share = (Decimal(100) / max(right, 1)).quantize(Decimal("0.00001")).normalize()
    parts = []
    for option in content.options:
        single = "=" if option.correct else "~"
        mark = single if content.kind == "single" else f"~%{share if option.correct else -100:f}%"
        feedback = f"#{_escape(option.feedback_md)}" if option.feedback_md else ""
        parts.append(f"{mark}{_escape(option.text_md)}{feedback}")
    return " ".join(parts)


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text).replace("\n", "\\n")
