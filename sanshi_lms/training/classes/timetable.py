"""The timetable of a class for one person: courses and sessions by date, what is next, what is
locked and what opens it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sanshi_lms.core.clock import local
from sanshi_lms.courses import Course, course_path
from sanshi_lms.learning import progress_of
from sanshi_lms.training.classes.models import TrainingClass
from sanshi_lms.training.classes.queries import courses_of, plan_of
from sanshi_lms.training.rules import Record, blockers
from sanshi_lms.training.sessions.models import OfflineSession
from sanshi_lms.training.sessions.queries import sessions_of_class

SOON = timedelta(hours=24)


@dataclass(frozen=True)
class Row:
    """A line of the timetable: a course with the day it is due, or a session."""

    on: date | None
    course: Course | None = None
    session: OfflineSession | None = None
    required: bool = True
    share: float = 0.0
    state: str = "open"
    first: tuple[Course, ...] = ()
    overdue: bool = False

    @property
    def locked_words(self) -> str:
        """Return why the course is locked."""
        return "请先学完" + "".join(f"《{course.title}》" for course in self.first)


@dataclass(frozen=True)
class Next:
    """The one next thing to do."""

    title: str
    words: str
    url: str
    button: str


def timetable(subject: TrainingClass, record: Record, user_id: int, today: date) -> list[Row]:
    """Return the lines by date; courses without a day stand where the programme has them."""
    courses, plan = courses_of(subject.courses), plan_of(subject.courses)
    progress = progress_of([user_id], list(courses))
    rows = []
    for line in subject.courses:
        course = courses.get(line.course_id)
        if course is None:
            continue
        first = blockers(course.id, plan, record.settled, in_order=subject.in_order)
        standing = progress.get((user_id, course.id))
        state = _state(course, record, first)
        rows.append(
            Row(
                on=line.due_on,
                course=course,
                required=line.required,
                share=standing.share if standing else 0.0,
                state=state,
                first=tuple(courses[one] for one in first if one in courses),
                overdue=bool(line.due_on and line.due_on < today and state in {"open", "locked"}),
            )
        )
    rows += [
        Row(on=local(one.starts_at).date(), session=one) for one in sessions_of_class(subject.id)
    ]
    return sorted(rows, key=lambda row: (row.on is None, row.on or date.max))


def _state(course: Course, record: Record, first: Sequence[int]) -> str:
    if course.id in record.completed:
        return "done"
    if course.id in record.excused:
        return "excused"
    if first:
        return "locked"
    return "open" if course.is_published else "withdrawn"


def next_thing(rows: Sequence[Row], came: Collection[int], moment: datetime) -> Next | None:
    """Return what to do next: a session within a day, else the first open required course, else
    the next session, else an elective.
    """
    coming = [
        row.session
        for row in rows
        if row.session
        and not row.session.cancelled
        and row.session.ends_at > moment
        and row.session.id not in came
    ]
    coming.sort(key=lambda one: one.starts_at)
    if coming and coming[0].starts_at - moment <= SOON:
        return _come(coming[0])
    open_ones = [(row, row.course) for row in rows if row.course and row.state == "open"]
    required = [pair for pair in open_ones if pair[0].required]
    if required:
        return _learn(*required[0])
    if coming:
        return _come(coming[0])
    return _learn(*open_ones[0]) if open_ones else None


def _come(session: OfflineSession) -> Next:
    when = f"{local(session.starts_at):%m月%d日 %H:%M}"
    words = f"{when}，{session.place}"
    return Next(session.title, words, f"/training/sessions/{session.id}", "看时间和地点")


def _learn(row: Row, course: Course) -> Next:
    kind = "必修课" if row.required else "选修课"
    words = f"{kind}，请在 {row.on.month} 月 {row.on.day} 日前学完" if row.on else kind
    button = "继续学习" if row.share else "开始学习"
    return Next(course.title, words, course_path(course.slug), button)
