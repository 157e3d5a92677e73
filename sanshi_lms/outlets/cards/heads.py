"""The heads of public pages: what is told when somebody shares them or a machine reads them.

Everything here is read as a visitor without an account would: a draft tells nothing, a lecture for
people who are signed in its title alone. What all have alike is shared (core/shared.py), so a page
asks no statement more than before.
"""

from typing import Any

from flask import request, url_for
from markupsafe import Markup

from sanshi_lms.core.clock import local
from sanshi_lms.core.markdown import plain_text
from sanshi_lms.core.page_parts import PageNames
from sanshi_lms.core.shared import shared
from sanshi_lms.core.web import public_address
from sanshi_lms.courses import (
    Course,
    Lesson,
    course_path,
    find_course,
    find_lesson,
    lesson_path,
    lessons_of,
)
from sanshi_lms.outlets.cards.rules import (
    HOME_LINE,
    MOST_LINE,
    SITE,
    duration,
    one_line,
    without_headings,
)
from sanshi_lms.outlets.cards.telling import (
    CONTEXT,
    Told,
    card_path,
    organization,
    site_data,
    tags,
)
from sanshi_lms.video import Video, find_video


def home_head(names: PageNames) -> Markup:
    """Tell what the house is, and how to search it."""
    del names
    search, card = url_for("search.search"), url_for("cards.site")
    return tags(Told(SITE, "/", HOME_LINE, card, "website", tuple(site_data(search))))


def course_head(names: PageNames) -> Markup:
    """Tell of a published course."""
    course = names.get("course")
    return (
        _course_head(course.slug, public_address(""), request.script_root) if course else Markup()
    )


def lesson_head(names: PageNames) -> Markup:
    """Tell of a lesson of a published course."""
    course, lesson = names.get("course"), names.get("lesson")
    if not course or not lesson:
        return Markup()
    return _lesson_head(course.slug, lesson.slug, public_address(""), request.script_root)


def story_head(names: PageNames) -> Markup:
    """Tell of a published case or piece."""
    story = names.get("story")
    if not story or story.state != "published":
        return Markup()
    card = card_path("story", story.id, story.version)
    line = story_line(story)
    path = url_for("stories.case" if story.is_case else "stories.piece", story_id=story.id)
    data = {
        "@context": CONTEXT,
        "@type": "Article",
        "headline": one_line(story.title, MOST_LINE),
        "description": line,
        "image": public_address(card),
        "datePublished": local(story.published_at).isoformat(),
        "dateModified": local(max(story.updated_at, story.published_at)).isoformat(),
        "inLanguage": "zh-CN",
        "author": organization(),
        "publisher": organization(),
        "mainEntityOfPage": public_address(path),
    }
    return tags(Told(story.title, path, line, card, data=(data,)))


def story_line(story: Any) -> str:
    """Return one line about a story; an invented one says so first."""
    line = one_line(story.summary or plain_text(story.body_md))
    return f"（虚构示例）{line}" if story.invented else line


def lesson_line(lesson: Lesson) -> str:
    """Return one line about a lesson that everybody may see."""
    text = plain_text(without_headings(lesson.body_md))
    return one_line(text) or one_line(lesson.course.summary)


def video_of(lesson: Lesson) -> Video | None:
    """Return the video that a lesson shows."""
    return find_video(lesson.target_id) if lesson.kind == "video" and lesson.target_id else None


@shared("courses", "video")
def _course_head(slug: str, site: str, root: str) -> Markup:
    del site, root  # among what the answer is kept by
    course = find_course(slug)
    if course is None:
        return Markup()
    card = card_path("course", course.id, course.version)
    data = _course_data(course, lessons_of(course.id), card)
    line = one_line(course.summary)
    return tags(Told(course.title, course_path(slug), line, card, data=(data,)))


@shared("courses", "video")
def _lesson_head(course_slug: str, lesson_slug: str, site: str, root: str) -> Markup:
    del site, root
    lesson = find_lesson(course_slug, lesson_slug)
    if lesson is None:
        return Markup()
    path = lesson_path(course_slug, lesson_slug)
    video = video_of(lesson)
    if video is not None and video.signed_in_only:
        return tags(Told(lesson.title, path))
    line, card = lesson_line(lesson), card_path("lesson", lesson.id, lesson.version)
    playing = video is not None and video.shown_key is not None and video.seconds is not None
    data = _video_data(lesson, video, line, card) if video is not None and playing else None
    kind = "video.other" if data else "article"
    return tags(Told(lesson.title, path, line, card, kind, (data,) if data else ()))


def _course_data(course: Course, lessons: list[Lesson], card: str) -> dict[str, Any]:
    url = public_address(course_path(course.slug))
    minutes = sum(lesson.minutes for lesson in lessons)
    return {
        "@context": CONTEXT,
        "@type": "Course",
        "@id": f"{url}#course",
        "url": url,
        "name": course.title,
        "description": one_line(course.summary) or course.title,
        "image": public_address(card),
        "inLanguage": "zh-CN",
        "about": course.topic,
        "isAccessibleForFree": True,
        "provider": organization(),
        "datePublished": _day(course),
        "hasCourseInstance": {
            "@type": "CourseInstance",
            "courseMode": "Online",
            "courseWorkload": duration(60 * max(1, minutes)),
        },
        "offers": {"@type": "Offer", "price": 0, "priceCurrency": "CNY", "category": "Free"},
        "hasPart": [
            {
                "@type": "LearningResource",
                "position": number,
                "name": lesson.title,
                "url": public_address(lesson_path(course.slug, lesson.slug)),
                "timeRequired": duration(60 * lesson.minutes),
            }
            for number, lesson in enumerate(lessons, 1)
        ],
    }


def _video_data(lesson: Lesson, video: Video, line: str, card: str) -> dict[str, Any]:
    course = lesson.course
    url = public_address(lesson_path(course.slug, lesson.slug))
    began = max(filter(None, (video.created_at, course.published_at)))
    seconds = video.seconds or 0
    marks = [chapter for chapter in video.chapters if chapter.start < seconds]
    bounds = [*(chapter.start for chapter in marks), seconds]
    return {
        "@context": CONTEXT,
        "@type": "VideoObject",
        "@id": f"{url}#video",
        "url": url,
        "name": lesson.title,
        "description": line or lesson.title,
        "thumbnailUrl": [public_address(card)],
        "uploadDate": local(began).isoformat(),
        "duration": duration(seconds),
        "embedUrl": public_address(
            url_for("video_embed.lesson", course_slug=course.slug, lesson_slug=lesson.slug)
        ),
        "inLanguage": "zh-CN",
        "isAccessibleForFree": True,
        "publisher": organization(),
        "isPartOf": {
            "@type": "Course",
            "@id": f"{public_address(course_path(course.slug))}#course",
            "name": course.title,
        },
        "hasPart": [
            {
                "@type": "Clip",
                "name": chapter.title,
                "startOffset": int(chapter.start),
                "endOffset": int(end),
                "url": f"{url}?t={int(chapter.start)}",
            }
            for chapter, end in zip(marks, bounds[1:], strict=True)
        ],
    }


def _day(course: Course) -> str:
    return local(course.published_at).date().isoformat() if course.published_at else ""
