"""Lessons that would help with something, by its words."""

from sanshi_lms.community.lessons.rules import Words, likest
from sanshi_lms.courses import Lesson, published_lessons

TEXT_LOOKED_AT = 600


def proposed_lessons(words: str, most: int = 8) -> list[Lesson]:
    """Return published lessons, with their courses, that are most like `words`; best first."""
    lessons = {lesson.id: lesson for lesson in published_lessons()}
    known = {number: _words_of(lesson) for number, lesson in lessons.items()}
    return [lessons[number] for number in likest(words, known, most)]


def _words_of(lesson: Lesson) -> Words:
    course = lesson.course
    text = f"{course.summary} {lesson.body_md[:TEXT_LOOKED_AT]}"
    return Words(f"{course.title} {lesson.title}", text)
