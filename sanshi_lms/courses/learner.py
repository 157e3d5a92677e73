"""What course pages ask about the person in front of them.

`courses` knows nothing of enrolment or watching. The room `learning` implements `LearnerSide` and
hands it over in its setup with `use_learner_side`; until then everybody is a passer-by.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from flask import Flask, current_app
from markupsafe import Markup

from sanshi_lms.courses.rules import Doing

if TYPE_CHECKING:
    from sanshi_lms.account import User
    from sanshi_lms.courses.models import Course, Lesson

_KEY = "courses.learner_side"


@dataclass(frozen=True)
class Playback:
    """How a lesson starts for one person.

    start_seconds: where playing begins; 0 is the beginning.
    report_url: where the player reports what was watched; None when nobody counts it.
    session_token: proof, issued by the server, that reports belong to this opening of the page.
    """

    start_seconds: float = 0.0
    report_url: str | None = None
    session_token: str | None = None


@dataclass(frozen=True)
class LessonMark:
    """How far one person is with one lesson; `fraction` is 0..1."""

    doing: Doing = Doing.NEW
    fraction: float = 0.0


class LearnerSide(Protocol):
    """The learner's side of course pages. Every method takes None for a visitor."""

    def marks(self, person: "User | None", lesson_ids: Collection[int]) -> Mapping[int, LessonMark]:
        """Return the marks of the lessons with a record, in a fixed number of queries."""

    def course_panel(self, course: "Course", person: "User | None") -> Markup:
        """Return what the course page says of the person's progress; may be empty."""

    def lesson_panel(self, lesson: "Lesson", person: "User | None") -> Markup:
        """Return what the lesson page says of the person's progress; may be empty."""

    def course_desk(self, course: "Course") -> Markup:
        """Return what learning adds to a course's page at the desk; may be empty."""

    def lesson_desk(self, lesson: "Lesson") -> Markup:
        """Return what learning adds to a lesson's page at the desk; may be empty."""

    def below_lesson(self, lesson: "Lesson", person: "User | None") -> Markup:
        """Return what stands below the lesson's text, such as questions; may be empty."""

    def playback(self, lesson: "Lesson", person: "User | None") -> Playback:
        """Return where to start and whom to report to. Called in a GET: it must not write."""

    def people_with_records(self, course_id: int | None, lesson_ids: Collection[int]) -> int:
        """Return how many people have records that a deletion of these would destroy.

        A lesson alone is asked for with `course_id` None: being enrolled does not count then.
        """


class PasserBy:
    """Nobody's progress is kept: the answer while no room has taken the learner's side."""

    def marks(self, person: "User | None", lesson_ids: Collection[int]) -> Mapping[int, LessonMark]:
        """Return no marks."""
        del person, lesson_ids
        return {}

    def course_panel(self, course: "Course", person: "User | None") -> Markup:
        """Return nothing."""
        del course, person
        return Markup()

    def lesson_panel(self, lesson: "Lesson", person: "User | None") -> Markup:
        """Return nothing."""
        del lesson, person
        return Markup()

    def course_desk(self, course: "Course") -> Markup:
        """Return nothing."""
        del course
        return Markup()

    def lesson_desk(self, lesson: "Lesson") -> Markup:
        """Return nothing."""
        del lesson
        return Markup()

    def below_lesson(self, lesson: "Lesson", person: "User | None") -> Markup:
        """Return nothing."""
        del lesson, person
        return Markup()

    def playback(self, lesson: "Lesson", person: "User | None") -> Playback:
        """Start at the beginning and count nothing."""
        del lesson, person
        return Playback()

    def people_with_records(self, course_id: int | None, lesson_ids: Collection[int]) -> int:
        """Return 0."""
        del course_id, lesson_ids
        return 0


def use_learner_side(app: Flask, side: LearnerSide) -> None:
    """Let `side` answer for the learner on every course page of `app`."""
    app.extensions[_KEY] = side


def learner_side() -> LearnerSide:
    """Return the current application's learner side."""
    side: LearnerSide = current_app.extensions.get(_KEY) or PasserBy()
    return side
