"""Tables of the ledger: lines, versions of rules and whom they are for, checks, statements."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Numeric,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
)
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.account import User
from sanshi_lms.core.db import Model, UtcDateTime
from sanshi_lms.credentials.ledger.rules import ACTIVITIES, CATEGORIES, SCOPES

LONGEST_TITLE = 200
LONGEST_SOURCE_REF = 120
LONGEST_SUBJECT = 80


def _one_of(column: str, words: object) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"  # type: ignore[attr-defined]


class RuleVersion(Model):
    """One version of a regional rule, as its TOML text. Never changed, never removed."""

    __tablename__ = "credentials_rule_versions"
    __table_args__ = (
        UniqueConstraint("code", "version"),
        UniqueConstraint("code", "digest", name="uq_credentials_rule_versions_digest"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    loaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    loaded_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))


class RuleApplication(Model):
    """From a day on a version is for everybody, a role or a post. Only added, never back in time.

    Without a version it ends what was for these people before.
    """

    __tablename__ = "credentials_rule_applications"
    __table_args__ = (
        CheckConstraint(_one_of("scope", SCOPES), name="scope"),
        CheckConstraint("(scope = 'all') = (who = '')", name="who"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int | None] = mapped_column(ForeignKey(RuleVersion.id))
    scope: Mapped[str] = mapped_column(String(10))
    who: Mapped[str] = mapped_column(String(40))
    starts_on: Mapped[date] = mapped_column(Date)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))


class CreditEntry(Model):
    """One line of the credit-hour ledger. Lines are only added; a mistake gets a counter-line.

    Evidence: `activity`, `subject` ("course:3"), `seconds`, `stated_hours`, `evidence` (JSON: what,
    when, where to look), `at` and the local `day` and `year` in which it counts. What
    `rule_version_id` made of it: `raw_hours` before caps and `hours`, zero when nothing counted,
    with the reason in `why`. Without a rule the stated hours count. `reverses_id` marks a
    counter-line, whose hours are negative. `seal` covers all of it and the line before.
    """

    __tablename__ = "credentials_credit_entries"
    __table_args__ = (
        CheckConstraint(_one_of("activity", ACTIVITIES), name="activity"),
        CheckConstraint(_one_of("category", CATEGORIES), name="category"),
        UniqueConstraint("reverses_id", name="uq_credentials_credit_entries_reverses_id"),
        Index("ix_credentials_credit_entries_user_year", "user_id", "year"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id, ondelete="RESTRICT"), index=True)
    hours: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    source_ref: Mapped[str] = mapped_column(String(LONGEST_SOURCE_REF), unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    activity: Mapped[str] = mapped_column(String(20))
    category: Mapped[str] = mapped_column(String(10))
    subject: Mapped[str] = mapped_column(String(LONGEST_SUBJECT))
    day: Mapped[date] = mapped_column(Date)
    year: Mapped[int]
    seconds: Mapped[int | None]
    stated_hours: Mapped[Decimal | None] = mapped_column(Numeric(6, 2))
    evidence: Mapped[str] = mapped_column(Text)
    rule_version_id: Mapped[int | None] = mapped_column(ForeignKey(RuleVersion.id))
    raw_hours: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    why: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("credentials_credit_entries.id"))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seal: Mapped[str | None] = mapped_column(String(64))


class PersonLedger(Model):
    """The end of a person's ledger: how many lines there are, and the seal of the last.

    Whoever adds a line holds this row, so that two at once see each other's lines.
    """

    __tablename__ = "credentials_ledgers"

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id, ondelete="RESTRICT"), primary_key=True)
    entries: Mapped[int]
    head: Mapped[str] = mapped_column(String(64))
    seal: Mapped[str] = mapped_column(String(64))


class LedgerCheck(Model):
    """What a check of the whole ledger found. `differences` is a JSON list of objects."""

    __tablename__ = "credentials_ledger_checks"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    people: Mapped[int]
    entries: Mapped[int]
    found: Mapped[int]
    differences: Mapped[str] = mapped_column(Text)


class Statement(Model):
    """A statement of a person's year, frozen: the sum of the lines up to `last_entry_id`."""

    __tablename__ = "credentials_statements"
    __table_args__ = (UniqueConstraint("user_id", "year", "last_entry_id", "holder_name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id, ondelete="RESTRICT"))
    holder_name: Mapped[str] = mapped_column(String(60))
    year: Mapped[int]
    last_entry_id: Mapped[int] = mapped_column(ForeignKey(CreditEntry.id))
    entries: Mapped[int]
    hours: Mapped[Decimal] = mapped_column(Numeric(8, 2))
    parts: Mapped[str] = mapped_column(Text)
    target: Mapped[str] = mapped_column(Text)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seal: Mapped[str] = mapped_column(String(64))


GUARDED = (CreditEntry, RuleVersion, RuleApplication, Statement)

_SQLITE_GUARD = """
CREATE TRIGGER IF NOT EXISTS {table}_no_{verb}
BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, 'the credit ledger is append-only'); END
"""
_POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION credentials_ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION 'the credit ledger is append-only'; END $$
"""
_POSTGRESQL_GUARD = """
CREATE OR REPLACE TRIGGER {table}_append_only
BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION credentials_ledger_is_append_only()
"""
_POSTGRESQL_NOT_EMPTIED = """
CREATE OR REPLACE TRIGGER {table}_not_emptied
BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION credentials_ledger_is_append_only()
"""


def guards(dialect: str, table: str) -> tuple[str, ...]:
    """Return the statements by which the database itself refuses to change `table`.

    The migrations have them too; these are for tests that create the tables directly.
    """
    if dialect == "postgresql":
        both = (_POSTGRESQL_GUARD, _POSTGRESQL_NOT_EMPTIED)
        return _POSTGRESQL_FUNCTION, *(one.format(table=table) for one in both)
    return tuple(_SQLITE_GUARD.format(table=table, verb=verb) for verb in ("UPDATE", "DELETE"))


def _guard(table: Table, connection: Connection, **kw: object) -> None:
    del kw
    for statement in guards(connection.dialect.name, table.name):
        connection.exec_driver_sql(statement)


for _model in GUARDED:
    event.listen(_model.__table__, "after_create", _guard)
