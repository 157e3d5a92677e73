"""Which files may hang on a lesson, judged by their bytes and never by what the sender says."""

import re
import unicodedata
import zipfile
from pathlib import Path

MEGABYTE = 1024 * 1024
MAX_BYTES = 15 * MEGABYTE
MAX_NAME = 120
MAX_PER_LESSON = 20
ALLOWED_ZH = "PDF、Word（docx）、Excel（xlsx）、PPT（pptx）、PNG、JPG、TXT、CSV"

_PDF = "application/pdf"
_OFFICE = "application/vnd.openxmlformats-officedocument."
TYPES = {
    "pdf": _PDF,
    "docx": _OFFICE + "wordprocessingml.document",
    "xlsx": _OFFICE + "spreadsheetml.sheet",
    "pptx": _OFFICE + "presentationml.presentation",
    "png": "image/png",
    "jpg": "image/jpeg",
    "txt": "text/plain; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
}
_SAME = {"jpeg": "jpg", "md": "txt"}
_OFFICE_FOLDER = {"word/": "docx", "xl/": "xlsx", "ppt/": "pptx"}
_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]')


def safe_filename(name: str) -> str:
    """Return a name that is safe to show and to save on any system, with its ending kept.

    Chinese stays; folders, control characters, marks that turn the reading direction and leading
    dots go.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(c for c in last if unicodedata.category(c) not in {"Cf", "Cc", "Cs", "Co"})
    clean = _UNSAFE.sub("_", kept).strip(" .")
    stem, dot, ending = clean.rpartition(".")
    if not dot:
        stem, ending = clean, ""
    longest = MAX_NAME - len(ending) - 1
    return f"{stem[:longest].strip() or '附件'}{dot}{ending[:10]}"


def kind_of(path: Path) -> str | None:
    """Return the ending in `TYPES` that the bytes of `path` deserve, or None."""
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if head.startswith(b"PK\x03\x04"):
        return _office_kind(path)
    return "txt" if _is_text(path) else None


def file_problem(path: Path, name: str | None = None) -> str | None:
    """Return why the file at `path`, offered as `name`, cannot be an attachment, or None."""
    size = path.stat().st_size
    if size == 0:
        return "这是一个空文件（0 字节），请换一个。"
    if size > MAX_BYTES:
        return f"文件太大，附件最大 {MAX_BYTES // MEGABYTE} MB。"
    ending = (name or path.name).rpartition(".")[2].lower()
    ending = _SAME.get(ending, ending)
    found = kind_of(path)
    if ending not in TYPES or found is None:
        return f"不支持这种文件，可以上传：{ALLOWED_ZH}。"
    if found != ending and not (found == "txt" and ending == "csv"):
        return f"文件内容和后缀“.{ending}”不符，请用原来的软件另存后再上传。"
    return None


def content_type(name: str) -> str:
    """Return the content type for an accepted attachment called `name`."""
    ending = name.rpartition(".")[2].lower()
    return TYPES[_SAME.get(ending, ending)]


def _office_kind(path: Path) -> str | None:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return None
    if "[Content_Types].xml" not in names or any("vbaProject" in name for name in names):
        return None
    kinds = {
        kind for folder, kind in _OFFICE_FOLDER.items() if any(n.startswith(folder) for n in names)
    }
    return kinds.pop() if len(kinds) == 1 else None


def _is_text(path: Path) -> bool:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return False
    return not any(ord(c) < 32 and c not in "\t\n\r\f" for c in text)
