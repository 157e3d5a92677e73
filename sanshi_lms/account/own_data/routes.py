"""/account/data: a copy of one's own data, leaving; /account/consent: what somebody agrees to."""

from flask import (
    Blueprint,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_login import logout_user
from werkzeug.wrappers import Response

from sanshi_lms.account.actions import consent as agree
from sanshi_lms.account.actions import password_matches
from sanshi_lms.account.consent import privacy_version
from sanshi_lms.account.looks.queries import looks_at
from sanshi_lms.account.looks.rules import FIELDS
from sanshi_lms.account.models import User
from sanshi_lms.account.outside.queries import has_password
from sanshi_lms.account.own_data import actions
from sanshi_lms.account.own_data.models import Copy
from sanshi_lms.account.own_data.queries import last_copy, leaving_of
from sanshi_lms.account.own_data.rules import KEPT, TO_THINK, can_be_fetched
from sanshi_lms.account.proof import is_fresh
from sanshi_lms.account.ways import way_back
from sanshi_lms.core.access import current_person, signed_in
from sanshi_lms.core.audit import note
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.jobs import find_job
from sanshi_lms.core.personal import personal
from sanshi_lms.core.security import limiter
from sanshi_lms.core.storage import storage

blueprint = Blueprint("own_data", __name__, url_prefix="/account", template_folder="templates")
Answer = str | Response | tuple[str, int]


@blueprint.get("/data")
@signed_in
def own_data() -> Answer:
    """Show what can be done with one's own data, and how far it is."""
    return _page()


@blueprint.post("/data/copy")
@signed_in
@limiter.limit("10 per day", key_func=lambda: f"copy {current_person().id}")
def ask_copy() -> Answer:
    """Ask for a copy."""
    actions.ask_copy(_me(), now())
    flash("正在打包，通常几分钟就好。过一会儿刷新这一页，就能下载。", "success")
    return redirect(url_for("own_data.own_data"))


@blueprint.get("/data/copies/<int:copy_id>")
@signed_in
def copy_file(copy_id: int) -> Answer:
    """Send a copy to the person it is of, while it lies ready."""
    found = db.session.get(Copy, copy_id)
    if found is None or found.user_id != current_person().id or not found.key:
        abort(404)
    path = storage().path(found.key)
    if not can_be_fetched(found.ready_at, now()) or not path.is_file():
        raise Refusal("这份复制件已经过期删除了，请到“我的数据”重新申请。", 410)
    name = f"我的数据-{local(found.asked_at):%Y%m%d}.zip"
    response = make_response(
        send_file(path, mimetype="application/zip", as_attachment=True, download_name=name)
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/data/leave")
@signed_in
@limiter.limit(
    "10 per 15 minutes",
    key_func=lambda: f"prove {current_person().id}",
    deduct_when=lambda answer: answer.status_code == 422,
    error_message="密码试错的次数太多了，请过 15 分钟再试。",
)
def leave() -> Answer:
    """Ask to leave; the password proves who asks."""
    if not has_password(_me()) and not is_fresh():
        return redirect(url_for("account.prove", next=url_for("own_data.own_data")))
    if has_password(_me()) and not password_matches(_me(), request.form.get("password", "")[:200]):
        return _page("密码不对，请再试。"), 422
    try:
        leaving = actions.ask_to_leave(_me(), now())
    except Refusal as refusal:
        return _page(refusal.message), 422
    flash(f"已收到。到 {local(leaving.due_at):%-m月%-d日 %H:%M} 之前都可以反悔。", "success")
    return redirect(url_for("own_data.own_data"))


@blueprint.post("/data/stay")
@signed_in
def stay() -> Answer:
    """Take leaving back."""
    actions.stay(_me())
    flash("已收回注销申请，一切照旧。", "success")
    return redirect(url_for("own_data.own_data"))


@blueprint.get("/consent")
@signed_in
def consent() -> Answer:
    """Ask for consent to the explanation as it stands now."""
    return render_template("account/consent.html", next=way_back(), version=privacy_version())


@blueprint.post("/consent")
@signed_in
def consent_post() -> Answer:
    """Take the answer: who does not agree is signed out, and nothing else happens."""
    if request.form.get("answer") != "yes":
        logout_user()
        flash("您没有同意，已经退出登录。不登录也照样可以看课。", "success")
        return redirect(url_for("site.home"))
    agree(_me(), now())
    note("account.consent", f"user:{current_person().id}", after={"version": privacy_version()})
    return redirect(way_back())


def _page(message: str = "") -> str:
    me, entries = current_person(), personal()
    copy = last_copy(me.id)
    job = find_job(actions.COPY_JOB, str(copy.id)) if copy and not copy.ready_at else None
    return render_template(
        "account/own_data.html",
        copy=copy,
        ready=copy is not None and can_be_fetched(copy.ready_at, now()),
        until=copy.ready_at + KEPT if copy and copy.ready_at else None,
        failed=job is not None and job.state == "failed",
        leaving=leaving_of(me.id),
        days=TO_THINK.days,
        kept_days=KEPT.days,
        goes=[entry for entry in entries if entry.own and entry.goes],
        stays=[entry for entry in entries if entry.own and not entry.goes],
        message=message,
        has_password=has_password(me),
        looks=looks_at(me.id),
        fields=FIELDS,
    )


def _me() -> User:
    return db.session.get_one(User, current_person().id)
