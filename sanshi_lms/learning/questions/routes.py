"""/learning/questions/…: asking under a lesson, answering, the desk of what has no answer yet."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.account import User
from sanshi_lms.core.access import (
    current_person,
    may_somewhere,
    needs,
    own_reach,
    public,
    signed_in,
)
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import rollback
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.row_numbers import row_number
from sanshi_lms.core.web import Page, paginate
from sanshi_lms.courses import Lesson, get_lesson, lesson_path
from sanshi_lms.learning.notes.panel import has_seconds
from sanshi_lms.learning.questions import actions, queries, rules
from sanshi_lms.learning.questions.models import Question, Reply
from sanshi_lms.learning.questions.panel import asking
from sanshi_lms.learning.questions.scope import MODERATE
from sanshi_lms.learning.wording import clean_text, new_key, read_key, read_second

blueprint = Blueprint(
    "learning_questions", __name__, url_prefix="/learning/questions", template_folder="../templates"
)
Shown = str | Response | tuple[str, int]
PAGE_SIZE = 20
VIEWS = {"": "待回答", "look": "等查看", "reported": "被举报", "answered": "已回答"}
_FOR_MODERATORS = {"look", "reported"}


@blueprint.get("/")
@needs("questions.answer", within=True)
def desk() -> Shown:
    """Show what waits for an answer, and to moderators what waits to be looked at."""
    own_reach()  # the queries keep to it, and to that of moderating
    me, view = current_person(), request.args.get("view", "")
    if view not in VIEWS or (view in _FOR_MODERATORS and not may_somewhere(MODERATE)):
        view = ""
    views = [
        (label, url_for(".desk", view=name or None), name == view, _waiting(name, me))
        for name, label in VIEWS.items()
        if name not in _FOR_MODERATORS or may_somewhere(MODERATE)
    ]
    page = paginate(queries.desk_query(view, me), PAGE_SIZE)
    return render_template(
        "questions/desk.html",
        view=view,
        views=views,
        page=page,
        threads=queries.threads(page.rows, me),
        person=me,
        page_url=lambda number: url_for(".desk", view=view or None, page=number),
    )


@blueprint.get("/mine")
@signed_in
def mine() -> Shown:
    """Show what one asked oneself."""
    me = current_person()
    page = paginate(queries.questions_by(me.id), PAGE_SIZE)
    return render_template(
        "questions/mine.html",
        page=page,
        threads=queries.threads(page.rows, me),
        person=me,
        page_url=lambda number: url_for(".mine", page=number),
    )


@blueprint.get("/lessons/<int:lesson_id>")
@public
def of_lesson(lesson_id: int) -> Shown:
    """Show all questions of a lesson."""
    person, lesson = current_person(), _lesson_or_404(lesson_id)
    page: Page[Question] = paginate(queries.questions_of_lesson(lesson.id, person), PAGE_SIZE)
    return render_template(
        "questions/of_lesson.html",
        lesson=lesson,
        page=page,
        threads=queries.threads(page.rows, person),
        person=person,
        page_url=lambda number: url_for(".of_lesson", lesson_id=lesson_id, page=number),
    )


@blueprint.post("/lessons/<int:lesson_id>")
@signed_in
def ask(lesson_id: int) -> Shown:
    """Ask at a second of a lesson. What cannot be taken comes back in the form."""
    lesson, given = _lesson_or_404(lesson_id), request.form
    text, key = clean_text(given.get("text")), read_key(given.get("key"))
    second = read_second(given.get("at")) if has_seconds(lesson) else None
    try:
        asked = actions.ask(current_person(), lesson, key, second, text, now())
    except Refusal as refusal:
        return _ask_again(lesson_id, refusal, text=text, key=key, at=given.get("at", ""))
    if asked.is_open:
        flash("已经提问。有人回答时会通知您。", "success")
    else:
        flash("已经收到。工作人员看过以后会公开，有人回答时会通知您。", "success")
    return redirect(f"{lesson_path(lesson.course.slug, lesson.slug)}#question-{asked.id}")


@blueprint.get("/<int:question_id>")
@public
def question(question_id: int) -> Shown:
    """Show a question with its answers, and to who may answer the form."""
    return _question_page(_question_or_404(question_id))


@blueprint.post("/<int:question_id>/answers")
@needs("questions.answer", within=True)
def answer(question_id: int) -> Shown:
    """Reply a question."""
    subject, given = _question_or_404(question_id), request.form
    _refuse_beyond(subject)
    text, key = clean_text(given.get("text")), read_key(given.get("key"))
    try:
        written = actions.answer(current_person(), subject, key, text, now())
    except Refusal as refusal:
        rollback()
        page = _question_page(
            _question_or_404(question_id), message=refusal.message, text=text, key=key
        )
        return page, refusal.status
    told = "回答已公开。" if written.is_open else "回答已收到，工作人员看过以后会公开。"
    flash(told, "success")
    return redirect(url_for(".question", question_id=question_id))


@blueprint.post("/<int:question_id>/accept")
@signed_in
def accept(question_id: int) -> Shown:
    """Accept an answer."""
    subject = _question_or_404(question_id)
    chosen = _post_or_404(subject)
    if not isinstance(chosen, Reply):
        abort(404)
    actions.accept(subject, chosen, current_person())
    return _done(subject, "已采纳这条回答，大家可以搜到了。")


@blueprint.post("/<int:question_id>/withdraw")
@signed_in
def withdraw(question_id: int) -> Shown:
    """Take back what one wrote oneself."""
    subject = _question_or_404(question_id)
    post = _post_or_404(subject)
    actions.withdraw(post, subject, current_person())
    if post is subject:
        flash("问题已撤回。", "success")
        return redirect(url_for(".mine"))
    return _done(subject, "回答已撤回。")


@blueprint.post("/<int:question_id>/let-through")
@needs("questions.moderate", within=True)
def let_through(question_id: int) -> Shown:
    """Make public what was looked at."""
    _refuse_beyond(_question_or_404(question_id))
    return _judge(
        question_id, lambda p: actions.let_through(p, current_person(), now()), "已公开。"
    )


@blueprint.post("/<int:question_id>/hide")
@needs("questions.moderate", within=True)
def hide(question_id: int) -> Shown:
    """Hide a question or an answer, with a reason that its writer reads."""
    _refuse_beyond(_question_or_404(question_id))
    return _judge(
        question_id,
        lambda post: actions.hide(post, current_person(), _reason(), now()),
        "已隐藏，写的人会收到原因。",
    )


@blueprint.post("/<int:question_id>/report")
@signed_in
def report(question_id: int) -> Shown:
    """Tell staff that something should not stand there."""
    return _judge(
        question_id,
        lambda post: actions.report(post, current_person(), _reason(), now()),
        "谢谢，工作人员会看。",
    )


def _judge(question_id: int, act: Callable[[Question | Reply], None], told: str) -> Shown:
    subject = _question_or_404(question_id)
    act(_post_or_404(subject))
    return _done(subject, told)


def _done(subject: Question, told: str) -> Shown:
    flash(told, "success")
    return redirect(url_for(".question", question_id=subject.id))


def _question_page(subject: Question, **more: Any) -> str:
    person = current_person()
    (thread,) = queries.threads([subject], person)
    return render_template(
        "questions/question.html",
        **{"message": "", "text": "", "key": new_key(), **more},
        thread=thread,
        person=person,
        longest=rules.LONGEST_ANSWER,
    )


def _ask_again(lesson_id: int, refusal: Refusal, **typed: str) -> Shown:
    rollback()
    lesson = _lesson_or_404(lesson_id)
    values = {**asking(lesson, current_person()), **typed, "message": refusal.message}
    return render_template("questions/ask.html", lesson=lesson, **values), refusal.status


def _waiting(view: str, person: User) -> int:
    return 0 if view == "answered" else queries.count_at_desk(view, person)


def _reason() -> str:
    return clean_text(request.form.get("reason"))


def _refuse_beyond(subject: Question) -> None:
    """Refuse what is under a course of another unit."""
    lesson = get_lesson(subject.lesson_id, drafts=True)
    if not own_reach().covers(lesson.course.unit_id if lesson else None):
        raise Refusal("这门课程不是您单位的，请它自己单位的老师来办。", 403)


def _lesson_or_404(lesson_id: int) -> Lesson:
    return queries.readable_lesson(lesson_id, current_person()) or abort(404)


def _question_or_404(question_id: int) -> Question:
    return queries.find_question(question_id, current_person()) or abort(404)


def _post_or_404(subject: Question) -> Question | Reply:
    """Return what a form is about: the answer it names, else the question itself."""
    named = request.form.get("answer", "")
    if not named:
        return subject
    return queries.find_answer(subject, row_number(named) or 0, current_person()) or abort(404)
