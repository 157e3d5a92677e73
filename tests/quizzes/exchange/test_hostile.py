"""Files that want to do harm, or are something else: refused in words, within bounds."""

import io
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanshi_lms.quizzes.content_rules import content_problem
from sanshi_lms.quizzes.exchange.files import read_file, read_pasted
from sanshi_lms.quizzes.exchange.formats import FORMATS
from sanshi_lms.quizzes.exchange.limited import read_limited
from sanshi_lms.quizzes.exchange.reading import MOST_FAULTS
from sanshi_lms.quizzes.exchange.sheets_write import EXAMPLES
from sanshi_lms.quizzes.exchange.table import read_rows
from tests.quizzes.exchange.building import document

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504
XLSX = FORMATS["xlsx"].write(EXAMPLES)
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {b} "&{a};&{a};&{a};&{a};&{a};&{a};&{a};&{a};">'
        for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]><quiz>&i;</quiz>"
)
OUTSIDE = (
    '<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    '<quiz><question type="essay"><questiontext><text>&x;</text></questiontext></question></quiz>'
)
MANIFEST = "<manifest><resources>{}</resources></manifest>"


def zipped(*parts: tuple[str, bytes | str], more: bytes = b"") -> bytes:
    sink = io.BytesIO(more)
    sink.seek(0, io.SEEK_END)
    with zipfile.ZipFile(sink, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts:
            archive.writestr(name, data)
    return sink.getvalue()


def locked(data: bytes) -> bytes:
    """Set the flag of a password on every member."""
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data = data[: at + place] + b"\x01" + data[at + place + 1 :]
            at = data.find(mark, at + 4)
    return data


def nested_packages() -> bytes:
    item = '<resource type="imsqti_item_xmlv2p1" href="../../etc/passwd"/>'
    return zipped(("imsmanifest.xml", MANIFEST.format(item)))


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "zip bomb by ratio": (lambda: zipped(("xl/workbook.xml", "0" * 60_000_000)), "解开以后太大"),
    "zip bomb by number": (
        lambda: zipped(*((f"word/{n}", "x") for n in range(4100))), "文件太多"),
    "bomb in a document": (
        lambda: zipped(("word/document.xml", "<a>" + " " * 90_000_000 + "</a>")), "解开以后太大"),
    "XML bomb": (LAUGHS.encode, "DTD"),
    "external entity": (OUTSIDE.encode, "DTD"),
    "XML bomb in UTF-16": (lambda: LAUGHS.encode("utf-16"), "DTD"),
    "entity in a package": (
        lambda: zipped(("imsmanifest.xml", LAUGHS.replace("quiz", "manifest"))), "DTD"),
    "entity in a document": (lambda: zipped(("word/document.xml", OUTSIDE)), "DTD"),
    "macro workbook": (lambda: zipped(("xl/vbaProject.bin", b"x"), more=XLSX), "宏"),
    "macro type only": (
        lambda: zipped(("[Content_Types].xml", "application/vnd.ms-excel.sheet.macroEnabled.main"),
                       ("xl/workbook.xml", "<a/>")), "宏"),
    "macros in .xls": (lambda: OLE + "_VBA_PROJECT Workbook".encode("utf-16-le"), "宏"),
    "encrypted Office": (lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "密码"),
    "encrypted zip": (lambda: locked(zipped(("imsmanifest.xml", "<a/>"))), "密码"),
    "old .doc": (lambda: OLE + "WordDocument".encode("utf-16-le"), "另存为 docx"),
    "old .xls": (lambda: OLE + "Workbook".encode("utf-16-le"), "另存为 xlsx"),
    "path out of the package": (lambda: zipped(("../../etc/cron.d/x", "x")), "不安全"),
    "absolute path": (lambda: zipped(("/etc/x", "x")), "不安全"),
    "drive of Windows": (lambda: zipped(("C:\\x", "x")), "不安全"),
    "manifest that points out": (nested_packages, "包里没有文件"),
    "manifest without items": (
        lambda: zipped(("imsmanifest.xml", MANIFEST.format(""))), "QTI 2.1 导出"),
    "cut off": (lambda: XLSX[: len(XLSX) // 2], "没有拷贝完整"),
    "broken inside": (
        lambda: zipped(("xl/workbook.xml", "<no"), ("[Content_Types].xml", "<no")), "打不开"),
    "XML cut off": (lambda: b"<quiz><question>", "不完整"),
    "50 MB": (lambda: b"1. a\n" * 10_000_000, "太大"),
    "PDF": (lambda: b"%PDF-1.7 ...", "PDF"),
    "RTF": (lambda: b"{\\rtf1 x}", "RTF"),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n....", "图片"),
    "PowerPoint": (lambda: zipped(("ppt/presentation.xml", "<a/>")), "PPT"),
    "ODS": (lambda: zipped(("content.xml", "<a/>")), "ODF"),
    "xlsb": (lambda: zipped(("xl/workbook.bin", "x")), "xlsb"),
    "zip of files": (lambda: zipped(("a.txt", "x")), "先解开"),
    "QTI 1.2": (lambda: b"<questestinterop/>", "QTI 1.2"),
    "web page": (lambda: b"<!DOCTYPE html><html></html>", "网页"),
    "other XML": (lambda: b"<rss/>", "不是题目"),
    "program": (lambda: b"\x7fELF\x00\x00\x00", "认不出"),
    "empty": (lambda: b" \r\n", "空的"),
    "deep XML": (lambda: b"<quiz>" + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</quiz>", "没有题目"),
    "deep item": (
        lambda: b"<assessmentItem><itemBody>" + b"<p>" * 50_000 + b"</p>" * 50_000
        + b"</itemBody></assessmentItem>", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", list(HOSTILE))
def test_it_is_refused_in_words(name: str) -> None:
    make, words = HOSTILE[name]
    data = make()
    begin = time.process_time()
    reading = read_file(data)
    assert time.process_time() - begin < 5
    assert reading.good == []
    assert any(words in one.words_zh for one in reading.faults) or not words


def test_gbk_is_read_like_any_other() -> None:
    text = "1. 谁来表决？\nA. 业主\nB. 租客\n答案：A\n"
    for encoding in ("gbk", "utf-8", "utf-8-sig", "utf-16"):
        assert [one.stem_md for one in read_file(text.encode(encoding))] == ["谁来表决？"]
    xml = (
        '<?xml version="1.0" encoding="GBK"?><quiz><question type="truefalse"><questiontext>'
        '<text>要公示</text></questiontext><answer fraction="100"><text>true</text></answer>'
        "</question></quiz>"
    )
    assert [one.stem_md for one in read_file(xml.encode("gbk"))] == ["要公示"]


def test_the_child_is_bounded(tmp_path: Path) -> None:
    source = tmp_path / "questions"
    source.write_bytes(XLSX)
    assert len(read_limited(source).found) == len(EXAMPLES)
    source.write_bytes(b"x" * 20_000_001)
    assert "太大" in read_limited(source).faults[0].words_zh
    cells = "".join(f'<c t="n"><v>{n}</v></c>' for n in range(100))
    sheet = f"<sheetData>{f'<row>{cells}</row>' * 6_000}</sheetData>"
    name = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(io.BytesIO(XLSX)) as archive:
        parts = [(one, archive.read(one)) for one in archive.namelist() if one != name]
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    source.write_bytes(zipped((name, f'<worksheet xmlns="{space}">{sheet}</worksheet>'), *parts))
    begin = time.monotonic()
    reading = read_limited(source)
    assert reading.good == []
    assert reading.faults
    assert time.monotonic() - begin < 60


SEEDS = [FORMATS[key].write(EXAMPLES) for key in ("xlsx", "docx", "moodle", "qti21", "gift")]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.integers(0, 10_000), st.binary(max_size=4)), min_size=1, max_size=5),
)
def test_a_damaged_file_gives_words_and_no_error(
    seed: bytes, damage: list[tuple[int, bytes]]
) -> None:
    for place, with_what in damage:
        at = place % len(seed)
        seed = seed[:at] + with_what + seed[at + len(with_what) :]
    bounded(seed)


def bounded(data: bytes) -> None:
    reading = read_file(data)
    assert len(reading.faults) <= MOST_FAULTS
    assert reading.found or reading.faults
    for one in reading.good:
        assert content_problem(one.content) is None


WORDS = st.lists(
    st.sampled_from(
        ["{", "}", "=", "~", "#", "\\", "->", "%50%", "::", "####", "\n", "\n\n", "//", "T", "F",
         "$CATEGORY: ", "ANSWER: A", "A. ", "B) ", "[html]", "<p>", "题目,选项A,答案\n", ",", '"',
         "甲", "{#1:0.1}", "1..2", "题目\t答案\n", "\t"]
    ) | st.text("甲乙aA1.,\u2028\x00 \t", max_size=4), max_size=40,
).map("".join)  # fmt: skip
TAGS = ["quiz", "question", "questiontext", "text", "answer", "assessmentItem", "itemBody", "p",
        "choiceInteraction", "simpleChoice", "responseDeclaration", "correctResponse", "value",
        "matchInteraction", "simpleMatchSet", "textEntryInteraction", "tolerance"]  # fmt: skip
TREES = st.recursive(
    st.sampled_from(["甲", "{1:SA:=x}", "1e99", "NaN", "-", "&lt;img&gt;", " "]),
    lambda inner: st.builds(
        lambda tag, kind, parts: (
            f'<{tag} type="{kind}" identifier="A" fraction="{kind}" '
            f'responseIdentifier="A">{"".join(parts)}</{tag}>'
        ),
        st.sampled_from(TAGS),
        st.sampled_from(["multichoice", "cloze", "numerical", "matching", "100", "NaN", "essay"]),
        st.lists(inner, max_size=4),
    ),
    max_leaves=15,
)


FILES = (
    WORDS.map(str.encode)
    | TREES.map(lambda tree: f"<quiz>{tree}</quiz>".encode())
    | TREES.map(lambda t: f"<assessmentItem><itemBody>{t}</itemBody>{t}</assessmentItem>".encode())
    | st.binary(max_size=300)
)


@settings(max_examples=150, deadline=None)
@given(FILES)
def test_no_file_breaks_a_reader(data: bytes) -> None:
    bounded(data)
    read_pasted(data.decode("utf-8", "replace"))


@pytest.mark.parametrize(
    "text",
    ["{" * 200_000, "a{=" + "\\" * 200_000, "::" * 100_000 + "{}", "{=a" + "~%" * 100_000 + "}",
     "//" * 200_000 + "\n{=a}", "x\n\n" * 100_000 + "{=a}", "A. " * 100_000 + "\nANSWER: A",
     "q\nANSWER: A\n" * 50_000, "题目,答案\n" + '"' * 200_000, "{#" + "1" * 200_000 + "}",
     "<quiz>" + '<question type="x"/>' * 20_000 + "</quiz>", "{=a}" + " \n" * 100_000,
     '<quiz><question type="cloze"><questiontext><text>' + "{1:SA:" * 10_000
     + "</text></questiontext></question></quiz>", "题目\t答案\n" + "\t" * 200_000,
     "$CATEGORY: " + "/" * 100_000 + "\n\na{=b}"],
    ids=lambda text: text[:8],
)  # fmt: skip
def test_no_pattern_runs_away(text: str) -> None:
    begin = time.process_time()
    read_file(text.encode())
    assert time.process_time() - begin < 10


CELLS = st.sampled_from(
    ["题型", "题目", "选项A", "选项B", "选项", "答案", "分值", "难度", "单选题", "多选题", "判断题",
     "填空题", "排序题", "匹配题", "数值题", "简答题", "案例题", "小题·单选题", "甲", "___", "A",
     "AB", "1e9", "甲 = 乙", "= 乙", "1.1 ± x", "（2 分）", "", "\n", "=1+1", "9" * 60]
) | st.text("甲A1=|（）.\n", max_size=6)  # fmt: skip
HEAD = ["题型", "题目", "选项A", "选项B", "答案", "分值"]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(CELLS, max_size=7), max_size=12), st.booleans())
def test_no_table_breaks_its_reader(rows: list[list[str]], with_head: bool) -> None:
    reading = read_rows([HEAD, *rows] if with_head else rows)
    for one in reading.good:
        assert content_problem(one.content) is None


MARKS = st.sampled_from(
    ["[n 1 0] ", "[n 1 1] ", "[n 2 0] ", "[n 9 0] ", "[n 7 3] ", "[b]甲[/b]", "[pic]x[/pic]",
     "[br]", "[box]A. 甲[/box]", "[math]x[/math]", "\n", "\n[table]\n", "\n[/table]\n",
     "题目|答案\n", "甲|A\n", "1. 甲？", "A. 乙", "答案：A", "[del]x[/del]", "[tab]"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(MARKS, max_size=25).map("".join))
def test_no_document_breaks_its_reader(text: str) -> None:
    bounded(document(text))
