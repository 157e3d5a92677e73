"""What attendance is worth in the credit-hour ledger: the one place that says so."""

from datetime import datetime

from sanshi_lms.credentials import Evidence, award_hours, entry_for, reverse_entry
from sanshi_lms.training.sessions.models import Attendance, OfflineSession
from sanshi_lms.training.sessions.rules import how_zh


def reward_attendance(subject: OfflineSession, row: Attendance) -> None:
    """Enter the hours of somebody who came, by the rule in force on the day of the session."""
    award_hours(
        row.user_id,
        "offline",
        subject.title,
        source_ref=_ref(row),
        at=subject.starts_at,
        category=subject.category,
        minutes=subject.minutes,
        subject=f"session:{subject.id}",
        evidence=[
            Evidence(
                "session",
                str(subject.id),
                subject.title,
                f"{how_zh(row.how)}，{subject.minutes} 分钟",
                f"/training/sessions/{subject.id}",
            )
        ],
    )


def take_back_attendance(row: Attendance, reason: str, at: datetime) -> None:
    """Reverse the hours of an attendance that was entered by mistake."""
    entry = entry_for(_ref(row))
    if entry is not None:
        reverse_entry(entry, reason, at)


def _ref(row: Attendance) -> str:
    """Return what the hours are for. Whoever is entered anew after a mistake earns anew."""
    return f"session:{row.session_id}:user:{row.user_id}:{row.at.isoformat()}"
