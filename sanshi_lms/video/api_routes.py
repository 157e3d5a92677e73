"""/api/v1/video/…: how videos stand, for pages that wait for them."""

from typing import Any, NotRequired, TypedDict

from flask import Blueprint, request

from sanshi_lms.core.access import needs, own_reach
from sanshi_lms.core.clock import now
from sanshi_lms.core.openapi import described
from sanshi_lms.core.row_numbers import row_number
from sanshi_lms.video.finding import own_video
from sanshi_lms.video.queries import Standing, standings, videos_by_id

blueprint = Blueprint("video_api", __name__, url_prefix="/api/v1/video")
MOST = 60


class VideoTold(TypedDict):
    """How a video stands: `progress` is 0 to 1, `seconds_left` null while unknown."""

    id: int
    state: str
    label: str
    progress: float
    seconds_left: float | None
    message: str
    again: bool
    moves: bool


class Asked(TypedDict):
    """Numbers of videos, with commas between them: 1,2,3."""

    ids: NotRequired[str]


class VideosTold(TypedDict):
    """How several videos stand; those that do not exist are left out."""

    states: list[VideoTold]


@blueprint.get("/<int:video_id>/state")
@needs("video.upload", within=True)
@described(answer=VideoTold)
def state(video_id: int) -> dict[str, Any]:
    """Return how one video stands."""
    return _shown(video_id, standings([own_video(video_id)], now())[video_id])


@blueprint.get("/states")
@needs("video.upload", within=True)
@described(answer=VideosTold, query=Asked)
def states() -> dict[str, Any]:
    """Return how several videos stand: ?ids=1,2,3 (at most 60)."""
    asked = request.args.get("ids", "").split(",")[:MOST]
    ids = [number for text in asked if (number := row_number(text)) is not None]
    reach = own_reach()
    own = [video for video in videos_by_id(ids).values() if reach.covers(video.unit_id)]
    found = standings(own, now())
    return {"states": [_shown(video_id, standing) for video_id, standing in found.items()]}


def _shown(video_id: int, standing: Standing) -> dict[str, Any]:
    return {
        "id": video_id,
        "state": standing.state,
        "label": standing.label,
        "progress": round(standing.progress, 3),
        "seconds_left": standing.seconds_left,
        "message": standing.message,
        "again": standing.again,
        "moves": standing.moves,
    }
