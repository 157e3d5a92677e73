"""Structured logs: one JSON object a line, each with the id of its request."""

import logging
import time
import uuid

from flask import Flask, Response, g, has_request_context, request
from pythonjsonlogger.json import JsonFormatter

from sanshi_lms.core import metrics


class _RequestId(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = g.get("request_id") if has_request_context() else None
        return True


def setup(app: Flask, level: str) -> None:
    """Write JSON lines to standard error and answer each request with its id."""
    handler = logging.StreamHandler()
    handler.addFilter(_RequestId())
    names = {"asctime": "time", "levelname": "level", "name": "logger"}
    layout = "%(asctime)s %(levelname)s %(name)s %(message)s %(request_id)s"
    handler.setFormatter(JsonFormatter(layout, rename_fields=names, json_ensure_ascii=False))
    root = logging.getLogger("sanshi_lms")
    root.handlers[:] = [handler]
    root.setLevel(level)
    root.propagate = True
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.request_id = uuid.uuid4().hex[:12]
    g.request_began = time.perf_counter()


def _end(response: Response) -> Response:
    response.headers["X-Request-ID"] = g.get("request_id", "")
    seconds = time.perf_counter() - g.get("request_began", time.perf_counter())
    metrics.answered(request.endpoint, request.method, response.status_code, seconds)
    if request.endpoint != "static" and request.path != "/healthz":
        logging.getLogger("sanshi_lms.requests").info(
            "request",
            extra={
                "method": request.method,
                "path": request.path,
                "status": response.status_code,
                "milliseconds": round(seconds * 1000, 1),
            },
        )
    return response
