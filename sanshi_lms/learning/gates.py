"""What must be learned first: a lesson that is locked counts nothing until its lock opens.

A locked lesson can still be read and watched: a lock takes nothing away that was public. It says in
words why nothing counts yet and links to what opens it. Rooms above add locks of their own:

    add_gate(app, gate)      gate(user_id, lesson) -> Lock or None
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app

from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.web import page_memory
from sanshi_lms.courses import Lesson, lesson_path, lessons_of
from sanshi_lms.learning.queries import completed_among

_KEY = "learning.gates"


@dataclass(frozen=True)
class Lock:
    """Why a lesson does not count yet; `opens` are titles and paths of what opens it."""

    sentence: str
    opens: tuple[tuple[str, str], ...]


Gate = Callable[[int, Lesson], Lock | None]


def add_gate(app: Flask, gate: Gate) -> None:
    """Let `gate` lock lessons. It is asked at each opening, so be quick."""
    app.extensions.setdefault(_KEY, []).append(gate)


def lock_of(user_id: int, lesson: Lesson) -> Lock | None:
    """Return what locks the lesson for the person, or None. Needs the lesson's course."""
    known: dict[tuple[int, int], Lock | None] = page_memory(_KEY)
    key = (user_id, lesson.id)
    if key not in known:  # the player asks, and the panel beside it
        gates: list[Gate] = current_app.extensions.get(_KEY, [])
        asked = (gate(user_id, lesson) for gate in [_by_order, *gates])
        known[key] = next((lock for lock in asked if lock is not None), None)
    return known[key]


def refuse_locked(user_id: int, lesson: Lesson) -> None:
    """Raise Refusal with what to do first when the lesson is locked."""
    locked = lock_of(user_id, lesson)
    if locked is not None:
        raise Refusal(locked.sentence, 409)


def _by_order(user_id: int, lesson: Lesson) -> Lock | None:
    """Lock what stands behind a required lesson that is not done, in a course with an order."""
    course = lesson.course
    if not course.in_order:
        return None
    before = [x for x in lessons_of(course.id) if x.position < lesson.position and x.required]
    done = completed_among(user_id, [one.id for one in before])
    first = next((one for one in before if one.id not in done), None)
    if first is None:
        return None
    sentence = f"这门课按顺序学。请先学完“{first.title}”，这一课才计入进度。"
    return Lock(sentence, ((first.title, lesson_path(course.slug, first.slug)),))
