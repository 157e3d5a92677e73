"""What other programs fetch by themselves, later and without a cookie: sound and poster.

A podcast client or a search engine keeps an address for weeks; ours are signed and end. So rooms
above give out stable addresses of their own and ask here, at each request, which file that is now:
of videos that everybody may watch, and of nothing else.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import func, select

from sanshi_lms.core.db import db
from sanshi_lms.core.storage import storage
from sanshi_lms.video.models import Video
from sanshi_lms.video.queries import videos_by_id
from sanshi_lms.video.rules import OWN_POSTER, own_posters_key

SOUND, SOUND_TYPE = "sound.m4a", "audio/mp4"
_SIZES = "video.outward.sizes"


@dataclass(frozen=True)
class OpenVideo:
    """A video that is made and open to all; keys are None for what it does not have."""

    seconds: float
    sound_key: str | None
    poster_key: str | None


def open_videos(ids: Collection[int]) -> dict[int, OpenVideo]:
    """Return those of the videos that are made and open to everybody, in one query.

    Whether a published lesson shows them is for the caller to know.
    """
    return {
        video.id: _described(video, video.media_key)
        for video in videos_by_id(ids).values()
        if video.media_key and not video.signed_in_only
    }


def stored_size(key: str) -> int | None:
    """Return how many bytes a made file has; None when it is gone.

    What lies under a media key never changes, so another machine is asked only once.
    """
    known: dict[str, int] = current_app.extensions.setdefault(_SIZES, {})
    if key not in known:
        try:
            known[key] = storage().size(key)
        except FileNotFoundError:
            return None
    return known[key]


def last_made() -> datetime | None:
    """Return when a video was last made."""
    return db.session.scalar(select(func.max(Video.made_at)))


def _described(video: Video, media_key: str) -> OpenVideo:
    beside = video.side_files.split()
    poster = f"{media_key}/poster.jpg" if video.has_poster else None
    if video.poster.startswith(OWN_POSTER):
        poster = f"{own_posters_key(video.id)}/{video.poster}"
    elif video.poster in beside:
        poster = f"{media_key}/{video.poster}"
    sound = f"{media_key}/{SOUND}" if SOUND in beside else None
    return OpenVideo(video.seconds or 0.0, sound, poster)
