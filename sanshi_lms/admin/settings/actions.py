"""Writes of settings: save what was typed, put back what was."""

from collections.abc import Mapping
from datetime import datetime

from sanshi_lms.admin.settings.queries import value_of
from sanshi_lms.admin.settings.rules import day_problem, length_problem, tidy
from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.options import NO, YES, Option, OptionChange, known_options, options


def save(typed: Mapping[str, str], person_id: int, at: datetime) -> list[str]:
    """Change what differs from what is in force; return the labels of what changed."""
    judged = [(known_options()[name], text) for name, text in typed.items()]
    fresh = [(option, _judge(option, text)) for option, text in judged]
    there = options()
    changed = [(option, value) for option, value in fresh if value != there[option.name]]
    for option, value in changed:
        _write(option, None if value == option.usual else value, person_id, at)
    return [option.label for option, _ in changed]


def put_back(change: OptionChange, person_id: int, at: datetime) -> str:
    """Let an option be again what it was before a change; return its label. Raises Refusal."""
    option = known_options().get(change.name)
    if option is None:
        raise Refusal("这项设置已经不用了，不能恢复。")
    if value_of(option.name) == change.before:
        raise Refusal("现在就是这个值，不用恢复。")
    _write(option, change.before, person_id, at)
    return option.label


def _judge(option: Option, text: str) -> str:
    """Return what a typed text means for an option. Raises Refusal."""
    value = tidy(text)
    if option.kind == "switch":
        return YES if value else NO
    problem = length_problem(value, option.most)
    if problem is None and value:
        problem = day_problem(value) if option.kind == "day" else option.problem(value)
    if problem:
        raise Refusal(f"{option.label}：{problem}")
    if not value and option.usual:
        return option.usual  # emptied: as it was at first
    return value


def _write(option: Option, value: str | None, person_id: int, at: datetime) -> None:
    before = value_of(option.name)
    row = OptionChange(name=option.name, before=before, after=value, person_id=person_id, at=at)
    db.session.add(row)
    db.session.flush()
    told = [option.usual if one is None else one for one in (before, value)]
    note(
        "settings.change",
        f"option:{option.name}",
        before={"value": told[0]},
        after={"value": told[1]},
    )
