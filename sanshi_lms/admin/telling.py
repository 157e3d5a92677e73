"""Tells acts and jobs in plain words, from what the rooms entered in core's registers."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sanshi_lms.account import User, people_by_id
from sanshi_lms.admin.rules import Change, changes
from sanshi_lms.core.audit import AuditEntry
from sanshi_lms.core.registers import Subject, Words, registers

_NO_WORDS = Words(label="", verbs={})
_NAMING_FIELDS = ("title", "stem", "display_name", "filename")


@dataclass(frozen=True)
class Act:
    """An act as people read it. `person` is None for a visitor and for the system itself."""

    at: datetime
    who: str
    person: User | None
    verb: str
    about: Subject
    changes: list[Change]
    address: str | None


def subjects_of(refs: Iterable[str], reader: User) -> dict[str, Subject]:
    """Return what `refs` such as "course:12" name, as far as it exists: one look a kind.

    The address is left out where `reader` may not open it.
    """
    by_kind: dict[str, set[str]] = {}
    for ref in refs:
        kind, _, key = ref.partition(":")
        by_kind.setdefault(kind, set()).add(key)
    found = {}
    for name, keys in by_kind.items():
        kind_of = registers().subjects.get(name)
        if kind_of is None:
            continue
        may_open = reader.may(kind_of.permission)
        for key, subject in kind_of.find(keys).items():
            url = subject.url if may_open else None
            found[f"{name}:{key}"] = Subject(subject.title, url)
    return found


def acts(entries: Sequence[AuditEntry], reader: User) -> list[Act]:
    """Return `entries` in words, in a fixed number of queries for each kind of subject."""
    people = people_by_id(e.person_id for e in entries if e.person_id is not None)
    subjects = subjects_of((e.subject for e in entries), reader)
    return [_act(e, people.get(e.person_id or 0), subjects.get(e.subject)) for e in entries]


def verb_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return each room's label with its verbs and their words, for a list to choose from."""
    return [(words.label, list(words.verbs.items())) for words in registers().words.values()]


def _act(entry: AuditEntry, person: User | None, about: Subject | None) -> Act:
    words = registers().words.get(entry.verb.partition(".")[0], _NO_WORDS)
    before, after = _values(entry.before), _values(entry.after)
    nobody = "访客" if entry.address else "系统"
    return Act(
        at=entry.at,
        who=person.display_name if person else nobody,
        person=person,
        verb=words.verbs.get(entry.verb, entry.verb),
        about=about or _gone(entry.subject, {**(before or {}), **(after or {})}),
        changes=changes(before, after, words.fields, words.values),
        address=entry.address,
    )


def _gone(ref: str, values: dict[str, Any]) -> Subject:
    """Name what does not exist any more by what was noted of it."""
    kind, _, key = ref.partition(":")
    known = registers().subjects.get(kind)
    named = next((str(values[name]) for name in _NAMING_FIELDS if values.get(name)), None)
    return Subject(f"{named or f'{known.label if known else kind} {key}'}（已删除）")


def _values(noted: str | None) -> dict[str, Any] | None:
    return json.loads(noted) if noted else None
