"""Renders the player: what the page needs to know about a video."""

from dataclasses import dataclass, field

from flask import render_template
from markupsafe import Markup

from sanshi_lms.account import viewer_mark
from sanshi_lms.core.access import current_person
from sanshi_lms.courses import Playback
from sanshi_lms.video.access import caption_url, media_url, poster_of, side_url
from sanshi_lms.video.models import Rendition, Video
from sanshi_lms.video.queries import find_track
from sanshi_lms.video.viewing.queries import lines_of
from sanshi_lms.video.viewing.reading import (
    Quality,
    TextLine,
    quality_label,
    weights,
)
from sanshi_lms.video.viewing.routes import report_urls


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
    return Markup(  # noqa: S704 -- a rendered template, escaped by Jinja
        render_template(
            "video/_player.html",
            video=video,
            playback=playback,
            hls=media_url(video, "master.m3u8"),
            plain=media_url(video, "plain.mp4"),
            poster=poster_of(video),
            tracks=tracks,
            viewer=_viewer() if video.shows_viewer else "",
            offer=offer_of(video),
            lines=_lines(video) if text else [],
            chapters=list(video.chapters),
            thumbs=side_url(video, "thumbs.vtt"),
            reports=report_urls(video.id),
        )
    )


def _viewer() -> str:
    person = current_person()
    return viewer_mark(person.display_name, person.username, person.id) if person else ""


def _lines(video: Video) -> list[TextLine]:
    track = find_track(video.id, video.captions[0].id) if video.captions else None
    return lines_of(track, video.chapters) if track else []


def _bytes(rendition: Rendition) -> int:
    return rendition.size
