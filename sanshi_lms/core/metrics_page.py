"""/metrics: for Prometheus. Open to this machine itself and to whoever holds METRICS_TOKEN.

Besides what the processes of this machine counted it tells how the installation stands now: lines
of jobs, worker, index, disk. `flask metrics` prints the same, for a host that has only a worker.
"""

import hmac
from collections.abc import Iterator
from ipaddress import ip_address

import click
from flask import Flask, Response, abort, request
from flask.cli import with_appcontext
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from sanshi_lms.core import heartbeat
from sanshi_lms.core.access import public
from sanshi_lms.core.changes import Change
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db
from sanshi_lms.core.jobs import ACTIVE, LANES, Job
from sanshi_lms.core.metrics import counted_on_this_host
from sanshi_lms.core.settings import settings
from sanshi_lms.core.storage import storage

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_THROUGH_A_PROXY = ("X-Forwarded-For", "Forwarded", "Via", "X-Real-IP")


class Standing(Collector):
    """How the installation stands at this moment, read from its database and files."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield each figure."""
        yield from _lines()
        lag = db.session.scalar(select(func.min(Change.at)))
        waiting = db.session.scalar(select(func.count(Change.id)))
        yield _gauge("index_lag_seconds", "Age of the oldest change not yet found.", _age(lag))
        yield _gauge("index_changes_waiting", "Changes not yet found.", waiting or 0)
        silent = heartbeat.silent_seconds()
        yield _gauge(
            "worker_silent_seconds", "Since any worker gave a sign of life; -1: never.",
            -1 if silent is None else silent,
        )  # fmt: skip
        yield _gauge("disk_free_bytes", "Free where the files are.", storage().free_bytes())
        yield _gauge("disk_total_bytes", "Size of that disk.", storage().total_bytes())
        yield _gauge("disk_wanted_bytes", "MIN_FREE_MB: less takes no uploads.",
                     settings().min_free_bytes)  # fmt: skip


def setup(app: Flask) -> None:
    """Add the address and the command."""
    app.add_url_rule("/metrics", "metrics", metrics)
    app.cli.add_command(print_metrics)


@public
def metrics() -> Response:
    """Answer whoever may ask; to everybody else this address does not exist."""
    if not _may_ask():
        abort(404)
    answer = Response(told(), content_type=CONTENT_TYPE)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@click.command("metrics")
@with_appcontext
def print_metrics() -> None:
    """Print the figures of this host, for a collector of text files."""
    click.echo(told(), nl=False)


def told() -> bytes:
    """Return all figures in Prometheus' own words."""
    standing = CollectorRegistry()
    standing.register(Standing())
    return generate_latest(counted_on_this_host()) + generate_latest(standing)


def _may_ask() -> bool:
    token = settings().metrics_token
    given = request.headers.get("Authorization", "")
    if token is not None:
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    # A proxy on this machine asks for strangers; what it forwards is not of this machine.
    if any(name in request.headers for name in _THROUGH_A_PROXY):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _lines() -> Iterator[GaugeMetricFamily]:
    """Yield how many jobs wait and run in each lane, and since when the oldest waits."""
    moment = now()
    counted = {
        (lane, state): count
        for lane, state, count in db.session.execute(
            select(Job.lane, Job.state, func.count())
            .where(Job.state.in_(ACTIVE))
            .group_by(Job.lane, Job.state)
        )
    }
    oldest = dict(
        db.session.execute(
            select(Job.lane, func.min(Job.run_after))
            .where(Job.state == "pending", Job.run_after <= moment)
            .group_by(Job.lane)
        ).all()
    )
    jobs = GaugeMetricFamily("sanshi_jobs_now", "Jobs by lane.", labels=("lane", "state"))
    ages = GaugeMetricFamily(
        "sanshi_job_oldest_seconds", "Age of the oldest due job.", labels=("lane",)
    )
    for lane in LANES:
        for state, word in zip(ACTIVE, ("waiting", "running"), strict=True):
            jobs.add_metric((lane, word), counted.get((lane, state), 0))
        ages.add_metric((lane,), _age(oldest.get(lane)))
    yield jobs
    yield ages


def _age(moment: object) -> float:
    return 0.0 if moment is None else max(0.0, (now() - moment).total_seconds())  # type: ignore[operator]


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"sanshi_{name}", words, value)
