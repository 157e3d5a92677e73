"""What required training tells learning: a person's duties, course by course."""

from datetime import datetime, time

from sanshi_lms.core.clock import LOCAL_ZONE
from sanshi_lms.courses import Lesson, course_path, lessons_of_courses
from sanshi_lms.learning import Duty
from sanshi_lms.training.assignments import queries
from sanshi_lms.training.assignments.queries import Cell


def due_for(user_id: int) -> list[Duty]:
    """Return what a person has to learn and by when, done or not; nothing that they are let off.

    A course that two assignments ask for is one duty, with the nearer day.
    """
    found: dict[int, Cell] = {}
    for cell in my_cells(user_id):
        known = found.get(cell.course.id)
        if cell.state not in {"exempt", "left"} and (known is None or cell.due_on < known.due_on):
            found[cell.course.id] = cell
    lessons = lessons_of_courses(list(found), bodies=False)
    return [
        Duty(
            title=cell.course.title,
            due_at=datetime.combine(cell.due_on, time(23, 59, 59), LOCAL_ZONE),
            url=course_path(cell.course.slug),
            minutes=_minutes_left(cell, lessons.get(number, [])),
            done=not cell.open,
            why=f"必修：{cell.assignment.title}",
        )
        for number, cell in found.items()
    ]


def my_cells(user_id: int) -> list[Cell]:
    """Return a person's courses of all assignments that stand, the soonest due first."""
    mine = queries.running(user_id)
    found = queries.cells(mine, queries.local_today(), user_ids={user_id}) if mine else []
    return sorted(found, key=lambda cell: (not cell.open, cell.due_on, cell.assignment.id))


def _minutes_left(cell: Cell, lessons: list[Lesson]) -> int:
    whole = sum(lesson.minutes for lesson in lessons if lesson.required)
    return round(whole * (1 - cell.share))
