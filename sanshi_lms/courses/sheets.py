"""The sheet of a lesson to print: a checklist (清单) or a practice sheet (实践单). Pure.

Authors write it into the lesson: a section whose heading says 实践单 or 清单, or just a task list,
`- [ ] 先量宽度`. A section 家长须知 goes on the practice sheet as the note for guardians.
"""

import re
from dataclasses import dataclass

PRACTICE, CHECKLIST, GUARDIANS = "实践单", "清单", "须知"
WITH_GUARDIANS = frozenset({"妇女儿童", "青少年"})
USUAL_NOTE = (
    "请监护人先看一遍，陪孩子一起做。不到马路上、水边、工地和楼顶去；不拍陌生人的脸，不写真实的门牌号。"
    "孩子的作品要公开展示，先由监护人同意。"
)
_HEADING = re.compile(r"(#{1,5})\s+(.+?)\s*#*\s*")
_TASK = re.compile(r"\s*[-*+] \[[ xX]\] \S")


@dataclass(frozen=True)
class Section:
    """A stretch of a lesson's text under its heading; `level` 0 is what stands before any."""

    level: int
    heading: str
    text: str

    @property
    def tasks(self) -> list[str]:
        """Its lines that are tasks."""
        return [line for line in self.text.split("\n") if _TASK.match(line)]


@dataclass(frozen=True)
class Sheet:
    """What is printed. `label` is 清单 or 实践单, `text` Markdown, `note` for guardians."""

    label: str
    text: str
    note: str = ""


def sections(text: str) -> list[Section]:
    """Return the sections of Markdown `text` in order; fenced code has no headings."""
    found = [Section(0, "", "")]
    fenced = False
    for line in text.split("\n"):
        fenced ^= line.startswith("```")
        match = None if fenced else _HEADING.fullmatch(line)
        if match:
            found.append(Section(len(match[1]), match[2], ""))
        else:
            last = found[-1]
            found[-1] = Section(last.level, last.heading, f"{last.text}{line}\n")
    return found


def sheet_of(text: str, audience: frozenset[str] = frozenset()) -> Sheet | None:
    """Return the sheet that a lesson's text holds for `audience`, or None."""
    parts = sections(text)
    practice = _under(parts, PRACTICE)
    if practice:
        note = _under(parts, GUARDIANS)
        usual = USUAL_NOTE if audience & WITH_GUARDIANS else ""
        return Sheet(PRACTICE, practice, note or usual)
    listed = _under(parts, CHECKLIST)
    if listed and any(_TASK.match(line) for line in listed.split("\n")):
        return Sheet(CHECKLIST, listed)
    groups = [(one.heading, one.tasks) for one in parts if one.tasks]
    if not groups:
        return None
    return Sheet(
        CHECKLIST,
        "\n\n".join(
            (f"## {heading}\n\n" if heading else "") + "\n".join(tasks) for heading, tasks in groups
        ),
    )


def _under(parts: list[Section], word: str) -> str:
    """Return the text under the first heading with `word`, its subsections included."""
    for place, one in enumerate(parts):
        if word not in one.heading:
            continue
        inner = [one.text]
        for below in parts[place + 1 :]:
            if below.level <= one.level:
                break
            inner.append(f"{'#' * below.level} {below.heading}\n{below.text}")
        return "\n".join(inner).strip()
    return ""
