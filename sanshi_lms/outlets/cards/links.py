"""The way from a page to its poster, for those who may make one."""

from flask import url_for
from markupsafe import Markup

from sanshi_lms.core.access import may
from sanshi_lms.core.addresses import drawn_icon
from sanshi_lms.core.page_parts import PageNames

_LINK = Markup('<a class="button" href="{}">{}{}</a>')


def course_link(names: PageNames) -> Markup:
    """Return the link of a course's page."""
    course = names.get("course")
    if not course or not course.is_published or not may("courses.edit"):
        return Markup()
    return _link(url_for("posters.course", course_id=course.id))


def lesson_link(names: PageNames) -> Markup:
    """Return the link of a lesson's page."""
    lesson, course = names.get("lesson"), names.get("course")
    if not lesson or not course or not course.is_published or not may("courses.edit"):
        return Markup()
    return _link(url_for("posters.lesson", lesson_id=lesson.id))


def story_link(names: PageNames) -> Markup:
    """Return the link of a case or piece."""
    story = names.get("story")
    if not story or story.state != "published" or not may("courses.edit"):
        return Markup()
    return _link(url_for("posters.story", story_id=story.id))


def class_link(names: PageNames) -> Markup:
    """Return the link of the page of a class, which only those see who run it."""
    subject = names.get("subject")
    if not subject or not subject.takes_people:
        return Markup()
    return _link(url_for("posters.training_class", class_id=subject.id), "发群海报")


def _link(url: str, label: str = "做海报") -> Markup:
    return _LINK.format(url, drawn_icon("qr"), label)
