"""Courses: the catalogue, a course and its lessons, publishing, packs of course text.

For: what can be learned and in which order. Not for: what a lesson shows (a kind's room: video,
quizzes) nor how far a person is (learning). Both reach us through registers:

    register_lesson_kind(app, kind)   a room above says what a lesson of its kind is
    use_learner_side(app, side)       learning says how far the person in front of the page is

Reads return published courses only, unless asked with `drafts=True` for people with courses.edit.
"""

from flask import Flask

from sanshi_lms.courses import cli
from sanshi_lms.courses.kinds import (
    Choice,
    LessonKind,
    PackReference,
    TargetSummary,
    register_lesson_kind,
    target_summaries,
)
from sanshi_lms.courses.learner import (
    LearnerSide,
    LessonMark,
    Playback,
    learner_side,
    use_learner_side,
)
from sanshi_lms.courses.models import Course, Lesson
from sanshi_lms.courses.pack_yaml import Faults, PackError, YamlMap, read_map
from sanshi_lms.courses.queries import (
    CourseCard,
    course_cards,
    courses_by_id,
    find_course,
    find_lesson,
    get_lesson,
    lessons_by_id,
    lessons_of,
    lessons_of_courses,
    lessons_using,
    newest_courses,
    target_is_public,
)
from sanshi_lms.courses.reading import Reading
from sanshi_lms.courses.rules import AUDIENCES, KINDS, TOPICS, Doing

__all__ = [
    "AUDIENCES",
    "KINDS",
    "TOPICS",
    "Choice",
    "Course",
    "CourseCard",
    "Doing",
    "Faults",
    "LearnerSide",
    "Lesson",
    "LessonKind",
    "LessonMark",
    "PackError",
    "PackReference",
    "Playback",
    "TargetSummary",
    "YamlMap",
    "course_cards",
    "courses_by_id",
    "find_course",
    "find_lesson",
    "get_lesson",
    "learner_side",
    "lessons_by_id",
    "lessons_of",
    "lessons_of_courses",
    "lessons_using",
    "newest_courses",
    "read_map",
    "register_lesson_kind",
    "target_is_public",
    "target_summaries",
    "use_learner_side",
]


def setup(app: Flask) -> None:
    """Register the kind of lesson that is ours, and our commands."""
    register_lesson_kind(app, Reading())
    app.cli.add_command(cli.courses)
