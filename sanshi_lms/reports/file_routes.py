"""/admin/reports/…/files: reports as files, at once or by a job; saved views and schedules."""

import shutil

from flask import (
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response

from sanshi_lms.account import User
from sanshi_lms.core.access import current_person, needs
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.jobs import find_job
from sanshi_lms.core.security import limiter
from sanshi_lms.core.sending import keep_as, send_stored
from sanshi_lms.core.storage import storage
from sanshi_lms.reports import actions, queries
from sanshi_lms.reports.admin_routes import blueprint
from sanshi_lms.reports.asked import address_of, reach_here
from sanshi_lms.reports.making import from_query, table_of
from sanshi_lms.reports.models import ReportFile
from sanshi_lms.reports.rules import AT_ONCE, EVERY, FORMATS, KEPT, REPORTS
from sanshi_lms.reports.tables import Table
from sanshi_lms.reports.writing import TYPES, write_table

__all__ = ["blueprint"]


@blueprint.post("/<report>/file")
@needs("reports.view", within=True)
@limiter.limit("60 per hour")
def take(report: str) -> Response:
    """Send a report as a file; a large one is left to a job and lies under "my files"."""
    form = request.form.get("format", "xlsx")
    if report not in REPORTS or form not in FORMATS:
        abort(404)
    filters, moment = from_query(request.form.get("query", "")), now()
    table = table_of(report, filters, reach_here(), moment)
    if table.cells <= AT_ONCE:
        return _at_once(report, table, form)
    actions.ask_file(current_person().id, report, filters, form, moment)
    flash(f"这张表有 {table.total} 行，正在生成，可以先做别的事，好了在这里下载。", "success")
    return redirect(url_for("reports.files"))


@blueprint.get("/files")
@needs("reports.view", within=True)
def files() -> str:
    """Show one's own files and how far they are."""
    me = current_person().id
    found = queries.files_of(me)
    jobs = {
        one.id: find_job(actions.FILE_JOB, str(one.id)) for one in found if one.ready_at is None
    }
    return render_template(
        "reports/files.html",
        files=found,
        jobs=jobs,
        kept=KEPT,
        names=FORMATS,
        schedules=queries.schedules_of(me),
        views=queries.views_for(me, reach_here()),
        reports=REPORTS,
        every=EVERY,
        me=me,
        waiting=any(job and job.state in {"pending", "leased"} for job in jobs.values()),
    )


@blueprint.get("/files/<int:report_file_id>")
@needs("reports.view", within=True)
def file(report_file_id: int) -> Response:
    """Send a file to whom it was made for, while it lies ready."""
    reach_here()
    found = queries.own_file(report_file_id, current_person().id)
    if found is None or not found.key or found.ready_at is None:
        abort(404)
    if now() >= found.ready_at + KEPT or not storage().exists(found.key):
        raise Refusal("这个文件已经过期删除了，请重新生成。", 410)
    return keep_as(send_stored(found.key, TYPES[found.format]), _name(found))


@blueprint.post("/files/<int:report_file_id>/delete")
@needs("reports.view", within=True)
def delete_file(report_file_id: int) -> Response:
    """Delete a file of one's own."""
    reach_here()
    found = queries.own_file(report_file_id, current_person().id) or abort(404)
    actions.drop_files([found])
    return redirect(url_for("reports.files"))


@blueprint.post("/<report>/views")
@needs("reports.view", within=True)
def save_view(report: str) -> Response:
    """Keep the filters of a page under a name."""
    reach_here()
    if report not in REPORTS:
        abort(404)
    filters = from_query(request.form.get("query", ""))
    shared = request.form.get("shared") == "yes"
    name = request.form.get("name", "")[:200]
    actions.save_view(_me(), report, name, filters, now(), shared=shared)
    flash("已保存。下次在“保存的视图”里点名字就能打开。", "success")
    return redirect(address_of(report, filters))


@blueprint.get("/views/<int:view_id>")
@needs("reports.view", within=True)
def view(view_id: int) -> Response:
    """Open a view: it becomes the page's filters, within the reach of whoever opens it."""
    found = queries.view_for(view_id, current_person().id, reach_here()) or abort(404)
    return redirect(address_of(found.report, from_query(found.query)))


@blueprint.post("/views/<int:view_id>/delete")
@needs("reports.view", within=True)
def delete_view(view_id: int) -> Response:
    """Forget a view of one's own."""
    reach_here()
    actions.delete_view(queries.own_view(view_id, current_person().id) or abort(404))
    flash("已删除这个视图。", "success")
    return redirect(url_for("reports.files"))


@blueprint.post("/views/<int:view_id>/schedule")
@needs("reports.view", within=True)
def schedule(view_id: int) -> Response:
    """Let a view's file be made again and again."""
    found = queries.view_for(view_id, current_person().id, reach_here()) or abort(404)
    every, form = request.form.get("every", ""), request.form.get("format", "")
    made = actions.schedule(_me(), found, every, form, now())
    flash(f"已设好，下一次在 {local(made.next_at):%-m月%-d日 %H:%M}，好了会发消息。", "success")
    return redirect(url_for("reports.files"))


@blueprint.post("/schedules/<int:schedule_id>/end")
@needs("reports.view", within=True)
def end_schedule(schedule_id: int) -> Response:
    """Let no file be made any more."""
    reach_here()
    found = queries.own_schedule(schedule_id, current_person().id) or abort(404)
    actions.end_schedule(found, now())
    flash("已停止定时生成。", "success")
    return redirect(url_for("reports.files"))


def _at_once(report: str, table: Table, form: str) -> Response:
    folder = storage().private_dir()
    try:
        rows = write_table(table, form, folder / "report")
        body = (folder / "report").read_bytes()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    actions.note_taken(report, form, rows)
    name = f"{table.title}-{local(now()):%Y%m%d-%H%M}.{form}"
    return keep_as(make_response(body, 200, {"Content-Type": TYPES[form]}), name)


def _name(found: ReportFile) -> str:
    return f"{REPORTS[found.report].title}-{local(found.asked_at):%Y%m%d-%H%M}.{found.format}"


def _me() -> User:
    return db.session.get_one(User, current_person().id)
