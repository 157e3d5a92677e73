"""A short way in for watch reports, the busiest requests of all, past most of the framework.

The rule of access is the one of every view that is for people who are signed in: the same cookie,
read by the same code, checked against the same row of the sign-in, so that signing out or closing
an account holds here at once. Whatever is out of the ordinary, such as a cookie of
"keep me signed in", takes the long way through api_routes.reports, which ends in the same write.
"""

import json
import logging
import time
import uuid
from collections.abc import Callable, Iterable
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from flask import Flask, current_app
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Request

from sanshi_lms.account import who_signed_in
from sanshi_lms.core import metrics
from sanshi_lms.core.clock import now
from sanshi_lms.core.errors import EXPLANATIONS, Refusal, status_of
from sanshi_lms.core.group_commit import GroupCommit
from sanshi_lms.core.security import api_headers
from sanshi_lms.learning.incoming import MOST_BYTES, arrival_of, share_pace, told
from sanshi_lms.learning.watching import Arrival, Outcome, take_reports

PATH = "/api/v1/learning/reports"
_MOST_DRAINED = 2 * 1024 * 1024
_MOST_KNOWN = 16_384  # some hundred bytes each
_KEY = "learning.writer"
_ENCODER = json.JSONEncoder(separators=(",", ":"))
_log = logging.getLogger(__name__)


def setup(app: Flask) -> None:
    """Put the short way in front of the application."""
    share_pace(app.extensions["settings"].web_processes)
    app.extensions[_KEY] = GroupCommit[Arrival, Outcome](app, take_reports)
    app.wsgi_app = SideDoor(app, app.wsgi_app)  # type: ignore[method-assign]  # the documented way


def writer() -> GroupCommit[Arrival, Outcome]:
    """Return the application's writer of reports."""
    found: GroupCommit[Arrival, Outcome] = current_app.extensions[_KEY]
    return found


class SideDoor:
    """WSGI middleware that answers plain watch reports itself."""

    def __init__(self, app: Flask, beyond: Callable[..., Iterable[bytes]]) -> None:
        """Answer for `app`; everything else goes on to `beyond`."""
        self.app, self.beyond = app, beyond
        # A browser sends the same cookies every fifteen seconds: their signature is proved once.
        self._known = lru_cache(_MOST_KNOWN)(self._read_cookies)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a report of somebody whose session cookie says who they are."""
        if environ.get("PATH_INFO") != PATH or environ.get("REQUEST_METHOD") != "POST":
            return self.beyond(environ, start_response)
        length = environ.get("CONTENT_LENGTH") or ""
        with self.app.app_context():
            signed = self._signed_in(environ.get("HTTP_COOKIE", ""))
            if signed is None or not (length.isascii() and length.isdigit()):
                return self.beyond(environ, start_response)
            began = time.perf_counter()
            status, body = self._answer(environ["wsgi.input"], int(length), *signed)
            _count(status, time.perf_counter() - began)
        start_response(f"{status} {HTTPStatus(status).phrase}", api_headers(len(body)))
        return [body]

    def _signed_in(self, cookies: str) -> tuple[int, str] | None:
        try:
            user_id, door, until = self._known(cookies)
        except LookupError:
            return None
        return (user_id, door) if time.time() < until else None

    def _read_cookies(self, cookies: str) -> tuple[int, str, float]:
        """Return whose cookies these are, and until when (Unix seconds).

        Raises LookupError when they are nobody's.
        """
        request = Request({"HTTP_COOKIE": cookies})
        sessions: Any = self.app.session_interface
        signed = who_signed_in(sessions.open_session(self.app, request) or {})
        if signed is None:
            raise LookupError
        signer = sessions.get_signing_serializer(self.app)
        cookie = request.cookies[self.app.config["SESSION_COOKIE_NAME"]]
        _, began = signer.loads(cookie, return_timestamp=True)
        return (*signed, (began + self.app.permanent_session_lifetime).timestamp())

    def _answer(self, body: Any, length: int, user_id: int, door: str) -> tuple[int, bytes]:
        try:
            at = now()
            arrival = arrival_of(self._json(body, length), user_id, door, at)
            return 200, _ENCODER.encode(told(writer().submit(arrival), at)).encode()
        except Refusal as refusal:
            return self._refuse(refusal.status, refusal.message, uuid.uuid4().hex[:12])
        except Exception as error:
            status, request_id = status_of(error), uuid.uuid4().hex[:12]
            extra = {"request_id": request_id}
            if isinstance(error, OperationalError):
                _log.error("reports cannot be written: %s", error.orig, extra=extra)
            else:
                _log.exception("a report could not be taken", extra=extra)
            return self._refuse(status, EXPLANATIONS[status].sentence, request_id)

    def _json(self, body: Any, length: int) -> object:
        if length > MOST_BYTES:
            body.read(min(length, _MOST_DRAINED))  # who still sends would not hear the answer
            raise Refusal("进度报告太大，请刷新页面。", 413)
        try:
            return self.app.json.loads(body.read(length))
        except (ValueError, OSError):
            return None

    def _refuse(self, status: int, message: str, request_id: str) -> tuple[int, bytes]:
        _log.info("a report was refused: %s %s", status, message, extra={"request_id": request_id})
        code = HTTPStatus(status).name.lower()
        error = {"code": code, "message": message, "request_id": request_id}
        return status, _ENCODER.encode({"error": error}).encode()


def _count(status: int, seconds: float) -> None:
    metrics.answered("learning_api.reports", "POST", status, seconds)
    metrics.report_told("taken" if status < 400 else "refused" if status < 500 else "failed")
