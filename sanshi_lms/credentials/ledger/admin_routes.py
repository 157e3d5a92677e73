"""/admin/credentials/…: who meets the target, rules and whom they are for, the ledger's check."""

import json
from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.account import ROLES, posts
from sanshi_lms.core.access import current_person, needs, own_reach
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.jobs import ACTIVE, enqueue, find_job
from sanshi_lms.credentials.ledger import queries, rule_store
from sanshi_lms.credentials.ledger.attainment import attained, scope_of
from sanshi_lms.credentials.ledger.attainment_pages import asked_of, list_page, sheet_answer
from sanshi_lms.credentials.ledger.jobs import CHECK, last_check
from sanshi_lms.credentials.ledger.models import RuleVersion
from sanshi_lms.credentials.ledger.rule_text import MOST_BYTES
from sanshi_lms.credentials.ledger.rules import SCOPES
from sanshi_lms.credentials.ledger.sentences import sentences

blueprint = Blueprint(
    "ledger_admin", __name__, url_prefix="/admin/credentials", template_folder="templates"
)
Answer = str | Response | tuple[str, int]
_KEY = "all"


@blueprint.get("/attainment")
@needs("credentials.view_all", within=True)
def attainment() -> Answer:
    """List who meets the target of a year, by unit."""
    return list_page("ledger_admin/attainment.html", own_reach().units, "ledger_admin.attainment")


@blueprint.get("/attainment.xlsx")
@needs("credentials.view_all", within=True)
def attainment_xlsx() -> Answer:
    """Send the same list as an Excel file."""
    allowed = own_reach().units
    asked = asked_of(allowed)
    rows = attained(scope_of(asked.unit_id, allowed), asked.year, asked.today, asked.state)
    return sheet_answer(rows, asked.year)


@blueprint.get("/ledger")
@needs("credentials.view_all")
def ledger() -> Answer:
    """Show what the last check of the whole ledger found."""
    check, job = last_check(), find_job(CHECK, _KEY)
    return render_template(
        "ledger_admin/ledger.html",
        check=check,
        differences=json.loads(check.differences) if check else [],
        running=job is not None and job.state in ACTIVE,
    )


@blueprint.post("/ledger/check")
@needs("credentials.view_all")
def ledger_check() -> Answer:
    """Let the worker work the whole ledger out again."""
    enqueue(CHECK, _KEY)
    flash("已经开始核对，一会儿刷新这一页就能看到结果。", "success")
    return redirect(url_for("ledger_admin.ledger"))


@blueprint.get("/rules")
@needs("credentials.rules")
def rules() -> Answer:
    """Show all rules in sentences, and whom they are for."""
    versions = queries.versions()
    newest: dict[str, RuleVersion] = {}
    for version in versions:
        newest.setdefault(version.code, version)
    return render_template(
        "ledger_admin/rules.html",
        newest=[(v, queries.rule_of(v.text)) for v in newest.values()],
        applications=_applications(),
        today=local(now()).date(),
    )


@blueprint.get("/rules/new")
@needs("credentials.rules")
def rule_new() -> Answer:
    """Show the form for a new rule or a new version, filled with the text of an old one."""
    source = request.args.get("from", 0, type=int)
    version = queries.version_by_id(source) if 0 < source < 2**31 else None
    return render_template(
        "ledger_admin/rule_new.html", text=version.text if version else "", found=None, message=""
    )


@blueprint.post("/rules/try")
@needs("credentials.rules")
def rule_try() -> Answer:
    """Show what taking a text in would do. Keeps nothing."""
    text = _given_text()
    try:
        found = rule_store.try_rule(text)
    except Refusal as refusal:
        page = render_template(
            "ledger_admin/rule_new.html", text=text, found=None, message=refusal.message
        )
        return page, 422
    return render_template("ledger_admin/rule_new.html", text=text, found=found, message="")


@blueprint.post("/rules")
@needs("credentials.rules")
def rule_post() -> Answer:
    """Keep a text as the next version of its rule."""
    version = rule_store.take_in(_given_text(), now(), current_person().id)
    flash("规则已保存。它还没有用到任何人身上，请在下面指定给谁用、从哪天起。", "success")
    return redirect(url_for("ledger_admin.rule", version_id=version.id))


