"""Writes of offline sessions: when and where, who signs up, who came."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db, insert_missing
from sanshi_lms.core.errors import Refusal
from sanshi_lms.learning import complete_proved
from sanshi_lms.training.formkeys import add_once, new_key
from sanshi_lms.training.rules import moving_up, seat_or_queue
from sanshi_lms.training.scope import belongs
from sanshi_lms.training.sessions.models import Attendance, OfflineSession, Signup
from sanshi_lms.training.sessions.queries import (
    attendances_of,
    count_signups,
    expected,
    sessions_of_class,
    signup_of,
    signups,
)
from sanshi_lms.training.sessions.rewards import reward_attendance, take_back_attendance
from sanshi_lms.training.sessions.rules import Phase, phase, token_good
from sanshi_lms.training.sessions.tokens import Scan, second_of
from sanshi_lms.training.telling import tell

_PASSED_ON = "这次扫码已经给别人签到了。请自己扫一次墙上的二维码，或者请老师帮您登记。"


@dataclass(frozen=True)
class SessionValues:
    """What a session says of itself. `seats` 0 is no limit."""

    title: str
    place: str
    about: str
    starts_at: datetime
    ends_at: datetime
    seats: int
    category: str = "专业"


def add_session(
    class_id: int | None,
    values: SessionValues,
    form_key: str,
    moment: datetime,
    *,
    invented: bool = False,
) -> OfflineSession:
    """Add a session to a class, or (None) one that is open to everybody."""
    row = OfflineSession(
        class_id=class_id,
        form_key=form_key,
        created_at=moment,
        invented=invented,
        **asdict(values),
    )
    made, fresh = add_once(row)
    if fresh:
        note("training.add_session", f"session:{made.id}", after=_told(values))
    return made


def change_session(subject: OfflineSession, values: SessionValues, moment: datetime) -> None:
    """Change a session and tell those who come when time or place moved."""
    subject = locked(subject.id)
    before = {name: getattr(subject, name) for name in asdict(values)}
    if before == asdict(values):
        return
    taken = count_signups(subject.id, "in")
    if values.seats and values.seats < taken:
        raise Refusal(f"已经有 {taken} 人报上名，座位不能少于 {taken}。")
    for name, value in asdict(values).items():
        setattr(subject, name, value)
    subject.version += 1
    note("training.change_session", f"session:{subject.id}", before, _told(values))
    moved = any(before[name] != getattr(subject, name) for name in ("starts_at", "place"))
    if moved:
        text = f"请看新的时间和地点：{subject.place}。"
        _tell_expected(subject, f"“{subject.title}”的时间或地点变了", text)
    _promote(subject, moment)


def cancel_session(subject: OfflineSession) -> None:
    """Call a session off and tell those who meant to come. Raises Refusal once somebody came."""
    if subject.cancelled:
        return
    if attendances_of(subject.id):
        raise Refusal("已经有人签到，不能取消。登记错了的话，请先在名单里取消他们的到场。")
    subject.cancelled = True
    subject.version += 1
    note("training.cancel_session", f"session:{subject.id}", after={"title": subject.title})
    _tell_expected(subject, f"“{subject.title}”取消了", "请不用再去现场。")


def copy_sessions(old_class_id: int, new_class_id: int, shift: timedelta, moment: datetime) -> None:
    """Give a class the sessions of another, shifted; nobody is signed up for them."""
    for old in sessions_of_class(old_class_id):
        if not old.cancelled:
            values = SessionValues(
                old.title,
                old.place,
                old.about,
                old.starts_at + shift,
                old.ends_at + shift,
                old.seats,
                old.category,
            )
            add_session(new_class_id, values, new_key(), moment, invented=old.invented)


def sign_up(subject: OfflineSession, user_id: int, at: datetime) -> Signup:
    """Give a person a seat, or a place on the waiting list."""
    subject = locked(subject.id)
    _refuse_unless_open(subject, at)
    fresh = {"state": "left", "queued_at": at}
    insert_missing(Signup, session_id=subject.id, user_id=user_id, **fresh)
    own = select(Signup).where(Signup.session_id == subject.id, Signup.user_id == user_id)
    mine = db.session.scalars(own).one()
    if mine.state == "left":
        taken, waiting = (count_signups(subject.id, state) for state in ("in", "waiting"))
        mine.queued_at, mine.state = at, seat_or_queue(subject.seats, taken, waiting)
        db.session.flush()
    return mine


def take_back_sign_up(subject: OfflineSession, user_id: int, at: datetime) -> None:
    """Give a person's seat to the next one."""
    subject = locked(subject.id)
    mine = signup_of(subject.id, user_id)
    if mine is None or mine.state == "left":
        return
    _refuse_unless_open(subject, at)
    mine.state = "left"
    _promote(subject, at)


