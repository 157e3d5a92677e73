"""Sends stored files: whole or in ranges, by this process or by the web server in front of it."""

from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from flask import Response, abort, request, send_file
from werkzeug.wrappers import Response as BaseResponse

from sanshi_lms.core.settings import MEGABYTE, settings
from sanshi_lms.core.storage import Storage, storage

Answer = TypeVar("Answer", bound=BaseResponse)
_LARGE = 32 * MEGABYTE  # below, fetching a copy first costs nobody a wait


def send_stored(key: str, mimetype: str, **options: Any) -> Response:
    """Return the answer with the file under `key`; 404 when there is none.

    With the setting X_ACCEL only its name goes out, and nginx sends the bytes. `options` are those
    of Flask's send_file: download_name, as_attachment, etag.
    """
    store = storage()
    try:
        far = not store.is_here(key) and store.size(key) > _LARGE
    except FileNotFoundError:
        abort(404)
    if far:
        return _pass_through(store, key, mimetype)
    path = store.path(key)
    if not path.is_file():
        abort(404)
    prefix = settings().x_accel
    response = send_file(path, mimetype=mimetype, conditional=not prefix, **options)
    return _hand_over(response, path, prefix) if prefix else response


def keep_as(response: Answer, name: str) -> Answer:
    """Let the browser keep an answer as a file of this name; nothing on the way keeps it.

    Headers carry ASCII only (RFC 6266, 8187): a name that went out as it was broke the answer off.
    """
    plain = name if name.isascii() else f"download.{name.rpartition('.')[2]}"
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _pass_through(store: Storage, key: str, mimetype: str) -> Response:
    """Send a large file from the bucket as it comes, whole or one range: seeking needs no copy."""
    size = store.size(key)
    asked = request.range.range_for_length(size) if request.range else None
    start, stop = asked or (0, size)
    if request.range and not asked:
        abort(416)
    response = Response(store.read(key, start, stop - start), mimetype=mimetype)
    response.content_length = stop - start
    response.accept_ranges = "bytes"
    if asked:
        response.status_code = 206
        response.content_range.set(start, stop, size)
    return response


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
