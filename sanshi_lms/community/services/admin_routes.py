"""/admin/community/services/…: what waits to be checked, and the stages."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.community.services import actions, queries, rules
from sanshi_lms.community.services.forms import StageForm
from sanshi_lms.community.services.models import Stage
from sanshi_lms.community.services.rules import State
from sanshi_lms.core.access import current_person, needs
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, rollback
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.refusing import refusals_told
from sanshi_lms.core.row_numbers import row_number
from sanshi_lms.core.web import paginate

blueprint = Blueprint(
    "services_admin", __name__, url_prefix="/admin/community/services", template_folder="templates"
)
Answer = str | Response | tuple[str, int]


@blueprint.get("/")
@needs("community.manage")
def services() -> str:
    """Show all services, what waits to be checked first, and the stages."""
    return _page(StageForm())


@blueprint.post("/<int:service_id>/steps")
@needs("community.manage")
def step_post(service_id: int) -> Response:
    """Put a service into the list, or send it back with a reason."""
    me, asked = current_person(), request.form
    service = queries.find_own(service_id, me) or abort(404)
    words, seen = asked.get("words", "").strip(), row_number(asked.get("version", "")) or 0
    with refusals_told():
        actions.take_step(service, asked.get("verb", ""), me, words, seen, now())
        flash(f"“{service.title}”现在是：{service.told[0]}。", "success")
    return redirect(url_for("services_admin.services"))


@blueprint.post("/stages")
@needs("community.manage")
def stage_post() -> Answer:
    """Add a stage."""
    form = StageForm()
    if form.validate():
        try:
            actions.save_stage(None, form.name.data, active=True)
        except Refusal as refusal:
            rollback()
            form.name.errors = [refusal.message]
        else:
            flash("已添加。", "success")
            return redirect(url_for("services_admin.services"))
    return _page(form), 422


@blueprint.post("/stages/<int:stage_id>/switch")
@needs("community.manage")
def stage_switch_post(stage_id: int) -> Response:
    """Take a stage out of use, or into use again."""
    stage = db.get_or_404(Stage, stage_id)
    actions.save_stage(stage, stage.name, active=request.form.get("active") == "y")
    flash(f"“{stage.name}”{'使用中' if stage.active else '不再使用'}。", "success")
    return redirect(url_for("services_admin.services"))


def _page(form: StageForm) -> str:
    state, counts = request.args.get("state", ""), queries.state_counts()
    state = state if state in set(State) else ""
    tabs = [(f"全部 {sum(counts.values())}", url_for("services_admin.services"), not state)]
    for one in State:
        label = f"{rules.STATES[one][0]} {counts.get(one.value, 0)}"
        tabs.append((label, url_for("services_admin.services", state=one.value), one == state))
    return render_template(
        "services/checking.html",
        page=paginate(queries.services_query(state)),
        page_url=lambda n: url_for("services_admin.services", state=state or None, page=n),
        state_tabs=tabs,
        steps={state.value: rules.possible(state, {rules.Hand.CHECKER}) for state in State},
        stages=queries.stages(all_=True),
        form=form,
    )
