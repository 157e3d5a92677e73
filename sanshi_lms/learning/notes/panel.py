"""The notes beside a lesson."""

from markupsafe import Markup

from sanshi_lms.account import User
from sanshi_lms.core.web import render_part
from sanshi_lms.courses import Lesson, target_summaries
from sanshi_lms.learning.notes.queries import notes_of_lesson, path_to
from sanshi_lms.learning.notes.rules import LONGEST
from sanshi_lms.learning.wording import new_key


def has_seconds(lesson: Lesson) -> bool:
    """Tell whether a lesson has seconds at which something can be noted."""
    summary = target_summaries([lesson]).get(lesson.id)
    return bool(summary and summary.seconds)


def notes_panel(lesson: Lesson, person: User | None) -> Markup:
    """Return the panel in which a person writes and finds their notes; nothing for a visitor."""
    if person is None or lesson.kind == "quiz":
        return Markup()
    return render_part(
        "notes/_panel.html",
        lesson=lesson,
        person_id=person.id,
        timed=has_seconds(lesson),
        key=new_key(),
        longest=LONGEST,
        **_list_values(lesson, person),
    )


def notes_list(lesson: Lesson, person: User) -> Markup:
    """Return the list alone, for a script to put in its place."""
    return render_part("notes/_list.html", **_list_values(lesson, person))


def _list_values(lesson: Lesson, person: User) -> dict[str, object]:
    return {
        "notes": notes_of_lesson(person.id, lesson.id),
        "path_of": lambda note: path_to(lesson, note.second),
    }
