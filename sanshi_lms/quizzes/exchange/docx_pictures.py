"""The pictures of a Word document: held as marks while its text is read, then as addresses."""

import posixpath
import re
from dataclasses import replace
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from sanshi_lms.core.packed import Packed, Unreadable, parse_xml
from sanshi_lms.quizzes.content import ItemContent
from sanshi_lms.quizzes.exchange.pictured import Arrivals, in_words, with_texts

MARK = "\ufffc"
"""Stands for a picture in a line; between two of them its number, if it could be taken."""
_NUMBERED = re.compile(f"{MARK}(\\d{{1,3}}){MARK}")
_EMBED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed"
_STRICT = "{http://purl.oclc.org/ooxml/officeDocument/relationships}embed"


class Pictures:
    """Takes pictures of a document by the name that its text gives them."""

    def __init__(self, packed: Packed) -> None:
        """Look up which file each name means."""
        self.arrivals = Arrivals()
        self._packed = packed
        self._shown: list[tuple[str, str]] = []
        self._files = _targets(packed)

    def mark(self, node: Element, words: str) -> str:
        """Return the mark of a picture for its line."""
        name = node.get(_EMBED) or node.get(_STRICT) or ""
        file = self._files.get(name)
        address = self.arrivals.take(self._packed.read(file)) if file else None
        if address is None:
            return MARK
        self._shown.append((words, address))
        return f"{MARK}{len(self._shown) - 1}{MARK}"

    def addressed(self, content: ItemContent) -> ItemContent:
        """Return a question whose marks are pictures; what could not be taken keeps its mark."""

        def put(found: re.Match[str]) -> str:
            number = int(found[1])
            return in_words(*self._shown[number]) if number < len(self._shown) else MARK

        return with_texts(content, lambda text: _NUMBERED.sub(put, text))


def without_marks(content: ItemContent) -> ItemContent:
    """Return a question without the marks of pictures that are lost."""
    clean = with_texts(content, lambda text: text.replace(MARK, "").strip())
    return clean if clean.stem_md else replace(clean, stem_md="（图片）")


def _targets(packed: Packed) -> dict[str, str]:
    path = "word/_rels/document.xml.rels"
    if path not in packed:
        return {}
    try:
        root = parse_xml(packed.read(path))
    except Unreadable:
        return {}
    found = {}
    for one in root:
        target = posixpath.normpath(posixpath.join("word", unquote(one.get("Target", "")))).lstrip(
            "/"
        )
        if one.get("TargetMode") != "External" and target in packed:
            found[one.get("Id", "")] = target
    return found
