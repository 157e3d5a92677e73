"""Files of questions from small texts that a person can read in a diff.

`*.sheet` is a workbook: ``=== title`` begins a sheet, cells stand between tabs, ``int:`` ``num:``
``date:`` ``bool:`` give a cell its type, ``!merge A2:A4`` joins cells, ``\\n`` is a line break.
`*.word` is a document: ``[n 1 0]`` numbers a paragraph by list 1 at level 0, ``[table]`` … with
cells between ``|`` … ``[/table]``, ``[b]`` ``[del]`` ``[ins]`` ``[pic]`` ``[math]`` within a line,
``[box]`` a text box. `*.parts` is an archive: ``=== name`` begins a member.
"""

import io
import re
import zipfile
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

from openpyxl import Workbook

_SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
LISTS = {
    1: [("decimal", "%1."), ("upperLetter", "%2.")],
    2: [("chineseCountingThousand", "%1、"), ("decimal", "%2.")],
    3: [("upperLetter", "%1．")],
    4: [("decimal", "%1、"), ("upperLetter", "%2、")],
    5: [("decimal", "（%1）")],
    6: [("bullet", "")],
}
_RUNS = {
    "b": "<w:r><w:rPr><w:b/></w:rPr><w:t>{}</w:t></w:r>",
    "u": "<w:r><w:rPr><w:u/></w:rPr><w:t>{}</w:t></w:r>",
    "red": '<w:r><w:rPr><w:color w:val="FF0000"/></w:rPr><w:t>{}</w:t></w:r>',
    "del": "<w:del><w:r><w:delText>{}</w:delText></w:r></w:del>",
    "ins": "<w:ins><w:r><w:t>{}</w:t></w:r></w:ins>",
    "math": "<m:oMath><m:r><m:t>{}</m:t></m:r></m:oMath>",
    "pic": '<w:r><w:drawing><a:blip r="{}"/></w:drawing></w:r>',
    "link": "<w:hyperlink><w:r><w:t>{}</w:t></w:r></w:hyperlink>",
    "box": '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx>'
    "<w:txbxContent><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:txbxContent></wps:txbx></w:drawing>"
    "</mc:Choice><mc:Fallback><w:pict/></mc:Fallback></mc:AlternateContent></w:r>",
}
_MARKED = re.compile(rf"\[({'|'.join(_RUNS)})\](.*?)\[/\1\]|\[br\]|\[tab\]")


def built(path: Path) -> bytes:
    """Return the file that a text stands for; any other file as it is."""
    makers = {".sheet": workbook, ".word": document, ".parts": archive}
    maker = makers.get(path.suffix)
    return maker(path.read_text("utf-8")) if maker else path.read_bytes()


def workbook(text: str) -> bytes:
    """Return a workbook."""
    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = None
    for line in text.splitlines():
        if line.startswith("=== ") or sheet is None:
            sheet = book.create_sheet(line.removeprefix("=== "))
            if line.startswith("=== "):
                continue
        if line.startswith("!merge "):
            sheet.merge_cells(line.removeprefix("!merge "))
        elif line == "!hide":
            sheet.sheet_state = "hidden"
        else:
            sheet.append([_cell(one) for one in line.split("\t")])
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def _cell(text: str) -> object:
    kind, _, rest = text.partition(":")
    match kind:
        case "int":
            return int(rest)
        case "num":
            return float(rest)
        case "date":
            return date.fromisoformat(rest)
        case "bool":
            return rest == "1"
    return text.replace("\\n", "\n") or None


def document(text: str) -> bytes:
    """Return a Word document."""
    blocks, rows = [], list[str]()
    inside = False
    for line in text.splitlines():
        if line == "[table]":
            inside, rows = True, []
        elif line == "[/table]":
            inside = False
            blocks.append(f"<w:tbl>{''.join(rows)}</w:tbl>")
        elif inside:
            cells = (f"<w:tc>{_paragraph(one.strip())}</w:tc>" for one in line.split("|"))
            rows.append(f"<w:tr>{''.join(cells)}</w:tr>")
        else:
            blocks.append(_paragraph(line))
    body = f"<w:document {_SPACES}><w:body>{''.join(blocks)}</w:body></w:document>"
    return zipped({"word/document.xml": body, "word/numbering.xml": _numbering()})


def _paragraph(line: str) -> str:
    numbered = re.match(r"\[n (\d) (\d)\] ", line)
    properties = ""
    if numbered:
        line = line[numbered.end() :]
        properties = (
            f'<w:pPr><w:numPr><w:ilvl w:val="{numbered[2]}"/><w:numId w:val="{numbered[1]}"/>'
            "</w:numPr></w:pPr>"
        )
    runs, begin = [], 0
    for found in _MARKED.finditer(line):
        runs.append(_run(line[begin : found.start()]))
        plain = {"[br]": "<w:r><w:br/></w:r>", "[tab]": "<w:r><w:tab/></w:r>"}
        runs.append(plain.get(found[0]) or _RUNS[found[1]].format(escape(found[2])))
        begin = found.end()
    runs.append(_run(line[begin:]))
    return f"<w:p>{properties}{''.join(runs)}</w:p>"


def _run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>' if text else ""


def _numbering() -> str:
    kinds, lists = [], []
    for number, levels in LISTS.items():
        inner = "".join(
            f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
            f'<w:lvlText w:val="{text}"/></w:lvl>'
            for n, (form, text) in enumerate(levels)
        )
        kinds.append(f'<w:abstractNum w:abstractNumId="{number}">{inner}</w:abstractNum>')
        lists.append(f'<w:num w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>')
    # List 8 and 9 are list 3 begun anew, as a word processor writes options of other questions.
    lists += [
        f'<w:num w:numId="{n}"><w:abstractNumId w:val="3"/><w:lvlOverride w:ilvl="0">'
        '<w:startOverride w:val="1"/></w:lvlOverride></w:num>'
        for n in (8, 9)
    ]
    return f"<w:numbering {_SPACES}>{''.join(kinds)}{''.join(lists)}</w:numbering>"


def archive(text: str) -> bytes:
    """Return a zip archive."""
    parts = re.split(r"^=== (.+)\n", text, flags=re.MULTILINE)
    return zipped(dict(zip(parts[1::2], parts[2::2], strict=True)))


def zipped(parts: dict[str, str]) -> bytes:
    """Return members as a zip archive."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in parts.items():
            packed.writestr(name, data)
    return sink.getvalue()
