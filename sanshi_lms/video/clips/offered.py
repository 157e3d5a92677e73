"""What rooms above may know of clips: those that are made, with their addresses."""

from dataclasses import dataclass

from flask import url_for

from sanshi_lms.video.clips.queries import all_clips
from sanshi_lms.video.queries import find_video


@dataclass(frozen=True)
class MadeClip:
    """A clip that is ready, for people with video.upload: only they may open its addresses.

    `url` is the MP4, `cover_url` its picture, `kit_url` both with title and topics as a zip;
    `seconds` and `size` (bytes) are those of the MP4.
    """

    id: int
    title: str
    topics: str
    shape: str
    shape_zh: str
    purpose: str
    seconds: float
    size: int
    url: str
    cover_url: str
    kit_url: str


def clips_of(video_id: int) -> list[MadeClip]:
    """Return the made clips of a video, newest first; none of one that is closed since."""
    video = find_video(video_id)
    if video is None or video.signed_in_only:
        return []
    return [
        MadeClip(
            id=clip.id,
            title=clip.title,
            topics=clip.topics,
            shape=clip.shape,
            shape_zh=clip.shape_zh,
            purpose=clip.purpose,
            seconds=clip.seconds,
            size=clip.size,
            url=_address("clip_file", clip.video_id, clip.id),
            cover_url=_address("clip_cover", clip.video_id, clip.id),
            kit_url=_address("clip_kit", clip.video_id, clip.id),
        )
        for clip in all_clips(video_id)
        if clip.made_at is not None
    ]


def _address(view: str, video_id: int, clip_id: int) -> str:
    return url_for(f"video_admin.{view}", video_id=video_id, clip_id=clip_id)
