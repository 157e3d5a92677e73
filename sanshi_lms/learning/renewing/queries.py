"""Reads of renewing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sanshi_lms.courses import Lesson, lessons_of
from sanshi_lms.credentials import Certificate, may_be_renewed, opens_on
from sanshi_lms.quizzes import passed_since


@dataclass(frozen=True)
class Renewal:
    """How the renewal of a certificate stands. `lacking`: quizzes that are still to be passed."""

    expires_on: date
    expired: bool
    opens_on: date
    is_open: bool
    lacking: Sequence[Lesson]


def quizzes_of(course_id: int) -> list[Lesson]:
    """Return the quizzes that a course asks for."""
    return [x for x in lessons_of(course_id) if x.kind == "quiz" and x.required and x.target_id]


def renewal_of(certificate: Certificate, course_id: int, today: date) -> Renewal | None:
    """Return how a renewal stands; None for a certificate without an end or that is void."""
    end = certificate.expires_on
    if end is None or certificate.revoked_at is not None:
        return None
    is_open = may_be_renewed(end, today)
    lacking: Sequence[Lesson] = ()
    if is_open:
        quizzes = quizzes_of(course_id)
        papers = [x.target_id for x in quizzes if x.target_id is not None]
        passed = passed_since(certificate.user_id, papers, opens_on(end))
        lacking = [x for x in quizzes if x.target_id not in passed]
    return Renewal(end, end < today, opens_on(end), is_open, lacking)
