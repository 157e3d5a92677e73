"""Tables of certificates and of the credit-hour ledger."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, String, Table, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.account import User
from sanshi_lms.core.db import Model, UtcDateTime

LONGEST_NAME = 60
LONGEST_TITLE = 200
LONGEST_SOURCE_REF = 120


class Certificate(Model):
    """A frozen record of what somebody completed. Only `revoked_*` may ever change.

    `source_ref` names what it was awarded for, such as "course:3:user:7"; `seal` covers every
    frozen field, so a row edited behind the application's back no longer verifies.
    """

    __tablename__ = "credentials_certificates"
    __table_args__ = (
        CheckConstraint("(revoked_at IS NULL) = (revoked_reason IS NULL)", name="revoked"),
        CheckConstraint("credit_hours >= 0", name="credit_hours"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id, ondelete="RESTRICT"), index=True)
    holder_name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    credit_hours: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    source_ref: Mapped[str] = mapped_column(String(LONGEST_SOURCE_REF), unique=True)
    seal: Mapped[str] = mapped_column(String(64))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_reason: Mapped[str | None] = mapped_column(String(LONGEST_TITLE))


class CreditEntry(Model):
    """One line of the credit-hour ledger. Lines are only added; a mistake gets a counter-entry.

    `hours` is positive when earned and negative when taken back.
    """

    __tablename__ = "credentials_credit_entries"
    __table_args__ = (CheckConstraint("hours <> 0", name="hours"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id, ondelete="RESTRICT"), index=True)
    hours: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    source_ref: Mapped[str] = mapped_column(String(LONGEST_SOURCE_REF), unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


_SQLITE_GUARD = """
CREATE TRIGGER IF NOT EXISTS credentials_credit_entries_no_{verb}
BEFORE {verb} ON credentials_credit_entries
BEGIN SELECT RAISE(ABORT, 'the credit ledger is append-only'); END
"""
_POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION credentials_ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION 'the credit ledger is append-only'; END $$
"""
_POSTGRESQL_GUARD = """
CREATE OR REPLACE TRIGGER credentials_credit_entries_append_only
BEFORE UPDATE OR DELETE ON credentials_credit_entries
FOR EACH ROW EXECUTE FUNCTION credentials_ledger_is_append_only()
"""
LEDGER_GUARD: dict[str, tuple[str, ...]] = {
    "sqlite": (_SQLITE_GUARD.format(verb="UPDATE"), _SQLITE_GUARD.format(verb="DELETE")),
    "postgresql": (_POSTGRESQL_FUNCTION, _POSTGRESQL_GUARD),
}
"""Statements by which the database itself refuses to change the ledger; the migration has them."""


def _guard_ledger(table: Table, connection: Connection, **kw: object) -> None:
    del table, kw
    for statement in LEDGER_GUARD.get(connection.dialect.name, ()):
        connection.exec_driver_sql(statement)


event.listen(CreditEntry.__table__, "after_create", _guard_ledger)
