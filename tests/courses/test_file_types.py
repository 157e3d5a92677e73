"""Attachments are judged by their bytes; names are made safe."""

import zipfile
from pathlib import Path

import pytest

from sanshi_lms.courses.file_types import MAX_BYTES, content_type, file_problem, safe_filename

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def office(path: Path, *names: str) -> Path:
    """Write an Office file with these members."""
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return path


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("清单.pdf", PDF),
        ("图.PNG", PNG),
        ("照片.jpeg", b"\xff\xd8\xff\xe0" + b"\0" * 9),
        ("说明.txt", "一、二、三\n".encode()),
        ("表.csv", "\ufeff姓名,楼栋\n".encode()),
        ("清单.md", b"# list\n"),
    ],
)
def test_a_file_that_is_what_it_says_is_taken(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert file_problem(path) is None
    assert content_type(name)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("空.pdf", b"", "空文件"),
        ("假.pdf", b"<script>alert(1)</script>", "不符"),
        ("假.png", PDF, "不符"),
        ("页.html", b"<script>alert(1)</script>", "不支持"),
        ("画.svg", b"<svg onload='x'/>", "不支持"),
        ("程序.exe", b"MZ\x90\x00", "不支持"),
        ("程序.txt", b"MZ\x90\x00", "不支持"),
        ("没有后缀", PDF, "不支持"),
        ("压缩.docx", b"PK\x03\x04broken", "不支持"),
        ("国标.txt", "中文".encode("gbk"), "不支持"),
    ],
)
def test_others_are_refused_in_words(tmp_path: Path, name: str, data: bytes, words: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert words in (file_problem(path) or "")


def test_office_files_are_told_apart_and_macros_refused(tmp_path: Path) -> None:
    types = "[Content_Types].xml"
    assert file_problem(office(tmp_path / "a.docx", types, "word/document.xml")) is None
    assert file_problem(office(tmp_path / "b.xlsx", types, "word/document.xml")) is not None
    assert file_problem(office(tmp_path / "c.docx", "word/document.xml")) is not None
    macro = office(tmp_path / "d.docx", types, "word/document.xml", "word/vbaProject.bin")
    assert file_problem(macro) is not None


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "大.pdf"
    with path.open("wb") as file:
        file.write(PDF)
        file.truncate(MAX_BYTES + 1)
    assert "15 MB" in (file_problem(path) or "")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("加装电梯 清单.pdf", "加装电梯 清单.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\桌面\\表.xlsx", "表.xlsx"),
        ("a\u202efdp.txt", "afdp.txt"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie_ x.pdf"),
        ('a"b<c>.pdf', "a_b_c_.pdf"),
        (".pdf", "pdf"),
        ("...", "附件"),
        ("", "附件"),
    ],
)
def test_hostile_names_become_plain(name: str, safe: str) -> None:
    assert safe_filename(name) == safe


def test_a_long_name_keeps_its_ending() -> None:
    shortened = safe_filename("长" * 500 + ".pdf")
    assert len(shortened) <= 120
    assert shortened.endswith(".pdf")
