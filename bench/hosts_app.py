"""The application with one kind of job more, whose doing can be counted: for bench/hosts.py.

`POST /bench/jobs/<key>` accepts a job. It works for as long as it says, writes an object into the
bucket and a row into a table without any rule against doubles: what was done twice shows.
"""

import time

from flask import Flask, request
from sqlalchemy import text

from sanshi_lms import create_app
from sanshi_lms.core import metrics, pulse
from sanshi_lms.core.access import public
from sanshi_lms.core.jobs import JobRun, enqueue, job
from sanshi_lms.core.security import csrf
from sanshi_lms.core.storage import storage

TABLE = "CREATE TABLE bench_done (key text, host text, at timestamptz DEFAULT now())"


@job("bench.mark", lane="fast", attempts=20)
@job("bench.long", lane="slow", attempts=20)
def work(run: JobRun) -> None:
    """Work in steps, then leave an object and a row."""
    until = time.monotonic() + run.payload["seconds"]
    while time.monotonic() < until:
        time.sleep(0.05)
        run.checkpoint()
    key = run.payload["key"]
    piece = storage().private_dir() / f"bench-{key}-{run.attempt}"
    piece.write_text(key)
    storage().commit_file(piece, f"bench/{key}")
    with run.commit() as session:
        session.execute(
            text("INSERT INTO bench_done (key, host) VALUES (:key, :host)"),
            {"key": key, "host": run.token.partition("/")[0]},
        )
        run.done(session)


@public
def accept(key: str) -> str:
    """Take a job."""
    seconds = float(request.args["seconds"])
    kind = "bench.long" if seconds > 1 else "bench.mark"
    enqueue(kind, key, {"key": key, "seconds": seconds})
    return "taken"


def build() -> Flask:
    """Return the application with the address above."""
    found = create_app()
    csrf.exempt(accept)
    found.add_url_rule("/bench/jobs/<key>", "bench_jobs", accept, methods=["POST"])
    return found


app = build()


def begin() -> Flask:
    """Begin what web.py begins."""
    metrics.begin(app)
    pulse.begin(app)
    return app
