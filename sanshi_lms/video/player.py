"""The player as markup: one `<video>` with everything its script needs in data attributes."""

from flask import render_template
from markupsafe import Markup

from sanshi_lms.account import viewer_mark
from sanshi_lms.core.access import current_person
from sanshi_lms.courses import Playback
from sanshi_lms.video.access import caption_url, media_url, poster_of
from sanshi_lms.video.models import Video


def render_player(video: Video, playback: Playback) -> Markup:
    """Return the player of a ready video, starting where `playback` says.

    `video` comes from `find_video`: its caption tracks are loaded.
    """
    tracks = [
        {
            "label": track.shown_label,
            "language": track.language,
            "url": caption_url(video, track.id),
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
        )
    )


def _viewer() -> str:
    person = current_person()
    return viewer_mark(person.display_name, person.username, person.id) if person else ""
