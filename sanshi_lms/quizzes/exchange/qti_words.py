"""Names and words of QTI trees."""

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element

from sanshi_lms.quizzes.exchange.pictured import in_words

_BLOCKS = {"p", "div", "prompt", "ul", "ol", "table", "blockquote", "h1", "h2", "h3", "h4", "h5",
           "h6", "itembody", "modalfeedback", "contentbody", "feedbackblock", "pre"}  # fmt: skip
_ENTRIES = {"textentryinteraction", "inlinechoiceinteraction"}
DEEPEST = 200


def plain_names(root: Element) -> Element:
    """Return the tree with small names, without namespaces, prefixes and hyphens."""
    for node in root.iter():
        if isinstance(node.tag, str):
            node.tag = _name(node.tag)
        for name in list(node.attrib):
            value = node.attrib.pop(name)
            node.attrib.setdefault(_name(name), value)
    return root


def _name(name: str) -> str:
    return name.rpartition("}")[2].lower().removeprefix("qti-").replace("-", "")


def words(node: Element, without: Sequence[str] = (), hole: str = "") -> str:
    """Return the words of a node; `hole` stands for each place to type in."""
    parts: list[str] = []
    _walk(node, tuple(without), hole, parts, 0)
    text = re.sub(r"[ \t]*\n[ \t]*", "\n", "".join(parts))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _flat(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")


def _walk(node: Element, without: tuple[str, ...], hole: str, parts: list[str], deep: int) -> None:
    if deep > DEEPEST:
        return
    block = node.tag in _BLOCKS
    parts.append("\n\n" if block else "")
    parts.append(_flat(node.text))
    for child in node:
        if hole and child.tag in _ENTRIES:
            parts.append(hole)
        elif child.get("arrived"):
            parts.append(in_words(child.get("alt") or child.text or "", child.get("arrived", "")))
        elif child.tag == "br":
            parts.append("\n")
        elif child.tag == "li" or child.tag == "tr":
            parts.append("\n- " if child.tag == "li" else "\n")
            _walk(child, without, hole, parts, deep + 1)
        elif not (without and str(child.tag).endswith(without)):
            _walk(child, without, hole, parts, deep + 1)
        parts.append(_flat(child.tail))
    parts.append("\n\n" if block else "")
