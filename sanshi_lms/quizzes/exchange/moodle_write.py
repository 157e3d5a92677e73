"""Questions as Moodle XML."""

import base64
import re
from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from sanshi_lms.core.packed import written
from sanshi_lms.quizzes.content import ItemContent
from sanshi_lms.quizzes.content_rules import BLANK
from sanshi_lms.quizzes.exchange.pictured import OURS
from sanshi_lms.quizzes.exchange.rubric_text import write_rubric

LEVELS = {1: "易", 3: "难"}
_TYPES = {"single": "multichoice", "multiple": "multichoice", "true_false": "truefalse",
          "blanks": "cloze", "matching": "matching", "numeric": "numerical", "short": "essay",
          "ordering": "ordering"}  # fmt: skip
_CLOZE_SIGNS = re.compile(r'([\\~#}/"])')


def write_moodle(
    contents: Sequence[ItemContent], pictures: Mapping[str, bytes] | None = None
) -> bytes:
    """Return a question file in UTF-8; kinds without a type of Moodle's are left out.

    `pictures` by name go into the file, beside the text that shows them.
    """
    root, topic = Element("quiz"), ""
    for number, content in enumerate(contents, 1):
        kind = _TYPES.get(content.kind)
        if kind is None:
            continue
        if content.topic != topic:
            topic = content.topic
            path = f"$course$/top/{topic.replace('/', '//')}".rstrip("/")
            _text(SubElement(SubElement(root, "question", type="category"), "category"), path)
        _question(SubElement(root, "question", type=kind), content, number)
    for node in list(root.iter()) if pictures else ():
        _enclose(node, pictures or {})
    body: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return body


def _enclose(node: Element, pictures: Mapping[str, bytes]) -> None:
    """Put the pictures that a node's text shows beside it, as Moodle does."""
    text = node.find("text")
    if text is None or not text.text:
        return
    for name in dict.fromkeys(name for _, name in OURS.findall(text.text) if name in pictures):
        text.text = text.text.replace(f"/quizzes/pictures/{name}", f"@@PLUGINFILE@@/{name}")
        file = SubElement(node, "file", name=name, path="/", encoding="base64")
        file.text = base64.b64encode(pictures[name]).decode()


def _text(parent: Element, text: str) -> None:
    SubElement(parent, "text").text = written(text)


def _marked(parent: Element, name: str, text: str, fraction: str = "") -> Element:
    made = SubElement(parent, name, {"fraction": fraction} if fraction else {})
    made.set("format", "markdown")
    _text(made, text)
    return made


def _question(node: Element, content: ItemContent, number: int) -> None:
    _text(SubElement(node, "name"), f"第 {number} 题")
    stem = _cloze(content) if content.kind == "blanks" else content.stem_md
    _marked(node, "questiontext", stem)
    _marked(node, "generalfeedback", content.explanation_md)
    if content.kind != "blanks":  # a cloze counts its places
        SubElement(node, "defaultgrade").text = str(content.points)
    SubElement(node, "penalty").text = "0"
    SubElement(node, "hidden").text = "0"
    _ANSWERS.get(content.kind, lambda _node, _content: None)(node, content)
    told = [f"难度：{LEVELS[content.difficulty]}"] if content.difficulty in LEVELS else []
    told += [f"出处：{content.source_clause}"] if content.source_clause else []
    told += content.tags
    if told:
        tags = SubElement(node, "tags")
        for one in told:
            _text(SubElement(tags, "tag"), one)


def _choice(node: Element, content: ItemContent) -> None:
    right = sum(one.correct for one in content.options)
    SubElement(node, "single").text = "true" if content.kind == "single" else "false"
    SubElement(node, "shuffleanswers").text = "true"
    SubElement(node, "answernumbering").text = "ABCD"
    wrong = "0" if content.kind == "single" else "-100"
    for one in content.options:
        fraction = f"{100 / right:.7f}".rstrip("0").rstrip(".") if one.correct else wrong
        answer = _marked(node, "answer", one.text_md, fraction=fraction)
        _marked(answer, "feedback", one.feedback_md)


def _true_false(node: Element, content: ItemContent) -> None:
    truth = content.options[0].correct
    for word, right in (("true", truth), ("false", not truth)):
        answer = SubElement(
            node, "answer", fraction="100" if right else "0", format="moodle_auto_format"
        )
        _text(answer, word)


def _cloze(content: ItemContent) -> str:
    pieces = BLANK.split(content.stem_md)
    stem = pieces[0]
    for blank, piece in zip(content.blanks, pieces[1:], strict=True):
        accepted = "~=".join(_CLOZE_SIGNS.sub(r"\\\1", text) for text in blank.accepted)
        stem += f"{{1:SHORTANSWER:={accepted}}}{piece}"
    return stem


def _matching(node: Element, content: ItemContent) -> None:
    SubElement(node, "shuffleanswers").text = "true"
    for pair in content.pairs:
        _text(SubElement(_marked(node, "subquestion", pair.left), "answer"), pair.right)


def _numeric(node: Element, content: ItemContent) -> None:
    key = content.numeric
    if key is None:
        return
    answer = SubElement(node, "answer", fraction="100", format="moodle_auto_format")
    _text(answer, f"{key.value:f}")
    SubElement(answer, "tolerance").text = f"{key.tolerance:f}"
    SubElement(node, "unitgradingtype").text = "0"
    SubElement(node, "showunits").text = "0" if key.units else "3"
    if key.units:
        units = SubElement(node, "units")
        for name in key.units:
            unit = SubElement(units, "unit")
            SubElement(unit, "multiplier").text = "1"
            SubElement(unit, "unit_name").text = written(name)


def _essay(node: Element, content: ItemContent) -> None:
    SubElement(node, "responseformat").text = "plain"
    SubElement(node, "responserequired").text = "1"
    SubElement(node, "attachments").text = "0"
    _marked(node, "graderinfo", write_rubric(content.rubric))


def _ordering(node: Element, content: ItemContent) -> None:
    SubElement(node, "layouttype").text = "VERTICAL"
    SubElement(node, "selecttype").text = "ALL"
    SubElement(node, "selectcount").text = "0"
    SubElement(node, "gradingtype").text = "ABSOLUTE_POSITION"
    for place, text in enumerate(content.sequence, 1):
        _marked(node, "answer", text, fraction=f"{place}.0000000")


_ANSWERS = {
    "single": _choice,
    "multiple": _choice,
    "true_false": _true_false,
    "matching": _matching,
    "numeric": _numeric,
    "short": _essay,
    "ordering": _ordering,
}
