"""/admin/community/members, …/weights: 三师 from a table; what matching counts."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.account import asks_who
from sanshi_lms.community import queries
from sanshi_lms.community.actions import check_qualifications, save_weights
from sanshi_lms.community.directory import members
from sanshi_lms.community.directory.members import MemberRow, Outcome
from sanshi_lms.community.forms import WeightsForm
from sanshi_lms.community.matching import BEGIN_WEIGHTS, WEIGHTS
from sanshi_lms.community.models import Professional
from sanshi_lms.core.access import needs
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import db, rollback
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.rosters import HEAD_ROWS, Table
from sanshi_lms.core.security import limiter, takes
from sanshi_lms.core.table_files import MOST_BYTES, table_xlsx
from sanshi_lms.core.table_pages import carry, faults_response, given_rows, xlsx_response

blueprint = Blueprint(
    "directory_admin", __name__, url_prefix="/admin/community", template_folder="templates"
)
Answer = str | Response | tuple[str, int]
MOST_ROWS = 3000
SHOWN = 50
EXAMPLE = [
    ["13800000001", "王小明", "工程师", "渝中区、江北区", "加装电梯、消防通道",
     "注册土木工程师；高级工程师", "某某协会", "普通话、重庆话", "做过十多部电梯", ""],
]  # fmt: skip


@dataclass(frozen=True)
class Looked:
    """A table that was read and judged; `carried` brings its rows to the next step."""

    outcome: Outcome
    table: Table[MemberRow]
    good: list[MemberRow]
    carried: str


@blueprint.get("/members")
@needs("community.manage")
def roster() -> str:
    """Show where to choose a table of members."""
    return _page()


@blueprint.get("/members/template.xlsx")
@needs("community.manage")
def template() -> Response:
    """Send the template with an example."""
    return xlsx_response(table_xlsx(members.HEAD, EXAMPLE), "三师名单模板.xlsx")


@blueprint.post("/members")
@needs("community.manage")
@asks_who
@takes(MOST_BYTES)
@limiter.limit("60 per hour")
def roster_post() -> Answer:
    """Show what a table would change; take it in, or send its faults, when asked to."""
    then = request.form.get("then", "look")
    try:
        looked = _looked()
        if then == "faults":
            return faults_response(looked.table, looked.outcome.faults, "三师名单-要改的行.xlsx")
        if then == "take" and not (looked.outcome.faults and request.form.get("good") != "y"):
            return _take_in(looked)
    except Refusal as refusal:
        rollback()
        return _page(message=refusal.message), 422
    return _page(looked)


@blueprint.post("/professionals/<int:person_id>/qualifications")
@needs("community.manage")
def qualifications_post(person_id: int) -> Response:
    """Note that the papers behind somebody's qualifications were seen."""
    check_qualifications(db.get_or_404(Professional, person_id), now())
    flash("已核对，页面上会写明。", "success")
    return redirect(url_for("community_admin.professionals"))


@blueprint.get("/weights")
@needs("community.manage")
def weights() -> str:
    """Show what each thing counts when a need is matched."""
    return _weights_page(WeightsForm(data=queries.weights()))


@blueprint.post("/weights")
@needs("community.manage")
def weights_post() -> Answer:
    """Keep what each thing counts."""
    form = WeightsForm()
    if not form.validate():
        return _weights_page(form), 422
    save_weights({name: float(form[name].data) for name in WEIGHTS})
    flash("已保存，下次派单就按新的来排。", "success")
    return redirect(url_for("directory_admin.weights"))


def _looked() -> Looked:
    rows = given_rows()
    if len(rows) > MOST_ROWS + HEAD_ROWS:
        raise Refusal(f"一次最多 {MOST_ROWS} 行，请分成几个文件。")
    table = members.read_members(rows)
    if isinstance(table, str):
        raise Refusal(table)
    outcome, good = members.judge_members(table)
    return Looked(outcome, table, good, carry(rows))


def _take_in(looked: Looked) -> Answer:
    moment = now()
    invited = members.take_in_members(looked.good, moment)
    if not invited:
        flash(f"已导入：更改 {len(looked.outcome.changed)} 位三师，没有新的账号。", "success")
        return redirect(url_for("community_admin.professionals"))
    where = url_for("rosters.activate", _external=True)
    rows = [[*one, where] for one in invited]
    head = ("账号", "姓名", "激活码", "到哪里激活")
    words = "激活码只在这个文件里，每个只能用一次。请按人发下去，本人凭激活码自己设密码。"
    return xlsx_response(table_xlsx(head, rows, words), f"激活码-{local(moment):%Y%m%d-%H%M}.xlsx")


def _page(looked: Looked | None = None, message: str = "") -> str:
    return render_template(
        "directory/members.html",
        head=members.HEAD,
        looked=looked,
        faults=sorted(looked.outcome.faults.items())[:SHOWN] if looked else [],
        message=message,
        most_rows=MOST_ROWS,
    )


def _weights_page(form: WeightsForm) -> str:
    return render_template(
        "directory/weights.html", form=form, weights=WEIGHTS, begins=BEGIN_WEIGHTS
    )
