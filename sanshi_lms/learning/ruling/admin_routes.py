"""/admin/learning/rules/…: the rules of learning, their versions, and which course uses which."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.core.access import current_person, needs
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, rollback
from sanshi_lms.core.errors import Refusal
from sanshi_lms.courses import courses_by_id
from sanshi_lms.learning.ruling import actions, queries
from sanshi_lms.learning.ruling.forms import RuleForm
from sanshi_lms.learning.ruling.models import LearningRule

blueprint = Blueprint(
    "learning_rules_admin",
    __name__,
    url_prefix="/admin/learning/rules",
    template_folder="../templates",
)
Answer = str | Response | tuple[str, int]


@blueprint.get("/")
@needs("learning.rules")
def rules() -> Answer:
    """List the rules, each as its sentence, with the courses that use it."""
    return render_template("learning_rules/rules.html", rules=queries.named_rules())


@blueprint.get("/new")
@needs("learning.rules")
def new_rule() -> Answer:
    """Show the form for a new rule."""
    return render_template("learning_rules/rule.html", form=RuleForm(), row=None)


@blueprint.post("/new")
@needs("learning.rules")
def new_rule_post() -> Answer:
    """Add a rule."""
    form = RuleForm()
    wanted = form.rule()
    if wanted is not None:
        try:
            actions.add_rule(wanted, current_person().id, now())
        except Refusal as refusal:
            form.name.errors = [refusal.message]
        else:
            flash("规则已添加。到课程页面就能选用它。", "success")
            return redirect(url_for(".rules"))
    return render_template("learning_rules/rule.html", form=form, row=None), 422


@blueprint.get("/<int:rule_id>")
@needs("learning.rules")
def rule(rule_id: int) -> Answer:
    """Show a version with the form for the next one."""
    row = db.get_or_404(LearningRule, rule_id)
    return _page(row, RuleForm.of(row.rule))


@blueprint.post("/<int:rule_id>")
@needs("learning.rules")
def rule_post(rule_id: int) -> Answer:
    """Add the next version of a rule."""
    row, form = db.get_or_404(LearningRule, rule_id), RuleForm()
    form.name.data = row.name
    wanted = form.rule()
    if wanted is None:
        return _page(row, form), 422
    try:
        added = actions.change_rule(
            row, wanted, current_person().id, now(), move_courses=bool(form.move_courses.data)
        )
    except Refusal as refusal:
        form.form_errors.append(refusal.message)
        return _page(row, form), refusal.status
    same = added.id == row.id
    flash("没有改动，还是原来的版本。" if same else f"已保存为{added.rule.label}。", "success")
    return redirect(url_for(".rules"))


@blueprint.post("/<int:rule_id>/default")
@needs("learning.rules")
def make_default(rule_id: int) -> Answer:
    """Let all courses without a choice of their own use this rule."""
    row = db.get_or_404(LearningRule, rule_id)
    actions.choose_default(row, now())
    flash(f"没有另选规则的课程，现在都用{row.rule.label}。", "success")
    return redirect(url_for(".rules"))


@blueprint.post("/courses/<int:course_id>")
@needs("learning.rules")
def choose(course_id: int) -> Answer:
    """Let a course use a rule, or go back to the usual one."""
    course = courses_by_id([course_id], drafts=True).get(course_id) or abort(404)
    text = request.form.get("rule_id", "")
    number = int(text) if text.isdecimal() and len(text) < 10 else None
    row = queries.rules_by_id([number]).get(number) if number is not None else None
    back = url_for("courses_admin.course", course_id=course_id) + "#learning-rule"
    if text and row is None:
        rollback()
        flash("请从列出的规则里选一条。", "error")
        return redirect(back)
    actions.choose_rule(course, row, now())
    flash("学习规则已选好，从现在起按新规则计算；已经学完的不受影响。", "success")
    return redirect(back)


def _page(row: LearningRule, form: RuleForm) -> str:
    return render_template("learning_rules/rule.html", form=form, row=row)
