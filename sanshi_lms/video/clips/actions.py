"""Writes of clips: ask for one, make it again, remove it. Nothing commits here."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import select

from sanshi_lms.core.audit import note
from sanshi_lms.core.db import after_commit, db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.jobs import drop_jobs, enqueue
from sanshi_lms.core.storage import storage
from sanshi_lms.video.clips.models import VideoClip
from sanshi_lms.video.clips.queries import MAKE, count_clips, standings
from sanshi_lms.video.clips.rules import (
    MOST_CLIPS,
    clock,
    plain,
    stretch_problem,
    title_problem,
    topics_line,
    topics_of,
    topics_problem,
)
from sanshi_lms.video.models import Video

CLOSED = (
    "这个视频仅限登录人员观看，不能做成对外发布的素材。"
    "确实可以公开的，请先在视频页的“谁能看”里改过来。"
)
_NOT_READY = "视频还没有转码好，等它可以播放了再来做。"


@dataclass(frozen=True)
class Wanted:
    """A clip as a person asks for it. Times are seconds of the video."""

    start: float
    end: float
    shape: str
    purpose: str
    title: str
    topics: str


def closed_reason(video: Video) -> str | None:
    """Say why no clips can be made of a video now; None when they can."""
    if video.signed_in_only:
        return CLOSED
    return None if video.media_key and video.seconds else _NOT_READY


def ask_for_clip(
    video: Video, wanted: Wanted, *, nonce: str, person_id: int, moment: datetime
) -> VideoClip:
    """Queue the making of a clip. The same form sent twice is one clip.

    Refuses in words what cannot be: a closed or unready video, a stretch too long, a long title.
    """
    known = db.session.scalar(select(VideoClip).where(VideoClip.nonce == nonce))
    if known is not None:
        return known
    title, topics = plain(wanted.title), topics_of(wanted.topics)
    problem = (
        closed_reason(video)
        or stretch_problem(wanted.start, wanted.end, wanted.purpose, video.seconds or 0.0)
        or title_problem(title)
        or topics_problem(topics)
    )
    if problem:
        raise Refusal(problem)
    if count_clips(video.id) >= MOST_CLIPS:
        raise Refusal(f"一个视频最多留 {MOST_CLIPS} 个素材，请先删掉不用的。")
    clip = VideoClip(
        nonce=nonce,
        video_id=video.id,
        start=wanted.start,
        end=min(wanted.end, video.seconds or wanted.end),
        shape=wanted.shape,
        purpose=wanted.purpose,
        title=title,
        topics=topics_line(topics),
        by_id=person_id,
        asked_at=moment,
    )
    db.session.add(clip)
    db.session.flush()
    note("video.clip", f"video:{video.id}", after=_told(clip))
    enqueue(MAKE, str(clip.id), {"clip_id": clip.id})
    return clip


def retry_clip(clip: VideoClip) -> None:
    """Make a clip once more that failed. Refuses while there is nothing to retry."""
    if standings([clip])[clip.id].state != "failed":
        raise Refusal("这个素材正在做，或者已经做好了，不用再点。")
    note("video.clip_retry", f"video:{clip.video_id}", after=_told(clip))
    enqueue(MAKE, str(clip.id), {"clip_id": clip.id})


def remove_clip(clip: VideoClip) -> None:
    """Delete a clip with its files; whoever works on it loses the lease."""
    note("video.clip_removed", f"video:{clip.video_id}", before=_told(clip))
    drop_jobs(MAKE, str(clip.id))
    after_commit(partial(storage().delete, clip.folder))
    db.session.delete(clip)


def drop_clip_jobs(video_id: int) -> None:
    """Stop the work on all clips of a video that is about to be deleted."""
    for clip_id in db.session.scalars(select(VideoClip.id).where(VideoClip.video_id == video_id)):
        drop_jobs(MAKE, str(clip_id))


def _told(clip: VideoClip) -> dict[str, object]:
    stretch = f"{clock(clip.start)}–{clock(clip.end)}"
    return {"title": clip.title, "stretch": stretch, "shape": clip.shape, "purpose": clip.purpose}
