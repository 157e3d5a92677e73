"""/admin/community/resources/…: what can be used, bookings to confirm, money and its use."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.community.resources import actions, queries, rules
from sanshi_lms.community.resources.forms import BudgetForm, ResourceForm
from sanshi_lms.community.resources.models import Booking, Budget, Resource
from sanshi_lms.community.resources.rules import State
from sanshi_lms.core.access import current_person, needs
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import db, rollback
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.nonces import new_nonce, read_nonce
from sanshi_lms.core.refusing import refusals_told
from sanshi_lms.core.row_numbers import row_number

blueprint = Blueprint(
    "resources_admin",
    __name__,
    url_prefix="/admin/community/resources",
    template_folder="templates",
)
Answer = str | Response | tuple[str, int]


@blueprint.get("/")
@needs("community.manage")
def resources() -> str:
    """Show bookings that wait, resources, and money."""
    return _page(ResourceForm(), None)


@blueprint.get("/<int:resource_id>")
@needs("community.manage")
def resource(resource_id: int) -> str:
    """Show a resource with its form."""
    subject = db.get_or_404(Resource, resource_id)
    return _page(ResourceForm(formdata=None, obj=subject), subject)


@blueprint.post("/")
@needs("community.manage")
def resources_post() -> Answer:
    """Add a resource, or change the one that the form names."""
    known, form = row_number(request.form.get("resource_id")), ResourceForm()
    subject = db.get_or_404(Resource, known) if known else None
    if form.validate():
        try:
            actions.save_resource(subject, form.values())
        except Refusal as refusal:
            rollback()
            form.name.errors = [refusal.message]
            subject = db.get_or_404(Resource, known) if known else None
        else:
            flash("已保存。", "success")
            return _back()
    return _page(form, subject), 422


@blueprint.post("/bookings/<int:booking_id>")
@needs("community.manage")
def booking_post(booking_id: int) -> Response:
    """Confirm a booking, or refuse it with a reason."""
    row = db.get_or_404(Booking, booking_id)
    state = State.CONFIRMED if request.form.get("then") == "confirm" else State.REFUSED
    with refusals_told():
        actions.end_booking(row, state, request.form.get("words", "").strip(), now())
        flash(f"{row.resource.name}：{row.told[0]}。", "success")
    return _back()


@blueprint.post("/budgets")
@needs("community.manage")
def budgets_post() -> Response:
    """Add money of a year."""
    form = BudgetForm()
    with refusals_told():
        if not form.validate():
            raise Refusal(next(iter(form.errors.values()))[0])
        actions.add_budget(form.title.data, form.year.data, form.amount.data)
        flash("已添加。", "success")
    return _back()


@blueprint.post("/budgets/<int:budget_id>")
@needs("community.manage")
def spend_post(budget_id: int) -> Response:
    """Write a use of money."""
    asked, nonce = request.form, read_nonce(request.form.get("nonce"))
    text = asked.get("amount", "").strip().replace(",", "")
    digits = text.lstrip("-")
    with refusals_told():
        if nonce is None or not digits.isascii() or len(digits) > 10:
            raise Refusal("请填金额，整数；更正填负数，例如 -200。")
        amount = (-1 if text.startswith("-") else 1) * (int(digits) if digits.isdigit() else 0)
        budget = db.get_or_404(Budget, budget_id)
        actions.spend(budget, current_person(), asked.get("told", "").strip(), amount, nonce, now())
        flash("已记下。", "success")
    return _back()


def _back() -> Response:
    return redirect(url_for("resources_admin.resources"))


def _page(form: ResourceForm, subject: Resource | None) -> str:
    budget_form = BudgetForm(formdata=None)
    budget_form.year.data = local(now()).year
    return render_template(
        "resources/admin.html",
        form=form,
        subject=subject,
        resources=db.session.scalars(queries.resources_query("", all_=True)).all(),
        bookings=db.session.scalars(queries.bookings_query().limit(50)).all(),
        budgets=queries.budgets(),
        budget_form=budget_form,
        money=rules.money,
        nonce=new_nonce(),
    )
