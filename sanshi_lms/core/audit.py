"""Audit trail: who did what to what, when, from where. Rows are only ever added."""

import json
from datetime import datetime
from typing import Any

from flask import has_request_context, request
from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.core.access import current_person
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import Model, UtcDateTime, db


class AuditEntry(Model):
    """One act. `person_id` is empty for the command line and for jobs."""

    __tablename__ = "core_audit_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    person_id: Mapped[int | None] = mapped_column(index=True)
    verb: Mapped[str] = mapped_column(index=True)
    subject: Mapped[str] = mapped_column(index=True)
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str | None]
    # Given by core.audit_chain soon after the commit: place in the chain, and SHA-256 in hex.
    seal: Mapped[int | None] = mapped_column(unique=True)
    digest: Mapped[str | None] = mapped_column(String(64))


def note(
    verb: str,
    subject: str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Add an audit entry to the current transaction.

    `verb` such as "courses.publish"; `subject` such as "course:12".
    """
    asked = has_request_context()
    person = current_person() if asked else None
    db.session.add(
        AuditEntry(
            at=now(),
            person_id=person.id if person else None,
            verb=verb,
            subject=subject,
            before=_text(before),
            after=_text(after),
            address=request.remote_addr if asked else None,
        )
    )


def asked_from() -> tuple[str, str]:
    """Return path and address of the request that is served, both "" outside of one."""
    return (request.path, request.remote_addr or "") if has_request_context() else ("", "")


def _text(values: dict[str, Any] | None) -> str | None:
    if values is None:
        return None
    return json.dumps(values, ensure_ascii=False, default=str, sort_keys=True)
