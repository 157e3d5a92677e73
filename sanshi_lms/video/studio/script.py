"""A lecture script as plain text becomes a Lecture, or errors that say what to mend.

---
title: 加装电梯怎么办
lecturer: 三师微课堂
---
Paragraphs here are spoken over the title slide (may be left out).

## A heading is one slide
- its list items are the slide's points
- shown one after another

Its paragraphs are the narration.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

MAX_SLIDES = 40
MAX_POINTS = 6
MAX_POINT_CHARACTERS = 36
MAX_POINTS_CHARACTERS = 100  # all points of a slide: more gets too small for a phone
MAX_HEADING_CHARACTERS = 18  # one line
MAX_TITLE_CHARACTERS = 40
MAX_NARRATION_CHARACTERS = 8000  # about 40 minutes; longer belongs in two lectures

_ENDERS = "。！？!?…"
_CLOSERS = "”’」』）)》】\"'"
_SENTENCE = re.compile(rf"[^{_ENDERS}]*[{_ENDERS}]+[{re.escape(_CLOSERS)}]*|[^{_ENDERS}]+$")
_POINT = re.compile(r"^\s{0,3}(?:[-*+]|\d{1,2}[.)])\s+(.*)$")
_UNSPEAKABLE = re.compile(r"^\s*(?:\||!\[|```|~~~|<(?!!--))")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_LINK = re.compile(r"\[([^\[\]]+)\]\([^()\s]*\)")
_STRESS = re.compile(r"(\*\*|__|`|(?<!\w)_|_(?!\w)|\*)")
_WORD_EDGE = re.compile(r"[0-9A-Za-z]")


class ScriptError(ValueError):
    """A fault in a lecture script; `message` is Chinese and says how to mend it.

    `line` counts from 1 in the script file.
    """

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"第 {line} 行：{message}")
        self.line = line
        self.message = message


@dataclass(frozen=True)
class Slide:
    """One slide: what is shown (heading, points) and what is said (sentences)."""

    heading: str
    points: tuple[str, ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Lecture:
    """A whole lecture. `opening` is spoken over the title slide and may be empty."""

    title: str
    lecturer: str
    opening: tuple[str, ...]
    slides: tuple[Slide, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """Every spoken sentence in order."""
        return self.opening + tuple(s for slide in self.slides for s in slide.sentences)


@dataclass
class _Draft:
    """What has been read of a slide so far."""

    heading: str
    line: int
    points: list[str] = field(default_factory=list)
    paragraphs: list[str] = field(default_factory=list)
    joins: str = ""  # what the next plain line continues: "" nothing, "point" or "paragraph"

    def add_text(self, text: str) -> None:
        if self.joins == "point":
            self.points[-1] = join_lines(self.points[-1], text)
        elif self.joins == "paragraph":
            self.paragraphs[-1] = join_lines(self.paragraphs[-1], text)
        else:
            self.paragraphs.append(text)
            self.joins = "paragraph"

    def sentences(self) -> tuple[str, ...]:
        return tuple(s for p in self.paragraphs for s in split_sentences(p))


def parse_script(text: str) -> Lecture:
    """Read a script. Raises ScriptError, the first one, when something is wrong."""
    lecture, errors = _read(text)
    if errors:
        raise errors[0]
    return lecture


def check_script(text: str) -> list[ScriptError]:
    """Everything that is wrong with a script, in order of line; empty when it can be built."""
    return _read(text)[1]


def split_sentences(paragraph: str) -> list[str]:
    """Cut at 。！？… and keep the mark (and a closing quote) with its sentence."""
    found = (m.group().strip() for m in _SENTENCE.finditer(paragraph))
    sentences: list[str] = []
    for part in filter(None, found):
        if sentences and not re.search(r"\w", part):
            sentences[-1] += part  # a lone mark is no sentence
        else:
            sentences.append(part)
    return [s for s in sentences if re.search(r"\w", s)]


def join_lines(first: str, second: str) -> str:
    """Two source lines of one paragraph: Chinese needs no space between them, Latin words do."""
    needs_space = _WORD_EDGE.match(first[-1:]) and _WORD_EDGE.match(second[:1])
    return f"{first} {second}" if needs_space else first + second


def plain(text: str) -> str:
    """Text without Markdown's marks for stress, code and links: they are neither shown nor said."""
    without = _STRESS.sub("", _LINK.sub(r"\1", text))
    return " ".join(without.split())


def _read(text: str) -> tuple[Lecture, list[ScriptError]]:
    errors: list[ScriptError] = []
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    title, lecturer, body_line, body = _front_matter(text, errors)
    opening, drafts = _slides(body, body_line, errors)
    if not drafts:
        errors.append(ScriptError(body_line, "还没有幻灯片。请用“## 标题”写出至少一页。"))
    elif len(drafts) > MAX_SLIDES:
        errors.append(
            ScriptError(
                drafts[MAX_SLIDES].line,
                f"幻灯片有 {len(drafts)} 页，超过 {MAX_SLIDES} 页。请分成两讲。",
            )
        )
    for draft in drafts:
        errors.extend(_check_slide(draft))
    slides = tuple(Slide(d.heading, tuple(d.points), d.sentences()) for d in drafts)
    lecture = Lecture(title, lecturer, opening.sentences(), slides)
    spoken = sum(map(len, lecture.sentences))
    if spoken > MAX_NARRATION_CHARACTERS:
        errors.append(
            ScriptError(
                body_line,
                f"讲解词共 {spoken} 字，超过 {MAX_NARRATION_CHARACTERS} 字。请分成两讲。",
            )
        )
    return lecture, sorted(errors, key=lambda e: e.line)


