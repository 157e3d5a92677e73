"""/quizzes/…: starting an attempt, answering, handing in, the result."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.core.access import current_person, signed_in
from sanshi_lms.core.clock import now
from sanshi_lms.core.errors import Refusal
from sanshi_lms.courses import Lesson, drafts_seen, learner_side, may_see
from sanshi_lms.quizzes import actions, rules
from sanshi_lms.quizzes.attempts.clock import clock_of
from sanshi_lms.quizzes.frozen import FrozenPaper
from sanshi_lms.quizzes.given import given_to
from sanshi_lms.quizzes.models import Attempt
from sanshi_lms.quizzes.pairs.queries import key_is_kept_back, own_before
from sanshi_lms.quizzes.pairs.rules import own_words
from sanshi_lms.quizzes.papers.rules import NOTED, RESULT_ZH
from sanshi_lms.quizzes.queries import own_attempt, papers_by_id, rule_of, standing
from sanshi_lms.quizzes.sheet import lesson_of, marked_sheet, question_sheet

blueprint = Blueprint("quizzes", __name__, url_prefix="/quizzes", template_folder="templates")
Answer = str | Response


@blueprint.post("/papers/<int:paper_id>/attempts")
@signed_in
def start(paper_id: int) -> Answer:
    """Start an attempt or a practice, or go on with the open one."""
    if not may_see("quiz", paper_id):
        abort(404)
    practice = request.form.get("as") == "practice"
    attempt_row = actions.start_attempt(paper_id, current_person().id, now(), practice=practice)
    return redirect(url_for(".attempt", attempt_id=attempt_row.id))


@blueprint.get("/attempts/<int:attempt_id>")
@signed_in
def attempt(attempt_id: int) -> Answer:
    """Show all questions on one page."""
    subject = _own_or_404(attempt_id)
    if subject.handed_in_at is not None:
        return redirect(url_for(".result", attempt_id=attempt_id))
    clock = clock_of(subject, now())
    lesson = _lesson(subject)
    if clock.over:
        return render_template("quizzes/over.html", attempt=subject, lesson=lesson)
    paper = FrozenPaper.from_json(subject.version.content)
    rule = rule_of(papers_by_id([subject.paper_id])[subject.paper_id])
    return render_template(
        "quizzes/attempt.html",
        attempt=subject,
        title=paper.title,
        pass_percent=paper.pass_percent,
        rows=question_sheet(subject),
        clock=clock,
        lesson=lesson,
        noted=NOTED if rule.watched and not subject.practice else "",
        pretest=rule.pretest,
    )


@blueprint.get("/attempts/<int:attempt_id>/check")
@signed_in
def check(attempt_id: int) -> Answer:
    """List what is not answered yet before handing in for good."""
    subject = _own_or_404(attempt_id)
    if subject.handed_in_at is not None:
        return redirect(url_for(".result", attempt_id=attempt_id))
    return render_template(
        "quizzes/check.html", attempt=subject, missing=actions.unanswered(subject)
    )


@blueprint.post("/attempts/<int:attempt_id>/hand-in")
@signed_in
def hand_in(attempt_id: int) -> Answer:
    """Save what the form shows; mark it when nothing is missing or the person insists."""
    subject = _own_or_404(attempt_id, lock=True)  # the second of two clicks finds it handed in
    if subject.handed_in_at is not None:
        flash("这次测验已经交过卷了，下面是成绩。", "info")
        return redirect(url_for(".result", attempt_id=attempt_id))
    if clock_of(subject, now()).over:
        actions.hand_in(subject, now())
        flash("答题时间已到，按到时间为止已保存的答案评分。", "info")
        return redirect(url_for(".result", attempt_id=attempt_id))
    actions.save_answers(subject, _given(), now())
    if request.form.get("then") == "later":
        flash("已保存，下次可以接着做。", "success")
        return redirect(_lesson_url(_lesson(subject)))
    if actions.unanswered(subject) and request.form.get("then") != "anyway":
        return redirect(url_for(".check", attempt_id=attempt_id))
    actions.hand_in(subject, now())
    return redirect(url_for(".result", attempt_id=attempt_id))


@blueprint.get("/attempts/<int:attempt_id>/result")
@signed_in
def result(attempt_id: int) -> Answer:
    """Show the score, each item's explanation, and what comes next."""
    subject = _own_or_404(attempt_id)
    if subject.handed_in_at is None:
        return redirect(url_for(".attempt", attempt_id=attempt_id))
    paper = papers_by_id([subject.paper_id])[subject.paper_id]
    frozen = FrozenPaper.from_json(subject.version.content)
    lesson = _lesson(subject)
    kept_back = key_is_kept_back(subject, paper.posttest_id)
    before = own_before(paper.id, subject)
    return render_template(
        "quizzes/result.html",
        attempt=subject,
        paper=paper,
        title=frozen.title,
        pass_percent=frozen.pass_percent,
        rows=[] if kept_back else marked_sheet(subject, lesson),
        asked=len(frozen.items),
        kept_back=kept_back,
        gain=None if before is None else own_words(before, subject.percent or 0),
        standing=standing(paper, subject.user_id, now()),
        counted=RESULT_ZH[rule_of(paper).counting],
        lesson=lesson,
        panel=learner_side().course_panel(lesson.course, current_person()) if lesson else "",
    )


def _own_or_404(attempt_id: int, *, lock: bool = False) -> Attempt:
    """Return the attempt if it is the person's own; nobody else learns that it exists."""
    return own_attempt(attempt_id, current_person().id, lock=lock) or abort(404)


def _lesson(subject: Attempt) -> Lesson | None:
    return lesson_of(subject.paper_id, drafts=drafts_seen())


def _lesson_url(lesson: Lesson | None) -> str:
    if lesson is None:
        return url_for("courses.catalogue")
    return url_for("courses.lesson", course_slug=lesson.course.slug, lesson_slug=lesson.slug)


def _given() -> dict[int, list[Any]]:
    """Return what was given by item id; an item that was shown without an answer counts too."""
    shown = request.form.getlist("shown")
    try:
        return {
            int(item_id): given_to(request.form, item_id) for item_id in shown[: rules.MOST_ITEMS]
        }
    except ValueError:
        raise Refusal("这个答案和题目对不上，请刷新页面后再选一次。") from None
