"""Rules of questions: who posts at once, who accepts, what is too much."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

LONGEST_QUESTION = 1_000
LONGEST_ANSWER = 4_000
LONGEST_REASON = 200
SHORTEST = 4
SHORTEST_REASON = 2
QUESTIONS_AN_HOUR = 6
QUESTIONS_A_DAY = 20
ANSWERS_AN_HOUR = 60
REPORTS_A_DAY = 20

# How the parts of people are called beside what they wrote.
CALLED = {
    "pro": "三师",
    "author": "课程作者",
    "admin": "管理员",
    "cadre": "社区干部",
    "resident": "居民",
}
_STAFF = frozenset({"author", "admin"})
_KNOWN_AT_WORK = frozenset({"cadre", "pro"})


class State(StrEnum):
    """Where a question or an answer stands. Only an open one is public."""

    WAITING = "waiting"
    OPEN = "open"
    HIDDEN = "hidden"
    WITHDRAWN = "withdrawn"


def is_known_at_work(role: str) -> bool:
    """Tell whether it depends on a person's history if what they post is public at once."""
    return role in _KNOWN_AT_WORK


def posts_at_once(
    role: str, *, self_registered: bool = True, let_through: bool = False, hidden: bool = False
) -> bool:
    """Tell whether what somebody posts is public at once, or waits until a person has looked.

    Authors and administrators are appointed. A cadre or 三师 whose account somebody else made, or
    whose unit was confirmed, is known; who registered by themselves (`self_registered`) chose that
    role, and is known once something of theirs was let through.
    Residents always wait, and whoever had something hidden.
    """
    if role in _STAFF:
        return True
    if role not in _KNOWN_AT_WORK or hidden:
        return False
    return let_through or not self_registered


def text_problem(text: str, longest: int) -> str | None:
    """Return what is wrong with a question or an answer, or None."""
    if len(text) < SHORTEST:
        return f"请写清楚一点，至少 {SHORTEST} 个字。"
    if len(text) > longest:
        return f"最多写 {longest} 个字，现在有 {len(text)} 个字。"
    return None


def reason_problem(reason: str) -> str | None:
    """Return what is wrong with the reason of a report or of hiding, or None."""
    if len(reason) < SHORTEST_REASON:
        return "请写明原因。"
    if len(reason) > LONGEST_REASON:
        return f"原因最多写 {LONGEST_REASON} 个字。"
    return None


def too_much(times: Sequence[datetime], at: datetime, an_hour: int, a_day: int) -> bool:
    """Tell whether somebody who wrote at `times` has to wait before writing again."""
    last_hour = sum(1 for one in times if at - one < timedelta(hours=1))
    last_day = sum(1 for one in times if at - one < timedelta(days=1))
    return last_hour >= an_hour or last_day >= a_day


def may_accept(*, asker: bool, moderator: bool, own_answer: bool) -> bool:
    """Tell whether somebody may accept an answer: who asked, if it is not their own, or staff."""
    return moderator or (asker and not own_answer)
