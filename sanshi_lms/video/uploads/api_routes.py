"""/api/v1/video/…: what the upload page asks: what waits to be finished, what is here already."""

from typing import Annotated, Any, NotRequired, TypedDict

from flask import Blueprint, request, url_for
from flask_wtf.csrf import generate_csrf
from msgspec import Meta

from sanshi_lms.core.access import current_person, needs, own_reach
from sanshi_lms.core.clock import now
from sanshi_lms.core.openapi import described
from sanshi_lms.core.storage import storage
from sanshi_lms.video.uploads.imports import imports_of, inbox_files
from sanshi_lms.video.uploads.parts import received
from sanshi_lms.video.uploads.queries import hashed_of_size, open_uploads, video_with_hash
from sanshi_lms.video.uploads.rules import read_metadata, read_number, read_sha256

blueprint = Blueprint("video_uploads_api", __name__, url_prefix="/api/v1/video")


class UploadTold(TypedDict):
    """An unfinished upload: `received` of `size` bytes are here; `url` takes the rest (tus)."""

    id: str
    url: str
    name: str
    size: int
    received: int
    fingerprint: str | None


class UploadsTold(TypedDict):
    """My unfinished uploads, and a form token."""

    token: str
    uploads: list[UploadTold]


class FileAsked(TypedDict):
    """A file on somebody's machine."""

    size: NotRequired[Annotated[int, Meta(ge=0, description="bytes")]]
    sha256: NotRequired[Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]]


class VideoHere(TypedDict):
    """The video that has the same bytes."""

    id: int
    title: str
    url: str


class SameTold(TypedDict):
    """Whether a file may be here already, and as which video."""

    possible: bool
    video: VideoHere | None


class ImportTold(TypedDict):
    """A file of the inbox that is being taken."""

    key: str
    state: str
    percent: int
    message: str


class InboxTold(TypedDict):
    """The files of the inbox that are being taken."""

    imports: list[ImportTold]


@blueprint.get("/uploads")
@needs("video.upload", within=True)
@described(answer=UploadsTold)
def uploads() -> dict[str, Any]:
    """Return the unfinished uploads of the person who asks, and a fresh form token."""
    own_reach()  # whatever the unit: they are their own
    store = storage()
    waiting = [one for one in open_uploads(current_person().id) if one.inbox_key is None]
    return {
        "token": generate_csrf(),
        "uploads": [
            {
                "id": upload.id,
                "url": url_for("video_uploads.receive", upload_id=upload.id),
                "name": upload.file_name,
                "size": upload.size,
                "received": received(store, upload),
                "fingerprint": read_metadata(upload.metadata_header).get("fingerprint"),
            }
            for upload in waiting
        ],
    }


@blueprint.get("/same")
@needs("video.upload", within=True)
@described(answer=SameTold, query=FileAsked)
def same() -> dict[str, Any]:
    """Tell whether a file is among one's videos: ?size=123 is it possible, &sha256=… which it is.

    Two questions, because only the second makes a browser read its whole file.
    """
    size = read_number(request.args.get("size"))
    reach = own_reach()
    possible = size is not None and hashed_of_size(size, reach)
    sha256 = read_sha256(request.args.get("sha256"))
    found = video_with_hash(sha256, reach) if possible and sha256 else None
    shown = None
    if found is not None:
        url = url_for("video_admin.video", video_id=found.id)
        shown = {"id": found.id, "title": found.title, "url": url}
    return {"possible": possible, "video": shown}


@blueprint.get("/inbox")
@needs("video.upload")
@described(answer=InboxTold)
def inbox() -> dict[str, Any]:
    """Return how the files of the inbox stand that are being taken."""
    found = imports_of([file.key for file in inbox_files(now())])
    return {
        "imports": [
            {"key": key, "state": one.state, "percent": one.percent, "message": one.message}
            for key, one in found.items()
        ]
    }
