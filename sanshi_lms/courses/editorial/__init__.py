"""The editorial flow of courses (三审): submit, review three times, publish, withdraw, praise.

For: who has read which version of a course before everybody sees it, what was published when, and
which of it is 优秀微课. Not for: what a course says (courses) nor what a lesson shows (its kind).

    setup(app)   routes, menu, words for the audit trail, the round of timed publishing

Reads below stand under `courses.queries` and writes above `courses.actions`, so this door opens
nothing by itself: whoever needs a part names its file.
"""

from flask import Flask


def setup(app: Flask) -> None:
    """Connect routes, the desk, what is heard of courses, and the round."""
    from sanshi_lms.core.shared import share
    from sanshi_lms.courses.editorial import admin_routes, desk, jobs, record, routes
    from sanshi_lms.courses.editorial.models import Excellent

    share(app, "courses", Excellent)
    app.register_blueprint(routes.blueprint)
    app.register_blueprint(admin_routes.blueprint)
    desk.setup()
    record.setup()
    jobs.setup()
