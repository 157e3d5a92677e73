"""Sends stored files: whole or in ranges, by this process or by the web server in front of it."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Response, abort, send_file

from sanshi_lms.core.settings import settings
from sanshi_lms.core.storage import storage


def send_stored(key: str, mimetype: str, **options: Any) -> Response:
    """Return the answer with the file under `key`; 404 when there is none.

    With the setting X_ACCEL only its name goes out, and nginx sends the bytes. `options` are those
    of Flask's send_file: download_name, as_attachment, etag.
    """
    path = storage().path(key)
    if not path.is_file():
        abort(404)
    prefix = settings().x_accel
    response = send_file(path, mimetype=mimetype, conditional=not prefix, **options)
    return _hand_over(response, path, prefix) if prefix else response


def _hand_over(response: Response, path: Path, prefix: str) -> Response:
    """Let nginx answer, ranges included: it keeps type, disposition and caching of ours."""
    response.close()
    response.response = []
    response.headers["X-Accel-Redirect"] = prefix + quote(
        path.relative_to(settings().media_dir).as_posix()
    )
    for name in ("Content-Length", "ETag", "Last-Modified"):
        response.headers.pop(name, None)
    return response
