"""Rules of notes: how long, how many, and how they leave as Markdown."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

LONGEST = 4_000
MOST_OF_LESSON = 500

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")


@dataclass(frozen=True)
class NoteLine:
    """A note as it is exported. `second` None: no place in a film; `text` "": a bookmark."""

    course: str
    lesson: str
    second: int | None
    text: str
    url: str


def problem(text: str, second: int | None, *, bookmark: bool) -> str | None:
    """Return what keeps a note from being written, or None."""
    if not text and not bookmark:
        return "还没有写内容，请先写几个字再保存。"
    if bookmark and not text and second is None:
        return "这一课没有时间可以标记，请写几个字当作笔记。"
    if len(text) > LONGEST:
        return f"一条笔记最多 {LONGEST} 个字，这条有 {len(text)} 个字，请分成几条写。"
    return None


def escaped(text: str) -> str:
    """Return a title so that Markdown shows it as it is."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def clock(second: int) -> str:
    """Return a place in a film: 03:12, 1:03:12."""
    minutes, rest = divmod(second, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{rest:02}" if hours else f"{minute:02}:{rest:02}"


def as_markdown(title: str, notes: Iterable[NoteLine]) -> str:
    """Return notes, in the order given, as a Markdown text with a link back to each second.

    Each note is an item of a list and its lines are indented, so that nothing that was written in
    one note can swallow the next.
    """
    parts = [f"# {escaped(title)}"]
    for course, of_course in groupby(notes, key=lambda note: note.course):
        parts.append(f"## {escaped(course)}")
        for lesson, of_lesson in groupby(of_course, key=lambda note: note.lesson):
            parts.append(f"### {escaped(lesson)}")
            parts.extend(_item(note) for note in of_lesson)
    return "\n\n".join(parts) + "\n"


def _item(note: NoteLine) -> str:
    label = clock(note.second) if note.second is not None else "打开这一课"
    head = f"- [{label}]({note.url})" if note.url else f"- {label if note.second else '笔记'}"
    if not note.text:
        return f"{head} 书签"
    lines: Sequence[str] = note.text.split("\n")
    return "\n".join([head, "", *(f"  {line}".rstrip() for line in lines)])
