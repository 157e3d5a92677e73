"""Reads of settings: what is in force, and what was."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select

from sanshi_lms.account import people_by_id
from sanshi_lms.admin.settings.rules import shown
from sanshi_lms.core.db import db
from sanshi_lms.core.options import NO, YES, Option, OptionChange, known_options
from sanshi_lms.core.settings import settings


@dataclass(frozen=True)
class Told:
    """A change in words. `may_go_back`: what was before is not what is now."""

    change: OptionChange
    label: str
    who: str
    before: str
    after: str
    may_go_back: bool


def grouped() -> dict[str, list[Option]]:
    """Return the options by group, in their order."""
    found: dict[str, list[Option]] = {}
    for option in known_options().values():
        found.setdefault(option.group, []).append(option)
    return found


def value_of(name: str) -> str | None:
    """Return what was chosen last for an option; None for the usual value."""
    newest = select(OptionChange.after).where(OptionChange.name == name)
    return db.session.scalar(newest.order_by(OptionChange.id.desc()).limit(1))


def history_query() -> Select[OptionChange]:
    """Return the query of all changes, the newest first."""
    return select(OptionChange).order_by(OptionChange.id.desc())


def told(changes: Sequence[OptionChange]) -> list[Told]:
    """Return changes in words."""
    people = people_by_id(c.person_id for c in changes if c.person_id is not None)
    present = {name: value_of(name) for name in {change.name for change in changes}}
    found = []
    for change in changes:
        option = known_options().get(change.name)
        person = people.get(change.person_id or 0)
        found.append(
            Told(
                change,
                option.label if option else change.name,
                person.display_name if person else "（已注销）",
                _words(option, change.before),
                _words(option, change.after),
                option is not None and present[change.name] != change.before,
            )
        )
    return found


def environment() -> list[tuple[str, str | None]]:
    """Return each key of the environment with what it is set to, secrets hidden; None if unset."""
    given = dict(settings().given)
    return [(name, shown(name, given[name]) if name in given else None) for name in settings().keys]


def _words(option: Option | None, value: str | None) -> str:
    usual = option.usual if option else ""
    kept = usual if value is None else value
    if option and option.kind == "switch":
        return {YES: "开", NO: "关"}.get(kept, kept)
    return kept or "（空）"
