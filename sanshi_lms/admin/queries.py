"""Reads of the desk."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, case, func, select

from sanshi_lms.account import User, people_by_id
from sanshi_lms.core.audit import AuditEntry
from sanshi_lms.core.db import db
from sanshi_lms.core.jobs import Job

JOB_STATES = {"pending": "等待中", "leased": "进行中", "done": "已完成", "failed": "失败"}
_URGENCY = case({"failed": 0, "leased": 1, "pending": 2}, value=Job.state, else_=3)


@dataclass(frozen=True)
class AuditLine:
    """An act with the person who did it, if it was a person."""

    entry: AuditEntry
    person: User | None


def jobs_query(state: str) -> Select[Job]:
    """Return the query of jobs, those that need somebody first, then the newest."""
    query = select(Job).order_by(_URGENCY, Job.id.desc())
    return query.where(Job.state == state) if state in JOB_STATES else query


def job_counts() -> dict[str, int]:
    """Return how many jobs are in each state."""
    counted = db.session.execute(select(Job.state, func.count()).group_by(Job.state))
    return {row.state: row[1] for row in counted}


def audit_query(words: str) -> Select[AuditEntry]:
    """Return the query of the audit trail, newest first."""
    query = select(AuditEntry).order_by(AuditEntry.id.desc())
    if words:
        contains = AuditEntry.subject.contains(words, autoescape=True)
        query = query.where(contains | AuditEntry.verb.contains(words, autoescape=True))
    return query


def with_people(entries: Sequence[AuditEntry]) -> list[AuditLine]:
    """Return `entries` with who did them, in one query."""
    people = people_by_id(e.person_id for e in entries if e.person_id is not None)
    return [AuditLine(entry, people.get(entry.person_id or 0)) for entry in entries]
