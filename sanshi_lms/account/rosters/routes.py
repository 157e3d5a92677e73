"""/admin/account/rosters: tables of people and units; /account/activate: a first password."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.account.forms import ActivateForm
from sanshi_lms.account.grants.queries import person_within, refuse_to_handle
from sanshi_lms.account.passwords.checking import WeakPassword
from sanshi_lms.account.proof import asks_who, let_in
from sanshi_lms.account.rosters import actions, reading
from sanshi_lms.account.rosters.judging import Outcome, judge_people, judge_units
from sanshi_lms.account.ways import way_on
from sanshi_lms.core.access import needs, own_reach, public
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import rollback
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.reach import Reach
from sanshi_lms.core.rosters import HEAD_ROWS
from sanshi_lms.core.security import limiter, takes
from sanshi_lms.core.table_files import MOST_BYTES, table_xlsx
from sanshi_lms.core.table_pages import carry, faults_response, given_rows, xlsx_response

blueprint = Blueprint("rosters", __name__, template_folder="templates")
Answer = str | Response | tuple[str, int]
KINDS = {"people": "人员", "units": "单位"}
MOST_ROWS = 20_000
SHOWN = 50
CODES_HEAD = ("账号", "姓名", "单位编号", "激活码", "到哪里激活")
EXAMPLES = {
    "people": [["13800000001", "王小明", "干部", "YZ-SYL-01", "社区专干", ""],
               ["liujianguo", "刘建国", "三师", "SJ-01", "规划师", ""]],
    "units": [["YZ", "渝中区", "区县", "", ""], ["YZ-SYL", "石油路街道", "街镇", "YZ", ""],
              ["YZ-SYL-01", "石油路社区", "社区", "YZ-SYL", ""]],
}  # fmt: skip


@dataclass(frozen=True)
class Looked:
    """A table that was read and judged; `carried` brings its rows to the next step."""

    outcome: Outcome
    table: Any
    good: list[Any]
    carried: str


@blueprint.get("/admin/account/rosters/<any(people, units):kind>")
@needs("people.manage", within=True)
def roster(kind: str) -> Answer:
    """Show where to choose a table."""
    return _page(kind)


@blueprint.get("/admin/account/rosters/<any(people, units):kind>/template.xlsx")
@needs("people.manage", within=True)
def template(kind: str) -> Answer:
    """Send the template with two examples."""
    _reach(kind)
    head = reading.PEOPLE if kind == "people" else reading.UNITS
    return xlsx_response(table_xlsx(head, EXAMPLES[kind]), f"{KINDS[kind]}名单模板.xlsx")


@blueprint.post("/admin/account/rosters/<any(people, units):kind>")
@asks_who
@takes(MOST_BYTES)
@limiter.limit("60 per hour")
@needs("people.manage", within=True)
def roster_post(kind: str) -> Answer:
    """Show what a table would change; take it in, or send its faults, when asked to."""
    then = request.form.get("then", "look")
    try:
        looked = _looked(kind)
        if then == "faults":
            return faults_response(
                looked.table, looked.outcome.faults, f"{KINDS[kind]}名单-要改的行.xlsx"
            )
        if then == "take" and not (looked.outcome.faults and request.form.get("good") != "y"):
            return _take_in(kind, looked)
    except Refusal as refusal:
        rollback()
        return _page(kind, message=refusal.message), 422
    return _page(kind, looked)


@blueprint.post("/admin/account/people/<int:person_id>/invite")
@asks_who
@needs("people.manage", within=True)
def invite(person_id: int) -> Answer:
    """Give a person a code to set their password by; it is shown once."""
    person = person_within(own_reach(), person_id) or abort(404)
    refuse_to_handle(person, own_reach())
    code = actions.invite(person, now())
    words = (
        f"激活码：{code}，{actions.INVITED_DAYS} 天内有效。请告诉本人到“登录 › 激活账号”设密码。"
    )
    flash(words, "success")
    return redirect(url_for("account_admin.person", person_id=person_id))


@blueprint.get("/account/activate")
@public
def activate() -> Answer:
    """Show the form for a first password."""
    return render_template("account/activate.html", form=ActivateForm())


@blueprint.post("/account/activate")
@public
@limiter.limit(
    "10 per minute; 60 per hour",
    deduct_when=lambda answer: answer.status_code == 422,
    error_message="激活码试错的次数太多了，请过一会儿再试。",
)
def activate_post() -> Answer:
    """Set a first password and sign in."""
    form = ActivateForm()
    if form.validate():
        try:
            person = actions.activate(form.username.data, form.code.data, form.password.data, now())
        except WeakPassword as refusal:
            form.password.errors = [refusal.message]
        except Refusal as refusal:
            form.code.errors = [refusal.message]
        else:
            let_in(person, way="code")
            flash("账号已激活，欢迎来学习。", "success")
            return redirect(way_on(person))
    return render_template("account/activate.html", form=form), 422


def _reach(kind: str) -> Reach:
    """Return over which people a table may be taken in; the tree itself is one for everybody."""
    reach = own_reach()
    if kind == "units" and not reach.everything:
        abort(403)
    return reach


def _looked(kind: str) -> Looked:
    rows = given_rows()
    if len(rows) > MOST_ROWS + HEAD_ROWS:
        raise Refusal(
            f"网页上一次最多 {MOST_ROWS} 行。请分成几个文件，"
            "或者请维护人员用命令导入：flask --app app account import。"
        )
    table: Any = reading.read_people(rows) if kind == "people" else reading.read_units(rows)
    if isinstance(table, str):
        raise Refusal(table)
    reach = _reach(kind)
    outcome, good = judge_people(table, reach) if kind == "people" else judge_units(table)
    return Looked(outcome, table, list(good), carry(rows))


def _take_in(kind: str, looked: Looked) -> Answer:
    moment = now()
    if kind == "units":
        new, changed = actions.take_in_units(looked.good)
        flash(f"已导入：新增 {new} 个单位，更改 {changed} 个。", "success")
        return redirect(url_for("account_units_admin.units"))
    invited = actions.take_in_people(looked.good, moment)
    if not invited:
        flash(f"已导入：更改 {len(looked.outcome.changed)} 人，没有新增的人。", "success")
        return redirect(url_for("account_admin.people"))
    where = url_for("rosters.activate", _external=True)
    rows = [[row.username, row.name, row.unit, code, where] for row, code in invited]
    words = f"激活码只在这个文件里，{actions.INVITED_DAYS} 天内有效，每个只能用一次。"
    name = f"激活码-{local(moment):%Y%m%d-%H%M}.xlsx"
    return xlsx_response(table_xlsx(CODES_HEAD, rows, words), name)


def _page(kind: str, looked: Looked | None = None, message: str = "") -> str:
    _reach(kind)
    faults = sorted(looked.outcome.faults.items()) if looked else []
    return render_template(
        "account/roster.html",
        kind=kind,
        kinds=KINDS,
        head=reading.PEOPLE if kind == "people" else reading.UNITS,
        looked=looked,
        faults=faults[:SHOWN],
        message=message,
        most_rows=MOST_ROWS,
    )
