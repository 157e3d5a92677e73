"""What cards and posters show: a course, a lesson, a story, a class, or the house itself.

Read as a visitor would: what is not public is not found. A lecture for people who are signed in
gives its title and no picture.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import url_for

from sanshi_lms.community import published_story
from sanshi_lms.core.web import zh_date
from sanshi_lms.courses import (
    Course,
    Lesson,
    course_path,
    courses_by_id,
    get_lesson,
    lesson_path,
    lessons_of,
)
from sanshi_lms.outlets.cards.heads import lesson_line, story_line, video_of
from sanshi_lms.outlets.cards.rules import SITE_LINE, one_line
from sanshi_lms.training import TrainingClass
from sanshi_lms.video import Video, poster_key

POSTER_LINE = 60


@dataclass(frozen=True)
class Subject:
    """A public thing. `picture` is a key of the storage; `video` is there if all may watch it."""

    kind: str
    number: int
    title: str
    line: str
    topic: str
    path: str
    badges: tuple[str, ...] = ()
    picture: str | None = None
    video: Video | None = None
    members_only: bool = False


def site_subject() -> Subject:
    """Return the house itself."""
    return Subject("site", 0, SITE_LINE, "", "", "/", ("社区微课",))


def course_subject(course_id: int) -> Subject | None:
    """Return a published course with the picture of its first open lecture."""
    course = courses_by_id([course_id]).get(course_id)
    if course is None:
        return None
    lessons = lessons_of(course.id)
    return Subject(
        "course",
        course.id,
        course.title,
        one_line(course.summary, POSTER_LINE),
        course.topic,
        course_path(course.slug),
        (course.topic, f"{len(lessons)} 节课"),
        _first_picture(lessons),
    )


def lesson_subject(lesson_id: int) -> Subject | None:
    """Return a lesson of a published course."""
    lesson = get_lesson(lesson_id)
    if lesson is None:
        return None
    course = lesson.course
    found = video_of(lesson)
    closed = found is not None and found.signed_in_only
    video = None if closed or found is None or not found.shown_key else found
    return Subject(
        "lesson",
        lesson.id,
        lesson.title,
        "" if closed else one_line(lesson_line(lesson), POSTER_LINE),
        course.topic,
        lesson_path(course.slug, lesson.slug),
        (course.topic,) if closed else _lesson_badges(course, lesson, playing=video is not None),
        poster_key(video) if video else None,
        video,
        closed,
    )


def story_subject(story_id: int) -> Subject | None:
    """Return a published case or piece, with the picture of how it became."""
    story = published_story(story_id)
    if story is None:
        return None
    shown = story.picture("after") or story.picture("before")
    shown = shown or next(iter(story.in_text), None)
    return Subject(
        "story",
        story.id,
        story.title,
        one_line(story_line(story), POSTER_LINE),
        story.topic,
        url_for("stories.case" if story.is_case else "stories.piece", story_id=story.id),
        tuple(filter(None, (story.kind_of.label, story.district))),
        shown.key if shown else None,
    )


def class_subject(found: TrainingClass) -> Subject:
    """Return a class that takes people, by the page where they join it."""
    days = f"{zh_date(found.starts_on)}到{zh_date(found.ends_on)}"
    invented = "（虚构示例）" if found.invented else ""
    return Subject(
        "class",
        found.id,
        found.title,
        f"{invented}{days}",
        "",
        url_for("training.join", class_code=found.code),
        ("培训班",),
    )


def _lesson_badges(course: Course, lesson: Lesson, *, playing: bool) -> tuple[str, ...]:
    length = f"{lesson.minutes} 分钟"
    return (course.topic, f"视频 · {length}" if playing else length)


def _first_picture(lessons: Iterable[Lesson]) -> str | None:
    for lesson in lessons:
        video = video_of(lesson)
        if video is not None and (key := poster_key(video)):
            return key
    return None
