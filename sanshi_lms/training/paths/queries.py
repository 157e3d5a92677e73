"""Reads of learning paths with the courses that are published, and one person's progress."""

from dataclasses import dataclass

from sqlalchemy import select

from sanshi_lms.core.db import db
from sanshi_lms.courses import Course, course_cards, find_course
from sanshi_lms.learning import Progress, progress_of
from sanshi_lms.training.paths.models import Path


@dataclass(frozen=True)
class Step:
    """A step of a path: a course, its minutes, why it stands here, how far somebody is."""

    course: Course
    minutes: int
    lessons: int
    why: str
    progress: Progress | None

    @property
    def done(self) -> bool:
        """Tell whether this person has completed it."""
        return self.progress is not None and self.progress.completed_at is not None


@dataclass(frozen=True)
class ShownPath:
    """A path with its steps."""

    path: Path
    steps: tuple[Step, ...]

    @property
    def minutes(self) -> int:
        """How long all steps take."""
        return sum(step.minutes for step in self.steps)

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(step.done for step in self.steps)

    @property
    def next(self) -> Step | None:
        """The first step that is not done."""
        return next((step for step in self.steps if not step.done), None)


def shown_paths(user_id: int | None) -> list[ShownPath]:
    """Return all paths in order; steps whose course is not published are left out."""
    rows = db.session.scalars(select(Path).order_by(Path.position, Path.id)).all()
    slugs = {step.course_slug for row in rows for step in row.steps}
    courses = {slug: course for slug in sorted(slugs) if (course := find_course(slug))}
    cards = {card.course.slug: card for card in course_cards(list(courses.values()))}
    ids = [course.id for course in courses.values()]
    progress = progress_of([user_id], ids) if user_id is not None else {}
    found = []
    for row in rows:
        steps = tuple(
            Step(
                card.course,
                card.minutes,
                card.lessons,
                step.why,
                progress.get((user_id, card.course.id)) if user_id is not None else None,
            )
            for step in row.steps
            if (card := cards.get(step.course_slug))
        )
        if steps:
            found.append(ShownPath(row, steps))
    return found


def find_path(slug: str, user_id: int | None) -> ShownPath | None:
    """Return one path."""
    return next((one for one in shown_paths(user_id) if one.path.slug == slug), None)


def course_slugs() -> set[str]:
    """Return the addresses of all courses, those that are not published too."""
    return set(db.session.scalars(select(Course.slug)))
