"""/admin/community/needs/…: figures that lead to their rows, kinds of needs and their limits."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.community.actions import add_kind, save_kind
from sanshi_lms.community.forms import KindForm, NameForm
from sanshi_lms.community.models import Kind
from sanshi_lms.community.needs.actions import keep_limits
from sanshi_lms.community.needs.figures import overview
from sanshi_lms.community.needs.narrowing import number_in
from sanshi_lms.community.needs.workdays import knows
from sanshi_lms.community.queries import kinds as all_kinds
from sanshi_lms.core.access import needs
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal

blueprint = Blueprint(
    "needs_admin", __name__, url_prefix="/admin/community/needs", template_folder="templates"
)
Answer = str | Response | tuple[str, int]
PERIODS = {30: "近 30 天", 90: "近 90 天", 365: "近一年", 3650: "全部"}


@blueprint.get("/")
@needs("needs.see_all")
def figures() -> Answer:
    """Show how the loop runs; each figure leads to the needs behind it."""
    asked = number_in(request.args.get("days"))
    days = asked if asked in PERIODS else 90
    moment = now()
    return render_template(
        "needs/figures.html",
        found=overview(moment - timedelta(days=days), moment),
        days=days,
        periods=PERIODS,
    )


@blueprint.get("/kinds")
@needs("community.manage")
def kinds() -> Answer:
    """Show the kinds of needs with their limits."""
    return render_template("needs/kinds.html", kinds=all_kinds(all_=True), form=NameForm())


@blueprint.post("/kinds")
@needs("community.manage")
def kinds_post() -> Answer:
    """Add a kind."""
    form = NameForm()
    if form.validate():
        try:
            added = add_kind(form.name.data)
        except Refusal as refusal:
            form.name.errors = [refusal.message]
        else:
            return redirect(url_for("needs_admin.kind", kind_id=added.id))
    return render_template("needs/kinds.html", kinds=all_kinds(all_=True), form=form), 422


@blueprint.get("/kinds/<int:kind_id>")
@needs("community.manage")
def kind(kind_id: int) -> Answer:
    """Show one kind and its limits."""
    subject = db.get_or_404(Kind, kind_id)
    return _kind_page(subject, KindForm(obj=subject))


@blueprint.post("/kinds/<int:kind_id>")
@needs("community.manage")
def kind_post(kind_id: int) -> Answer:
    """Change a kind; what is late is worked out anew for its open needs."""
    subject, form = db.get_or_404(Kind, kind_id), KindForm()
    if form.validate():
        try:
            save_kind(subject, form.values())
        except Refusal as refusal:
            form.name.errors = [refusal.message]
        else:
            keep_limits(subject)
            flash("已保存，正在办的需求也按新时限计算。", "success")
            return redirect(url_for("needs_admin.kinds"))
    return _kind_page(subject, form), 422


def _kind_page(subject: Kind, form: KindForm) -> str:
    years = [year for year in (now().year, now().year + 1) if not knows(year)]
    words = (
        f"{'、'.join(map(str, years))} 年的节假日还没有公布，先按周一到周五算。" if years else ""
    )
    return render_template("needs/kind.html", subject=subject, form=form, unknown_years=words)
