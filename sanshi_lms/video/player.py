"""Renders the player: what the page needs to know about a video."""

import time
from dataclasses import dataclass, field

from flask import request
from markupsafe import Markup

from sanshi_lms.account import viewer_mark
from sanshi_lms.core.access import current_person
from sanshi_lms.core.shared import shared
from sanshi_lms.core.web import render_part
from sanshi_lms.courses import Playback
from sanshi_lms.video.access import caption_url, media_url, poster_of, side_url
from sanshi_lms.video.models import Rendition, Video
from sanshi_lms.video.queries import find_video
from sanshi_lms.video.rules import access_until
from sanshi_lms.video.viewing.queries import lines_of_video
from sanshi_lms.video.viewing.reading import (
    Quality,
    quality_label,
    weights,
)
from sanshi_lms.video.viewing.routes import report_urls

_START = Markup("<start>")  # where the attributes of one opening go; no text of people has a "<"


@dataclass(frozen=True)
class Offer:
    """What can be chosen: picture sizes, smallest first, and the sound alone. Sizes are bytes."""

    qualities: list[Quality] = field(default_factory=list)
    sound_size: int = 0
    codecs: str = ""

    @property
    def weights(self) -> str:
        """The megabytes of each size, as they are told before play."""
        return weights(self.qualities)


def offer_of(video: Video) -> Offer:
    """Return what there is to choose for a video whose renditions are loaded."""
    sound = next((one for one in video.renditions if one.kind == "sound"), None)
    heard = sound.size if sound else 0
    pictures = sorted((r for r in video.renditions if r.kind == "picture"), key=_bytes)
    return Offer(
        [Quality(r.name, quality_label(r.width, r.height), r.size + heard) for r in pictures],
        heard if pictures else 0,
        ",".join(dict.fromkeys(r.codec for r in [*pictures[:1], *([sound] if sound else [])])),
    )


def render_player(video: Video, playback: Playback, *, text: bool = True) -> Markup:
    """Return the player of a ready video, starting where `playback` says.

    `video` comes from `find_video`: its renditions, caption tracks and chapters are loaded. `text`
    adds the pane with all that is said, for pages that have room for it.
    """
    if video.signed_in_only:  # addresses and a mark for one person
        page = _rendered(video, text=text)
    else:
        until = access_until(int(time.time()))
        page = _for_everybody(video.id, until, request.script_root, text)
    return Markup(page.replace(_START, _start(playback), 1))  # noqa: S704 -- both were escaped


@shared("video")
def _for_everybody(video_id: int, until: int, root: str, text: bool) -> Markup:
    """Return the player that all have alike whose addresses end at `until`."""
    del until, root
    video = find_video(video_id)
    return _rendered(video, text=text) if video else Markup()


def _rendered(video: Video, *, text: bool) -> Markup:
    tracks = [
        {
            "id": track.id,
            "label": track.shown_label,
            "language": track.language,
            "url": caption_url(video, track.id),
            "text": caption_url(video, track.id, "video.caption_text"),
        }
        for track in video.captions
    ]
    return render_part(
        "video/_player.html",
        video=video,
        start=_START,
        hls=media_url(video, "master.m3u8"),
        plain=media_url(video, "plain.mp4"),
        poster=poster_of(video),
        tracks=tracks,
        viewer=_viewer() if video.shows_viewer and video.signed_in_only else "",
        offer=offer_of(video),
        lines=lines_of_video(video.id) if text else [],
        chapters=list(video.chapters),
        thumbs=side_url(video, "thumbs.vtt"),
        reports=report_urls(video.id),
    )


def _start(playback: Playback) -> Markup:
    """Return the attributes that differ from one opening of a page to the next."""
    told = Markup('data-start="{}"').format(playback.start_seconds)
    if playback.report_url:
        told += Markup(' data-report-url="{}" data-session="{}"').format(
            playback.report_url, playback.session_token
        )
    return told


def _viewer() -> str:
    person = current_person()
    return viewer_mark(person.display_name, person.username, person.id) if person else ""


def _bytes(rendition: Rendition) -> int:
    return rendition.size
