"""Reads and deletes the rows that core/personal names, in whatever room they stand."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Select, Table, and_, delete, exists, select

from sanshi_lms.core.db import after_commit, db
from sanshi_lms.core.personal import Personal, personal
from sanshi_lms.core.storage import storage

Row = dict[str, Any]


def table_of(name: str) -> Table:
    """Return a table by its name."""
    return db.metadata.tables[name]


def own_rows(entry: Personal, user_id: int) -> list[Row]:
    """Return the rows of a person as they may be copied."""
    table = table_of(entry.table)
    query = select(table).where(table.c[entry.column] == user_id)
    return [_shown(row, entry.without) for row in db.session.execute(query).mappings()]


def part_rows(entry: Personal, part: str, user_id: int) -> list[Row]:
    """Return the rows of `part` that hang on a person's own rows."""
    found = db.session.execute(_hanging(entry, part, user_id)).mappings()
    return [_shown(row, entry.without) for row in found]


def file_keys(entry: Personal, user_id: int) -> Sequence[str]:
    """Return where the files of a person's own rows lie in the storage."""
    if not entry.file:
        return []
    part = table_of(entry.parts[-1])
    return db.session.scalars(select(part.c[entry.file]).where(_hangs(entry, part, user_id))).all()


def forget(user_id: int) -> None:
    """Delete what goes, and change what stays, from the top room to the ground."""
    for entry in reversed(personal()):
        if entry.becomes is not None:
            entry.becomes(user_id)
        if entry.goes:
            _delete(entry, user_id)


def left_over(user_id: int) -> Iterator[str]:
    """Yield each table that should have no row of a person any more and has one."""
    for entry in personal():
        if entry.goes and own_rows(entry, user_id):
            yield entry.table


def _delete(entry: Personal, user_id: int) -> None:
    for key in file_keys(entry, user_id):
        after_commit(partial(storage().delete, key))
    for part in reversed(entry.parts):
        table = table_of(part)
        db.session.execute(delete(table).where(_hangs(entry, table, user_id)))
    table = table_of(entry.table)
    db.session.execute(delete(table).where(table.c[entry.column] == user_id))


def _hanging(entry: Personal, part: str, user_id: int) -> Select[*tuple[Any, ...]]:
    table = table_of(part)
    return select(table).where(_hangs(entry, table, user_id))


def _hangs(entry: Personal, part: Table, user_id: int) -> Any:
    """Return the condition under which a row of `part` hangs on a row of the person."""
    parent = table_of(entry.table)
    keys = next(one for one in part.foreign_key_constraints if one.referred_table is parent)
    same = and_(*(one.parent == one.column for one in keys.elements))
    mine = exists().select_from(parent).where(same, parent.c[entry.column] == user_id)
    return mine.correlate(part)


def _shown(row: Any, without: Sequence[str]) -> Row:
    return {name: value for name, value in row.items() if name not in without}
