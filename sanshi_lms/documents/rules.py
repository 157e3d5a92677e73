"""Rules of documents: what may be uploaded, and how large a page is drawn."""

MEGABYTE = 1024 * 1024
MOST_BYTES = 40 * MEGABYTE
MOST_PAGES = 300
LONGEST_TITLE = 100
LONGEST_PAGE_TEXT = 20_000
PAGE_WIDTH = 1400
"""Pixels: text of an A4 page stays sharp on a phone that shows it at twice its size."""
STATES = {"waiting": "正在处理", "made": "可以使用", "refused": "不能使用"}
# What makes a PDF do something or carry something when it is opened.
_ACTIVE = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia", b"/XFA")
_OFFICE = (".doc", ".docx", ".ppt", ".pptx", ".wps", ".dps", ".xls", ".xlsx", ".odt", ".odp")


def upload_problem(name: str, head: bytes, size: int) -> str | None:
    """Return why a file cannot be taken, and what to do; `head` are its first bytes."""
    if size == 0:
        return "请先选择一个 PDF 文件。"
    if name.lower().endswith(_OFFICE):
        return "请先在原来的软件里“另存为 PDF”（或“导出为 PDF”），再上传那个 PDF。"
    if not head.startswith(b"%PDF-"):
        return "这个文件不是 PDF。请在原来的软件里另存为 PDF 再上传。"
    if size > MOST_BYTES:
        return f"文件太大，最大 {MOST_BYTES // MEGABYTE} MB。请压缩图片或拆成几份再上传。"
    return None


def active_problem(data: bytes) -> str | None:
    """Return why the bytes of a PDF are not for giving away, or None."""
    if any(mark in data for mark in _ACTIVE):
        return "这份 PDF 里带有脚本或附件，为安全起见不能用。请打印成新的 PDF 再上传。"
    return None


def title_of(typed: str, filename: str) -> str:
    """Return the document's name: what was typed, else its file's name without the ending."""
    name = " ".join(typed.split()) or filename.rpartition(".")[0].strip()
    return (name or "文档")[:LONGEST_TITLE]
