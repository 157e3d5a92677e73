"""What search knows of courses and lessons: published ones only."""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, selectinload

from sanshi_lms.core.db import db
from sanshi_lms.core.markdown import headings, plain_text
from sanshi_lms.core.registers import Cue, Document
from sanshi_lms.courses.attachment_words import attachment_cues
from sanshi_lms.courses.kinds import LessonKind, find_kind
from sanshi_lms.courses.models import Course, Lesson
from sanshi_lms.courses.paths import course_path, lesson_path
from sanshi_lms.courses.rules import Status


class CourseSource:
    """A course as a document: its title, summary and description."""

    kind = "course"
    label = "课程"

    def refs(self) -> Iterable[int]:
        """Return the ids of all published courses."""
        query = select(Course.id).where(Course.status == Status.PUBLISHED.value)
        return db.session.scalars(query.order_by(Course.id)).all()

    def documents(self, refs: Sequence[int]) -> Iterator[Document]:
        """Return those of `refs` that are published now."""
        query = (
            select(Course)
            .where(Course.id.in_(refs), Course.status == Status.PUBLISHED.value)
            .options(selectinload(Course.audiences))
        )
        courses = db.session.scalars(query).all()
        minutes = select(Lesson.course_id, func.sum(Lesson.minutes)).group_by(Lesson.course_id)
        minutes = minutes.where(Lesson.course_id.in_([course.id for course in courses]))
        lengths = {number: int(total) for number, total in db.session.execute(minutes)}
        for course in courses:
            yield Document(
                kind=self.kind,
                ref=course.id,
                title=course.title,
                url=course_path(course.slug),
                headings="\n".join(headings(course.description_md)),
                body=f"{course.summary}\n{plain_text(course.description_md)}",
                audience=tuple(row.name for row in course.audiences),
                topic=course.topic,
                series=course.kind,
                minutes=lengths.get(course.id),
                at=course.published_at,
            )

    def visible(self, refs: Sequence[int]) -> Iterable[int]:
        """Return those of `refs` that are published now."""
        query = select(Course.id).where(Course.id.in_(refs))
        return db.session.scalars(query.where(Course.status == Status.PUBLISHED.value)).all()

    def cues(self, ref: int) -> Sequence[Cue]:
        """Return nothing: a course is not spoken."""
        del ref
        return ()


class LessonSource:
    """A lesson as a document: its text, and what is said in it."""

    kind = "lesson"
    label = "单节课"

    def refs(self) -> Iterable[int]:
        """Return the ids of all lessons of published courses."""
        query = select(Lesson.id).join(Lesson.course)
        query = query.where(Course.status == Status.PUBLISHED.value)
        return db.session.scalars(query.order_by(Lesson.id)).all()

    def documents(self, refs: Sequence[int]) -> Iterator[Document]:
        """Return those of `refs` whose course is published now."""
        query = (
            select(Lesson)
            .join(Lesson.course)
            .where(Lesson.id.in_(refs), Course.status == Status.PUBLISHED.value)
            .options(contains_eager(Lesson.course).selectinload(Course.audiences))
        )
        lessons = db.session.scalars(query).all()
        spoken, written = _words_of(lessons)
        for lesson in lessons:
            course = lesson.course
            yield Document(
                kind=self.kind,
                ref=lesson.id,
                title=lesson.title,
                url=lesson_path(course.slug, lesson.slug),
                headings="\n".join([course.title, *headings(lesson.body_md)]),
                body=f"{plain_text(lesson.body_md)}\n{written.get(lesson.id, '')}".strip(),
                transcript=spoken.get(lesson.id, ""),
                audience=tuple(row.name for row in course.audiences),
                topic=course.topic,
                parent=course.title,
                series=course.kind,
                minutes=lesson.minutes,
                at=course.published_at,
            )

    def visible(self, refs: Sequence[int]) -> Iterable[int]:
        """Return those of `refs` whose course is published now."""
        query = select(Lesson.id).join(Lesson.course).where(Lesson.id.in_(refs))
        return db.session.scalars(query.where(Course.status == Status.PUBLISHED.value)).all()

    def cues(self, ref: int) -> Sequence[Cue]:
        """Return the caption cues of a lesson, when its course is published."""
        query = select(Lesson).join(Lesson.course)
        query = query.where(Lesson.id == ref, Course.status == Status.PUBLISHED.value)
        lesson = db.session.scalar(query)
        kind = find_kind(lesson.kind) if lesson else None
        if lesson is None:
            return ()
        attached = attachment_cues([lesson.id]).get(lesson.id, [])
        if kind is None or lesson.target_id is None:
            return attached
        return [*kind.cues([lesson.target_id]).get(lesson.target_id, ()), *attached]


def _words_of(lessons: Sequence[Lesson]) -> tuple[dict[int, str], dict[int, str]]:
    """Return what is said and what is written in the lessons' targets, asking each kind once."""
    spoken: dict[int, str] = {}
    written: dict[int, str] = {}
    for kind, targets in _by_kind(lessons):
        for target_id, cues in kind.cues(targets.keys()).items():
            said = "\n".join(cue.text for cue in cues if cue.page is None)
            on_pages = "\n".join(cue.text for cue in cues if cue.page is not None)
            spoken.update(dict.fromkeys(targets[target_id], said))
            written.update(dict.fromkeys(targets[target_id], on_pages))
        for target_id, words in kind.words(targets.keys()).items():
            written.update(dict.fromkeys(targets[target_id], words))
    for lesson_id, cues in attachment_cues([lesson.id for lesson in lessons]).items():
        words = "\n".join(cue.text for cue in cues)
        written[lesson_id] = f"{written.get(lesson_id, '')}\n{words}".strip()
    return spoken, written


def _by_kind(lessons: Sequence[Lesson]) -> list[tuple[LessonKind, dict[int, list[int]]]]:
    """Return each kind with its targets and the lessons that show them."""
    named: dict[str, dict[int, list[int]]] = {}
    for lesson in lessons:
        if lesson.target_id is not None:
            named.setdefault(lesson.kind, {}).setdefault(lesson.target_id, []).append(lesson.id)
    kinds = ((find_kind(name), targets) for name, targets in named.items())
    return [(kind, targets) for kind, targets in kinds if kind is not None]
