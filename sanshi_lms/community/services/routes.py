"""/community/services/…: the service list that everybody reads, and what a 三师 offers in it."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.community.queries import find_professional
from sanshi_lms.community.services import actions, queries, rules
from sanshi_lms.community.services.forms import ServiceForm
from sanshi_lms.community.services.models import Service
from sanshi_lms.community.services.rules import State
from sanshi_lms.core.access import current_person, needs, public
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import rollback
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.nonces import new_nonce, read_nonce
from sanshi_lms.core.refusing import refusals_told
from sanshi_lms.core.row_numbers import row_number
from sanshi_lms.core.web import Page

blueprint = Blueprint(
    "services", __name__, url_prefix="/community/services", template_folder="templates"
)
Answer = str | Response | tuple[str, int]
PAGE_SIZE = 20
LABELS = {
    "topic": "专项工作", "stage": "环节", "profession": "专业", "pay": "收费", "district": "区县",
}  # fmt: skip


@blueprint.get("/")
@public
def services() -> str:
    """Show the service list, narrowed by words and facets."""
    words = " ".join(request.args.get("q", "").split())[:60]
    chosen = {name: request.args.get(name, "")[:40] for name in queries.DIMENSIONS}
    shelf = queries.shelf(words, chosen)
    number = max(1, min(request.args.get("page", 1, type=int), 100_000))
    rows = queries.services_by_id(shelf.ids[(number - 1) * PAGE_SIZE : number * PAGE_SIZE])

    def address(**changed: Any) -> str:
        kept = {"q": words, **chosen, **changed}
        return url_for("services.services", **{key: value for key, value in kept.items() if value})

    return render_template(
        "services/services.html",
        page=Page(rows, number, PAGE_SIZE, len(shelf.ids)),
        page_url=lambda n: address(page=n),
        words=words,
        chosen=chosen,
        facets=[(name, LABELS[name], shelf.facets[name]) for name in queries.DIMENSIONS],
        address=address,
        any_at_all=shelf.total > 0 or bool(words),
    )


@blueprint.get("/<int:service_id>")
@public
def service(service_id: int) -> str:
    """Show one service of the list."""
    found = queries.find_offered(service_id) or abort(404)
    others = [one for one in queries.offered_by(found.pro_id) if one.id != found.id]
    return render_template("services/service.html", service=found, others=others)


@blueprint.get("/own/")
@needs("needs.serve")
def own() -> str:
    """Show a 三师 what they offer."""
    me = current_person()
    return render_template(
        "services/own.html",
        services=queries.own_services(me.id),
        profile=find_professional(me.id),
        most=rules.MOST_OFFERED,
    )


@blueprint.get("/own/new")
@needs("needs.serve")
def new() -> Answer:
    """Show the form for one more service."""
    if find_professional(current_person().id) is None:
        flash("请先填写您的三师资料，再添加服务。", "error")
        return redirect(url_for("community.profile"))
    form = ServiceForm()
    form.offer_choices(None)
    form.nonce.data = new_nonce()
    return render_template("services/edit.html", form=form, service=None, steps=[])


@blueprint.post("/own/new")
@needs("needs.serve")
def new_post() -> Answer:
    """Put a service up to be checked."""
    form = ServiceForm()
    form.offer_choices(None)
    nonce = read_nonce(form.nonce.data)
    if nonce is None:
        nonce = form.nonce.data = new_nonce()
    if form.validate():
        try:
            actions.offer_service(current_person(), form.values(), nonce, now())
        except Refusal as refusal:
            rollback()
            form.form_errors.append(refusal.message)
        else:
            flash("已提交。管理员核对以后，会出现在服务清单里。", "success")
            return redirect(url_for("services.own"))
    return render_template("services/edit.html", form=form, service=None, steps=[]), 422


@blueprint.get("/own/<int:service_id>")
@needs("needs.serve")
def own_service(service_id: int) -> Answer:
    """Show one of one's services with its form."""
    return _own_page(_own_or_404(service_id))


@blueprint.post("/own/<int:service_id>")
@needs("needs.serve")
def own_service_post(service_id: int) -> Answer:
    """Change a service; it is checked anew."""
    subject = _own_or_404(service_id)
    form = ServiceForm()
    form.offer_choices(subject)
    if not form.validate():
        return _own_page(subject, form), 422
    try:
        actions.change_service(subject, current_person(), form.values(), form.seen(), now())
    except Refusal as refusal:
        rollback()
        form.form_errors.append(refusal.message)
        return _own_page(_own_or_404(service_id), form), refusal.status
    flash("已保存。改过的内容核对以后再对外显示。", "success")
    return redirect(url_for("services.own"))


@blueprint.post("/own/<int:service_id>/steps")
@needs("needs.serve")
def own_step_post(service_id: int) -> Response:
    """Pause, resume or end one of one's services."""
    subject, seen = _own_or_404(service_id), row_number(request.form.get("version", "")) or 0
    with refusals_told():
        actions.take_step(subject, request.form.get("verb", ""), current_person(), "", seen, now())
        flash(f"“{subject.title}”现在是：{subject.told[0]}。", "success")
    return redirect(url_for("services.own"))


def _own_or_404(service_id: int) -> Service:
    found = queries.find_own(service_id, current_person())
    if found is None or found.pro_id != current_person().id:
        abort(404)
    return found


def _own_page(subject: Service, form: ServiceForm | None = None) -> str:
    if form is None:
        form = ServiceForm(formdata=None)
        form.offer_choices(subject)
        form.show(subject)
    possible = rules.possible(State(subject.state), queries.hands_of(subject, current_person()))
    steps = [step for step in possible if step.verb != "change"]
    return render_template("services/edit.html", form=form, service=subject, steps=steps)
