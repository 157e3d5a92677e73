"""Seals the audit trail: each entry gets a digest of itself and of the one sealed before it.

Whoever changes, removes or slips in an entry afterwards breaks the chain, and `verify` says where.
The worker seals what is new every minute, in the order of the entries' ids: not in the transaction
of the act itself, where all acts of the city would wait for one another. The newest seal also
stands in a file outside the database, so that entries cut off at the end are missed as well.
"""

import hashlib
import json
import logging
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from sanshi_lms.core import queue
from sanshi_lms.core.audit import AuditEntry, note
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.durable import replace_private
from sanshi_lms.core.registers import Proof, add_proof
from sanshi_lms.core.settings import settings

WAKER = "core.audit_chain"
_EVERY_SECONDS = 60.0
_BATCH = 500
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Seal:
    """A place in the chain with its digest."""

    number: int
    digest: str

    def __str__(self) -> str:
        """Return the form in which people write it down: 1234-9f86d081884c7d65."""
        return f"{self.number}-{self.digest[:16]}"


NOTHING = Seal(0, "")


@dataclass(frozen=True)
class Chain:
    """What checking the chain found. `broken` is None when all is whole."""

    sealed: int
    waiting: int
    head: Seal
    broken: str | None = None


def setup(app: Flask) -> None:
    """Let the worker's ticker seal."""
    app.extensions[WAKER] = 0.0
    queue.on_wake(WAKER, run=seal_new, due=_is_due)
    with app.app_context():
        add_proof(Proof("audit", "操作记录", lambda: verify().broken))


def seal_new() -> None:
    """Seal what was noted since the last time."""
    current_app.extensions[WAKER] = time.monotonic() + _EVERY_SECONDS
    _tell_a_gap()
    try:
        while _seal_some():
            pass
    except IntegrityError:
        _log.info("another worker seals the audit trail at this moment")


def head() -> Seal:
    """Return the newest seal."""
    query = select(AuditEntry.seal, AuditEntry.digest).where(AuditEntry.seal.is_not(None))
    row = db.session.execute(query.order_by(AuditEntry.seal.desc()).limit(1)).first()
    return Seal(row.seal or 0, row.digest or "") if row else NOTHING


def verify() -> Chain:
    """Compute the whole chain anew and compare, here and with the file outside the database."""
    waiting = select(func.count()).select_from(AuditEntry).where(AuditEntry.seal.is_(None))
    query = select(AuditEntry).where(AuditEntry.seal.is_not(None)).order_by(AuditEntry.seal)
    # Closed also where the chain breaks early: PostgreSQL keeps a cursor open on its side.
    with closing(db.session.scalars(query.execution_options(yield_per=_BATCH))) as rows:
        found, broken = check(_facts(entry) for entry in rows)
    count = db.session.scalar(waiting) or 0
    if broken is None and not _holds(witness()):
        broken = f"末尾少了记录：上次封存到 {witness()}，现在只到 {found}。"
    return Chain(found.number, count, found, broken)


def check(rows: Iterable[dict[str, Any]], before: Seal | None = None) -> tuple[Seal, str | None]:
    """Compute a chain anew from its rows in order; return its end and what is wrong first.

    `before` is the seal in front of the first row; a chain that begins later brings it along.
    """
    last = before or NOTHING
    for row in rows:
        number = last.number + 1
        if row["seal"] != number:
            return last, f"封存号 {number} 的记录不见了（下一条是 {row['seal']}）。"
        last = Seal(number, digest_of(row, last.digest))
        if row["digest"] != last.digest:
            where = f"封存号 {number} 的记录（编号 {row['id']}）"
            return last, f"{where}被改过，或者前面少了、多了记录。"
    return last, None


def digest_of(row: dict[str, Any], before: str) -> str:
    """Return the digest of an entry that follows the one with the digest `before`."""
    facts = [value for name, value in row.items() if name != "digest"]
    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{before}\n{text}".encode()).hexdigest()


def exported(narrow: Any) -> Iterator[dict[str, Any]]:
    """Yield the sealed entries of a query as facts, in order; `check` takes them."""
    query = narrow.where(AuditEntry.seal.is_not(None)).order_by(None).order_by(AuditEntry.seal)
    with closing(db.session.scalars(query.execution_options(yield_per=_BATCH))) as rows:
        for entry in rows:
            yield _facts(entry)


def digest_before(number: int) -> Seal:
    """Return the seal in front of the one with this number."""
    if number <= 1:
        return NOTHING
    query = select(AuditEntry.digest).where(AuditEntry.seal == number - 1)
    return Seal(number - 1, db.session.scalar(query) or "")


def ends_as_remembered() -> bool:
    """Tell whether the chain still holds the newest seal that this machine remembers."""
    return _holds(witness())


def witness() -> Seal:
    """Return the newest seal that this machine remembers outside the database."""
    try:
        known = json.loads(_file().read_text(encoding="utf-8"))
        return Seal(int(known["seal"]), str(known["digest"]))
    except (OSError, ValueError, KeyError, TypeError):
        return NOTHING


def _facts(entry: AuditEntry) -> dict[str, Any]:
    return {
        "seal": entry.seal,
        "id": entry.id,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "person_id": entry.person_id,
        "verb": entry.verb,
        "subject": entry.subject,
        "before": entry.before,
        "after": entry.after,
        "address": entry.address,
        "digest": entry.digest,
    }


def _seal_some() -> bool:
    """Seal one batch; tell whether there was any. Two workers at once: the constraint decides."""
    with transaction():
        last = head()
        query = select(AuditEntry).where(AuditEntry.seal.is_(None)).order_by(AuditEntry.id)
        fresh = db.session.scalars(query.limit(_BATCH)).all()
        for entry in fresh:
            entry.seal = last.number + 1
            last = Seal(entry.seal, digest_of(_facts(entry), last.digest))
            entry.digest = last.digest
    if fresh:
        kept = json.dumps({"seal": last.number, "digest": last.digest})
        replace_private(_file(), kept.encode())
        _log.info("audit trail sealed up to %s", last)
    return bool(fresh)


def _holds(seal: Seal) -> bool:
    if seal == NOTHING:
        return True
    query = select(AuditEntry.digest).where(AuditEntry.seal == seal.number)
    return db.session.scalar(query) == seal.digest


def _tell_a_gap() -> None:
    """Note in the trail itself that its end was cut off: by a restored backup, or by somebody.

    Sealing goes on from what is there; without this note a minute later nothing would be missed.
    """
    known = witness()
    if _holds(known):
        return
    with transaction():
        note("audit.gap", "audit:chain", before={"seal": str(known)}, after={"seal": str(head())})
    _log.error("the audit trail ended at %s and now ends at %s", known, head())
    _file().unlink(missing_ok=True)


def _is_due() -> bool:
    if current_app.extensions[WAKER] > time.monotonic():
        return False
    current_app.extensions[WAKER] = time.monotonic() + _EVERY_SECONDS
    query = select(AuditEntry.id).where(AuditEntry.seal.is_(None)).limit(1)
    due = db.session.scalar(query) is not None
    db.session.rollback()
    return due


def _file() -> Path:
    return settings().data_dir / "audit_seal.json"