def _front_matter(text: str, errors: list[ScriptError]) -> tuple[str, str, int, str]:
    """Title, lecturer, line number of the body's first line, body."""
    lines = text.split("\n")
    end = next((i for i, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), None)
    if lines[0].rstrip() != "---" or end is None:
        errors.append(
            ScriptError(1, "开头缺少文件头。请写：一行“---”，一行“title: 讲课标题”，再一行“---”。")
        )
        return "", "", 1, text
    fields = _fields("\n".join(lines[1:end]), errors)
    title, lecturer = (_line(fields.get(name)) for name in ("title", "lecturer"))
    if not title:
        errors.append(ScriptError(2, "文件头缺少标题。请加一行“title: 讲课标题”。"))
    elif len(title) > MAX_TITLE_CHARACTERS:
        errors.append(
            ScriptError(2, f"标题 {len(title)} 字，太长。请缩短到 {MAX_TITLE_CHARACTERS} 字以内。")
        )
    return plain(title), plain(lecturer), end + 2, "\n".join(lines[end + 1 :])


def _line(value: object) -> str:
    """A field as one line; a nested list, which aliases can make endless, is no text."""
    return " ".join(value.split()) if isinstance(value, str) else ""


def _fields(block: str, errors: list[ScriptError]) -> dict[str, object]:
    try:
        # Only text, no dates or numbers: a title "2024-99-99" is a title.
        fields = yaml.load(block, Loader=yaml.BaseLoader)  # noqa: S506 -- makes only str, list, dict
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = 2 + (mark.line if mark else 0)
        errors.append(
            ScriptError(line, "文件头读不懂。每行应是“名称: 内容”；内容里有冒号时请加英文引号。")
        )
        return {"title": "?"}
    if isinstance(fields, dict):
        return fields
    errors.append(ScriptError(2, "文件头读不懂。每行应是“名称: 内容”。"))
    return {"title": "?"}


def _blank_comments(body: str) -> str:
    """Author's notes are dropped; the lines stay, so that later errors name the right one."""
    return _COMMENT.sub(lambda m: "\n" * m.group().count("\n"), body)


def _slides(body: str, first: int, errors: list[ScriptError]) -> tuple[_Draft, list[_Draft]]:
    opening = _Draft("", first)
    drafts: list[_Draft] = []
    for number, line in enumerate(_blank_comments(body).split("\n"), first):
        current = drafts[-1] if drafts else opening
        if line.startswith("## "):
            drafts.append(_Draft(plain(line[3:]), number))
        elif not line.strip():
            current.joins = ""
        elif re.match(r"#+(\s|$|[^#\s])", line):
            errors.append(
                ScriptError(number, "这里只用“## 标题”（两个井号加空格），一个标题是一页幻灯片。")
            )
        elif _UNSPEAKABLE.match(line):
            errors.append(
                ScriptError(number, "表格、图片、代码和网页标记讲不出来。请改成要点或讲解词。")
            )
        elif re.fullmatch(r"\s*([-*_]\s*){3,}", line):
            current.joins = ""  # a rule between slides: decoration only
        elif point := _POINT.match(line):
            _add_point(current, plain(point[1]), number, opening, errors)
        else:
            current.add_text(plain(line.lstrip("> ")))
    return opening, drafts


def _add_point(
    draft: _Draft, text: str, number: int, opening: _Draft, errors: list[ScriptError]
) -> None:
    if draft is opening:
        errors.append(ScriptError(number, "要点写在“## 标题”下面。请先写一行标题。"))
    elif not text:
        errors.append(ScriptError(number, "这一条要点是空的。请写上内容或删去这一行。"))
    else:
        draft.points.append(text)
        draft.joins = "point"


def _check_slide(draft: _Draft) -> Iterator[ScriptError]:
    if not draft.heading:
        yield ScriptError(draft.line, "这一页没有标题。请在“## ”后面写上标题。")
    if len(draft.heading) > MAX_HEADING_CHARACTERS:
        yield ScriptError(
            draft.line,
            f"标题 {len(draft.heading)} 字，手机上放不下。"
            f"请缩短到 {MAX_HEADING_CHARACTERS} 字以内。",
        )
    if len(draft.points) > MAX_POINTS:
        yield ScriptError(
            draft.line,
            f"这一页有 {len(draft.points)} 条要点，超过 {MAX_POINTS} 条。请分成两页。",
        )
    together = sum(map(len, draft.points))
    if together > MAX_POINTS_CHARACTERS:
        yield ScriptError(
            draft.line,
            f"这一页的要点共 {together} 字，超过 {MAX_POINTS_CHARACTERS} 字，手机上看不清。"
            "请写短些，或分成两页。",
        )
    for point in draft.points:
        if len(point) > MAX_POINT_CHARACTERS:
            yield ScriptError(
                draft.line,
                f"要点“{point[:10]}…”有 {len(point)} 字。请缩短到 {MAX_POINT_CHARACTERS} 字以内，"
                "其余放进讲解词。",
            )
    if not draft.sentences():
        yield ScriptError(draft.line, "这一页没有讲解词。请在要点下面写一段要说的话。")
