"""/admin/…: the desk, jobs, health, audit trail."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.admin.exporting import acts_csv
from sanshi_lms.admin.forms import audit_filter
from sanshi_lms.admin.queries import (
    JOB_STATES,
    audit_people,
    audit_query,
    figures,
    job_counts,
    job_lines,
    jobs_query,
    latest_acts,
    newest_job,
)
from sanshi_lms.admin.telling import acts, verb_choices
from sanshi_lms.core import queue
from sanshi_lms.core.access import current_person, may, may_call, needs, own_reach
from sanshi_lms.core.audit import note
from sanshi_lms.core.audit_chain import WAKER, head, verify
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import db
from sanshi_lms.core.doctor import STALE, looked
from sanshi_lms.core.doctor import WAKER as DOCTOR
from sanshi_lms.core.health import look_at_everything
from sanshi_lms.core.heartbeat import is_beating
from sanshi_lms.core.job_parts import cancel_job
from sanshi_lms.core.jobs import Job, retry_job
from sanshi_lms.core.registers import registers
from sanshi_lms.core.security import limiter
from sanshi_lms.core.web import paginate

blueprint = Blueprint("admin", __name__, url_prefix="/admin", template_folder="templates")
Answer = str | Response
FAILURES_SHOWN = 3
MOST_EXPORTED = 20_000
ACTS_SHOWN = 8


@blueprint.get("/")
@needs("desk.view", within=True)
def desk() -> Answer:
    """Show what needs somebody, what can be begun, how things stand and what was done.

    Figures and acts of others are shown to who may see all; others find their units in the lists.
    """
    own_reach()
    person, moment = current_person(), now()
    failures = db.session.scalars(jobs_query("failed").limit(FAILURES_SHOWN)).all()
    parts = list(look_at_everything().values()) if may("health.view") else []
    if parts and (slow := looked()):
        parts += slow.answers.values()
    own = None if may("audit.view") else person
    tasks = [task for task in registers().tasks if may(task.permission) or may_call(task.endpoint)]
    return render_template(
        "admin/desk.html",
        ill=[(label, health) for label, health in parts if not health.ok],
        failed=job_lines(failures, person, moment) if may("jobs.view") else [],
        failures=job_counts().get("failed", 0),
        tasks=sorted(tasks, key=lambda task: task.order),
        figures=figures(person, moment),
        acts=acts(latest_acts(ACTS_SHOWN, of=own), person),
    )


@blueprint.get("/jobs")
@needs("jobs.view")
def jobs() -> Answer:
    """Show background jobs, failed ones first; a script keeps them up to date."""
    state = request.args.get("state", "")
    page = paginate(jobs_query(state), size=30)
    return render_template(
        "admin/jobs.html",
        page=page,
        lines=job_lines(page.rows, current_person(), now()),
        states=JOB_STATES,
        state=state if state in JOB_STATES else "",
        counts=job_counts(),
        newest=newest_job(),
        worker_lives=is_beating(),
    )


@blueprint.post("/jobs/<int:job_id>/retry")
@needs("jobs.view")
def retry(job_id: int) -> Answer:
    """Start a failed job anew."""
    failed = db.get_or_404(Job, job_id)
    again = retry_job(failed)
    if again is None:
        flash("这个任务没有失败，不用重试。", "info")
    else:
        note("jobs.retry", f"job:{job_id}", after={"job": again.id})
        flash("已重新排队，很快会开始。", "success")
    return redirect(url_for("admin.jobs"))


@blueprint.post("/jobs/<int:job_id>/cancel")
@needs("jobs.view")
def cancel(job_id: int) -> Answer:
    """Stop a job that waits or runs."""
    if cancel_job(db.get_or_404(Job, job_id)):
        note("jobs.cancel", f"job:{job_id}")
        flash("已取消。正在做的会在几秒内停下，做好的部分不受影响。", "success")
    else:
        flash("这个任务已经结束了，不用取消。", "info")
    return redirect(url_for("admin.jobs"))


@blueprint.get("/health")
@needs("health.view")
def health() -> Answer:
    """Show each part of the installation and what to do where one is ill."""
    slow = looked()
    return render_template(
        "admin/health.html",
        parts=list(look_at_everything().values()),
        slow=list(slow.answers.values()) if slow else [],
        looked_at=slow.at if slow else None,
        stale=slow is not None and now() - slow.at > STALE,
    )


@blueprint.post("/health/look")
@needs("health.view")
@limiter.limit("6 per minute")
def health_look() -> Answer:
    """Ask the worker to make the slow checks now."""
    g.read_only = True
    queue.wake(DOCTOR)
    flash("已经请后台程序检查，大约半分钟后刷新本页看结果。", "info")
    return redirect(url_for("admin.health"))


@blueprint.get("/audit")
@needs("audit.view")
def audit() -> Answer:
    """Show who did what."""
    narrowed, problem = audit_filter(request.args)
    page = paginate(audit_query(narrowed), size=30)
    asked = {name: value for name, value in request.args.items() if value and name != "page"}
    return render_template(
        "admin/audit.html",
        page=page,
        acts=acts(page.rows, current_person()),
        narrowed=narrowed,
        problem=problem,
        people=audit_people(narrowed.person),
        verbs=verb_choices(),
        page_url=lambda number: url_for("admin.audit", **{**asked, "page": number}),
        sheet_url=url_for("admin.audit_sheet", **asked),  # type: ignore[arg-type]
        seal=head(),
    )


@blueprint.post("/audit/check")
@needs("audit.view")
@limiter.limit("6 per minute")
def audit_check() -> Answer:
    """Check the whole chain and say what was found."""
    g.read_only = True
    queue.wake(WAKER)
    found = verify()
    if found.broken:
        flash(f"操作记录不完整：{found.broken}请保留现场，联系维护人员。", "error")
    else:
        rest = f"还有 {found.waiting} 条是刚写的，一分钟内封存。" if found.waiting else ""
        flash(f"操作记录完整：{found.sealed} 条都和写下时一样。{rest}", "success")
    return redirect(url_for("admin.audit"))


@blueprint.get("/audit.csv")
@needs("audit.view")
@limiter.limit("20 per hour")
def audit_sheet() -> Answer:
    """Send what is narrowed down as a table, the newest first."""
    narrowed, _ = audit_filter(request.args)
    entries = db.session.scalars(audit_query(narrowed).limit(MOST_EXPORTED)).all()
    response = Response(acts_csv(entries, current_person()), mimetype="text/csv")
    name = f"caozuo-jilu-{local(now()):%Y%m%d-%H%M}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
