"""/video/uploads: the tus 1.0 protocol (core, creation, expiration, termination).

https://tus.io/protocols/resumable-upload, version 1.0.0. Errors are one plain sentence, which the
page shows as it is.
"""

from flask import Blueprint, Response, abort, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.http import http_date

from sanshi_lms.core.access import current_person, needs
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, release_connection
from sanshi_lms.core.errors import EXPLANATIONS, Refusal
from sanshi_lms.core.settings import settings
from sanshi_lms.core.storage import storage
from sanshi_lms.video.uploads import actions
from sanshi_lms.video.uploads.models import Upload
from sanshi_lms.video.uploads.rules import KEPT, read_metadata, read_number

VERSION = "1.0.0"
EXTENSIONS = "creation,expiration,termination"
CHUNK_TYPE = "application/offset+octet-stream"

blueprint = Blueprint("video_uploads", __name__, url_prefix="/video/uploads")


@blueprint.route("", methods=["OPTIONS"], provide_automatic_options=False)
@needs("video.upload")
def capabilities() -> Response:
    """Say what this server can do."""
    return _answer(204, **{"Tus-Max-Size": str(settings().max_upload_bytes)})


@blueprint.post("")
@needs("video.upload")
def create() -> Response:
    """Begin an upload; the answer's Location is where its bytes go."""
    size = read_number(request.headers.get("Upload-Length"))
    if size is None:
        raise Refusal("请求里没有文件大小（Upload-Length）。", 400)
    try:
        metadata = read_metadata(request.headers.get("Upload-Metadata", ""))
    except ValueError as error:
        raise Refusal("请求里的文件信息（Upload-Metadata）格式不对。", 400) from error
    upload = actions.begin_upload(metadata.get("filename", ""), size, current_person().id, now())
    location = url_for("video_uploads.receive", upload_id=upload.id)
    return _answer(201, Location=location, **{"Upload-Expires": http_date(now() + KEPT)})


@blueprint.route("/<upload_id>", methods=["HEAD"])
@needs("video.upload")
def progress(upload_id: str) -> Response:
    """Say how much has arrived."""
    upload = _own(upload_id)
    offset = actions.received(storage(), upload) if upload.finished_at is None else upload.size
    return _answer(
        200,
        **{
            "Upload-Offset": str(offset),
            "Upload-Length": str(upload.size),
            "Cache-Control": "no-store",
        },
    )


@blueprint.patch("/<upload_id>")
@needs("video.upload")
def receive(upload_id: str) -> Response:
    """Take bytes at the offset where the last ones ended. The last ones make the video."""
    upload = _own(upload_id)
    size, part_key = upload.size, upload.part_key
    offset = read_number(request.headers.get("Upload-Offset"))
    length = request.content_length
    if request.mimetype != CHUNK_TYPE:
        abort(415)
    if offset is None or length is None:
        raise Refusal("请求里没有写明位置（Upload-Offset）或长度（Content-Length）。", 400)
    release_connection()  # the bytes may take minutes; nobody else waits for us
    arrived = actions.receive_bytes(
        part_key, size=size, offset=offset, length=length, body=request.stream
    )
    if arrived == size:
        actions.finish(_own(upload_id, lock=True), now())
    return _answer(204, **{"Upload-Offset": str(arrived)})


@blueprint.post("/<upload_id>/video")
@needs("video.upload")
def video(upload_id: str) -> tuple[dict[str, str | int], int]:
    """Return the video that a whole upload became; makes it if the last answer was lost."""
    video_id = actions.finish(_own(upload_id, lock=True), now())
    return {"id": video_id, "url": url_for("video_admin.video", video_id=video_id)}, 200


@blueprint.delete("/<upload_id>")
@needs("video.upload")
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


@blueprint.errorhandler(Refusal)
def refused(refusal: Refusal) -> Response:
    """Answer a refusal as one sentence."""
    return _answer(refusal.status, refusal.message)


@blueprint.errorhandler(HTTPException)
def failed(error: HTTPException) -> Response:
    """Answer every other error as one sentence."""
    status = error.code or 500
    known = EXPLANATIONS.get(status) or EXPLANATIONS[400 if status < 500 else 500]
    return _answer(status, f"{known.sentence}{known.what_to_do}")


def _own(upload_id: str, *, lock: bool = False) -> Upload:
    """Return an upload of the person who asks; nobody else's exists for them."""
    upload = db.session.get(Upload, upload_id, with_for_update=lock or None)
    if upload is None or upload.person_id != current_person().id:
        abort(404)
    return upload


def _answer(status: int, text: str = "", **headers: str) -> Response:
    response = Response(text, status, mimetype="text/plain")
    response.headers["Tus-Resumable"] = VERSION
    response.headers["Tus-Version"] = VERSION
    response.headers["Tus-Extension"] = EXTENSIONS
    response.headers.update(headers)
    return response
