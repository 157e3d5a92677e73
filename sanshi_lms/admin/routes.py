"""/admin/…: the desk, jobs, health, audit trail."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.admin.queries import JOB_STATES, audit_query, job_counts, jobs_query, with_people
from sanshi_lms.core.access import may, needs
from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db
from sanshi_lms.core.health import look_at_everything
from sanshi_lms.core.jobs import Job, kinds, retry_job
from sanshi_lms.core.registers import registers
from sanshi_lms.core.web import paginate

blueprint = Blueprint("admin", __name__, url_prefix="/admin", template_folder="templates")
Answer = str | Response


@blueprint.get("/")
@needs("desk.view")
def desk() -> Answer:
    """Show what waits and where to go on."""
    tiles = [
        (tile.label, tile.count(), tile.endpoint)
        for tile in registers().tiles
        if may(tile.permission)
    ]
    ill = [(label, h) for label, h in look_at_everything().values() if not h.ok]
    return render_template("admin/desk.html", tiles=tiles, ill=ill, counts=job_counts())


@blueprint.get("/jobs")
@needs("jobs.view")
def jobs() -> Answer:
    """Show background jobs, failed ones first."""
    state = request.args.get("state", "")
    page = paginate(jobs_query(state), size=30)
    counts = job_counts()
    labels = {name: kind.label for name, kind in kinds.items()}
    return render_template(
        "admin/jobs.html",
        page=page,
        labels=labels,
        states=JOB_STATES,
        state=state,
        counts=counts,
    )


@blueprint.post("/jobs/<int:job_id>/retry")
@needs("jobs.view")
def retry(job_id: int) -> Answer:
    """Start a failed job anew."""
    failed = db.get_or_404(Job, job_id)
    again = retry_job(failed)
    note("jobs.retry", f"job:{job_id}", after={"job": again.id})
    if again.id == failed.id:
        flash("这个任务没有失败，不用重试。", "info")
    else:
        flash("已重新排队，很快会开始。", "success")
    return redirect(url_for("admin.jobs"))


@blueprint.get("/health")
@needs("health.view")
def health() -> Answer:
    """Show each part of the installation and what to do where one is ill."""
    return render_template("admin/health.html", parts=list(look_at_everything().values()))


@blueprint.get("/audit")
@needs("audit.view")
def audit() -> Answer:
    """Show who did what."""
    words = request.args.get("q", "").strip()
    page = paginate(audit_query(words), size=50)
    return render_template("admin/audit.html", page=page, lines=with_people(page.rows), words=words)
