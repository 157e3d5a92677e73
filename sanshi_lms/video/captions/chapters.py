"""Chapters as a person types them: one a line, "mm:ss 标题". Pure."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from sanshi_lms.video.rules import MAX_CHAPTER_TITLE

MAX_CHAPTERS = 200
MAX_TEXT = 40_000

# At most three digits a part: a minute count such as 125 is how long lectures are noted.
_LINE = re.compile(
    r"[\[(（【]?(?:([0-9]{1,2}):)?([0-9]{1,3}):([0-9]{2})(?:[.,]([0-9]{1,3}))?[\])）】]?"
    r"(?![0-9]|:[0-9])[\s:、.,—–-]*(.*)"
)
_EXAMPLE = "“03:20 先问意愿”"


@dataclass(frozen=True)
class ChapterText:
    """One chapter: from `start` (seconds) it is about `title`."""

    start: float
    title: str


@dataclass(frozen=True)
class LineFault:
    """What is wrong with a line (counted from 1), and the mend."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"第 {self.line} 行：{self.message}"


def read_chapters(
    text: str, seconds: float | None = None
) -> tuple[list[ChapterText], list[LineFault]]:
    """Return the chapters of `text` and all faults; with a fault the chapters are not complete.

    `seconds` is how long the video plays, None while it is not known.
    """
    if len(text) > MAX_TEXT:
        return [], [LineFault(1, f"内容太长，最多 {MAX_TEXT} 个字。")]
    chapters: list[ChapterText] = []
    faults: list[LineFault] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip().lstrip("\ufeff")
        if not line:
            continue
        found = _read_line(line)
        problem = found if isinstance(found, str) else _misplaced(found, chapters, seconds)
        if problem:
            faults.append(LineFault(number, problem))
        elif isinstance(found, ChapterText):
            chapters.append(found)
        if len(chapters) > MAX_CHAPTERS:
            faults.append(LineFault(number, f"章节太多，最多 {MAX_CHAPTERS} 个。"))
            break
    return chapters, faults


def write_chapters(chapters: Sequence[ChapterText]) -> str:
    """Return chapters as the text that `read_chapters` reads."""
    return "".join(f"{clock(chapter.start)} {chapter.title}\n" for chapter in chapters)


def fingerprint(chapters: Sequence[ChapterText]) -> str:
    """Return a name for exactly these chapters, by which a form knows what it was opened on."""
    return hashlib.sha256(write_chapters(chapters).encode()).hexdigest()[:16]


def clock(seconds: float) -> str:
    """Return a moment as mm:ss or h:mm:ss, with tenths and less only where there are any."""
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    text = f"{hours}:{minute:02}:{second:02}" if hours else f"{minute:02}:{second:02}"
    return text + f".{thousandths:03}".rstrip("0") if thousandths else text


def _read_line(line: str) -> ChapterText | str:
    """The chapter, or what is wrong: full-width digits and colons count as what they mean."""
    match = _LINE.match(_narrow(line))
    if match is None:
        return f"开头没有时间。请写成“分:秒 标题”，例如{_EXAMPLE}。"
    hours, minutes, seconds, fraction = match.groups()[:4]
    if int(seconds) > 59 or (hours and int(minutes) > 59):
        return f"时间写错了：秒{'和分' if hours else ''}不能超过 59。"
    title = " ".join(line[match.start(5) :].split())
    if not title:
        return f"时间后面没有标题。请写成“分:秒 标题”，例如{_EXAMPLE}。"
    if len(title) > MAX_CHAPTER_TITLE:
        return f"标题太长，最多 {MAX_CHAPTER_TITLE} 个字，现在 {len(title)} 个。"
    if any(unicodedata.category(sign) in {"Cc", "Cs", "Co", "Cn"} for sign in title):
        return "标题里有看不见的控制字符，请重新输入这一行。"
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return ChapterText((whole * 1000 + int((fraction or "0").ljust(3, "0"))) / 1000, title)


def _narrow(line: str) -> str:
    """The line with full-width digits and signs made narrow, sign for sign."""
    narrow = (unicodedata.normalize("NFKC", sign) for sign in line)
    return "".join(new if len(new) == 1 else old for new, old in zip(narrow, line, strict=True))


def _misplaced(
    chapter: ChapterText, before: Sequence[ChapterText], seconds: float | None
) -> str | None:
    if seconds is not None and chapter.start >= seconds:
        return f"时间超过了视频的长度（{clock(int(seconds))}）。"
    if before and chapter.start == before[-1].start:
        return f"时间和前一个章节“{before[-1].title}”相同，请改开其中一个。"
    if before and chapter.start < before[-1].start:
        return f"时间比前一个章节“{before[-1].title}”还早，请按时间先后排列。"
    return None
