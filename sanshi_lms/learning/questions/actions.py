"""Writes of questions: asking, answering, accepting; letting through, hiding, reporting."""

from datetime import datetime
from typing import TypeVar

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from sanshi_lms.account import User
from sanshi_lms.core.audit import note
from sanshi_lms.core.changes import touch
from sanshi_lms.core.db import db, insert_missing, row_count
from sanshi_lms.core.errors import Refusal
from sanshi_lms.courses import Lesson
from sanshi_lms.learning.questions import queries, rules, telling
from sanshi_lms.learning.questions.models import PostReport, Question, Reply
from sanshi_lms.learning.questions.rules import State
from sanshi_lms.learning.questions.scope import MODERATE, does

Row = TypeVar("Row", Question, Reply)
TOO_FAST = 429
CONFLICT = 409


def ask(
    person: User, lesson: Lesson, key: str, second: int | None, text: str, at: datetime
) -> Question:
    """Ask at a second of a lesson, once for each key. Raises Refusal with a sentence."""
    known = _by_key(Question, person.id, key)
    if known is not None:
        return known
    _check_text(text, rules.LONGEST_QUESTION)
    _check_pace(Question, person.id, at, rules.QUESTIONS_AN_HOUR, rules.QUESTIONS_A_DAY)
    insert_missing(
        Question,
        writer_id=person.id,
        lesson_id=lesson.id,
        key=key,
        second=second,
        text=text,
        state=_state_for(person),
        written_at=at,
    )
    question = _kept(Question, person.id, key)
    note("questions.ask", f"question:{question.id}", None, {"state": question.state})
    telling.asked(question, lesson, at)
    return question


def answer(person: User, question: Question, key: str, text: str, at: datetime) -> Reply:
    """Reply a question, once for each key. Who may moderate lets a waiting question through by it.

    Raises Refusal with a sentence.
    """
    known = _by_key(Reply, person.id, key)
    if known is not None:
        return known
    if question.state == State.WAITING and does(person, MODERATE, question):
        let_through(question, person, at)
    if not question.is_open:
        raise Refusal("这个问题现在没有公开，不能回答。", CONFLICT)
    _check_text(text, rules.LONGEST_ANSWER)
    hour = rules.ANSWERS_AN_HOUR
    _check_pace(Reply, person.id, at, hour, hour * 24)
    insert_missing(
        Reply,
        question_id=question.id,
        writer_id=person.id,
        key=key,
        text=text,
        state=_state_for(person),
        written_at=at,
        accepted=None,
    )
    written = _kept(Reply, person.id, key)
    note("questions.answer", f"question:{question.id}", None, {"state": written.state})
    telling.answered(question, written, at)
    return written


def accept(question: Question, chosen: Reply, person: User) -> None:
    """Accept an answer in place of any other; it can be searched from now on. Raises Refusal."""
    if not rules.may_accept(
        asker=question.writer_id == person.id,
        moderator=does(person, MODERATE, question),
        own_answer=chosen.writer_id == person.id,
    ):
        raise Refusal("只有提问的人、课程作者或管理员可以采纳回答。", 403)
    if not (question.is_open and chosen.is_open):
        raise Refusal("没有公开的回答不能采纳。", CONFLICT)
    if chosen.accepted:
        return
    others = (Reply.question_id == question.id) & (Reply.accepted.is_(True))
    db.session.execute(update(Reply).where(others).values(accepted=None))
    try:
        with db.session.begin_nested():
            mine = update(Reply).where(Reply.id == chosen.id, Reply.state == State.OPEN)
            taken = row_count(db.session.execute(mine.values(accepted=True)))
    except IntegrityError:
        taken = 0
    if taken != 1:
        raise Refusal("刚刚有变化，请刷新页面再试。", CONFLICT)
    db.session.refresh(chosen)
    touch("question", question.id)
    note("questions.accept_answer", f"question:{question.id}")
    telling.accepted(question, chosen)


