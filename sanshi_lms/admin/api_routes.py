"""/api/v1/admin/…: how background jobs stand, for the page that shows them."""

from dataclasses import asdict
from typing import Any, NotRequired, TypedDict

from flask import Blueprint, request

from sanshi_lms.admin.queries import job_counts, job_lines, jobs_by_id, newest_job
from sanshi_lms.core.access import current_person, needs
from sanshi_lms.core.clock import now
from sanshi_lms.core.openapi import described
from sanshi_lms.core.registers import ids_in

blueprint = Blueprint("admin_api", __name__, url_prefix="/api/v1/admin")
MOST = 60


class Numbers(TypedDict):
    """Numbers of rows, with commas between them: 1,2,3."""

    ids: NotRequired[str]


class About(TypedDict):
    """What a job works on."""

    title: str
    url: str | None


class JobTold(TypedDict):
    """A job as people read it."""

    id: int
    title: str
    about: About | None
    state: str
    label: str
    tone: str
    percent: int
    times: str
    message: str
    detail: str
    may_retry: bool


class JobsTold(TypedDict):
    """How jobs stand, how many are in each state, and the number of the newest."""

    jobs: list[JobTold]
    counts: dict[str, int]
    newest: int


@blueprint.get("/jobs")
@needs("jobs.view")
@described(answer=JobsTold, query=Numbers)
def jobs() -> dict[str, Any]:
    """Return how several jobs stand, ?ids=1,2,3 (at most 60), and how many are in each state."""
    asked = request.args.get("ids", "").split(",")[:MOST]
    found = jobs_by_id(sorted(ids_in(asked)))
    lines = job_lines(found, current_person(), now())
    return {
        "jobs": [asdict(line) for line in lines],
        "counts": job_counts(),
        "newest": newest_job(),
    }