def check_in(subject: OfflineSession, scan: Scan, user_id: int, at: datetime) -> None:
    """Record that a person came, by what they scanned. Doing it again changes nothing.

    Raises Refusal with what to do when the scan is too old, or was used by somebody else.
    """
    starts, ends = second_of(subject.starts_at), second_of(subject.ends_at)
    if subject.cancelled:
        raise Refusal("这次活动取消了，不用签到。")
    if subject.class_id is not None and not belongs(subject.class_id, user_id):
        raise Refusal("您不在这个班的名单里，不能签到。请找带班老师。", 403)
    if user_id in attendances_of(subject.id):
        return
    where = phase(starts, ends, second_of(at))
    if where is Phase.EARLY:
        raise Refusal("还没到签到时间。这一页不用关，到点以后再点“签到”。", 409)
    if where is Phase.OVER:
        raise Refusal("签到已经结束。您确实到场了的话，请找老师补登记。", 410)
    if not token_good(scan.second, starts, second_of(at)):
        raise Refusal("这次扫码过去太久了，请再扫一次墙上的二维码。", 410)
    _attend(subject, user_id, "scan", None, at, scan.nonce)


def set_attendance(
    subject: OfflineSession,
    shown: Collection[int],
    ticked: Collection[int],
    by_id: int,
    at: datetime,
) -> tuple[int, int]:
    """Take over a tutor's list: who is `ticked` of those whose tick they changed (`shown`).

    Return how many were entered and how many taken back.
    """
    present = attendances_of(subject.id)
    may_come = {person.id for person in expected(subject)}
    # By their ids, as all who enter hours for many do: two lists at once must not wait in a ring.
    asked = sorted(set(shown))
    fresh = [one for one in asked if one in ticked and one in may_come and one not in present]
    gone = [one for one in asked if one not in ticked and one in present]
    for user_id in fresh:
        _attend(subject, user_id, "tutor", by_id, at)
    for user_id in gone:
        _take_back(present[user_id], subject, at)
    return len(fresh), len(gone)


def enter_sheet(
    subject: OfflineSession, user_ids: Collection[int], by_id: int, at: datetime
) -> int:
    """Record who is on a paper sheet. Return how many are new."""
    present = attendances_of(subject.id)
    fresh = [user_id for user_id in sorted(set(user_ids)) if user_id not in present]
    for user_id in fresh:
        _attend(subject, user_id, "sheet", by_id, at)
    return len(fresh)


def locked(session_id: int) -> OfflineSession:
    """Return the session as it is now, held until the commit."""
    query = select(OfflineSession).where(OfflineSession.id == session_id)
    query = query.with_for_update(of=OfflineSession).execution_options(populate_existing=True)
    return db.session.scalars(query).one()


def _attend(
    subject: OfflineSession,
    user_id: int,
    how: str,
    by_id: int | None,
    at: datetime,
    scan: str | None = None,
) -> None:
    row = Attendance(session_id=subject.id, user_id=user_id, at=at, how=how, by_id=by_id, scan=scan)
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        if user_id in attendances_of(subject.id):
            return  # two clicks, or the tutor was faster
        raise Refusal(_PASSED_ON, 409) from None
    note("training.attend", f"session:{subject.id}", after={"user": user_id, "how": how})
    reward_attendance(subject, row)
    complete_proved(user_id, "event", subject.id, "attended", at)


def _take_back(row: Attendance, subject: OfflineSession, at: datetime) -> None:
    before = {"user": row.user_id, "how": row.how}
    note("training.take_back_attendance", f"session:{subject.id}", before=before)
    take_back_attendance(row, "老师取消了到场登记", at)
    db.session.delete(row)
    db.session.flush()


def _promote(subject: OfflineSession, at: datetime) -> None:
    db.session.flush()
    queue = {row.id: row for row in signups(subject.id, ("waiting",))}
    taken = count_signups(subject.id, "in")
    for number in moving_up(subject.seats, taken, list(queue)):
        row = queue[number]
        row.state = "in"
        key = f"seat:{row.id}:{at.isoformat()}"
        title = f"“{subject.title}”有您的座位了"
        tell([row.user_id], title, "候补轮到您了，请按时到场。", _path(subject), key)
    db.session.flush()


def _refuse_unless_open(subject: OfflineSession, at: datetime) -> None:
    if subject.cancelled:
        raise Refusal("这次活动取消了。")
    if at >= subject.starts_at:
        raise Refusal("活动已经开始，不能再改报名。")


def _tell_expected(subject: OfflineSession, title: str, text: str) -> None:
    people = [person.id for person in expected(subject)]
    tell(people, title, text, _path(subject), f"session:{subject.id}:{subject.version}")


def _path(subject: OfflineSession) -> str:
    return f"/training/sessions/{subject.id}"


def _told(values: SessionValues) -> dict[str, object]:
    names = ("title", "place", "starts_at", "ends_at", "seats")
    return {name: str(getattr(values, name)) for name in names}
