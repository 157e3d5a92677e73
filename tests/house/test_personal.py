"""Every column that names a person is accounted for: copied or not, deleted or kept, and why.

The walk follows the metadata, so that a new table cannot be forgotten.
"""

import re

import pytest
from flask import Flask
from sqlalchemy import Column

from sanshi_lms.core.db import db
from sanshi_lms.core.personal import Personal, personal

HAN = re.compile(r"[\u4e00-\u9fff]")
NO_KEY = {("core_audit_entries", "person_id"), ("account_users", "id")}
NEVER_SHOWN = re.compile(r"hash|digest|sealed|secret|mark$|nonce|metadata")
SHOWN_ALL_THE_SAME = {  # one stands in the QR code, the other counts answers
    ("credentials_certificates", "former_mark"),
    ("quizzes_attempts", "to_mark"),
}


def person_columns() -> set[tuple[str, str]]:
    """Return table and column of all that point at a person, by whatever steps."""
    found = set(NO_KEY)
    before = 0
    while len(found) != before:
        before = len(found)
        for table in db.metadata.tables.values():
            for key in table.foreign_keys:
                if (key.column.table.name, key.column.name) in found:
                    found.add((table.name, key.parent.name))
    return found


@pytest.fixture
def entries(app: Flask) -> list[Personal]:
    with app.app_context():
        return personal()


def test_no_column_that_names_a_person_is_forgotten(entries: list[Personal]) -> None:
    entered = [(entry.table, entry.column) for entry in entries]
    assert len(entered) == len(set(entered)), "entered twice"
    missing = person_columns() - set(entered)
    assert missing == set(), "say in the room's personal.py what becomes of it (core/personal)"
    assert set(entered) - person_columns() == set(), "it names nobody any more"
    assert ("learning_notes", "user_id") in entered, "the walk finds nothing: mend the test"


def test_each_has_words_and_what_is_kept_a_reason(entries: list[Personal]) -> None:
    assert [one for one in entries if not HAN.search(one.label)] == []
    assert [one for one in entries if one.why and not HAN.search(one.why)] == []
    assert [one for one in entries if not one.own and not one.why] == []


def test_a_copy_shows_no_secret_and_no_table_is_unknown(entries: list[Personal]) -> None:
    for entry in entries:
        for name in (entry.table, *entry.parts):
            columns: list[Column[object]] = list(db.metadata.tables[name].columns)
            shown = [one.name for one in columns if one.name not in entry.without]
            secret = {(name, one) for one in shown if entry.own and NEVER_SHOWN.search(one)}
            assert secret - SHOWN_ALL_THE_SAME == set()
        assert set(entry.without) <= {
            one.name
            for name in (entry.table, *entry.parts)
            for one in db.metadata.tables[name].columns
        }


def test_what_goes_takes_along_what_hangs_on_it(entries: list[Personal]) -> None:
    """Otherwise the database refuses to let somebody go who has such a row."""
    deleted = {entry.table: entry for entry in entries if entry.goes}
    for table in db.metadata.tables.values():
        for key in table.foreign_key_constraints:
            entry = deleted.get(key.referred_table.name)
            if entry is not None and key.ondelete not in {"CASCADE", "SET NULL"}:
                assert table.name in entry.parts, f"{table.name} hangs on {entry.table}"
