"""What training adds to my learning and to the record of learning."""

from collections.abc import Iterable
from datetime import date, datetime, time

from sanshi_lms.core.clock import LOCAL_ZONE, local
from sanshi_lms.courses import course_path, courses_by_id, lessons_of_courses
from sanshi_lms.learning import Duty, RecordSection, progress_of
from sanshi_lms.training.classes.models import Member, TrainingClass
from sanshi_lms.training.classes.queries import memberships, plan_of, records_of
from sanshi_lms.training.rules import blockers
from sanshi_lms.training.sessions.queries import attendances_by
from sanshi_lms.training.sessions.rules import how_zh


def class_duties(user_id: int) -> Iterable[Duty]:
    """Return the required courses of a person's classes that can be begun now, done or not."""
    found: list[Duty] = []
    for subject, member in memberships(user_id):
        if member.state == "in" and subject.status == "open":
            found += _duties(subject, member)
    return found


def _duties(subject: TrainingClass, member: Member) -> list[Duty]:
    record = records_of(subject, [member.user_id])[member.user_id]
    plan = plan_of(subject.courses)
    ids = [row.course_id for row in subject.courses if row.required]
    courses, progress = courses_by_id(ids), progress_of([member.user_id], ids)
    lessons = lessons_of_courses(ids, bodies=False)
    found = []
    for row in subject.courses:
        course = courses.get(row.course_id)
        locked = blockers(row.course_id, plan, record.settled, in_order=subject.in_order)
        if course is None or locked or not row.required or course.id in record.excused:
            continue
        known = progress.get((member.user_id, course.id))
        minutes = sum(lesson.minutes for lesson in lessons[course.id] if lesson.required)
        left = round(minutes * (1 - (known.share if known else 0.0)))
        found.append(
            Duty(
                title=course.title,
                due_at=_end_of(member.extended_until or row.due_on or subject.ends_on),
                url=course_path(course.slug),
                minutes=left or None,
                done=course.id in record.completed,
                why=f"培训班“{subject.title}”的必修课",
            )
        )
    return found


def attended_sessions(user_id: int, year: int | None) -> RecordSection | None:
    """Return the offline sessions a person came to, for the record of learning."""
    rows = []
    for session, attendance in attendances_by(user_id):
        on = local(session.starts_at)
        if year is None or on.year == year:
            minutes = f"{session.minutes} 分钟"
            rows.append((f"{on:%Y-%m-%d}", session.title, minutes, how_zh(attendance.how)))
    if not rows:
        return None
    columns = ("日期", "活动", "时长", "登记方式")
    return RecordSection("线下培训", columns, tuple(rows), f"共到场 {len(rows)} 次。")


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time(23, 59), LOCAL_ZONE)
