"""/video/uploads: the tus 1.0 protocol (core, creation, checksum, expiration, termination).

https://tus.io/protocols/resumable-upload, version 1.0.0. Errors are one plain sentence, which the
page shows as it is. Beyond the protocol a sender may declare the SHA-256 of the whole file, as
`sha256` of Upload-Metadata or in the header X-Upload-Sha256 of the request that ends it.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from flask import Blueprint, Flask, Response, abort, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.http import http_date

from sanshi_lms.account import owner_of_new
from sanshi_lms.core.access import current_person, needs, own_reach
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, release_connection
from sanshi_lms.core.errors import EXPLANATIONS, Refusal
from sanshi_lms.core.settings import settings
from sanshi_lms.core.storage import storage
from sanshi_lms.video.models import Video
from sanshi_lms.video.uploads import actions
from sanshi_lms.video.uploads.models import Upload
from sanshi_lms.video.uploads.parts import (
    Place,
    last_byte_at,
    prove_whole,
    receive_bytes,
    received,
)
from sanshi_lms.video.uploads.rules import (
    DIGEST_BYTES,
    KEPT,
    Checksum,
    read_checksum,
    read_metadata,
    read_number,
    read_sha256,
)

VERSION = "1.0.0"
EXTENSIONS = "creation,checksum,expiration,termination"
CHUNK_TYPE = "application/offset+octet-stream"
WHOLE_HASH = "X-Upload-Sha256"
SIGN_IN_AGAIN = "登录已经过期。请在新窗口里重新登录，再回到这一页点“继续”，已传的部分不会丢。"

blueprint = Blueprint("video_uploads", __name__, url_prefix="/video/uploads")


@blueprint.route("", methods=["OPTIONS"], provide_automatic_options=False)
@needs("video.upload", within=True)
def capabilities() -> Response:
    """Say what this server can do."""
    own_reach()
    largest, algorithms = str(settings().max_upload_bytes), ",".join(DIGEST_BYTES)
    return _answer(204, **{"Tus-Max-Size": largest, "Tus-Checksum-Algorithm": algorithms})


@blueprint.post("")
@needs("video.upload", within=True)
def create() -> Response:
    """Begin an upload; the answer's Location is where its bytes go."""
    size = read_number(request.headers.get("Upload-Length"))
    if size is None:
        raise Refusal("请求里没有文件大小（Upload-Length）。", 400)
    header = request.headers.get("Upload-Metadata", "")
    try:
        metadata = read_metadata(header)
    except ValueError as error:
        raise Refusal("请求里的文件信息（Upload-Metadata）格式不对。", 400) from error
    name = metadata.get("filename") or metadata.get("name", "")
    unit = owner_of_new(metadata.get("unit", ""), own_reach())
    upload = actions.begin_upload(
        name,
        size,
        current_person().id,
        now(),
        metadata_header=header,
        unit_id=unit.id if unit else None,
    )
    location = url_for("video_uploads.receive", upload_id=upload.id)
    return _answer(201, Location=location, **_expires(now()))


@blueprint.route("/<upload_id>", methods=["HEAD"])
@needs("video.upload", within=True)
def progress(upload_id: str) -> Response:
    """Say how much has arrived."""
    upload, store = _own(upload_id), storage()
    finished = upload.finished_at is not None
    headers = {
        "Upload-Offset": str(upload.size if finished else received(store, upload)),
        "Upload-Length": str(upload.size),
        "Cache-Control": "no-store",
        **({} if finished else _expires(last_byte_at(store, upload))),
    }
    if upload.metadata_header:
        headers["Upload-Metadata"] = upload.metadata_header
    return _answer(200, **headers)


@blueprint.patch("/<upload_id>")
@needs("video.upload", within=True)
def receive(upload_id: str) -> Response:
    """Take bytes at the offset where the last ones ended. The last ones make the video."""
    upload = _own(upload_id)
    offset = read_number(request.headers.get("Upload-Offset"))
    length = request.content_length
    if request.mimetype != CHUNK_TYPE:
        abort(415)
    if offset is None or length is None:
        raise Refusal("请求里没有写明位置（Upload-Offset）或长度（Content-Length）。", 400)
    place, declared, checksum = Place.of(upload), _declared(upload), _checksum()
    release_connection()  # the bytes may take minutes; nobody else waits for us
    store, keep_free = storage(), settings().min_free_bytes
    arrived = receive_bytes(
        store,
        place,
        offset=offset,
        length=length,
        body=request.stream,
        keep_free=keep_free,
        checksum=checksum,
    )
    if arrived < place.size:
        return _answer(204, **{"Upload-Offset": str(arrived)}, **_expires(now()))
    sha256 = prove_whole(store, place, declared)
    actions.finish(_own(upload_id, lock=True), sha256, now())
    return _answer(204, **{"Upload-Offset": str(arrived)})


