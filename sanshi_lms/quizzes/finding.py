"""The paper that an address of the desk names, if it is of one of the person's units."""

from flask import abort

from sanshi_lms.core.access import own_reach
from sanshi_lms.quizzes.models import Paper
from sanshi_lms.quizzes.queries import full_paper


def own_paper(paper_id: int) -> Paper:
    """Return a paper within the reach of the view's right, with its items. Aborts with 404."""
    found = full_paper(paper_id)
    return found if found is not None and own_reach().covers(found.unit_id) else abort(404)
