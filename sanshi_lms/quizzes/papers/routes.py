"""/admin/quizzes/<paper>/conditions: time, window, resits, what counts."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from sanshi_lms.core.access import needs, own_reach
from sanshi_lms.core.clock import now
from sanshi_lms.core.errors import Refusal
from sanshi_lms.quizzes.finding import own_paper
from sanshi_lms.quizzes.models import Paper
from sanshi_lms.quizzes.pairs.actions import set_posttest
from sanshi_lms.quizzes.pairs.queries import posttest_choices
from sanshi_lms.quizzes.papers.actions import set_conditions
from sanshi_lms.quizzes.papers.forms import ConditionsForm
from sanshi_lms.quizzes.papers.rules import rule_sentence
from sanshi_lms.quizzes.queries import item_counts, rule_of

blueprint = Blueprint(
    "quizzes_papers", __name__, url_prefix="/admin/quizzes", template_folder="templates"
)
Answer = str | Response | tuple[str, int]


@blueprint.get("/<int:paper_id>/conditions")
@needs("quizzes.edit", within=True)
def conditions(paper_id: int) -> Answer:
    """Show the conditions of a paper."""
    subject = own_paper(paper_id)
    form = ConditionsForm(formdata=None, posttest_id=subject.posttest_id or 0)
    form.offer(posttest_choices(subject, own_reach()))
    form.show(rule_of(subject))
    return _page(subject, form)


@blueprint.post("/<int:paper_id>/conditions")
@needs("quizzes.edit", within=True)
def conditions_post(paper_id: int) -> Answer:
    """Change the conditions of a paper."""
    subject = own_paper(paper_id)
    form = ConditionsForm()
    form.offer(posttest_choices(subject, own_reach()))
    if not form.validate():
        return _page(subject, form), 422
    try:
        set_posttest(subject, form.posttest_id.data or None, now())
        set_conditions(subject, form.rule(rule_of(subject)), now())
    except Refusal as refusal:
        form.form_errors.append(refusal.message)
        return _page(subject, form), 422
    flash("已保存。已经开始的测验仍按原来的交卷时间。", "success")
    return redirect(url_for("quizzes_admin.paper", paper_id=paper_id))


def _page(subject: Paper, form: ConditionsForm) -> str:
    sentence = rule_sentence(rule_of(subject), item_counts([subject.id]).get(subject.id, 0))
    return render_template("quiz_papers/conditions.html", paper=subject, form=form, rule=sentence)
