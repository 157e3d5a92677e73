"""Addresses of media: signed, ending, the same for everybody within six hours.

Those of a video for people who are signed in are bound to one person: another account, another
browser without that account, and the same person after losing access all get nothing by them.

The signature stands in the path, so the relative addresses inside a playlist inherit it, and
nothing has to be looked up in the database for a segment. Pages hand out addresses only to people
who may see the video; core checks pages, this checks the signature.
"""

import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import current_app, has_request_context, url_for
from itsdangerous import BadSignature, URLSafeSerializer

from sanshi_lms.account import reach_of
from sanshi_lms.core.access import current_person
from sanshi_lms.core.db import db
from sanshi_lms.core.settings import settings
from sanshi_lms.courses import may_see
from sanshi_lms.video.models import Video
from sanshi_lms.video.queries import closed_ids, find_video
from sanshi_lms.video.rules import OWN_POSTER, access_until, own_posters_key, video_of

_UPLOAD = "video.upload"
_SALT = "video.play"
_CLOSED = "video.closed"
_CLOSED_SECONDS = 5.0


class AddressEnded(Exception):
    """The address was good once."""


class NotForYou(Exception):
    """The video is for people who are signed in, and this is somebody else or nobody."""


@dataclass(frozen=True)
class Opened:
    """What an address opens: a storage key, or a video's id for its captions.

    `seconds` is how long it still does, `person_id` whom it is bound to, None for everybody.
    """

    subject: str | int
    seconds: int
    person_id: int | None

    @property
    def video_id(self) -> int:
        """Return whose it is. Raises ValueError for a key that is no video's."""
        return video_of(self.subject) if isinstance(self.subject, str) else self.subject


def may_watch(video: Video) -> bool:
    """Tell whether the person in front of the page may have addresses of this video."""
    return not video.signed_in_only or _person() is not None


def media_url(video: Video, name: str) -> str:
    """Return the address of a file of a video that plays: "master.m3u8", "plain.mp4".

    Raises NotForYou unless the present person may watch it.
    """
    return _address(video, video.shown_key, name)


def _address(video: Video, key: str | None, name: str) -> str:
    return url_for("video.play", token=_token(video, key), name=name)


def caption_url(video: Video, track_id: int, view: str = "video.captions") -> str:
    """Return the address of a caption track as WebVTT, or by another view as text to read.

    Raises NotForYou as `media_url` does.
    """
    return url_for(view, token=_token(video, video.id), track_id=track_id)


def side_url(video: Video, name: str) -> str | None:
    """Return the address of a file beside the video, such as "thumbs.vtt"; None if not made."""
    made = video.media_key is not None and name in video.side_files.split()
    return media_url(video, name) if made else None


def poster_of(video: Video) -> str | None:
    """Return the address of the poster; None when there is none to see."""
    return poster_address(video, video.poster or "poster.jpg") if may_watch(video) else None


def poster_address(video: Video, name: str) -> str | None:
    """Return the address of one of the pictures that may stand for the video."""
    if name.startswith(OWN_POSTER):
        return _address(video, own_posters_key(video.id), name)
    ours = media_url(video, "poster.jpg") if video.media_key and video.has_poster else None
    return side_url(video, name) or ours


def poster_key(video: Video) -> str | None:
    """Return where the poster lies in the storage; None when there is none.

    For pictures that everybody may see: there is none for a video of signed-in people.
    """
    if video.signed_in_only:
        return None
    if video.poster.startswith(OWN_POSTER):
        return f"{own_posters_key(video.id)}/{video.poster}"
    if video.media_key is None:
        return None
    if video.poster in video.side_files.split():
        return f"{video.media_key}/{video.poster}"
    return f"{video.media_key}/poster.jpg" if video.has_poster else None


def poster_url(video_id: int) -> str | None:
    """Return the address of a video's poster by its id; None when there is none."""
    video = db.session.get(Video, video_id)
    return poster_of(video) if video else None


def open_token(token: str) -> Opened:
    """Return what an address opens for the present person.

    Raises BadSignature or ValueError for a forged one, AddressEnded for one that is over, NotForYou
    for one that is bound to another person, or whose video is closed to whoever holds it.
    """
    subject, until, *bound = _serializer().loads(token)
    left = int(until) - int(time.time())
    if left <= 0:
        raise AddressEnded
    opened = Opened(subject, left, bound[0] if bound else None)
    if opened.person_id is None:
        if opened.video_id in closed_videos():
            raise NotForYou  # handed out while everybody might watch it
        return opened
    person = _person()
    if person is None or person.id != opened.person_id:
        raise NotForYou
    if not (_has(person, opened.video_id) or may_see("video", opened.video_id)):
        raise NotForYou
    return opened


def _has(person: Any, video_id: int) -> bool:
    """Tell whether a video is one of those that a person works on."""
    if person.may(_UPLOAD) or not person.may_somewhere(_UPLOAD):
        return bool(person.may(_UPLOAD))
    video = find_video(video_id)
    return video is not None and reach_of(person, _UPLOAD).covers(video.unit_id)


def closed_videos() -> frozenset[int]:
    """Return the ids of all videos for people who are signed in, as of at most 5 s ago.

    Asked for each segment that everybody may have: the answer is kept, so none costs a query.
    """
    kept: tuple[float, frozenset[int]] = current_app.extensions.get(_CLOSED, (0.0, frozenset()))
    if time.monotonic() >= kept[0]:
        kept = (time.monotonic() + _CLOSED_SECONDS, frozenset(closed_ids()))
        current_app.extensions[_CLOSED] = kept
    return kept[1]


def forget_closed_videos() -> None:
    """Let this process ask again at once which videos are closed."""
    current_app.extensions.pop(_CLOSED, None)


def _token(video: Video, subject: str | int | None) -> str:
    if not video.signed_in_only:
        return _signed([subject, access_until(int(time.time()))])
    person = _person()
    if person is None:
        raise NotForYou
    return _signed([subject, access_until(int(time.time()), bound=True), person.id])


def _signed(values: list[str | int | None]) -> str:
    """Sign once what a page asks for a dozen times and thousands of pages ask for alike."""
    return _signed_by(settings().secret_key, *values)


@lru_cache(maxsize=2048)
def _signed_by(secret: str, *values: str | int | None) -> str:
    return str(URLSafeSerializer(secret, salt=_SALT).dumps(list(values)))


def _person() -> Any:
    return current_person() if has_request_context() else None


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(settings().secret_key, salt=_SALT)


__all__ = [
    "AddressEnded",
    "BadSignature",
    "NotForYou",
    "caption_url",
    "closed_videos",
    "forget_closed_videos",
    "may_watch",
    "media_url",
    "open_token",
    "poster_address",
    "poster_key",
    "poster_of",
    "poster_url",
    "side_url",
]