def withdraw(post: Question | Reply, question: Question, person: User) -> None:
    """Take back what one wrote oneself: a question without answers, an answer not accepted."""
    if post.writer_id != person.id:
        raise Refusal("只能撤回自己写的。", 403)
    if isinstance(post, Reply) and post.accepted:
        raise Refusal("这条回答已经被采纳，不能撤回。如有错误，请再写一条更正。", CONFLICT)
    if isinstance(post, Question) and any(t.answers for t in queries.threads([post], None)):
        raise Refusal("已经有人回答了，不能撤回。", CONFLICT)
    if post.state == State.HIDDEN:
        raise Refusal("这条内容已被隐藏，不用撤回。", CONFLICT)
    post.state = State.WITHDRAWN.value
    note("questions.withdraw_post", f"question:{question.id}")


def let_through(post: Question | Reply, person: User, at: datetime) -> None:
    """Make public what waited or was hidden, after looking at it; reports about it are settled."""
    if post.state not in {State.WAITING, State.HIDDEN, State.OPEN}:
        raise Refusal("这条内容已经撤回了。", CONFLICT)
    before = post.state
    post.state, post.looked_by_id, post.looked_at = State.OPEN.value, person.id, at
    post.hidden_reason = None
    _settle_reports(post, at)
    db.session.flush()
    number = _question_id(post)
    touch("question", number)
    note("questions.let_through", f"question:{number}", {"state": before}, {"state": "open"})
    if before != State.OPEN:
        telling.let_through(post, at)


def hide(post: Question | Reply, person: User, reason: str, at: datetime) -> None:
    """Hide a question or an answer; its writer reads the reason. Raises Refusal."""
    fault = rules.reason_problem(reason)
    if fault:
        raise Refusal(fault)
    if post.state == State.WITHDRAWN:
        raise Refusal("这条内容已经撤回了。", CONFLICT)
    before = post.state
    if isinstance(post, Reply):
        post.accepted = None
    post.state, post.hidden_reason = State.HIDDEN.value, reason
    post.looked_by_id, post.looked_at = person.id, at
    _settle_reports(post, at)
    db.session.flush()
    number = _question_id(post)
    touch("question", number)
    after = {"state": "hidden", "reason": reason}
    note("questions.hide_post", f"question:{number}", {"state": before}, after)
    if before != State.HIDDEN:
        telling.hidden(post)


def report(post: Question | Reply, person: User, reason: str, at: datetime) -> None:
    """Tell staff that something should not stand there; once for each person and post."""
    fault = rules.reason_problem(reason)
    if fault:
        raise Refusal(fault)
    day = rules.REPORTS_A_DAY
    _check_pace(PostReport, person.id, at, day, day)
    about = {"question_id": post.id} if isinstance(post, Question) else {"reply_id": post.id}
    insert_missing(PostReport, reporter_id=person.id, reason=reason, reported_at=at, **about)
    telling.reported(post if isinstance(post, Question) else post.question, at)


def _settle_reports(post: Question | Reply, at: datetime) -> None:
    column = PostReport.question_id if isinstance(post, Question) else PostReport.reply_id
    about = (column == post.id) & PostReport.settled_at.is_(None)
    db.session.execute(update(PostReport).where(about).values(settled_at=at))


def _state_for(person: User) -> str:
    return (State.OPEN if queries.posts_at_once(person) else State.WAITING).value


def _check_text(text: str, longest: int) -> None:
    fault = rules.text_problem(text, longest)
    if fault:
        raise Refusal(fault)


def _check_pace(
    model: type[Question] | type[Reply] | type[PostReport],
    user_id: int,
    at: datetime,
    an_hour: int,
    a_day: int,
) -> None:
    if rules.too_much(queries.times_of(model, user_id, at), at, an_hour, a_day):
        raise Refusal("您刚才写得比较多，请过一会儿再写。已写的内容留在这台设备上。", TOO_FAST)


def _by_key(model: type[Row], user_id: int, key: str) -> Row | None:
    return db.session.query(model).filter_by(writer_id=user_id, key=key).one_or_none()


def _kept(model: type[Row], user_id: int, key: str) -> Row:
    return db.session.query(model).filter_by(writer_id=user_id, key=key).one()


def _question_id(post: Question | Reply) -> int:
    return post.id if isinstance(post, Question) else post.question_id
