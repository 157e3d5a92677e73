"""Questions as a Word document in the shape of an exam paper, which can be read back."""

import io
import zipfile
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from sanshi_lms.core.packed import written
from sanshi_lms.quizzes.content import ItemContent
from sanshi_lms.quizzes.exchange.docx_numbers import W
from sanshi_lms.quizzes.exchange.rubric_text import write_rubric
from sanshi_lms.quizzes.exchange.text_lines import LETTERS

KINDS = {"single": "单选题", "multiple": "多选题", "true_false": "判断题", "blanks": "填空题",
         "ordering": "排序题", "numeric": "计算题", "short": "简答题"}  # fmt: skip
LEVELS = {1: "易", 3: "难"}
_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/'
    'vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/officeDocument" Target="word/document.xml"/></Relationships>'
)
register_namespace("w", W[1:-1])


def write_docx(contents: Sequence[ItemContent]) -> bytes:
    """Return a document; kinds that such a paper has no place for are left out."""
    root = Element(W + "document")
    body = SubElement(root, W + "body")
    number = 0
    for content in contents:
        if content.kind in KINDS:
            number += 1
            for line in lines_of(content, number):
                _paragraph(body, line, bold=line.startswith(f"{number}. "))
            _paragraph(body, "")
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELATIONS)
        archive.writestr(
            "word/document.xml", tostring(root, encoding="utf-8", xml_declaration=True)
        )
    return sink.getvalue()


def lines_of(content: ItemContent, number: int) -> list[str]:
    """Return a question as the lines that are read back."""
    stem = f"{number}. 【{KINDS[content.kind]}】{content.stem_md}"
    lines = stem.split("\n")
    texts = [one.text_md for one in content.options] or list(content.sequence)
    if content.kind != "true_false":
        lines += [f"{LETTERS[n]}. {text}" for n, text in enumerate(texts)]
    lines.append(f"答案：{_answer(content)}")
    if content.explanation_md:
        lines += f"解析：{content.explanation_md}".split("\n")
    fields = [("难度", LEVELS.get(content.difficulty, "")), ("知识点", content.topic)]
    fields += [("分值", str(content.points) if content.points != 1 else "")]
    fields += [("出处", content.source_clause)]
    return lines + [f"{name}：{text}" for name, text in fields if text]


def _answer(content: ItemContent) -> str:
    match content.kind:
        case "single" | "multiple":
            return "".join(LETTERS[n] for n, one in enumerate(content.options) if one.correct)
        case "true_false":
            return "对" if content.options[0].correct else "错"
        case "ordering":
            return LETTERS[: len(content.sequence)]
        case "blanks":
            return "；".join("/".join(blank.accepted) for blank in content.blanks)
        case "numeric" if content.numeric:
            unit = content.numeric.units[0] if content.numeric.units else ""
            return f"{content.numeric.value:f}{unit}"
    return write_rubric(content.rubric)


def _paragraph(body: Element, text: str, *, bold: bool = False) -> None:
    paragraph = SubElement(body, W + "p")
    run = SubElement(paragraph, W + "r")
    if bold:
        SubElement(SubElement(run, W + "rPr"), W + "b")
    for place, line in enumerate(written(text).split("\n")):
        if place:
            SubElement(run, W + "br")
        node = SubElement(run, W + "t")
        node.text = line
        node.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
