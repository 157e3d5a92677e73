"""A file of questions, whatever program made it: its kind is told by its content, not its name."""

import re

from sanshi_lms.quizzes.exchange.aiken import looks_like_aiken, read_aiken
from sanshi_lms.quizzes.exchange.gift import read_gift
from sanshi_lms.quizzes.exchange.moodle_xml import read_moodle_xml
from sanshi_lms.quizzes.exchange.reading import MOST_BYTES, Reading, refused
from sanshi_lms.quizzes.exchange.safe import UnsafeFileError, parse_xml, text_of
from sanshi_lms.quizzes.exchange.text import read_text

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_GIFT = re.compile(r"(?<!\\)\{(?:\\.|[^{}\\])*\}", re.DOTALL)
_WORDS = {
    b"%PDF-": "PDF 里的题目读不出来。请用 Word 打开后整段复制，再用“粘贴”导入。",
    b"{\\rtf": "RTF 文件读不了，请用 Word 另存为 docx。",
    b"\x89PNG": "这是图片，里面的字读不出来。请把题目打成文字。",
    b"\xff\xd8\xff": "这是照片，里面的字读不出来。请把题目打成文字。",
    b"Rar!": "请解开压缩包，把里面的题目文件一个一个上传。",
    b"7z\xbc\xaf": "请解开压缩包，把里面的题目文件一个一个上传。",
    _OLE: "这是旧版的（或加了密码的）Word、Excel 文件。请去掉密码，另存为 docx 或 xlsx。",
}


def read_file(data: bytes) -> Reading:
    """Return the questions of a file, or why it was refused, in words."""
    if len(data) > MOST_BYTES:
        return refused(
            f"文件太大，最大 {MOST_BYTES // 1_000_000} MB。请去掉里面的大图，或分成几个文件。"
        )
    if not data.strip():
        return refused("文件是空的，请重新选择。")
    known = next((words for mark, words in _WORDS.items() if data.startswith(mark)), None)
    if known is not None:
        return refused(known)
    try:
        return _read(data)
    except UnsafeFileError as error:
        return refused(str(error))


def _read(data: bytes) -> Reading:
    head = data[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"<") or data.startswith((b"\xff\xfe<", b"\xfe\xff\x00<")):
        if parse_xml(data).tag == "quiz":
            return read_moodle_xml(data)
        return refused("认不出这个 XML 文件。可以导入 Moodle 导出的题库（最外层是 <quiz>）。")
    text = text_of(data)
    if not text.strip():
        return refused("文件是空的，请重新选择。")
    if looks_like_aiken(text):
        return read_aiken(text)
    if _GIFT.search(text) or "$CATEGORY:" in text:
        return read_gift(text)
    return read_text(text)
