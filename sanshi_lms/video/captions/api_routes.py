"""/api/v1/video/…/captions/…: what the caption editor reads and saves."""

from typing import Annotated, Any, NotRequired, TypedDict

from flask import Blueprint, abort, request
from msgspec import Meta

from sanshi_lms.core.access import current_person, needs
from sanshi_lms.core.clock import now
from sanshi_lms.core.openapi import described
from sanshi_lms.video.captions import actions
from sanshi_lms.video.captions.editing import read_rows
from sanshi_lms.video.captions.languages import LANGUAGES
from sanshi_lms.video.finding import own_video
from sanshi_lms.video.models import Video
from sanshi_lms.video.queries import find_track

blueprint = Blueprint("video_captions_api", __name__, url_prefix="/api/v1/video")
TOLD_FAULTS = 50
Row = Annotated[list[float | str], Meta(min_length=3, max_length=3, description="begin, end, text")]


class Captions(TypedDict):
    """Captions as rows of begin and end in seconds, and text."""

    version: int
    unchecked: bool
    cues: list[Row]


class CaptionsGiven(TypedDict):
    """Edited captions, and the version that they were made from."""

    version: Annotated[int, Meta(ge=0)]
    cues: list[Row]


class CaptionsKept(TypedDict):
    """The version that they are now, and what changed, in words."""

    version: int
    unchecked: bool
    changes: str


class Fault(TypedDict):
    """What is wrong with a caption, counted from 1."""

    cue: int
    message: str


class FaultSummary(TypedDict):
    """The first fault in a sentence."""

    code: str
    message: str
    request_id: NotRequired[str | None]


class Faults(TypedDict):
    """Why captions were not kept."""

    error: FaultSummary
    faults: NotRequired[list[Fault]]


@blueprint.get("/<int:video_id>/captions/<language>")
@needs("video.upload", within=True)
@described(answer=Captions)
def cues(video_id: int, language: str) -> dict[str, Any]:
    """Return the captions of a language; version 0 and no cues when there are none yet."""
    for one in _find(video_id, language).captions:
        track = find_track(video_id, one.id) if one.language == language else None
        if track is not None:
            rows = [[cue.start, cue.end, cue.text] for cue in track.cues]
            return {"version": track.version, "unchecked": track.unchecked, "cues": rows}
    return {"version": 0, "unchecked": False, "cues": []}


@blueprint.post("/<int:video_id>/captions/<language>")
@needs("video.upload", within=True)
@described(answer=CaptionsKept, body=CaptionsGiven, others={422: Faults})
def cues_post(video_id: int, language: str) -> dict[str, Any] | tuple[dict[str, Any], int]:
    """Keep edited captions. 422 names what is wrong by caption; 409: somebody saved meanwhile."""
    video = _find(video_id, language)
    given = request.get_json(silent=True)
    body = given if isinstance(given, dict) else {}
    version = body.get("version")
    if isinstance(version, bool) or not isinstance(version, int) or version < 0:
        abort(400)
    found, faults = read_rows(body.get("cues"))
    if faults:
        told = [{"cue": fault.cue, "message": fault.message} for fault in faults[:TOLD_FAULTS]]
        first = f"第 {faults[0].cue} 句：{faults[0].message}"
        more = f"另外还有 {len(faults) - 1} 句有问题。" if len(faults) > 1 else ""
        error = {"code": "unprocessable_entity", "message": first + more}
        return {"error": error, "faults": told}, 422
    track, changed = actions.save_captions(
        video,
        language=language,
        version=version,
        cues=found,
        moment=now(),
        person_id=current_person().id,
    )
    return {"version": track.version, "unchecked": track.unchecked, "changes": str(changed)}


def _find(video_id: int, language: str) -> Video:
    if language not in LANGUAGES:
        abort(404)
    return own_video(video_id)
