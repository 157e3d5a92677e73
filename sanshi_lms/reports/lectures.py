"""Where lectures lose people: the list, and one lecture's curve with its steepest falls."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from sanshi_lms.core.charts import Line, Spot, curve_svg
from sanshi_lms.core.clock import local
from sanshi_lms.core.web import mmss
from sanshi_lms.courses import Lesson, lessons_by_id, lessons_of_courses
from sanshi_lms.learning import WatchCurve, watch_curve, watched_lectures
from sanshi_lms.reports.people import people_ids
from sanshi_lms.reports.reach import Units
from sanshi_lms.reports.rules import Fall, Filters, falls
from sanshi_lms.reports.sheet import DRAFT
from sanshi_lms.reports.tables import Row, Table, of_rows

SIGNS = "①②③"


@dataclass(frozen=True)
class Lecture:
    """A lecture with how many watched it and which share of it on average."""

    lesson: Lesson
    viewers: int
    share: float


@dataclass(frozen=True)
class Drop:
    """A lecture's curve and its steepest falls."""

    lesson: Lesson
    curve: WatchCurve
    falls: list[Fall]

    @property
    def to_the_end(self) -> float:
        """The share of viewers who were still there when a tenth was left."""
        if not self.curve.viewers:
            return 0.0
        return self.curve.still[int(len(self.curve.still) * 0.9)] / self.curve.viewers

    def chart(self) -> Markup:
        """Return the curve as a picture."""
        viewers = max(1, self.curve.viewers)
        wide = max(1, self.curve.seconds)
        return curve_svg(
            f"{self.lesson.title}：还在看的人",
            [
                Line("还在往下看的人", [n / viewers for n in self.curve.still]),
                Line("看过这一处的人", [n / viewers for n in self.curve.seen]),
            ],
            [
                Spot(one.start / wide, one.end / wide, sign)
                for sign, one in zip(SIGNS, self.falls, strict=False)
            ],
            ("0:00", mmss(self.curve.seconds)),
        )


def lectures(filters: Filters, units: Units) -> list[Lecture]:
    """Return the lectures that people within reach watched, the most watched first."""
    inside = None
    if filters.courses:
        own = lessons_of_courses(filters.courses, bodies=False)
        inside = [lesson.id for some in own.values() for lesson in some]
    found = watched_lectures(people_ids(filters, units), inside)
    known = _known([one.lesson_id for one in found])
    return [
        Lecture(known[one.lesson_id], one.viewers, one.share)
        for one in found
        if one.lesson_id in known
    ]


def drop_of(lesson_id: int, filters: Filters, units: Units) -> Drop | None:
    """Return how a lecture's viewers within reach leave it; None when there is no such lecture."""
    lesson = _known([lesson_id]).get(lesson_id)
    if lesson is None:
        return None
    curve = watch_curve(lesson_id, people_ids(filters, units))
    return Drop(lesson, curve, falls(curve.still, curve.bucket))


def _known(lesson_ids: Sequence[int]) -> dict[int, Lesson]:
    """Return these lessons, those of withdrawn courses too, but of no draft."""
    found = lessons_by_id(lesson_ids, drafts=True)
    return {number: one for number, one in found.items() if one.course.status != DRAFT}


def lectures_table(filters: Filters, units: Units, moment: datetime) -> Table:
    """Return the list, or the curve of the lecture that is chosen, second by second."""
    note = f"讲课流失，{local(moment):%Y-%m-%d %H:%M} 导出"
    drop = drop_of(filters.lesson, filters, units) if filters.lesson else None
    if drop is None:
        rows: list[Row] = [
            [one.lesson.course.title, one.lesson.title, one.viewers, round(one.share, 4)]
            for one in lectures(filters, units)
        ]
        return of_rows("讲课流失", ("课程", "课时", "观看人数", "平均看了多少"), rows, note)
    viewers = max(1, drop.curve.viewers)
    seconds: list[Row] = [
        [mmss(place * drop.curve.bucket), still, round(still / viewers, 4), seen]
        for place, (still, seen) in enumerate(
            zip(drop.curve.still, drop.curve.seen, strict=True)
        )
    ]  # fmt: skip
    head = ("时间", "还在往下看的人", "占观看的人", "看过这一处的人")
    return of_rows(f"讲课流失-{drop.lesson.title}", head, seconds, note)
