"""Reads of rules: which one holds for a person in a course, and what the desk shows."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from sanshi_lms.core.db import db
from sanshi_lms.core.shared import shared
from sanshi_lms.courses import Course, courses_by_id
from sanshi_lms.learning.ruling.classes import rules_of_classes
from sanshi_lms.learning.ruling.models import LearningRule, RuleChoice
from sanshi_lms.learning.ruling.rules import Rule


@dataclass(frozen=True)
class NamedRule:
    """The newest version of a rule, with the courses that use any version of it."""

    newest: LearningRule
    versions: list[LearningRule]
    courses: list[tuple[Course, LearningRule]]
    is_default: bool


@dataclass(frozen=True)
class HeldRule:
    """A rule that holds, with its row's id as evidence; None only before the first migration."""

    rule: Rule
    rule_id: int | None


def rule_for(user_id: int | None, course_id: int) -> Rule:
    """Return the rule by which a person learns in a course: their class's, the course's, or the
    usual one.
    """
    return held_rule(user_id, course_id).rule


def held_rule(user_id: int | None, course_id: int) -> HeldRule:
    """Return what `rule_for` does, with the id of the version: two queries at most."""
    pair = (user_id, course_id) if user_id is not None else None
    own = rules_of_classes([pair]).get(pair) if pair else None
    row = rules_by_id([own]).get(own) if own is not None else None
    return HeldRule(row.rule, row.id) if row is not None else _rule_of_course(course_id)


@shared("rules", "courses")
def _rule_of_course(course_id: int) -> HeldRule:
    row = db.session.scalar(
        select(LearningRule)
        .join(RuleChoice, RuleChoice.rule_id == LearningRule.id)
        .where((RuleChoice.course_id == course_id) | RuleChoice.is_default)
        .order_by(RuleChoice.is_default)
        .limit(1)
    )
    return HeldRule(row.rule, row.id) if row is not None else HeldRule(Rule(), None)


def rules_for(pairs: Collection[tuple[int, int]]) -> dict[tuple[int, int], Rule]:
    """Return what `rule_for` does for many people and courses, asking once a course."""
    usual = {course_id: rule_for(None, course_id) for course_id in {pair[1] for pair in pairs}}
    own = rules_of_classes(pairs)
    rows = rules_by_id(list(own.values()))
    return {
        pair: rows[own[pair]].rule if own.get(pair) in rows else usual[pair[1]] for pair in pairs
    }


def named_rules() -> list[NamedRule]:
    """Return every rule by name with its versions, the usual one first, in three queries."""
    rows = db.session.scalars(
        select(LearningRule).order_by(LearningRule.name, LearningRule.version.desc())
    ).all()
    choices = db.session.scalars(select(RuleChoice).options(joinedload(RuleChoice.chosen))).all()
    courses = courses_by_id([c.course_id for c in choices if c.course_id], drafts=True)
    by_name: dict[str, list[LearningRule]] = {}
    for row in rows:
        by_name.setdefault(row.name, []).append(row)
    found = []
    for name, versions in by_name.items():
        mine = [choice for choice in choices if choice.chosen.name == name]
        using = [(courses[c.course_id], c.chosen) for c in mine if c.course_id in courses]
        is_default = any(choice.is_default for choice in mine)
        found.append(NamedRule(versions[0], versions, using, is_default))
    return sorted(found, key=lambda one: (not one.is_default, one.newest.id))


def newest_rules() -> list[LearningRule]:
    """Return the newest version of every rule."""
    return [one.newest for one in named_rules()]


def choice_of(course_id: int) -> RuleChoice | None:
    """Return the course's own choice, None when it uses the usual rule."""
    query = select(RuleChoice).where(RuleChoice.course_id == course_id)
    return db.session.scalar(query.options(joinedload(RuleChoice.chosen)))


def default_choice() -> RuleChoice | None:
    """Return the choice for all courses without one of their own."""
    query = select(RuleChoice).where(RuleChoice.is_default)
    return db.session.scalar(query.options(joinedload(RuleChoice.chosen)))


@shared("rules")
def rules_by_id(ids: Collection[int]) -> dict[int, LearningRule]:
    """Return the rules with these ids."""
    if not ids:
        return {}
    query = select(LearningRule).where(LearningRule.id.in_(ids))
    return {row.id: row for row in db.session.scalars(query)}
