"""Figures for Prometheus: what happened in this process, kept in files that all processes share.

Nothing is kept before `begin`, which the web server and the worker call (tools/web.py,
core/queue.py): tests, commands and a development server count nothing. No label names a person or
an address; every label has few values (endpoints, methods, states, lanes, kinds of jobs).
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from flask import Flask
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, values
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import event

from sanshi_lms.core.db import db
from sanshi_lms.core.settings import settings

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_REQUEST_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
_JOB_SECONDS = (0.1, 1, 5, 30, 120, 600, 3600)
_FOLDER = "PROMETHEUS_MULTIPROC_DIR"


class Figures:
    """Everything that is counted where it happens."""

    def __init__(self) -> None:
        """Make the figures; where their values live was chosen before."""
        to: dict[str, Any] = {"registry": CollectorRegistry()}
        self.requests = Counter(
            "sanshi_requests", "Answered requests.", ("endpoint", "method", "status"), **to
        )
        self.request_seconds = Histogram(
            "sanshi_request_seconds", "Until the answer was ready.", ("endpoint",),
            buckets=_REQUEST_SECONDS, **to,
        )  # fmt: skip
        self.reports = Counter("sanshi_watch_reports", "Reports of watching.", ("outcome",), **to)
        self.sign_ins = Counter("sanshi_sign_ins", "Tries to sign in.", ("outcome",), **to)
        self.jobs = Counter("sanshi_jobs", "Ends of jobs and tries.", ("kind", "outcome"), **to)
        self.job_seconds = Histogram(
            "sanshi_job_seconds", "How long a try of a job took.", ("lane",),
            buckets=_JOB_SECONDS, **to,
        )  # fmt: skip
        self.connections = Gauge(
            "sanshi_db_connections_in_use", "Connections taken from the pools.",
            multiprocess_mode="livesum", **to,
        )  # fmt: skip
        # Looking a child up by its labels costs twice what counting does.
        self._of_request: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def of_request(self, key: tuple[str, str, int]) -> tuple[Counter, Histogram]:
        """Return what counts requests of an endpoint, method and status."""
        found = self._of_request.get(key)
        if found is None:
            endpoint, method, status = key
            counter = self.requests.labels(endpoint, method, str(status))
            found = counter, self.request_seconds.labels(endpoint)
            self._of_request[key] = found
        return found


_kept: Figures | None = None


def begin(app: Flask) -> None:
    """Count from now on, in this process and those it forks."""
    global _kept
    folder = app.extensions["settings"].data_dir / "metrics"
    folder.mkdir(exist_ok=True)
    _forget_the_dead(folder)
    os.environ.update({_FOLDER: str(folder)})  # for the library, when it opens a file
    values.ValueClass = values.MultiProcessValue()  # type: ignore[no-untyped-call]
    _kept = Figures()
    with app.app_context():
        _count_connections(_kept)


def end() -> None:
    """Count nothing any more (for tests, where one process has many applications)."""
    global _kept
    _kept = None
    os.environ.pop(_FOLDER, None)
    values.ValueClass = values.MutexValue


def answered(endpoint: str | None, method: str, status: int, seconds: float) -> None:
    """Count an answered request."""
    if _kept is not None:
        how = method if method in METHODS else "other"
        counter, histogram = _kept.of_request((endpoint or "none", how, status))
        counter.inc()
        histogram.observe(seconds)


def report_told(outcome: str) -> None:
    """Count a report of watching: "taken", "refused", "failed"."""
    if _kept is not None:
        _kept.reports.labels(outcome).inc()


def sign_in_tried(outcome: str) -> None:
    """Count a try to sign in: "in", "wrong", "closed", "second_step", "second_wrong"."""
    if _kept is not None:
        _kept.sign_ins.labels(outcome).inc()


def job_tried(kind: str, lane: str, outcome: str, seconds: float) -> None:
    """Count the end of a try of a job: "done", "failed", "again", "left"."""
    if _kept is not None:
        _kept.jobs.labels(kind, outcome).inc()
        _kept.job_seconds.labels(lane).observe(seconds)


def counted_on_this_host() -> CollectorRegistry:
    """Return what all processes of this data folder counted; empty before any began."""
    registry = CollectorRegistry()
    folder = settings().data_dir / "metrics"
    if folder.is_dir():
        for file in folder.glob("gauge_live*.db"):
            if not _lives(file):
                file.unlink(missing_ok=True)
        MultiProcessCollector(registry, str(folder))  # type: ignore[no-untyped-call]
    return registry


def _count_connections(figures: Figures) -> None:
    gauge = figures.connections
    event.listen(db.engine, "checkout", lambda *_: gauge.inc())
    event.listen(db.engine, "checkin", lambda *_: gauge.dec())


def _forget_the_dead(folder: Path) -> None:
    """Drop what earlier processes counted, unless one of them lives: then the sums go on."""
    files = list(folder.glob("*.db"))
    if not any(_lives(file) for file in files):
        for file in files:
            file.unlink(missing_ok=True)


def _lives(file: Path) -> bool:
    """Tell whether the process lives whose number ends a file's name."""
    with suppress(ValueError, ProcessLookupError, PermissionError):
        os.kill(int(file.stem.rpartition("_")[2]), 0)
        return True
    return False
