"""`flask --app app search rebuild`: build the index anew from the database."""

import time

import click
from flask.cli import AppGroup

from sanshi_lms.search import jobs

search = AppGroup("search", help="The search index.")


@search.command()
def rebuild() -> None:
    """Build the index anew; the old one keeps answering meanwhile."""
    started = time.monotonic()
    count = jobs.rebuild()
    if count is None:
        raise click.ClickException("the index is being rebuilt by the worker already; please wait")
    click.echo(f"index rebuilt: {count} documents in {time.monotonic() - started:.1f} s")
