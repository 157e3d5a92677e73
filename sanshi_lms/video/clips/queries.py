"""Reads of clips: those of a video, and how the making of each stands."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import func, select

from sanshi_lms.core.db import db
from sanshi_lms.core.jobs import ACTIVE, Job, retry_may_help
from sanshi_lms.video.clips.models import VideoClip
from sanshi_lms.video.models import CaptionCue, CaptionTrack

MAKE = "video.clip"
State = Literal["waiting", "working", "made", "failed"]
STATE_ZH: dict[State, str] = {
    "waiting": "排队等着做",
    "working": "正在做",
    "made": "做好了",
    "failed": "没有成功",
}
_INTERRUPTED = "没有做完就停下了。请点“重试”。"


@dataclass(frozen=True)
class Standing:
    """How a clip stands. `progress` is 0 to 1; `message` tells a layman what went wrong."""

    state: State
    progress: float = 0.0
    message: str = ""
    detail: str = ""

    @property
    def label(self) -> str:
        """The state in Chinese."""
        return STATE_ZH[self.state]

    @property
    def moves(self) -> bool:
        """Whether somebody works on it or will."""
        return self.state in {"waiting", "working"}

    @property
    def may_retry(self) -> bool:
        """Whether making it once more may end better."""
        return self.state == "failed" and retry_may_help(self.message)


def all_clips(video_id: int) -> list[VideoClip]:
    """Return the clips of a video, newest first."""
    query = select(VideoClip).where(VideoClip.video_id == video_id)
    return list(db.session.scalars(query.order_by(VideoClip.id.desc())))


def find_clip(video_id: int, clip_id: int) -> VideoClip | None:
    """Return a clip of a video."""
    query = select(VideoClip).where(VideoClip.id == clip_id, VideoClip.video_id == video_id)
    return db.session.scalar(query)


def count_clips(video_id: int) -> int:
    """Return how many clips a video has."""
    query = select(func.count(VideoClip.id)).where(VideoClip.video_id == video_id)
    return db.session.scalar(query) or 0


def standings(clips: Sequence[VideoClip]) -> dict[int, Standing]:
    """Return how each clip stands, by id, in one query."""
    keys = [str(clip.id) for clip in clips]
    newest = select(func.max(Job.id)).where(Job.kind == MAKE, Job.key.in_(keys)).group_by(Job.key)
    jobs = {job.key: job for job in db.session.scalars(select(Job).where(Job.id.in_(newest)))}
    return {clip.id: _standing(clip, jobs.get(str(clip.id))) for clip in clips}


def _standing(clip: VideoClip, job: Job | None) -> Standing:
    if clip.made_at is not None:
        return Standing("made", 1.0)
    if job is None:
        return Standing("failed", message=_INTERRUPTED)
    if job.state in ACTIVE:
        state: State = "working" if job.state == "leased" else "waiting"
        return Standing(state, job.progress, job.message or "")
    return Standing("failed", message=job.message or _INTERRUPTED, detail=job.detail or "")


def clips_by_id(ids: Collection[int]) -> dict[int, VideoClip]:
    """Return the clips with these ids in one query."""
    query = select(VideoClip).where(VideoClip.id.in_(set(ids)))
    return {clip.id: clip for clip in db.session.scalars(query)}


def caption_lines(video_id: int) -> tuple[CaptionTrack | None, list[CaptionCue]]:
    """Return the captions of a video that are shown first, with their lines in order."""
    track = db.session.scalar(
        select(CaptionTrack).where(CaptionTrack.video_id == video_id, CaptionTrack.is_default)
    )
    if track is None:
        return None, []
    query = select(CaptionCue).where(CaptionCue.track_id == track.id)
    return track, list(db.session.scalars(query.order_by(CaptionCue.position)))
