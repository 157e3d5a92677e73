"""/admin/community/points/…: who has how many points, what earns them, rewards, handing out."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.account import User
from sanshi_lms.community.points import actions, queries, rules
from sanshi_lms.community.points.forms import RewardForm
from sanshi_lms.community.points.models import Redemption, Reward
from sanshi_lms.community.points.rules import State
from sanshi_lms.core.access import needs
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.nonces import new_nonce, read_nonce
from sanshi_lms.core.refusing import refusals_told
from sanshi_lms.core.row_numbers import row_number
from sanshi_lms.core.table_files import table_xlsx
from sanshi_lms.core.table_pages import xlsx_response
from sanshi_lms.core.web import paginate_rows

blueprint = Blueprint(
    "points_admin", __name__, url_prefix="/admin/community/points", template_folder="templates"
)
Answer = str | Response | tuple[str, int]


@blueprint.get("/")
@needs("community.manage")
def balances() -> str:
    """Show what waits to be handed out, rewards, rules, and who has how much."""
    return _page(_reward_form(None), None)


@blueprint.get("/points.xlsx")
@needs("community.manage")
def table() -> Response:
    """Send hours and points of all 三师 as a spreadsheet."""
    rows = [
        [row[0].display_name, row[0].organisation, str(row[1]), f"{row[2] / 60:.1f}"]
        for row in db.session.execute(queries.balances())
    ]
    head = ("姓名", "单位", "积分", "服务时长（小时）")
    return xlsx_response(table_xlsx(head, rows), f"三师积分-{local(now()):%Y%m%d}.xlsx")


@blueprint.post("/earnings")
@needs("community.manage")
def earnings_post() -> Response:
    """Keep what occasions earn."""
    with refusals_told():
        values = {}
        for name in rules.EARNINGS:
            points, minutes = (
                row_number(request.form.get(f"{what}-{name}", "").strip())
                for what in ("points", "minutes")
            )
            if points is None or minutes is None or max(points, minutes) > rules.MOST_POINTS:
                raise Refusal("请填 0 或者整数。")
            values[name] = (points, minutes)
        actions.save_earnings(values)
        flash("已保存，从现在起按新的算，以前的不变。", "success")
    return redirect(url_for("points_admin.balances"))


@blueprint.get("/rewards/<int:reward_id>")
@needs("community.manage")
def reward(reward_id: int) -> str:
    """Show a reward with its form."""
    subject = db.get_or_404(Reward, reward_id)
    return _page(_reward_form(subject), subject)


@blueprint.post("/rewards")
@needs("community.manage")
def reward_post() -> Answer:
    """Add a reward, or change the one that the form names."""
    known = row_number(request.form.get("reward_id"))
    subject = db.get_or_404(Reward, known) if known else None
    form = RewardForm()
    form.offer()
    if not form.validate():
        return _page(form, subject), 422
    actions.save_reward(subject, form.values())
    flash("已保存。", "success")
    return redirect(url_for("points_admin.balances"))


@blueprint.post("/redemptions/<int:redemption_id>")
@needs("community.manage")
def redemption_post(redemption_id: int) -> Response:
    """Hand a reward out, or turn it back with a reason."""
    row = db.get_or_404(Redemption, redemption_id)
    state = State.HANDED if request.form.get("then") == "hand" else State.REFUSED
    with refusals_told():
        actions.end_redemption(row, state, request.form.get("words", "").strip(), now())
        flash(f"{row.person.display_name}：{row.told[0]}。", "success")
    return redirect(url_for("points_admin.balances"))


@blueprint.post("/people/<int:person_id>")
@needs("community.manage")
def correct_post(person_id: int) -> Response:
    """Put a mistake right by a line of its own."""
    person, asked = db.session.get(User, person_id) or abort(404), request.form
    text, nonce = asked.get("points", "").strip(), read_nonce(asked.get("nonce"))
    number = row_number(text.lstrip("+-"))
    with refusals_told():
        if number is None or nonce is None:
            raise Refusal("请填要加或要减的分，例如 5 或 -5。")
        signed = -number if text.startswith("-") else number
        actions.correct(person, signed, asked.get("words", "").strip(), nonce, now())
        flash("已记上一笔。", "success")
    return redirect(url_for("points_admin.balances"))


def _reward_form(subject: Reward | None) -> RewardForm:
    form = RewardForm(formdata=None, obj=subject)
    form.offer()
    return form


def _page(form: RewardForm, subject: Reward | None) -> str:
    waiting = db.session.scalars(queries.redemptions_query().limit(50)).all()
    return render_template(
        "points/admin.html",
        form=form,
        subject=subject,
        rewards=queries.rewards(),
        redemptions=waiting,
        earnings=[(name, one, *queries.earnings()[name]) for name, one in rules.EARNINGS.items()],
        page=paginate_rows(queries.balances(), 30),
        page_url=lambda n: url_for("points_admin.balances", page=n),
        hours_text=rules.hours_text,
        nonce=new_nonce(),
    )