@blueprint.get("/rules/<int:version_id>")
@needs("credentials.rules")
def rule(version_id: int) -> Answer:
    """Show one version: its sentences, its text, and the form that says for whom it is."""
    return _rule_page(_version_or_404(version_id), "")


@blueprint.post("/rules/<int:version_id>/apply")
@needs("credentials.rules")
def rule_apply(version_id: int) -> Answer:
    """Say for whom a version is, and from which day on."""
    version = _version_or_404(version_id)
    try:
        scope, who, starts_on = _given_application()
        rule_store.apply_rule(version, scope, who, starts_on, now(), current_person().id)
    except Refusal as refusal:
        return _rule_page(version, refusal.message), 422
    flash("已指定。以前记下的学时不变，从那天起按这一版规则计。", "success")
    return redirect(url_for("ledger_admin.rules"))


@blueprint.post("/rules/end")
@needs("credentials.rules")
def rule_end() -> Answer:
    """Say that from today on these people have no rule of their own any more."""
    scope, _, who = request.form.get("whom", "").partition(":")
    known = {(a.scope, a.who) for a in queries.applications()}
    if (scope, who) not in known:
        raise Refusal("没有找到这一项，请刷新页面再试。")
    today = local(now()).date()
    rule_store.apply_rule(None, scope, who, today, now(), current_person().id)
    flash("已停用。以前记下的学时不变。", "success")
    return redirect(url_for("ledger_admin.rules"))


def _rule_page(version: RuleVersion, message: str) -> str:
    found = queries.rule_of(version.text)
    today = local(now()).date()
    return render_template(
        "ledger_admin/rule.html",
        version=version,
        rule=found,
        sentences=sentences(found),
        others=[v for v in queries.versions() if v.code == version.code and v.id != version.id],
        roles={name: role.label for name, role in ROLES.items()},
        posts=[post.name for post in posts()],
        first_day=max(today, found.valid_from),
        message=message,
    )


def _applications() -> list[tuple[str, str, str, date, str]]:
    """Return whom rules are for, now and to come: whom (key and words), rule, since, state."""
    today = local(now()).date()
    titles = rule_store.rule_titles(queries.versions())
    found: dict[tuple[str, str], list[tuple[str, str, str, date, str]]] = {}
    for row in queries.applications():
        whom = (row.scope, row.who)
        title = titles[row.version_id] if row.version_id else ""
        told = (f"{row.scope}:{row.who}", whom_zh(*whom), title, row.starts_on)
        if row.starts_on <= today:
            found[whom] = [(*told, "now")]
        else:
            found.setdefault(whom, []).append((*told, "later"))
    return [one for rows in found.values() for one in rows if one[2] or one[4] == "later"]


def whom_zh(scope: str, who: str) -> str:
    """Return whom a rule is for, in words."""
    if scope == "all":
        return "所有人"
    return ROLES[who].label if scope == "role" and who in ROLES else f"岗位：{who}"


def _given_application() -> tuple[str, str, date]:
    scope = request.form.get("scope", "")
    if scope not in SCOPES:
        raise Refusal("请选择给谁用。")
    who = request.form.get(scope, "") if scope != "all" else ""
    known = {"role": set(ROLES), "post": {post.name for post in posts()}, "all": {""}}[scope]
    if who not in known:
        raise Refusal("请从列表里选择身份或岗位。")
    try:
        starts_on = date.fromisoformat(request.form.get("starts_on", "")[:10])
    except ValueError:
        raise Refusal("请填写开始日期，例如 2027-01-01。") from None
    return scope, who, starts_on


def _given_text() -> str:
    file = request.files.get("file")
    given = file.read(MOST_BYTES + 1) if file else b""
    if not given:
        return request.form.get("text", "")
    try:
        return given.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal("文件不是 UTF-8 文本，请用记事本另存为 UTF-8 编码再上传。") from None


def _version_or_404(version_id: int) -> RuleVersion:
    return queries.version_by_id(version_id) or abort(404)
