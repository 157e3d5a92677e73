"""Caption files: WebVTT and SubRip in, WebVTT out. Pure."""

import hashlib
import html
import re
from dataclasses import dataclass

MAX_BYTES = 4 * 1024 * 1024
MAX_CUES = 20_000
MAX_CUE_TEXT = 500

_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
_TIMES = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s|$)")
_MARKUP = re.compile(r"<[^<>\n]{0,100}>|\{\\[^{}\n]{0,100}\}")


class CaptionError(ValueError):
    """The file cannot be read as captions; the text says where and what to do."""


@dataclass(frozen=True)
class CueText:
    """One caption, shown from `start` to `end` (seconds)."""

    start: float
    end: float
    text: str


def digest(data: bytes) -> str:
    """Return a name for exactly these bytes."""
    return hashlib.sha256(data).hexdigest()


def read_captions(data: bytes) -> list[CueText]:
    """Return the cues of a VTT or SRT file in the order of time.

    Raises CaptionError, which names the line, when it is neither.
    """
    if len(data) > MAX_BYTES:
        raise CaptionError("字幕文件太大，最大 4 MB。请确认选的是 .srt 或 .vtt 字幕文件。")
    text = _decode(data).replace("\r\n", "\n").replace("\r", "\n")
    cues = _cues(text)
    if not cues:
        raise CaptionError(
            "没有找到字幕：文件里应有“00:00:01,000 --> 00:00:04,000”这样的时间行。"
            "请导出为 SRT 或 VTT 格式后再上传。"
        )
    if len(cues) > MAX_CUES:
        raise CaptionError(f"字幕太多，最多 {MAX_CUES} 条。请检查文件是否重复。")
    return sorted(cues, key=lambda cue: (cue.start, cue.end))


def _decode(data: bytes) -> str:
    """Text editors in China still write GB 18030; Windows marks UTF-16 at the beginning."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise CaptionError("这不是文字文件，读不出字幕。请选择 .srt 或 .vtt 文件（UTF-8 编码）。")


def _cues(text: str) -> list[CueText]:
    lines = text.split("\n")
    cues: list[CueText] = []
    number = 0
    while number < len(lines):
        match = _TIMES.match(lines[number])
        number += 1
        if not match:
            if "-->" in lines[number - 1]:
                raise CaptionError(
                    f"第 {number} 行的时间看不懂，应写成“00:00:01,000 --> 00:00:04,000”。"
                )
            continue
        start, end = _seconds(match.groups()[:4]), _seconds(match.groups()[4:])
        if end <= start:
            raise CaptionError(f"第 {number} 行：结束时间要晚于开始时间，请改正后再上传。")
        body: list[str] = []
        while number < len(lines) and lines[number].strip() and "-->" not in lines[number]:
            body.append(lines[number])
            number += 1
        if number < len(lines) and "-->" in lines[number] and body and body[-1].strip().isdigit():
            body.pop()  # the number of the next cue: a blank line is missing between the two
        words = _plain("\n".join(body))
        if words:
            cues.append(CueText(start, end, words[:MAX_CUE_TEXT]))
    return cues


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, fraction = parts
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return whole + int((fraction or "0").ljust(3, "0")) / 1000


def _plain(text: str) -> str:
    """The words without tags, styles and entities; line breaks stay."""
    words = html.unescape(_MARKUP.sub("", text))
    return "\n".join(line.strip() for line in words.split("\n")).strip()


def to_vtt(cues: list[CueText]) -> str:
    """Return the cues as a WebVTT file."""
    blocks = [f"{_stamp(cue.start)} --> {_stamp(cue.end)}\n{_safe(cue.text)}" for cue in cues]
    return "WEBVTT\n\n" + "\n\n".join(blocks) + "\n"


def _stamp(seconds: float) -> str:
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours:02}:{minute:02}:{second:02}.{thousandths:03}"


def _safe(text: str) -> str:
    """Words as WebVTT shows them: no tag, no arrow, no blank line can come from them."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"\n{2,}", "\n", escaped)
