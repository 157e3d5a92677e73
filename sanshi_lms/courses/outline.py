"""A course's lessons as one person sees them: in order, with marks, and what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass

from sanshi_lms.account import User
from sanshi_lms.core.web import mmss
from sanshi_lms.courses.kinds import find_kind, target_summaries
from sanshi_lms.courses.learner import learner_side
from sanshi_lms.courses.models import Lesson
from sanshi_lms.courses.queries import lessons_of
from sanshi_lms.courses.rules import Doing, next_step


@dataclass(frozen=True)
class OutlineRow:
    """One lesson in the list; `number` counts from 1, `note` is a few words of its kind."""

    lesson: Lesson
    number: int
    kind_label: str
    icon: str
    note: str
    doing: Doing


@dataclass(frozen=True)
class Outline:
    """The list of lessons; `poster_url` is the first picture that a lesson has."""

    rows: Sequence[OutlineRow]
    poster_url: str | None

    @property
    def minutes(self) -> int:
        """Return the length of the course in minutes."""
        return sum(row.lesson.minutes for row in self.rows)

    @property
    def done(self) -> int:
        """Return how many lessons this person has done."""
        return sum(row.doing is Doing.DONE for row in self.rows)

    def next(self) -> tuple[Lesson, str] | None:
        """Return the lesson to open next and the words on the button."""
        step = next_step([row.doing for row in self.rows])
        return (self.rows[step[0]].lesson, step[1]) if step else None

    def neighbours(self, lesson: Lesson) -> tuple[Lesson | None, Lesson | None]:
        """Return the lessons before and after `lesson`."""
        lessons = [row.lesson for row in self.rows]
        place = next(i for i, other in enumerate(lessons) if other.id == lesson.id)
        before = lessons[place - 1] if place else None
        after = lessons[place + 1] if place + 1 < len(lessons) else None
        return before, after


def outline_of(course_id: int, person: User | None) -> Outline:
    """Return the lessons of a course as `person` (None: a visitor) sees them."""
    lessons = lessons_of(course_id)
    marks = learner_side().marks(person, [lesson.id for lesson in lessons])
    summaries = target_summaries(lessons)
    rows = []
    for number, lesson in enumerate(lessons, 1):
        kind, mark, summary = find_kind(lesson.kind), marks.get(lesson.id), summaries.get(lesson.id)
        label = kind.label_zh if kind else lesson.kind
        if summary and summary.kind_zh:
            label = summary.kind_zh
        if summary and summary.seconds:
            # The lesson's minutes count its text too: the length of the film alone stands beside.
            label = f"{label} {mmss(summary.seconds)}"
        note = summary.note_zh if summary else ""
        icon = kind.icon if kind else "reading"
        doing = mark.doing if mark else Doing.NEW
        rows.append(OutlineRow(lesson, number, label, icon, note, doing))
    posters = [s.poster_url for row in rows if (s := summaries.get(row.lesson.id)) and s.poster_url]
    return Outline(rows, next(iter(posters), None))
