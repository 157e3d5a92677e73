"""A file of questions: what it is, told by its content and never by its name; then its reader."""

import re

from sanshi_lms.core.packed import Packed, Unreadable, decoded, parse_xml
from sanshi_lms.quizzes.exchange.aiken import read_aiken
from sanshi_lms.quizzes.exchange.docx_read import read_docx
from sanshi_lms.quizzes.exchange.gift_read import read_gift
from sanshi_lms.quizzes.exchange.moodle_read import read_moodle
from sanshi_lms.quizzes.exchange.qti_read import read_item, read_package
from sanshi_lms.quizzes.exchange.reading import MOST_BYTES, MOST_ITEMS, Reading, refused
from sanshi_lms.quizzes.exchange.sheets_read import read_csv, read_xlsx
from sanshi_lms.quizzes.exchange.table import columns_of
from sanshi_lms.quizzes.exchange.text import read_text

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS = (
    (b"%PDF", "这是 PDF，读不了题目。请在 Word 里打开原来的文件，另存为 docx，再导入。"),
    (b"{\\rtf", "这是 RTF 文件。请在 Word 或 WPS 里另存为 docx，再导入。"),
    (b"Rar!", "这是 RAR 压缩包。请先解开，再导入里面的文件。"),
    (b"7z\xbc\xaf", "这是 7z 压缩包。请先解开，再导入里面的文件。"),
    (b"\x89PNG", "这是图片，读不了题目。请用文字的文件，例如 Excel 模板。"),
    (b"\xff\xd8\xff", "这是图片，读不了题目。请用文字的文件，例如 Excel 模板。"),
    (b"\x1f\x8b", "这是压缩文件。请先解开，再导入里面的文件。"),
)
MACROS = "文件里有宏，可能有害，没有读。请在 Excel 或 Word 里另存为不带宏的 xlsx 或 docx，再导入。"
TOO_LARGE = f"文件太大，最大 {MOST_BYTES // 1_000_000} MB。请去掉图片，或分成几个文件，再导入。"
_AIKEN = re.compile(r"^[ \t]*ANSWER\s*[:：]\s*\S", re.MULTILINE)
_GIFT = re.compile(
    r"(?<!\\)\{\s*(?:[=~#}]|(?:T|F|TRUE|FALSE)\s*[#}])|^[ \t]*\$CATEGORY:|^[ \t]*::.{1,200}::",
    re.MULTILINE,
)
_DELIMITERS = re.compile(r"[,\t;，]")


def read_file(data: bytes) -> Reading:
    """Return the questions of a file; a refusal in words is a reading with one fault."""
    try:
        reading = _read(data)
    except Unreadable as error:
        return refused(error.words_zh)
    except RecursionError:
        return refused("文件一层套一层太深，读不了。请用原来的软件重新导出，再导入。")
    if len(reading.found) > MOST_ITEMS:
        return refused(f"题目太多了，一次最多 {MOST_ITEMS} 题，请分成几个文件。")
    if not reading.found and not reading.faults:
        reading.fault("整个文件", "没有找到题目。请下载 Excel 模板，按它的样子填。")
    return reading


def read_pasted(text: str) -> Reading:
    """Return the questions of a pasted text: from a word processor, a spreadsheet, or a format."""
    try:
        return _text(text, text.encode("utf-8", "replace"))
    except Unreadable as error:
        return refused(error.words_zh)


def _read(data: bytes) -> Reading:
    if not data.strip():
        return refused("文件是空的，请检查以后再选。")
    if len(data) > MOST_BYTES:
        return refused(TOO_LARGE)
    if data.startswith(_OLE):
        return refused(_old_office(data))
    if data.startswith(b"PK"):
        return _archive(data)
    for mark, words in _OTHERS:
        if data.startswith(mark):
            return refused(words)
    head = data[:4000]
    if b"\x00" in head and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return refused("认不出这是什么文件。可以导入：Excel、Word、GIFT、Aiken、Moodle XML、QTI。")
    text = decoded(data)
    return _xml(data) if text.lstrip("\ufeff \t\r\n").startswith("<") else _text(text, data)


def _old_office(data: bytes) -> str:
    def holds(name: str) -> bool:
        return name.encode("utf-16-le") in data

    if holds("EncryptedPackage") or holds("EncryptionInfo"):
        return "文件加了密码，读不了。请在 Word 或 Excel 里去掉密码，再导入。"
    if holds("_VBA_PROJECT") or holds("Macros"):
        return MACROS
    if holds("WordDocument"):
        return "这是旧版的 Word 文件（.doc）。请在 Word 或 WPS 里另存为 docx，再导入。"
    return "这是旧版的 Excel 文件（.xls）。请在 Excel 或 WPS 里另存为 xlsx，再导入。"


def _archive(data: bytes) -> Reading:
    packed = Packed(data)
    lower = {name.lower() for name in packed.names}
    types = packed.read("[Content_Types].xml") if "[Content_Types].xml" in packed else b""
    if any(name.endswith("vbaproject.bin") for name in lower) or b"macroEnabled" in types:
        return refused(MACROS)
    if "xl/workbook.xml" in packed:
        return read_xlsx(data)
    if "word/document.xml" in packed:
        return read_docx(packed)
    if any(name.endswith("imsmanifest.xml") for name in packed.names):
        return read_package(packed)
    if "xl/workbook.bin" in packed:
        return refused("这是 xlsb 文件。请在 Excel 里另存为 xlsx，再导入。")
    if any(name.startswith("ppt/") for name in packed.names):
        return refused("这是 PPT，读不了题目。请把题目复制到 Word，存为 docx，再导入。")
    if "content.xml" in packed:
        return refused("这是 ODF 文件。请另存为 docx 或 xlsx，再导入。")
    return refused("压缩包里没有 imsmanifest.xml，不是 QTI 包。请先解开，再导入里面的文件。")


def _xml(data: bytes) -> Reading:
    text = decoded(data[:4000]).lower()
    if "<html" in text or "<!doctype html" in text:
        return refused("这是网页。请把题目复制到 Word，存为 docx，再导入。")
    root = parse_xml(data)
    name = root.tag.rpartition("}")[2]
    if name == "quiz":
        return read_moodle(root)
    if name in {"assessmentItem", "qti-assessment-item"}:
        return read_item(root)
    if name == "questestinterop":
        return refused("这是 QTI 1.2，读不了。请在原来的软件里选 QTI 2.1 导出，再导入。")
    if name in {"assessmentTest", "qti-assessment-test"}:
        return refused("这只是试卷的目录，没有题目。请导入整个 QTI 压缩包。")
    return refused(f"这个 XML（{name[:40]}）不是题目。可以导入 Moodle XML 和 QTI。")


def _text(text: str, data: bytes) -> Reading:
    first = text.lstrip("\ufeff").partition("\n")[0]
    if len(_DELIMITERS.findall(first)) > 1 and columns_of([_DELIMITERS.split(first)]):
        return read_csv(data)
    if _AIKEN.search(text):
        return read_aiken(text)
    return read_gift(text) if _GIFT.search(text) else read_text(text)
