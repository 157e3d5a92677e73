"""Addresses of media: signed, ending, the same for everybody within six hours.

The signature stands in the path, so the relative addresses inside a playlist inherit it, and
nothing has to be looked up in the database for a segment. Pages hand out addresses only to people
who may see the video; core checks pages, this checks the signature.
"""

import time

from flask import url_for
from itsdangerous import BadSignature, URLSafeSerializer

from sanshi_lms.core.db import db
from sanshi_lms.core.settings import settings
from sanshi_lms.video.models import Video
from sanshi_lms.video.rules import OWN_POSTER, access_until, own_posters_key

_SALT = "video.play"


class AddressEnded(Exception):
    """The address was good once."""


def media_url(video: Video, name: str) -> str:
    """Return the address of a file of a ready video: "master.m3u8", "plain.mp4", "poster.jpg"."""
    return _address(video.media_key, name)


def _address(key: str | None, name: str) -> str:
    token = _serializer().dumps([key, access_until(int(time.time()))])
    return url_for("video.play", token=token, name=name)


def caption_url(video: Video, track_id: int) -> str:
    """Return the address of a caption track as WebVTT."""
    token = _serializer().dumps([video.id, access_until(int(time.time()))])
    return url_for("video.captions", token=token, track_id=track_id)


def side_url(video: Video, name: str) -> str | None:
    """Return the address of a file beside the video, such as "thumbs.vtt"; None if not made."""
    made = video.media_key is not None and name in video.side_files.split()
    return media_url(video, name) if made else None


def poster_of(video: Video) -> str | None:
    """Return the address of the poster; None when there is none."""
    return poster_address(video, video.poster or "poster.jpg")


def poster_address(video: Video, name: str) -> str | None:
    """Return the address of one of the pictures that may stand for the video."""
    if name.startswith(OWN_POSTER):
        return _address(own_posters_key(video.id), name)
    ours = media_url(video, "poster.jpg") if video.media_key and video.has_poster else None
    return side_url(video, name) or ours


def poster_url(video_id: int) -> str | None:
    """Return the address of a video's poster by its id; None when there is none."""
    video = db.session.get(Video, video_id)
    return poster_of(video) if video else None


def read_token(token: str) -> tuple[str | int, int]:
    """Return what an address opens and how many seconds it still does.

    Raises BadSignature for a forged one, AddressEnded for one that is over.
    """
    subject, until = _serializer().loads(token)
    left = int(until) - int(time.time())
    if left <= 0:
        raise AddressEnded
    return subject, left


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(settings().secret_key, salt=_SALT)


__all__ = [
    "AddressEnded",
    "BadSignature",
    "caption_url",
    "media_url",
    "poster_address",
    "poster_of",
    "poster_url",
    "read_token",
    "side_url",
]
