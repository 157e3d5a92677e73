"""The pictures of a lecture: a title slide, then every slide as its points appear."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

from sanshi_lms.core.fonts import SANS, SERIF
from sanshi_lms.core.process import run_limited
from sanshi_lms.video.studio.captions import break_text
from sanshi_lms.video.studio.script import Lecture
from sanshi_lms.video.studio.speech import split_clauses

_TITLE_LINE = 11  # characters that fit at the size of a title
_EVENLY = 0.4  # how much wording must speak for it to move a point away from its even place
_TEMPLATE = Path(__file__).with_name("slides.typ")
_RENDER = Path(__file__).with_name("render.py")
_SECONDS = 300
_MEMORY = 2 * 1024**3


class SlidesError(RuntimeError):
    """The pictures could not be made; the message is Chinese."""


@dataclass(frozen=True)
class Page:
    """One picture: slide `number` (0 is the title) with the first `shown` points visible."""

    number: int
    heading: str
    points: tuple[str, ...]
    shown: int


def pages_of(lecture: Lecture) -> list[Page]:
    """The title page, then for each slide its heading alone and one page more per point."""
    pages = [Page(0, lecture.title, (), 0)]
    for number, slide in enumerate(lecture.slides, 1):
        pages += [
            Page(number, slide.heading, slide.points, shown)
            for shown in range(len(slide.points) + 1)
        ]
    return pages


def render_pages(
    lecture: Lecture, pages: Sequence[Page], fonts: Sequence[Path], folder: Path
) -> None:
    """Write each page to `folder` as 0000.png, 0001.png … (1280x720 pixels).

    `fonts` are folders with a Chinese font. Raises SlidesError where there is none.
    """
    if not fonts:
        raise SlidesError(
            "这台机器上没有中文字体。请先运行 make run 安装字体，再重新生成讲课视频。"
        )
    job = {
        "template": str(_TEMPLATE),
        "fonts": [str(path) for path in fonts],
        "folder": str(folder),
        "sans": [*SANS, *SERIF],
        "serif": [*SERIF, *SANS],
        "lecture": {
            "title-lines": _title_lines(lecture.title),
            "lecturer": lecture.lecturer,
            "total": len(lecture.slides),
            "pages": [asdict(page) for page in pages],
        },
    }
    path = folder / "slides.json"
    path.write_text(json.dumps(job), encoding="utf-8")
    done = run_limited(
        [sys.executable, "-P", str(_RENDER), str(path)],
        cwd=folder,
        cpu_seconds=_SECONDS,
        memory_bytes=_MEMORY,
        file_bytes=_MEMORY,
        wall_seconds=_SECONDS,
    )
    if not done.ok:
        raise SlidesError(f"幻灯片没有做成：{done.stderr_tail[-800:] or done.returncode}")


def point_starts(points: Sequence[str], clauses: Sequence[str]) -> list[int]:
    """For each point the index of the spoken clause with which it appears.

    A point belongs to the clause that shares most of its wording; points keep their order; where
    the narration does not repeat a point, the points spread evenly over the clauses.
    """
    heard = [_pairs(c) for c in clauses]
    best: list[list[tuple[float, list[int]]]] = []
    for i, point in enumerate(points):
        wanted = _pairs(point)
        row: list[tuple[float, list[int]]] = []
        for j, said in enumerate(heard):
            shared = len(wanted & said) / max(1, len(wanted))
            evenly = -_EVENLY * abs(j / len(clauses) - i / len(points))
            before = max(best[-1][: j + 1], key=_score) if best else (0.0, [])
            row.append((before[0] + shared + evenly, [*before[1], j]))
        best.append(row)
    return max(best[-1], key=_score)[1] if best else []


def _score(way: tuple[float, list[int]]) -> float:
    return way[0]


def _title_lines(title: str) -> list[str]:
    """A long title in lines of even length, cut at a comma where that fits."""
    if len(title) <= _TITLE_LINE:
        return [title]
    clauses = split_clauses(title)
    if len(clauses) <= 3 and all(len(c) <= _TITLE_LINE for c in clauses):
        return clauses
    return break_text(title, _TITLE_LINE)


def _pairs(text: str) -> set[str]:
    letters = [c for c in text if c.isalnum()]
    return {a + b for a, b in pairwise(letters)}
