"""What is not published: who may see it, among those in front of a page."""

from sanshi_lms.account import User, reach_of
from sanshi_lms.core.access import may, may_somewhere, reach_for
from sanshi_lms.courses.queries import Drafts, target_is_public, target_is_shown

SEE = "courses.view"


def drafts_seen() -> Drafts:
    """Return which courses that are not published the person may see."""
    if may(SEE):
        return True
    return reach_for(SEE) if may_somewhere(SEE) else False


def drafts_for(person: User | None) -> Drafts:
    """Return which courses that are not published somebody may see."""
    if person is None or not person.may_somewhere(SEE):
        return False
    return True if person.may(SEE) else reach_of(person, SEE)


def may_see(kind: str, target_id: int) -> bool:
    """Tell whether the person may see a target: all may, or they see a course that shows it."""
    if target_is_public(kind, target_id) or may(SEE):
        return True
    drafts = drafts_seen()
    return drafts is not False and target_is_shown(kind, target_id, drafts)
