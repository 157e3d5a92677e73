"""/admin/settings: what administrators change without a restart, its history, the environment."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.admin.settings import actions
from sanshi_lms.admin.settings.queries import environment, grouped, history_query, told
from sanshi_lms.core.access import current_person, needs
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.options import OptionChange, options
from sanshi_lms.core.refusing import refusals_told
from sanshi_lms.core.web import paginate

blueprint = Blueprint(
    "site_settings_admin", __name__, url_prefix="/admin/settings", template_folder="templates"
)


@blueprint.get("")
@needs("settings.edit")
def settings() -> str:
    """Show what can be changed, what was changed, and what the environment sets."""
    return _page({})


@blueprint.post("")
@needs("settings.edit")
def settings_post() -> Response | tuple[str, int]:
    """Save one group."""
    group = grouped().get(request.form.get("group", ""), [])
    typed = {option.name: request.form.get(option.name, "") for option in group}
    try:
        changed = actions.save(typed, current_person().id, now())
    except Refusal as refusal:
        flash(refusal.message, "error")
        return _page(typed), 422
    if changed:
        flash(f"已保存：{'、'.join(changed)}。马上生效。", "success")
    else:
        flash("没有改动。", "info")
    return redirect(url_for("site_settings_admin.settings"))


@blueprint.post("/changes/<int:change_id>/back")
@needs("settings.edit")
def back_post(change_id: int) -> Response:
    """Put back what was before a change."""
    change = db.get_or_404(OptionChange, change_id)
    with refusals_told():
        label = actions.put_back(change, current_person().id, now())
        flash(f"已恢复：{label}。马上生效。", "success")
    return redirect(url_for("site_settings_admin.settings"))


def _page(typed: dict[str, str]) -> str:
    page = paginate(history_query(), size=20)
    return render_template(
        "site_settings/settings.html",
        groups=grouped(),
        values={**options(), **typed},
        page=page,
        changes=told(page.rows),
        environment=environment(),
    )
