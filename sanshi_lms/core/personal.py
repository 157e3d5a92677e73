"""What each room keeps of a person: who asks gets a copy, who leaves is forgotten as said here.

A room enters each of its columns that name a person, in its setup; `tests/house/test_personal.py`
walks all tables, so that none is forgotten. What of it is copied and deleted is done by the room
account, row by row as it stands here, and never by guessing.

Personal information protection law (个人信息保护法), articles 45 (copy) and 47 (deletion).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask import current_app

_KEY = "core.personal"
Becomes = Callable[[int], None] | None


@dataclass(frozen=True)
class Personal:
    """A column that names a person.

    `own` rows are about the person and go into their copy, without the columns `without` and with
    those rows of the tables `parts` that hang on them; `file` is the column of the last part that
    names their files in the storage. When the person leaves, own rows are deleted with parts and
    files, unless `why` gives the reason in words why they stay; `becomes`, if there is one, first
    does what else is to be done, such as taking out of them what may not stay.
    """

    table: str
    column: str
    label: str
    why: str = ""
    own: bool = True
    without: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    file: str = ""
    becomes: Becomes = None

    @property
    def goes(self) -> bool:
        """Tell whether the rows are deleted when the person leaves."""
        return not self.why


def acted(table: str, column: str, label: str, why: str = "") -> Personal:
    """Return the entry of a column that only tells who did something to what is not theirs."""
    return Personal(table, column, label, why or "是单位或别人的记录，本人只是经手", own=False)


def add_personal(entries: Iterable[Personal]) -> None:
    """Enter what a room keeps of a person; call it in a room's setup, parents before children."""
    current_app.extensions.setdefault(_KEY, []).extend(entries)


def personal() -> list[Personal]:
    """Return all entries, from the ground up."""
    return list(current_app.extensions.get(_KEY, ()))
