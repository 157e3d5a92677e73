"""`flask --app app worker`: the process that transcodes, indexes and does all slow work."""

import click
from flask import Flask, current_app

from sanshi_lms.core import job_lane, queue


def setup(app: Flask) -> None:
    """Add core's commands."""
    app.cli.add_command(worker)


@click.command()
def worker() -> None:
    """Run the worker until it is interrupted."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - the documented way to leave the proxy
    job_lane.release_dead_leases()
    queue.work(app)
