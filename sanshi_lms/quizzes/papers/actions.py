"""Writes of a paper's conditions."""

from datetime import datetime

from sanshi_lms.core.audit import note
from sanshi_lms.core.errors import Refusal
from sanshi_lms.quizzes.models import Paper
from sanshi_lms.quizzes.papers.rules import PaperRule, problem
from sanshi_lms.quizzes.queries import rule_of

_CONDITIONS = (
    "limit_minutes",
    "grace_seconds",
    "opens_at",
    "closes_at",
    "cooldown_hours",
    "counting",
    "practice",
    "partial",
    "watched",
)


def set_conditions(paper: Paper, rule: PaperRule, at: datetime) -> None:
    """Change when and how often a paper is taken. Open attempts keep the deadline they had.

    Raises Refusal when the rule contradicts itself.
    """
    wrong = problem(rule)
    if wrong:
        raise Refusal(wrong)
    before, after = _shown(rule_of(paper)), _shown(rule)
    if before == after:
        return
    for name in _CONDITIONS:
        setattr(paper, name, getattr(rule, name))
    paper.updated_at = at
    note("quizzes.set_conditions", f"paper:{paper.id}", before, after)


def _shown(rule: PaperRule) -> dict[str, object]:
    values = {name: getattr(rule, name) for name in _CONDITIONS}
    return {
        name: f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else value
        for name, value in values.items()
    }
