"""Reports: figures for administrators, within the reach of whoever asks.

For: who is how far with what, how districts and classes stand, where lectures lose people, which
questions are poor, who has how many credit hours; as pages, files and files made on schedule. Not
for: deciding any of it; every figure is read from the room that owns it, or from sums of it that
`counting` keeps current and `flask reports check` derives anew.
"""

from flask import Flask

from sanshi_lms.core.personal import add_personal
from sanshi_lms.notices import add_topic
from sanshi_lms.reports import cli, desk, file_routes, jobs
from sanshi_lms.reports.actions import TOPIC
from sanshi_lms.reports.personal import PERSONAL

__all__ = ["setup"]


def setup(app: Flask) -> None:
    """Connect pages, files, words and what the worker looks after."""
    add_personal(PERSONAL)
    app.register_blueprint(file_routes.blueprint)  # the pages of admin_routes stand on it too
    app.cli.add_command(cli.reports)
    add_topic(TOPIC, "报表")
    jobs.setup()
    desk.setup()
