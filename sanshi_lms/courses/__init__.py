"""Courses: the catalogue, a course and its lessons, publishing, packs of course text.

For: what can be learned and in which order. Not for: what a lesson shows (a kind's room: video,
quizzes) nor how far a person is (learning). Both reach us through registers:

    register_lesson_kind(app, kind)   a room above says what a lesson of its kind is
    use_learner_side(app, side)       learning says how far the person in front of the page is

News for rooms above: `course_published` and `course_withdrawn` (signals). Three people review a
course before it is published where the switch is on: sub-room `editorial`.

Reads return published courses only, unless asked with the `drafts` that somebody may see: pages
ask `drafts_seen()`, and `may_see()` of the targets.
"""

from flask import Flask

from sanshi_lms.core.personal import add_personal
from sanshi_lms.core.registers import MenuEntry, add_menu_entry, add_search_source
from sanshi_lms.core.shared import share
from sanshi_lms.courses import admin_lesson_routes, api_routes, cli, desk, editorial, routes
from sanshi_lms.courses.file_types import MAX_BYTES, content_type, file_problem, safe_filename
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
from sanshi_lms.courses.models import Attachment, Course, CourseAudience, Lesson
from sanshi_lms.courses.outward import (
    last_change,
    lesson_ids_using,
    newest_open_lessons,
    open_courses,
    open_lessons,
)
from sanshi_lms.courses.pack_extras import register_pack_extra
from sanshi_lms.courses.pack_yaml import Faults, PackError, YamlMap, read_map
from sanshi_lms.courses.paths import attachment_path, course_path, lesson_path
from sanshi_lms.courses.personal import PERSONAL
from sanshi_lms.courses.queries import (
    CourseCard,
    Drafts,
    course_cards,
    course_titles,
    courses_by_id,
    find_course,
    find_lesson,
    get_lesson,
    lessons_by_id,
    lessons_of,
    lessons_of_courses,
    lessons_using,
    newest_courses,
    published_lessons,
    target_is_public,
    usable,
)
from sanshi_lms.courses.reading import Files, Reading, Untargeted
from sanshi_lms.courses.rules import AUDIENCES, KINDS, SERIES, TOPICS, Doing, hours_text
from sanshi_lms.courses.search_source import CourseSource, LessonSource
from sanshi_lms.courses.sight import SEE, drafts_for, drafts_seen, may_see
from sanshi_lms.courses.signals import course_published, course_withdrawn

__all__ = [
    "AUDIENCES",
    "KINDS",
    "MAX_BYTES",
    "SEE",
    "SERIES",
    "TOPICS",
    "Choice",
    "Course",
    "CourseCard",
    "Doing",
    "Drafts",
    "Faults",
    "LearnerSide",
    "Lesson",
    "LessonKind",
    "LessonMark",
    "PackError",
    "PackReference",
    "Playback",
    "TargetSummary",
    "Untargeted",
    "YamlMap",
    "attachment_path",
    "content_type",
    "course_cards",
    "course_path",
    "course_published",
    "course_titles",
    "course_withdrawn",
    "courses_by_id",
    "drafts_for",
    "drafts_seen",
    "file_problem",
    "find_course",
    "find_lesson",
    "get_lesson",
    "hours_text",
    "last_change",
    "learner_side",
    "lesson_ids_using",
    "lesson_path",
    "lessons_by_id",
    "lessons_of",
    "lessons_of_courses",
    "lessons_using",
    "may_see",
    "newest_courses",
    "newest_open_lessons",
    "open_courses",
    "open_lessons",
    "published_lessons",
    "read_map",
    "register_lesson_kind",
    "register_pack_extra",
    "safe_filename",
    "target_is_public",
    "target_summaries",
    "usable",
    "use_learner_side",
]


def setup(app: Flask) -> None:
    """Connect routes, menus, search sources, commands and the kinds of lesson that are ours."""
    add_personal(PERSONAL)
    share(app, "courses", Course, CourseAudience, Lesson, Attachment)
    register_lesson_kind(app, Reading())
    register_lesson_kind(app, Files())
    for part in (routes, admin_lesson_routes, api_routes):
        app.register_blueprint(part.blueprint)
    app.add_template_filter(hours_text, "hours")
    app.cli.add_command(cli.courses)
    add_search_source(CourseSource())
    add_search_source(LessonSource())
    add_menu_entry(MenuEntry("admin", "课程", "courses_admin.courses", "courses", 10, SEE, "内容"))
    desk.setup()
    editorial.setup(app)
