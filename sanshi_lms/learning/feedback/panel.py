"""The three taps on a course's page."""

from markupsafe import Markup

from sanshi_lms.account import User
from sanshi_lms.core.web import render_part
from sanshi_lms.courses import Course
from sanshi_lms.learning.feedback import rules
from sanshi_lms.learning.feedback.queries import feedback_of
from sanshi_lms.learning.queries import enrolment_of


def feedback_panel(course: Course, person: User | None) -> Markup:
    """Return the form for somebody who takes the course; nothing for others."""
    enrolment = enrolment_of(person.id, course.id) if person else None
    if person is None or enrolment is None:
        return Markup()
    return render_part(
        "feedback/_panel.html",
        course=course,
        asked=rules.ASKED,
        said=feedback_of(person.id, course.id),
        done=enrolment.completed_at is not None,
        longest=rules.LONGEST_WORDS,
        fewest=rules.FEWEST_SHOWN,
    )
