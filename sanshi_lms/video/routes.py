"""/video/…: the media themselves. Whoever holds a signed address may have what it names."""

import re

from flask import Blueprint, Response, abort, send_file

from sanshi_lms.core.access import public
from sanshi_lms.core.storage import storage
from sanshi_lms.video.access import AddressEnded, BadSignature, read_token
from sanshi_lms.video.captions import CueText, to_vtt
from sanshi_lms.video.queries import find_track

blueprint = Blueprint("video", __name__, url_prefix="/video", template_folder="templates")

_FILES = re.compile(
    r"master\.m3u8|plain\.mp4|poster(-\d)?\.jpg|own-[0-9a-f]{16}\.jpg"
    r"|thumbs(-\d{1,2})?\.jpg|thumbs\.vtt|waveform\.json|sound\.m4a"
    r"|[a-z0-9]{1,12}/(index\.m3u8|init_\d+\.mp4|\d+\.m4s)"
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
    """Send a file of a video, whole or in ranges. Asks no database."""
    media_key, left = _opened(token)
    if not isinstance(media_key, str) or not _FILES.fullmatch(name):
        abort(404)
    path = storage().path(f"{media_key}/{name}")
    if not path.is_file():
        abort(404)
    kind = _TYPES[name.rpartition(".")[2]]
    response = send_file(path, mimetype=kind, conditional=True, max_age=left)
    # What lies under a media key never changes; another recipe gets another key.
    response.cache_control.public = True
    response.cache_control.no_cache = None
    response.cache_control.immutable = True
    return response


@blueprint.get("/captions/<token>/<int:track_id>.vtt")
@public
def captions(token: str, track_id: int) -> Response:
    """Send a caption track as WebVTT."""
    video_id, _ = _opened(token)
    track = find_track(video_id, track_id) if isinstance(video_id, int) else None
    if track is None:
        abort(404)
    cues = [CueText(cue.start, cue.end, cue.text) for cue in track.cues]
    response = Response(to_vtt(cues), mimetype="text/vtt")
    response.set_etag(track.sha256)
    response.cache_control.private = True
    response.cache_control.no_cache = True
    return response


def _opened(token: str) -> tuple[str | int, int]:
    try:
        return read_token(token)
    except AddressEnded:
        abort(403)
    except (BadSignature, ValueError, TypeError):
        abort(404)
