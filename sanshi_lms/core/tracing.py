"""Which request it all began with: its number goes into every log line and along into jobs.

With OTEL_EXPORTER_OTLP_ENDPOINT and the libraries of requirements-otel.txt, requests, statements
and tries of jobs are told as spans too. Neither tells who asked, from where, or with what values.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from flask import Flask, Response, g, has_request_context, request
from sqlalchemy import event

from sanshi_lms.core.db import db

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Work:
    """A job that runs in this thread, and the request that it began with, if any."""

    job_id: int
    kind: str
    request_id: str | None


_work: ContextVar[Work | None] = ContextVar("work", default=None)
_tracer: Any = None


def present_request() -> str | None:
    """Return the number of the request, or of the one that the present job began with."""
    if has_request_context():
        found: str | None = g.get("request_id")
        return found
    work = _work.get()
    return work.request_id if work else None


def present_job() -> int | None:
    """Return the job that runs in this thread."""
    work = _work.get()
    return work.job_id if work else None


@contextmanager
def working(job_id: int, kind: str, request_id: str | None) -> Iterator[None]:
    """Let everything inside belong to a job."""
    token = _work.set(Work(job_id, kind, request_id))
    try:
        with _span(f"job {kind}", {"job.id": job_id, "job.kind": kind, "request.id": request_id}):
            yield
    finally:
        _work.reset(token)


def begin(app: Flask, what: str) -> None:
    """Tell spans of this process as `what` ("web", "worker"), if it was asked for."""
    global _tracer
    endpoint = app.extensions["settings"].otlp_endpoint
    if endpoint is None or _tracer is not None:
        return
    try:
        provider = _provider(endpoint, what)
    except ImportError as error:
        _log.error("OTEL_EXPORTER_OTLP_ENDPOINT needs requirements-otel.txt: %s", error)
        return
    _tracer = provider.get_tracer("sanshi_lms")
    app.before_request(_begin_request)
    app.after_request(_end_request)
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", _begin_statement)
        event.listen(db.engine, "after_cursor_execute", _end_statement)


def _provider(endpoint: str, what: str) -> Any:
    sdk = import_module("opentelemetry.sdk.trace")
    export = import_module("opentelemetry.sdk.trace.export")
    otlp = import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
    resources = import_module("opentelemetry.sdk.resources")
    named = resources.Resource.create({"service.name": f"sanshi-{what}"})
    provider = sdk.TracerProvider(resource=named)
    exporter = otlp.OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    provider.add_span_processor(export.BatchSpanProcessor(exporter, schedule_delay_millis=2000))
    return provider


def _span(name: str, values: dict[str, Any]) -> Any:
    if _tracer is None:
        return nullcontext()
    told = {key: value for key, value in values.items() if value is not None}
    return _tracer.start_as_current_span(name, attributes=told)


def _begin_request() -> None:
    rule = request.url_rule.rule if request.url_rule else "none"
    values = {
        "http.request.method": request.method,
        "http.route": rule,
        "request.id": g.get("request_id"),
    }
    g.span = _span(f"{request.method} {rule}", values)
    g.span_inside = g.span.__enter__()


def _end_request(response: Response) -> Response:
    span = g.pop("span", None)
    if span is not None:
        g.span_inside.set_attribute("http.response.status_code", response.status_code)
        span.__exit__(None, None, None)
    return response


def _begin_statement(*given: Any) -> None:
    context = given[4]
    words = given[2].split(None, 1)[0].upper()[:12]
    context.told_span = _span(f"db {words}", {"db.statement": given[2][:500]})
    context.told_span.__enter__()


def _end_statement(*given: Any) -> None:
    span = getattr(given[4], "told_span", None)
    if span is not None:
        span.__exit__(None, None, None)
