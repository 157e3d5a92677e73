"""Writes of the roster: joining, deciding, leaving, and the waiting list that moves by itself.

Whoever changes the roster holds the class's row until the commit, so that seats are counted by one
at a time: never more people than seats, and nobody is lost between two clicks.
"""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import func, select

from sanshi_lms.account import User, find_person
from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db, insert_missing
from sanshi_lms.core.errors import Refusal
from sanshi_lms.training.classes.models import HOLDS_SEAT, Exemption, Member, TrainingClass
from sanshi_lms.training.classes.queries import NO_COURSE, member_of, members, tutors_of
from sanshi_lms.training.rules import moving_up, seat_or_queue
from sanshi_lms.training.telling import tell

SHORTEST_REASON = 2


def locked(class_id: int) -> TrainingClass:
    """Return the class as it is now, held until the commit."""
    query = select(TrainingClass).where(TrainingClass.id == class_id)
    query = query.with_for_update(of=TrainingClass).execution_options(populate_existing=True)
    return db.session.scalars(query).one()


def join(subject: TrainingClass, user_id: int, said: str, at: datetime) -> Member:
    """Let a person join by themselves: they apply, get a seat or wait for one.

    Raises Refusal when the class takes nobody or turned this person down.
    """
    subject = locked(subject.id)
    if not subject.takes_people:
        raise Refusal("这个班现在不接受报名。想参加的话，请联系带班老师。")
    mine = _place(subject, user_id, at)
    if mine.state == "declined":
        raise Refusal("您的报名没有通过。想参加的话，请联系带班老师。")
    if mine.state != "left":
        return mine
    mine.said, mine.reason, mine.queued_at = said, "", at
    if subject.approval:
        _move(subject, mine, "applied", at)
        title = f"有人报名“{subject.title}”"
        staff = [person.id for person in tutors_of(subject.id)]
        path = f"/training/desk/classes/{subject.id}"
        tell(staff, title, "请到班级页面审批。", path, f"applied:{mine.id}:{at.isoformat()}")
    else:
        _seat(subject, mine, at)
    return mine


def add_person(subject: TrainingClass, username: str, at: datetime) -> Member:
    """Let a tutor put somebody into the class; a full class puts them on the waiting list."""
    person = find_person(username)
    if person is None or not person.active:
        raise Refusal(f"没有“{username}”这个账号。请先让对方注册，或者检查有没有抄错。")
    subject = locked(subject.id)
    if subject.status == "closed":
        raise Refusal("这个班已经结班，不能再加人。")
    mine = _place(subject, person.id, at)
    if mine.state not in {"in", "done", "waiting"}:
        mine.queued_at = at
        _seat(subject, mine, at)
    return mine


def approve(subject: TrainingClass, member_ids: Collection[int], at: datetime) -> int:
    """Accept people who applied, by their turn. Return how many."""
    subject = locked(subject.id)
    chosen = [m for m in members(subject.id, ("applied",)) if m.id in member_ids]
    for member in chosen:
        _seat(subject, member, at)
    return len(chosen)


def decline(subject: TrainingClass, member_ids: Collection[int], reason: str, at: datetime) -> int:
    """Turn down people who applied or wait, with the reason they will read. Return how many."""
    subject, reason = locked(subject.id), _reason(reason)
    chosen = [m for m in members(subject.id, ("applied", "waiting")) if m.id in member_ids]
    for member in chosen:
        member.reason = reason
        _move(subject, member, "declined", at)
        title = f"“{subject.title}”的报名没有通过"
        _tell_member(subject, member, title, f"原因：{reason}", at)
    return len(chosen)


def leave(subject: TrainingClass, user_id: int, reason: str, at: datetime) -> None:
    """Take a person out of the class, by themselves or by a tutor; the next one moves up."""
    subject = locked(subject.id)
    mine = member_of(subject.id, user_id)
    if mine is None or mine.state in {"left", "declined"}:
        return
    if mine.state == "done":
        raise Refusal("已经结业，不能退出。")
    mine.reason = reason
    _move(subject, mine, "left", at)
    promote(subject, at)


