"""Questions from a Word document: its paragraphs as pasted text, its tables as tables.

What a person sees is what is read: automatic numbers are counted out, deleted text is gone. Text
boxes and formulae have no words in a line; they are told, never silently dropped.
"""

import re
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

from sanshi_lms.core.packed import Packed, Unreadable, parse_xml
from sanshi_lms.quizzes.exchange.docx_numbers import Numbering, W, transitional, value
from sanshi_lms.quizzes.exchange.docx_pictures import MARK, Pictures, without_marks
from sanshi_lms.quizzes.exchange.moodle_read import PICTURES
from sanshi_lms.quizzes.exchange.reading import Found, Reading
from sanshi_lms.quizzes.exchange.table import columns_of, read_rows
from sanshi_lms.quizzes.exchange.text import read_text

_BOXES = {"txbxContent"}
_GONE = {"del", "moveFrom", "instrText", "delText", "footnoteReference", "commentReference"}
_PICTURES = {"blip", "imagedata"}
DEEPEST = 60
_ANSWERED = re.compile(r"答案|[（(]\s*[A-Ja-j√×对错]{1,8}\s*[)）]")
MOST_PARAGRAPHS = 60_000


@dataclass
class _Seen:
    """What was met on the way."""

    pictures: Pictures
    boxes: int = 0
    formulae: int = 0
    marked: int = 0
    lines: list[str] = field(default_factory=list)
    tables: list[tuple[int, list[list[str]]]] = field(default_factory=list)


def read_docx(packed: Packed) -> Reading:
    """Return the questions of a document."""
    root = transitional(parse_xml(packed.read("word/document.xml")))
    body = root.find(W + "body")
    if body is None:
        raise Unreadable("Word 文件里没有正文，读不了。请在 Word 或 WPS 里另存为 docx，再导入。")
    numbers = Numbering()
    numbers.read(_part(packed, "numbering"), _part(packed, "styles"))
    seen = _Seen(Pictures(packed))
    _blocks(body, numbers, seen, 0)
    if len(seen.lines) > MOST_PARAGRAPHS:
        raise Unreadable("文档太长，请分成几个文件，再导入。")
    reading = _join(seen)
    reading.pictures = seen.pictures.arrivals.found
    _tell(seen, reading)
    return reading


def _part(packed: Packed, name: str) -> Element | None:
    path = f"word/{name}.xml"
    return transitional(parse_xml(packed.read(path))) if path in packed else None


def _join(seen: _Seen) -> Reading:
    text = "\n".join(seen.lines)
    reading = read_text(text) if text.strip() or not seen.tables else Reading()
    if seen.tables and not reading.found:
        reading.faults = []  # there need be no questions beside a table of them
    reading.found = [_with_pictures(one, seen.pictures) for one in reading.found]
    for number, rows in seen.tables:
        part = read_rows(rows, f"第 {number} 个表格")
        reading.found += [_with_pictures(one, seen.pictures) for one in part.found]
        reading.faults += part.faults
    return reading


def _with_pictures(one: Found, pictures: Pictures) -> Found:
    if MARK not in repr(one.content):
        return one
    content = pictures.addressed(one.content)
    if MARK not in repr(content):
        return replace(one, content=content)
    return replace(one, content=without_marks(content), problem_zh=PICTURES)


def _tell(seen: _Seen, reading: Reading) -> None:
    if seen.boxes:
        reading.note("文本框", f"有 {seen.boxes} 个文本框，里面的文字没有读。请把题目移到正文里。")
    if seen.formulae:
        reading.note("公式", f"有 {seen.formulae} 处公式按普通文字读了，请逐一核对。")
    if seen.marked and any(one.problem_zh for one in reading.found):
        words = "有的选项加粗、加了下划线或变了颜色；这不算答案，请另写一行“答案：A”。"
        reading.note("加粗和颜色", words)


def _blocks(parent: Element, numbers: Numbering, seen: _Seen, deep: int) -> None:
    if deep > DEEPEST:
        raise Unreadable("文档里一层套一层太深，读不了。请把题目复制到一个新文档，再导入。")
    for node in parent:
        if node.tag == W + "p":
            text = _paragraph(node, seen)
            label = numbers.label(node) if text.strip() else ""
            seen.lines += (f"{label} {text}" if label else text).split("\n")
        elif node.tag == W + "tbl":
            _table(node, numbers, seen, deep)
        elif node.tag in {W + "sdt", W + "sdtContent", W + "ins", W + "customXml", W + "smartTag"}:
            _blocks(node, numbers, seen, deep + 1)


def _table(node: Element, numbers: Numbering, seen: _Seen, deep: int) -> None:
    rows: list[list[str]] = []
    for row in node.findall(W + "tr"):
        cells = []
        for cell in row.findall(W + "tc"):
            cells.append("\n".join(_paragraph(one, seen) for one in cell.iterfind(W + "p")))
            wide = value(cell.find(W + "tcPr"), "gridSpan")
            cells += [""] * (int(wide) - 1 if wide.isdigit() and len(wide) < 3 else 0)
        rows.append(cells)
    if columns_of(rows):
        seen.tables.append((len(seen.tables) + 1, rows))
        return
    for cell in node.iterfind(f"{W}tr/{W}tc"):  # a table that only lays out
        _blocks(cell, numbers, seen, deep + 1)


def _paragraph(node: Element, seen: _Seen) -> str:
    parts: list[str] = []
    _runs(node, parts, seen, 0)
    text = "".join(parts)
    if not _ANSWERED.search(text):
        for properties in node.iterfind(f"{W}r/{W}rPr"):
            coloured = value(properties, "color") not in {"", "auto", "000000"}
            if coloured or any(properties.find(W + one) is not None for one in ("b", "u")):
                seen.marked += 1
    return text


def _runs(node: Element, parts: list[str], seen: _Seen, deep: int) -> None:
    if deep > DEEPEST:
        return
    for child in node:
        name = child.tag.rpartition("}")[2] if isinstance(child.tag, str) else ""
        if name in _BOXES:
            seen.boxes += 1
        elif name in _GONE or name == "Fallback":
            continue
        elif name in _PICTURES:
            words = next((one.get("descr", "") for one in node.iter() if one.get("descr")), "")
            parts.append(seen.pictures.mark(child, words))
        elif name == "t":
            parts.append(child.text or "")
        elif name in {"tab", "ptab"}:
            parts.append(" " if child.tag == W + "tab" and node.tag != W + "tabs" else "")
        elif name in {"br", "cr"}:
            parts.append("\n")
        elif name == "noBreakHyphen":
            parts.append("-")
        else:
            seen.formulae += name == "oMath"
            _runs(child, parts, seen, deep + 1)
