"""Writes of rules: a new rule, a new version, and which courses use it."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, func, select, update

from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db, insert_or_update
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.refusing import taken_means
from sanshi_lms.courses import Course
from sanshi_lms.learning.rules import Reason
from sanshi_lms.learning.ruling import rules
from sanshi_lms.learning.ruling.models import LearningRule, Presence, RuleChoice
from sanshi_lms.learning.ruling.rules import Rule
from sanshi_lms.learning.stretches import Interval
from sanshi_lms.learning.tokens import WatchToken


def add_rule(rule: Rule, by_id: int | None, at: datetime) -> LearningRule:
    """Add a rule under a name of its own. Raises Refusal for an unsound one or a taken name."""
    taken = select(LearningRule.id).where(LearningRule.name == rule.name).limit(1)
    if db.session.scalar(taken) is not None:
        raise Refusal(f"已经有叫“{rule.name}”的规则了，请换个名字，或者去修改那一条。")
    return _add(replace(rule, version=1), by_id, at)


def change_rule(
    seen: LearningRule, wanted: Rule, by_id: int | None, at: datetime, *, move_courses: bool
) -> LearningRule:
    """Add the next version of a rule; with `move_courses` all that use it change over to it.

    What was completed by an older version stays completed. The same numbers again change nothing.
    Raises Refusal (409) when somebody added a version after `seen`.
    """
    wanted = replace(wanted, name=seen.name, version=seen.version + 1)
    if rules.same_numbers(wanted, seen.rule):
        return seen
    newest = select(func.max(LearningRule.version)).where(LearningRule.name == seen.name)
    if db.session.scalar(newest) != seen.version:
        raise Refusal("这条规则刚刚有了新版本，请看过新版本再修改。", 409)
    added = _add(wanted, by_id, at)
    if move_courses:
        versions = select(LearningRule.id).where(LearningRule.name == seen.name)
        db.session.execute(
            update(RuleChoice)
            .where(RuleChoice.rule_id.in_(versions))
            .values(rule_id=added.id, chosen_at=at)
        )
    return added


def choose_rule(course: Course, rule: LearningRule | None, at: datetime) -> None:
    """Let a course use a rule; None goes back to the usual one."""
    if rule is None:
        db.session.execute(delete(RuleChoice).where(RuleChoice.course_id == course.id))
    else:
        insert_or_update(
            RuleChoice,
            {"course_id": course.id},
            {"is_default": False},
            rule_id=rule.id,
            chosen_at=at,
        )
    note("learning.choose_rule", f"course:{course.id}", after={"rule": _label(rule)})


def choose_default(rule: LearningRule, at: datetime) -> None:
    """Let all courses without a choice of their own use a rule."""
    db.session.execute(
        update(RuleChoice).where(RuleChoice.is_default).values(rule_id=rule.id, chosen_at=at)
    )
    note("learning.choose_default", f"learning_rule:{rule.id}", after={"rule": _label(rule)})


def countable(
    token: WatchToken,
    rule: Rule,
    seen: tuple[Interval, ...],
    stretches: tuple[Interval, ...],
    *,
    sign: bool,
) -> tuple[tuple[Interval, ...], Reason | None]:
    """Return what of `stretches`, paid for already, counts by the rule, and why the rest does not.

    `sign` tells that the person gave a sign of life before these stretches. Keeps the play since
    the last sign, for rules that ask.
    """
    counted, reason = stretches, None
    if rule.in_order:
        counted = rules.in_order(seen, counted)
        if counted != stretches:
            reason = Reason.OUT_OF_ORDER
    if rule.presence_ms:
        row = db.session.get(Presence, token.user_id)
        idle = row.idle_ms if row is not None and row.session == token.session else 0
        found = rules.attended(idle, counted, rule.presence_ms + rules.GRACE_MS, sign=sign)
        counted, reason = found.stretches, Reason.UNATTENDED if found.cut else reason
        key = {"user_id": token.user_id}
        insert_or_update(Presence, key, session=token.session, idle_ms=found.idle_ms)
        if row is not None:
            db.session.expire(row)
    return counted, reason


def _add(rule: Rule, by_id: int | None, at: datetime) -> LearningRule:
    wrong = rules.problem(rule)
    if wrong:
        raise Refusal(wrong[1])
    row = LearningRule(
        name=rule.name,
        version=rule.version,
        **rules.asked(rule),
        created_at=at,
        created_by_id=by_id,
    )
    with taken_means("刚刚有人保存了同名的规则，请刷新看过再改。", 409):
        db.session.add(row)
    note("learning.add_rule", f"learning_rule:{row.id}", after={"rule": _label(row)})
    return row


def _label(row: LearningRule | None) -> str:
    return row.rule.label if row is not None else "常用规则"