@blueprint.post("/<upload_id>/video")
@needs("video.upload", within=True)
def video(upload_id: str) -> tuple[dict[str, str | int | bool], int]:
    """Return the video that a whole upload became; makes it if the last answer was lost.

    `checked` says whether it is, bit by bit, what the sender declares that it holds.
    """
    upload = _own(upload_id)
    declared, place = _declared(upload), Place.of(upload)
    if upload.finished_at is None:
        release_connection()
        sha256 = prove_whole(storage(), place, declared)
        actions.finish(_own(upload_id, lock=True), sha256, now())
    made = db.session.get(Video, actions.finish(_own(upload_id), "", now()))
    if made is None:
        abort(404)
    url = url_for("video_admin.video", video_id=made.id)
    return {"id": made.id, "url": url, "checked": made.source_sha256 == declared}, 200


@blueprint.delete("/<upload_id>")
@needs("video.upload", within=True)
def cancel(upload_id: str) -> Response:
    """Forget an unfinished upload."""
    actions.give_up(_own(upload_id, lock=True))
    return _answer(204)


@blueprint.before_request
def check_version() -> Response | None:
    """Refuse other versions of the protocol, as it demands."""
    plain = request.method in {"OPTIONS"} or request.endpoint == "video_uploads.video"
    if plain or request.headers.get("Tus-Resumable") == VERSION:
        return None
    return _answer(412)


@blueprint.url_value_preprocessor
def allow_long_bodies(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Let a PATCH be as long as a file may be: its body goes to the disk, never into memory.

    Here, because this runs before whatever looks for a form in the body.
    """
    del values
    if endpoint == "video_uploads.receive" and request.mimetype == CHUNK_TYPE:
        request.max_content_length = settings().max_upload_bytes


@blueprint.errorhandler(Refusal)
def refused(refusal: Refusal) -> Response:
    """Answer a refusal as one sentence."""
    return _answer(refusal.status, refusal.message)


@blueprint.errorhandler(HTTPException)
def failed(error: HTTPException) -> Response:
    """Answer every other error as one sentence."""
    status = error.code or 500
    known = EXPLANATIONS.get(status) or EXPLANATIONS[400 if status < 500 else 500]
    sentence = SIGN_IN_AGAIN if status == 401 else f"{known.sentence}{known.what_to_do}"
    return _answer(status, sentence)


Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


def setup(app: Flask) -> None:
    """Enter the routes, and X-HTTP-Method-Override, which the protocol's core demands."""
    app.register_blueprint(blueprint)
    inner: Wsgi = app.wsgi_app

    def override(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        meant = environ.get("HTTP_X_HTTP_METHOD_OVERRIDE", "").upper()
        path = str(environ.get("PATH_INFO", ""))
        if meant in {"PATCH", "DELETE", "HEAD"} and path.startswith("/video/uploads/"):
            environ["REQUEST_METHOD"] = meant
        return inner(environ, start_response)

    app.wsgi_app = override  # type: ignore[method-assign]  # the documented way


def _own(upload_id: str, *, lock: bool = False) -> Upload:
    """Return an upload of the person who asks; nobody else's exists for them."""
    own_reach()  # whatever the unit: it is their own
    upload = db.session.get(Upload, upload_id, with_for_update=lock or None)
    if upload is None or upload.person_id != current_person().id:
        abort(404)
    return upload


def _declared(upload: Upload) -> str | None:
    """The SHA-256 of the whole file, if its sender says one. Refuses what is none."""
    said = request.headers.get(WHOLE_HASH) or read_metadata(upload.metadata_header).get("sha256")
    found = read_sha256(said)
    if said and found is None:
        raise Refusal("请求里的 SHA-256 格式不对，应当是 64 位十六进制数字。", 400)
    return found


def _checksum() -> Checksum | None:
    try:
        return read_checksum(request.headers.get("Upload-Checksum"))
    except ValueError as error:
        sentence = "请求里的校验值（Upload-Checksum）看不懂，可以用 sha1 或 sha256。"
        raise Refusal(sentence, 400) from error


def _expires(last_byte: datetime) -> dict[str, str]:
    return {"Upload-Expires": http_date(last_byte + KEPT)}


def _answer(status: int, text: str = "", **headers: str) -> Response:
    response = Response(text, status, mimetype="text/plain")
    response.headers["Tus-Resumable"] = VERSION
    response.headers["Tus-Version"] = VERSION
    response.headers["Tus-Extension"] = EXTENSIONS
    response.headers.update(headers)
    return response