def promote(subject: TrainingClass, at: datetime) -> None:
    """Give free seats to those who wait, first come first. The class's row must be held."""
    db.session.flush()
    if subject.status == "closed":
        return
    queue = {member.id: member for member in members(subject.id, ("waiting",))}
    for member_id in moving_up(subject.capacity, _taken(subject), list(queue)):
        _move(subject, queue[member_id], "in", at)
        title = f"您已进入“{subject.title}”"
        _tell_member(subject, queue[member_id], title, "有名额空出来，候补轮到您了。", at)


def exempt(
    subject: TrainingClass, user_id: int, course_id: int, reason: str, by: User, at: datetime
) -> None:
    """Excuse a member from a course of the class, or from coming offline (NO_COURSE)."""
    reason = _reason(reason)
    known = {row.course_id for row in subject.courses} | {NO_COURSE}
    mine = member_of(subject.id, user_id)
    if mine is None or mine.state not in HOLDS_SEAT or course_id not in known:
        raise Refusal("请从名单和课程里选择。")
    key = {"class_id": subject.id, "user_id": user_id, "course_id": course_id}
    insert_missing(Exemption, **key, reason=reason, by_id=by.id, at=at)
    after = {"person": mine.person.display_name, "course": course_id, "reason": reason}
    note("training.exempt", f"class:{subject.id}", after=after)


def drop_exemption(subject: TrainingClass, user_id: int, course_id: int) -> None:
    """Ask for the course again."""
    found = db.session.get(Exemption, (subject.id, user_id, course_id))
    if found is not None:
        db.session.delete(found)
        before = {"user": user_id, "course": course_id, "reason": found.reason}
        note("training.drop_exemption", f"class:{subject.id}", before=before)


def extend(subject: TrainingClass, user_id: int, until: date, reason: str, at: datetime) -> None:
    """Give a member more time than the class has."""
    reason = _reason(reason)
    mine = member_of(subject.id, user_id)
    if mine is None or mine.state != "in":
        raise Refusal("只有班里还没有结业的人可以延期。")
    if until <= subject.ends_on:
        raise Refusal("延期的日子要晚于班级的结束日期。")
    before = {"until": mine.extended_until}
    mine.extended_until, mine.extended_reason = until, reason
    after = {"person": mine.person.display_name, "until": until, "reason": reason}
    note("training.extend", f"class:{subject.id}", before, after)
    title = f"“{subject.title}”给您延期了"
    _tell_member(subject, mine, title, f"延到 {until.isoformat()}。", at)


def _place(subject: TrainingClass, user_id: int, at: datetime) -> Member:
    """Return the person's one row in the class, made when it is missing."""
    insert_missing(
        Member,
        class_id=subject.id,
        user_id=user_id,
        state="left",
        said="",
        reason="",
        extended_reason="",
        queued_at=at,
        changed_at=at,
    )
    mine = select(Member).where(Member.class_id == subject.id, Member.user_id == user_id)
    return db.session.scalars(mine).one()


def _seat(subject: TrainingClass, member: Member, at: datetime) -> None:
    db.session.flush()
    waiting = len(members(subject.id, ("waiting",)))
    state = seat_or_queue(subject.capacity, _taken(subject), waiting)
    _move(subject, member, state, at)
    if state == "in":
        _tell_member(subject, member, f"您已进入“{subject.title}”", "现在可以开始学习。", at)
    else:
        text = "名额已满，您在候补名单里，有空位会自动补上。"
        _tell_member(subject, member, f"“{subject.title}”候补中", text, at)


def _move(subject: TrainingClass, member: Member, state: str, at: datetime) -> None:
    before, member.state, member.changed_at = member.state, state, at
    db.session.flush()
    after = {"person": member.person.display_name, "state": state}
    note("training.member", f"class:{subject.id}", {"state": before}, after)


def _taken(subject: TrainingClass) -> int:
    query = select(func.count(Member.id)).where(Member.class_id == subject.id)
    return db.session.scalar(query.where(Member.state.in_(HOLDS_SEAT))) or 0


def _tell_member(
    subject: TrainingClass, member: Member, title: str, text: str, at: datetime
) -> None:
    key = f"member:{member.id}:{member.state}:{at.isoformat()}"
    tell([member.user_id], title, text, f"/training/classes/{subject.id}", key)


def _reason(text: str) -> str:
    reason = " ".join(text.split())
    if len(reason) < SHORTEST_REASON:
        raise Refusal("请写明原因，对方会看到。")
    return reason[:200]
