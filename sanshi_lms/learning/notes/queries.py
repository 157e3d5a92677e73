"""Reads of notes: always of one person, their own."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Select, func, select

from sanshi_lms.core.db import db
from sanshi_lms.courses import Course, Drafts, Lesson, courses_by_id, lesson_path, lessons_by_id
from sanshi_lms.learning.notes.models import Note

GONE = "已下架的课程"


@dataclass(frozen=True)
class PlacedNote:
    """A note with where it was written. `lesson` None: its course is not shown to people now."""

    note: Note
    lesson: Lesson | None

    @property
    def course_title(self) -> str:
        """The title of its course, if it may be named."""
        return self.lesson.course.title if self.lesson else GONE

    @property
    def lesson_title(self) -> str:
        """The title of its lesson, if it may be named."""
        return self.lesson.title if self.lesson else "这一课现在打不开"

    @property
    def path(self) -> str:
        """The address that opens the lesson at the note's second; "" when nothing can be opened."""
        return path_to(self.lesson, self.note.second) if self.lesson else ""


def path_to(lesson: Lesson, second: int | None) -> str:
    """Return the path that opens a lesson, with its course loaded, at a second."""
    path = lesson_path(lesson.course.slug, lesson.slug)
    return path if second is None else f"{path}?t={second}"


def notes_of_lesson(user_id: int, lesson_id: int) -> list[Note]:
    """Return a person's notes of a lesson in the order of the film; those without a second last."""
    mine = (Note.user_id == user_id) & (Note.lesson_id == lesson_id)
    return list(db.session.scalars(_ordered(select(Note).where(mine))))


def notes_query(user_id: int, course_id: int | None, words: str = "") -> Select[Note]:
    """Return the query of a person's notes, course by course, in the order of lessons and films."""
    query = select(Note).join(Lesson, Lesson.id == Note.lesson_id).where(Note.user_id == user_id)
    if course_id is not None:
        query = query.where(Lesson.course_id == course_id)
    if words:
        query = query.where(Note.text.contains(words, autoescape=True))
    return _ordered(query.order_by(Lesson.course_id.desc(), Lesson.position))


def placed(notes: Iterable[Note], *, drafts: Drafts = False) -> list[PlacedNote]:
    """Return notes with their lessons, in one query."""
    rows = list(notes)
    lessons = lessons_by_id([note.lesson_id for note in rows], drafts=drafts)
    return [PlacedNote(note, lessons.get(note.lesson_id)) for note in rows]


def by_course_and_lesson(
    rows: Iterable[PlacedNote],
) -> list[tuple[str, list[tuple[PlacedNote, list[PlacedNote]]]]]:
    """Return notes, in the order given, under their courses and there under their lessons.

    Of each lesson the first note stands for it.
    """
    found = []
    for title, of_course in groupby(rows, key=lambda row: row.course_title):
        lessons = [list(own) for _, own in groupby(of_course, key=lambda row: row.note.lesson_id)]
        found.append((title, [(own[0], own) for own in lessons]))
    return found


def find_note(user_id: int, note_id: int) -> Note | None:
    """Return a note if it is this person's; else None, as if there were none."""
    return db.session.scalar(select(Note).where(Note.id == note_id, Note.user_id == user_id))


def note_by_key(user_id: int, key: str) -> Note | None:
    """Return the note that a device sent under this key."""
    return db.session.scalar(select(Note).where(Note.user_id == user_id, Note.key == key))


def count_of_lesson(user_id: int, lesson_id: int) -> int:
    """Return how many notes a person has in a lesson."""
    query = select(func.count(Note.id)).where(Note.user_id == user_id, Note.lesson_id == lesson_id)
    return db.session.scalar(query) or 0


def count_notes(user_id: int) -> int:
    """Return how many notes a person has."""
    return db.session.scalar(select(func.count(Note.id)).where(Note.user_id == user_id)) or 0


def courses_with_notes(user_id: int) -> list[tuple[Course, int]]:
    """Return the published courses in which a person has notes, with how many."""
    query = (
        select(Lesson.course_id, func.count(Note.id))
        .join(Note, Note.lesson_id == Lesson.id)
        .where(Note.user_id == user_id)
        .group_by(Lesson.course_id)
    )
    counts = {row[0]: row[1] for row in db.session.execute(query)}
    courses = sorted(courses_by_id(counts).values(), key=lambda course: course.title)
    return [(course, counts[course.id]) for course in courses]


def _ordered(query: Select[Note]) -> Select[Note]:
    return query.order_by(Note.second.is_(None), Note.second, Note.id)
