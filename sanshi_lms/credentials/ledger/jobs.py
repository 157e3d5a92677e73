"""The check of the whole ledger as a job: it may take seconds and must not hold anybody up."""

import json

from sqlalchemy import select

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db
from sanshi_lms.core.jobs import JobRun, job
from sanshi_lms.credentials.ledger.models import LedgerCheck
from sanshi_lms.credentials.ledger.verifying import verify_ledger
from sanshi_lms.credentials.queries import old_line_holds

CHECK = "credentials.verify"
MOST_KEPT = 500


@job(CHECK, lane="slow", attempts=3, label="核对学时账簿")
def check_ledger(run: JobRun) -> None:
    """Work the ledger out again and keep what was found."""
    checked = verify_ledger(old_line_holds)
    db.session.rollback()
    rows = json.dumps(checked.as_rows()[:MOST_KEPT], ensure_ascii=False)
    with run.commit() as session:
        session.add(
            LedgerCheck(
                at=now(),
                people=checked.people,
                entries=checked.entries,
                found=len(checked.differences),
                differences=rows,
            )
        )
        run.done(session)


def last_check() -> LedgerCheck | None:
    """Return the newest check."""
    return db.session.scalar(select(LedgerCheck).order_by(LedgerCheck.id.desc()).limit(1))
