"""/admin/community/needs/…: kinds of needs and their limits."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from sanshi_lms.community.actions import add_kind, save_kind
from sanshi_lms.community.forms import KindForm, NameForm
from sanshi_lms.community.models import Kind
from sanshi_lms.community.needs.actions import keep_limits
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
