"""Caption files of any usual format and encoding, read into cues. Pure."""

import hashlib
import re

from sanshi_lms.video.captions import ass, plain, subrip
from sanshi_lms.video.captions.rules import CaptionError, CueText

MAX_BYTES = 4 * 1024 * 1024

_ASS = re.compile(
    r"^[ \t\ufeff]*(\[script info\]|\[events\]|dialogue:)", re.IGNORECASE | re.MULTILINE
)
_UTF16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def digest(data: bytes) -> str:
    """Return a name for exactly these bytes."""
    return hashlib.sha256(data).hexdigest()


def read_captions(data: bytes) -> list[CueText]:
    """Return the cues of a SRT, VTT, ASS/SSA, LRC or "00:12 文字" file in the order of time.

    Raises CaptionError, which names the lines and the mend, when it is none of them.
    """
    if len(data) > MAX_BYTES:
        raise CaptionError("字幕文件太大，最大 4 MB。请确认选的是字幕文件，不是视频。")
    text = _decoded(data).replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    if _ASS.search(text):
        draft = ass.read(lines)
    elif subrip.recognised(lines):
        draft = subrip.read(lines)
    else:
        draft = plain.read(lines)
    cues = draft.finished()
    if not cues:
        raise CaptionError(
            "没有找到字幕：文件里应有“00:00:01,000 --> 00:00:04,000”这样的时间行，"
            "或者每行以“00:12 文字”开头。请导出为 SRT 或 VTT 格式后再上传。"
        )
    return cues


def _decoded(data: bytes) -> str:
    """Text editors in China still write GB 18030; Windows writes UTF-16, marked or not."""
    encodings = ["utf-8-sig", "gb18030"]
    if data[:2] in _UTF16:
        data, encodings = data[2:], [_UTF16[data[:2]]]
    elif b"\x00" in data[:400]:
        # The digits and arrows of times are half zero bytes; on which side tells the order.
        little = data[1:400:2].count(0) >= data[0:400:2].count(0)
        encodings = ["utf-16-le" if little else "utf-16-be"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise CaptionError(
        "这不是文字文件，读不出字幕。请选择 .srt、.vtt、.ass 或 .txt 字幕文件（UTF-8 编码）。"
    )
