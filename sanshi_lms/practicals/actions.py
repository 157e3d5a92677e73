"""Writes of practicals: handing in, taking back, accepting, returning. Of two at once one wins."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update

from sanshi_lms.account import User, people_who_may_over
from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db, row_count
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.refusing import taken_means
from sanshi_lms.courses import Lesson, get_lesson
from sanshi_lms.learning import complete_lesson, refuse_locked
from sanshi_lms.notices import notify
from sanshi_lms.practicals import rules
from sanshi_lms.practicals.files import Ready, keep
from sanshi_lms.practicals.models import HandIn, HandInFile
from sanshi_lms.practicals.queries import hand_in_by_nonce, hand_ins_of

TOPIC = "practicals"


def hand_in(
    person: User, lesson: Lesson, text: str, files: Sequence[Ready], nonce: str, at: datetime
) -> HandIn:
    """Take work in, once for each form (`nonce`), and tell whoever reviews it.

    Raises Refusal while the lesson is locked or something handed in before still stands.
    """
    known = hand_in_by_nonce(nonce)
    if known is not None and known.user_id == person.id:
        return known
    refuse_locked(person.id, lesson)
    before = hand_ins_of(lesson.id, person.id)
    _refuse_standing(before)
    made = HandIn(
        lesson_id=lesson.id,
        user_id=person.id,
        number=1 + len(before),
        nonce=nonce,
        text=text,
        state="submitted",
        created_at=at,
    )
    with taken_means("作业刚刚已经交过了，请刷新页面看看。", 409):
        db.session.add(made)
    for one in files:
        _add_file(made, one)
    db.session.flush()
    note("practicals.hand_in", f"hand_in:{made.id}", after={"lesson": lesson.title})
    _tell_reviewers(made, person, lesson, at)
    return made


def withdraw(subject: HandIn, person: User) -> None:
    """Take back one's own work while nobody has decided on it."""
    if subject.user_id != person.id:
        raise Refusal("只能收回自己的作业。", 403)
    _move(subject, "withdrawn")
    note("practicals.withdraw", f"hand_in:{subject.id}")


def accept(subject: HandIn, by: User, words: str, at: datetime) -> None:
    """Accept work; its lesson is complete by it."""
    words = rules.text_of(words)[: rules.LONGEST_REASON]
    _decide(subject, by, "accepted", words, at)
    lesson = get_lesson(subject.lesson_id)
    if lesson is not None:
        complete_lesson(subject.user_id, lesson, "accepted", at)
    note("practicals.accept", f"hand_in:{subject.id}")
    _tell(subject, "您的实践作业通过了", words or "老师看过了，通过。", at)


def give_back(subject: HandIn, by: User, reason: str, at: datetime) -> None:
    """Return work with a reason that its author reads."""
    reason = rules.text_of(reason)
    if len(reason) < rules.SHORTEST_REASON:
        raise Refusal("请写明要改哪里，学员会看到，好知道怎么改。")
    _decide(subject, by, "returned", reason[: rules.LONGEST_REASON], at)
    note("practicals.return", f"hand_in:{subject.id}", after={"reason": reason})
    _tell(subject, "您的实践作业要再改改", reason, at)


def _refuse_standing(before: Sequence[HandIn]) -> None:
    if any(one.state == "accepted" for one in before):
        raise Refusal("这份作业已经通过了，不用再交。", 409)
    if any(one.state == "submitted" for one in before):
        raise Refusal("您交的作业老师还没看。想重交，请先收回再交。", 409)
    if len(before) >= rules.MOST_TRIES:
        raise Refusal(f"这份作业已经交了 {rules.MOST_TRIES} 次，请联系老师。", 409)


def _add_file(made: HandIn, one: Ready) -> None:
    made.files.append(
        HandInFile(
            is_photo=one.is_photo,
            filename=one.filename,
            content_type=one.content_type,
            key=keep(one, made.id),
            size=one.size,
        )
    )


def _decide(subject: HandIn, by: User, state: str, words: str, at: datetime) -> None:
    if subject.user_id == by.id:
        raise Refusal("不能审阅自己的作业，请让另一位老师看。", 403)
    _move(subject, state, decided_at=at, decided_by_id=by.id, reason=words)


def _move(subject: HandIn, state: str, **values: datetime | int | str) -> None:
    """Move work that still waits; the condition of the UPDATE decides between two at once."""
    waiting = update(HandIn).where(HandIn.id == subject.id, HandIn.state == "submitted")
    if row_count(db.session.execute(waiting.values(state=state, **values))) != 1:
        raise Refusal("这份作业已经有结果了，请刷新页面看看。", 409)
    db.session.refresh(subject)


def _tell_reviewers(made: HandIn, person: User, lesson: Lesson, at: datetime) -> None:
    placed = get_lesson(lesson.id, drafts=True)
    unit_id = placed.course.unit_id if placed else None
    reviewers = people_who_may_over("practicals.review", unit_id) - {person.id}
    title = f"{person.display_name}交了实践作业，请看一看"
    path = f"/admin/practicals/{made.id}"
    notify(reviewers, TOPIC, title, lesson.title, path, f"practicals:{made.id}", at)


def _tell(subject: HandIn, title: str, text: str, at: datetime) -> None:
    key = f"practicals:{subject.id}:{subject.state}"
    path = f"/practicals/lessons/{subject.lesson_id}"
    notify([subject.user_id], TOPIC, title, text, path, key, at)
