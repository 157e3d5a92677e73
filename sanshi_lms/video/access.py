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
from sanshi_lms.video.rules import access_until

_SALT = "video.play"


class AddressEnded(Exception):
    """The address was good once."""


def media_url(video: Video, name: str) -> str:
    """Return the address of a file of a ready video: "master.m3u8", "plain.mp4", "poster.jpg"."""
    token = _serializer().dumps([video.media_key, access_until(int(time.time()))])
    return url_for("video.play", token=token, name=name)


def caption_url(video: Video, track_id: int) -> str:
    """Return the address of a caption track as WebVTT."""
    token = _serializer().dumps([video.id, access_until(int(time.time()))])
    return url_for("video.captions", token=token, track_id=track_id)


def poster_of(video: Video) -> str | None:
    """Return the address of the poster; None when there is none."""
    return media_url(video, "poster.jpg") if video.media_key and video.has_poster else None


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
    "poster_of",
    "poster_url",
    "read_token",
]
