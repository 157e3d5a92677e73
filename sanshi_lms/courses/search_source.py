"""What search knows of courses and lessons: published ones only."""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, selectinload

from sanshi_lms.core.db import db
from sanshi_lms.core.markdown import headings, plain_text
from sanshi_lms.core.registers import Cue, Document
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
        for course in db.session.scalars(query):
            yield Document(
                kind=self.kind,
                ref=course.id,
                title=course.title,
                url=course_path(course.slug),
                headings="\n".join(headings(course.description_md)),
                body=f"{course.summary}\n{plain_text(course.description_md)}",
                audience=tuple(row.name for row in course.audiences),
                topic=course.topic,
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
        spoken, written = _spoken(lessons), _written(lessons)
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
        if lesson is None or kind is None or lesson.target_id is None:
            return ()
        return kind.cues([lesson.target_id]).get(lesson.target_id, ())


def _spoken(lessons: Sequence[Lesson]) -> dict[int, str]:
    """Return the transcripts by lesson id, asking each kind once."""
    found: dict[int, str] = {}
    for kind, targets in _by_kind(lessons):
        for target_id, cues in kind.cues(targets.keys()).items():
            words = "\n".join(cue.text for cue in cues)
            found.update(dict.fromkeys(targets[target_id], words))
    return found


def _written(lessons: Sequence[Lesson]) -> dict[int, str]:
    """Return what is written in the lessons' targets by lesson id, asking each kind once."""
    found: dict[int, str] = {}
    for kind, targets in _by_kind(lessons):
        for target_id, words in kind.words(targets.keys()).items():
            found.update(dict.fromkeys(targets[target_id], words))
    return found


def _by_kind(lessons: Sequence[Lesson]) -> list[tuple[LessonKind, dict[int, list[int]]]]:
    """Return each kind with its targets and the lessons that show them."""
    named: dict[str, dict[int, list[int]]] = {}
    for lesson in lessons:
        if lesson.target_id is not None:
            named.setdefault(lesson.kind, {}).setdefault(lesson.target_id, []).append(lesson.id)
    kinds = ((find_kind(name), targets) for name, targets in named.items())
    return [(kind, targets) for kind, targets in kinds if kind is not None]
