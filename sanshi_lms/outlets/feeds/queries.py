"""Reads of feeds: what everybody may see, as sitemaps and feeds list it. Paths, no hosts.

Each answer takes a fixed number of statements, however much there is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from sanshi_lms.core.audit import AuditEntry
from sanshi_lms.core.db import db
from sanshi_lms.core.markdown import plain_text
from sanshi_lms.core.registers import registers
from sanshi_lms.courses import (
    Course,
    Lesson,
    course_path,
    get_lesson,
    last_change,
    lesson_ids_using,
    lesson_path,
    lessons_by_id,
    newest_open_lessons,
    open_courses,
    open_lessons,
)
from sanshi_lms.outlets.feeds.rules import MOST_EPISODES, MOST_ITEMS, excerpt, part, parts_of
from sanshi_lms.video import OpenVideo, closed_ids, last_made, open_videos, stored_size

# Acts after which something is hidden or shown although no date of it says so.
_HIDING = ("video.audience", "courses.delete", "courses.delete_lesson")


@dataclass(frozen=True)
class Listed:
    """A page of the sitemap, with the lesson and its video where it has one."""

    path: str
    changed: datetime | None = None
    lesson: Lesson | None = None
    video: OpenVideo | None = None


@dataclass(frozen=True)
class Told:
    """A lesson in a feed with the words about it."""

    lesson: Lesson
    words: str


@dataclass(frozen=True)
class Heard:
    """A lesson that can be heard; `size` is the bytes of its sound."""

    told: Told
    video: OpenVideo
    size: int


def parts() -> list[tuple[str, int]]:
    """Return the parts of the sitemap: kind of page and number, from 1."""
    return [
        (kind, number)
        for kind in registers().sources
        for number in range(1, parts_of(len(_ids_of(kind))) + 1)
    ]


def pages_of(kind: str, number: int) -> list[Listed] | None:
    """Return a part of the sitemap; None when there is none of that name."""
    source = registers().sources.get(kind)
    ids = part(_ids_of(kind), number) if source else ()
    if source is None or not ids:
        return None
    if kind == "lesson":
        return _lesson_pages(ids)
    if kind == "course":
        return [_course_page(course) for course in open_courses(ids)]
    return [Listed(one.url, one.at) for one in source.documents(ids)]


def newest(kind: str = "", topic: str = "") -> list[Told]:
    """Return the newest lessons of a kind of course or a topic, or of all."""
    return _told(newest_open_lessons(MOST_ITEMS, kind=kind, topic=topic))


def heard() -> list[Heard]:
    """Return the newest lessons whose sound everybody may have."""
    lessons = newest_open_lessons(MOST_EPISODES, shown_as="video")
    videos = open_videos([x.target_id for x in lessons if x.target_id])
    found = []
    for told in _told(lessons):
        video = videos.get(told.lesson.target_id or 0)
        size = stored_size(video.sound_key) if video and video.sound_key else None
        if video and size:
            found.append(Heard(told, video, size))
    return found


def open_video_of(lesson_id: int) -> OpenVideo | None:
    """Return the video of a published lesson; None unless everybody may watch it."""
    lesson = get_lesson(lesson_id)
    if lesson is None or lesson.kind != "video" or not lesson.target_id:
        return None
    return open_videos([lesson.target_id]).get(lesson.target_id)


def changed_at() -> datetime | None:
    """Return since when everything about lessons has stood as it does, hidden ones included."""
    hiding = select(func.max(AuditEntry.at)).where(AuditEntry.verb.in_(_HIDING))
    moments = (last_change(), last_made(), db.session.scalar(hiding))
    return max((moment for moment in moments if moment), default=None)


def _ids_of(kind: str) -> Sequence[int]:
    """Return the ids of all pages of a kind; none when its things have no pages of their own."""
    source = registers().sources[kind]
    ids = list(source.refs())
    if kind == "lesson":
        closed = lesson_ids_using("video", closed_ids())
        return [one for one in ids if one not in closed]
    if kind == "course":
        return ids
    # A question is found within the page of its lesson: "/courses/a/b?t=3#question-4".
    first = next(iter(source.documents(ids[:1])), None)
    return ids if first and "#" not in first.url else ()


def _course_page(course: Course) -> Listed:
    return Listed(course_path(course.slug), course.updated_at)


def _lesson_pages(ids: Sequence[int]) -> list[Listed]:
    lessons = open_lessons(ids)
    videos = open_videos([x.target_id for x in lessons if x.kind == "video" and x.target_id])
    return [
        Listed(
            lesson_path(x.course.slug, x.slug),
            # A lesson comes up with its course, however old its text is.
            max(x.updated_at, x.course.published_at or x.updated_at),
            x,
            videos.get(x.target_id or 0) if x.kind == "video" else None,
        )
        for x in lessons
    ]


def _told(lessons: Sequence[Lesson]) -> list[Told]:
    """Add the first words of each lesson's text, or what its course says of itself."""
    whole = lessons_by_id([x.id for x in lessons])
    return [
        Told(x, excerpt(plain_text(whole[x.id].body_md)) or x.course.summary)
        for x in lessons
        if x.id in whole
    ]
