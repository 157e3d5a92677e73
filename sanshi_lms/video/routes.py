"""/video/…: the media themselves. A signed address opens what it names, to all or to one person."""

import re

from flask import Blueprint, Response, abort, render_template, request

from sanshi_lms.core.access import public
from sanshi_lms.core.sending import send_stored
from sanshi_lms.core.storage import storage
from sanshi_lms.video.access import AddressEnded, BadSignature, NotForYou, Opened, open_token
from sanshi_lms.video.captions import CueText, to_vtt
from sanshi_lms.video.engine import MANIFEST
from sanshi_lms.video.models import CaptionTrack
from sanshi_lms.video.queries import find_track, find_video
from sanshi_lms.video.rules import from_elsewhere
from sanshi_lms.video.viewing.queries import lines_of
from sanshi_lms.video.viewing.reading import only_rendition

blueprint = Blueprint("video", __name__, url_prefix="/video", template_folder="templates")

_ONLY = re.compile(r"only-([a-z0-9]{1,12})\.m3u8")
_FILES = re.compile(
    r"master\.m3u8|plain\.mp4|poster(-\d)?\.jpg|own-[0-9a-f]{16}\.jpg"
    r"|thumbs(-\d{1,2})?\.jpg|thumbs\.vtt|waveform\.json|sound\.m4a"
    r"|[a-z0-9]{1,12}/(index\.m3u8|init(_\d+)?\.mp4|\d+\.m4s)"
)
_TYPES = {
    "m3u8": "application/vnd.apple.mpegurl",
    "mp4": "video/mp4",
    "m4s": "video/iso.segment",
    "m4a": "audio/mp4",
    "jpg": "image/jpeg",
    "vtt": "text/vtt",
    "json": "application/json",
}


@blueprint.get("/play/<token>/<path:name>")
@public
def play(token: str, name: str) -> Response:
    """Send a file of a video, whole or in ranges. What everybody may have asks no database."""
    opened = _opened(token)
    only = _ONLY.fullmatch(name)
    if not isinstance(opened.subject, str) or not (only or _FILES.fullmatch(name)):
        abort(404)
    open_to_all = opened.person_id is None
    if not (open_to_all and name.endswith(".jpg")):  # posters stand in other sites' lists
        _refuse_hot_links()
    kind = _TYPES[name.rpartition(".")[2]]
    if only:
        response = Response(_master_of_one(opened.subject, only[1]), mimetype=kind)
    else:
        response = send_stored(f"{opened.subject}/{name}", kind)
    grows = kind == _TYPES["m3u8"] and not storage().exists(f"{opened.subject}/{MANIFEST}")
    if not open_to_all:
        _keep_private(response)
    elif grows:  # while the video is being made
        response.cache_control.public, response.cache_control.no_cache = True, True
    else:
        # What lies under a media key never changes; another recipe gets another key.
        response.cache_control.public = True
        response.cache_control.no_cache = None
        response.cache_control.max_age = opened.seconds
        response.cache_control.immutable = True
    return response


@blueprint.get("/captions/<token>/<int:track_id>.vtt")
@public
def captions(token: str, track_id: int) -> Response:
    """Send a caption track as WebVTT."""
    track = _track(token, track_id)
    cues = [CueText(cue.start, cue.end, cue.text) for cue in track.cues]
    response = Response(to_vtt(cues), mimetype="text/vtt")
    response.set_etag(f"{track.id}-{track.version}")
    _keep_private(response)
    return response


@blueprint.get("/captions/<token>/<int:track_id>/text")
@public
def caption_text(token: str, track_id: int) -> Response:
    """Send a caption track as lines to read, for the pane beside the player."""
    track = _track(token, track_id)
    video = find_video(track.video_id)
    lines = lines_of(track, video.chapters if video else [])
    response = Response(render_template("video/_lines.html", lines=lines))
    _keep_private(response)
    return response


def _track(token: str, track_id: int) -> CaptionTrack:
    opened = _opened(token)
    _refuse_hot_links()
    found = find_track(opened.subject, track_id) if isinstance(opened.subject, int) else None
    return found or abort(404)


def _master_of_one(media_key: str, rendition: str) -> str:
    path = storage().path(f"{media_key}/master.m3u8")
    if not path.is_file():
        abort(404)
    return only_rendition(path.read_text("utf-8"), rendition) or abort(404)


def _keep_private(response: Response) -> None:
    """Let the browser keep it, but ask each time whether this person still may have it."""
    response.cache_control.private = True
    response.cache_control.no_cache = True


def _refuse_hot_links() -> None:
    headers = request.headers
    if from_elsewhere(
        headers.get("Sec-Fetch-Site"), headers.get("Sec-Fetch-Mode"), request.referrer, request.host
    ):
        abort(403)


def _opened(token: str) -> Opened:
    try:
        return open_token(token)
    except (AddressEnded, NotForYou):
        abort(403)
    except (BadSignature, ValueError, TypeError):
        abort(404)
