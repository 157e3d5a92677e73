"""/api/v1/admin/…: how background jobs stand, for the page that shows them."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, request

from sanshi_lms.admin.queries import job_counts, job_lines, jobs_by_id, newest_job
from sanshi_lms.core.access import current_person, needs
from sanshi_lms.core.clock import now
from sanshi_lms.core.registers import ids_in

blueprint = Blueprint("admin_api", __name__, url_prefix="/api/v1/admin")
MOST = 60


@blueprint.get("/jobs")
@needs("jobs.view")
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
