"""Writes of events: published, seats taken and left, checked in, cancelled; nothing commits."""

import hmac
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select, update

from sanshi_lms.community.events import queries, rules
from sanshi_lms.community.events.models import Event, EventSeat
from sanshi_lms.community.events.rules import Seat, State
from sanshi_lms.community.rules import new_code
from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db, row_count
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.refusing import taken_means
from sanshi_lms.notices import notify

CONFLICT = 409
TOPIC = "events"


def add_event(values: Mapping[str, object], nonce: str, moment: datetime) -> Event:
    """Add a draft; the same form sent twice adds one."""
    known = db.session.scalar(select(Event).where(Event.nonce == nonce))
    if known is not None:
        return known
    subject = Event(nonce=nonce, code=new_code(), state=State.DRAFT.value, created_at=moment,
                    words="", version=1, invented=False, **values)  # fmt: skip
    with taken_means("已经添加过了，请看列表。"):
        db.session.add(subject)
    note("community.add_event", f"event:{subject.id}", after={"title": subject.title})
    return subject


def save_event(subject: Event, values: Mapping[str, object], seen: int, moment: datetime) -> None:
    """Change an event; who is in hears of another time or place, who waits moves up."""
    if subject.state == State.CANCELLED:
        raise Refusal("活动已经取消，不能再改。")
    before = (subject.starts_at, subject.ends_at, subject.place)
    _claim(subject, seen)
    for name, value in values.items():
        setattr(subject, name, value)
    db.session.flush()
    note("community.change_event", f"event:{subject.id}", after={"title": subject.title})
    if subject.state == State.OPEN:
        _move_up(subject, moment)
        if before != (subject.starts_at, subject.ends_at, subject.place):
            _tell_all(subject, "活动时间或地点有变化", "请看最新的安排。", moment)


def publish(subject: Event, seen: int) -> None:
    """Let everybody see an event and sign up."""
    if subject.state == State.OPEN:
        return
    if subject.state != State.DRAFT:
        raise Refusal("活动已经取消。")
    _claim(subject, seen)
    subject.state = State.OPEN.value
    db.session.flush()
    note("community.publish_event", f"event:{subject.id}")


def cancel(subject: Event, words: str, seen: int, moment: datetime) -> None:
    """Call an event off and tell everybody who is in or waits."""
    if subject.state == State.CANCELLED:
        return
    if not words:
        raise Refusal("请写明为什么取消，报名的人会看到。")
    _claim(subject, seen)
    subject.state, subject.words = State.CANCELLED.value, words[: rules.WORDS_LENGTH]
    db.session.flush()
    note("community.cancel_event", f"event:{subject.id}")
    _tell_all(subject, "活动取消了", subject.words, moment)


def sign_up(subject: Event, user_id: int, moment: datetime) -> EventSeat:
    """Take a seat, or a place in the queue; a double click takes one. Raises Refusal."""
    try:
        rules.check_sign_up(State(subject.state), subject.ends_at, moment)
    except rules.NotAllowed as refused:
        raise Refusal(str(refused)) from refused
    _lock(subject)
    row = queries.seat_of(subject.id, user_id)
    if row is not None and row.seat != Seat.OUT:
        return row
    seat = rules.seat_for(queries.seats_taken(subject.id), subject.seats)
    if row is None:
        row = EventSeat(event_id=subject.id, user_id=user_id)
        db.session.add(row)
    row.seat, row.at, row.here_at = seat.value, moment, None
    db.session.flush()
    return row


def withdraw(subject: Event, user_id: int, moment: datetime) -> None:
    """Leave; whoever waits longest moves up and hears of it."""
    _lock(subject)
    row = queries.seat_of(subject.id, user_id)
    if row is None or row.seat == Seat.OUT:
        return
    if row.here_at is not None:
        raise Refusal("您已经签到了，不用退出。")
    row.seat = Seat.OUT.value
    db.session.flush()
    _move_up(subject, moment)


def check_in(subject: Event, user_id: int, code: str, moment: datetime) -> EventSeat:
    """Note that somebody is here, by the code at the door; who has no seat takes a free one.

    Raises Refusal when the code is wrong, it is not the time, or the room is full.
    """
    if not hmac.compare_digest(code.strip().upper().encode(), subject.code.encode()):
        raise Refusal("签到码不对，请看现场的牌子。")
    if subject.state != State.OPEN:
        raise Refusal("这场活动没有开。")
    if problem := rules.check_in_problem(subject.starts_at, subject.ends_at, moment):
        raise Refusal(problem)
    row = sign_up(subject, user_id, moment)
    if row.seat != Seat.IN:
        raise Refusal("名额满了，您还在排队，请找主办的人。")
    row.here_at = row.here_at or moment
    db.session.flush()
    return row


def set_here(subject: Event, user_id: int, moment: datetime | None) -> None:
    """Note by the organiser's list that somebody was here, or was not."""
    row = queries.seat_of(subject.id, user_id)
    if row is None:
        raise Refusal("名单里没有这个人。")
    if moment is not None and row.seat != Seat.IN:
        _lock(subject)
        row.seat = Seat.IN.value  # the organiser let them in
    row.here_at = moment
    db.session.flush()
    here = {"person": user_id, "here": moment is not None}
    note("community.event_attendance", f"event:{subject.id}", after=here)


def _move_up(subject: Event, moment: datetime) -> None:
    while (row := queries.waiting_first(subject.id)) is not None:
        if rules.seat_for(queries.seats_taken(subject.id), subject.seats) is not Seat.IN:
            return
        row.seat = Seat.IN.value
        db.session.flush()
        _tell(subject, [row.user_id], "有名额了，您已经报上", "请按时参加。", "up", moment)


def _lock(subject: Event) -> None:
    """Let nobody else change this event's seats until the transaction ends, on either engine."""
    same = update(Event).where(Event.id == subject.id).values(version=Event.version)
    db.session.execute(same)


def _claim(subject: Event, seen: int) -> None:
    mine = update(Event).where(Event.id == subject.id, Event.version == seen)
    if row_count(db.session.execute(mine.values(version=Event.version + 1))) != 1:
        raise Refusal("慢了一步：别人刚刚改过这场活动，请看过最新的再改。", CONFLICT)
    db.session.refresh(subject)


def _tell_all(subject: Event, title: str, words: str, moment: datetime) -> None:
    people = [one.user_id for one in queries.in_order(subject.id) if one.seat != Seat.OUT]
    _tell(subject, people, title, words, f"v{subject.version}", moment)


def _tell(
    subject: Event, people: list[int], title: str, words: str, occasion: str, moment: datetime
) -> None:
    path, key = f"/community/events/{subject.id}", f"event:{subject.id}:{occasion}"
    notify(people, TOPIC, f"{title}：{subject.title}", words, path, key, moment)
