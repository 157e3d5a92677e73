"""The questions below a lesson."""

from typing import Any

from markupsafe import Markup

from sanshi_lms.account import User, mask_name
from sanshi_lms.core.db import db
from sanshi_lms.core.web import render_part
from sanshi_lms.courses import Lesson
from sanshi_lms.learning.notes.panel import has_seconds
from sanshi_lms.learning.questions import queries, rules
from sanshi_lms.learning.wording import new_key

SHOWN = 30


def questions_panel(lesson: Lesson, person: User | None) -> Markup:
    """Return what was asked in a lesson, and the form to ask."""
    if lesson.kind == "quiz" or (person is None and queries.is_closed(lesson)):
        return Markup()
    found = db.session.scalars(queries.questions_of_lesson(lesson.id, person).limit(SHOWN + 1))
    rows = list(found)
    return render_part(
        "questions/_panel.html",
        lesson=lesson,
        more=len(rows) > SHOWN,
        threads=queries.threads(rows[:SHOWN], person),
        **asking(lesson, person),
    )


def asking(lesson: Lesson, person: User | None) -> dict[str, Any]:
    """Return what the form to ask, and a thread, need to know."""
    return {
        "person": person,
        "timed": has_seconds(lesson),
        "key": new_key(),
        "longest": rules.LONGEST_QUESTION,
        "shown_as": mask_name(person.display_name) if person else "",
        "at_once": bool(person and queries.posts_at_once(person)),
    }
