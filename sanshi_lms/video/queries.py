"""Reads of video: how videos stand, where their media are, what is said in them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from sanshi_lms.core.db import db
from sanshi_lms.core.job_parts import Whole, wholes
from sanshi_lms.core.jobs import Job, retry_may_help
from sanshi_lms.core.registers import Cue
from sanshi_lms.core.shared import shared
from sanshi_lms.video.engine import PROFILE
from sanshi_lms.video.models import CaptionCue, CaptionTrack, Video
from sanshi_lms.video.rules import STATE_ZH, State, seconds_left, video_state

TRANSCODE = "video.transcode"
REMAKE = "video.remake"
RECOGNISE = "video.recognise"
PART = "video.part"


def media_key_for(video_id: int, source_key: str) -> str:
    """Return where everything made of this source by the present recipe lies."""
    return f"video/{video_id}/{PROFILE}-{source_key.rpartition('/')[2]}"


@dataclass(frozen=True)
class Standing:
    """How a video stands. `progress` is 0 to 1, `seconds_left` None while unknown.

    `done` of `parts` are made; it `moves` while somebody works on it or will. `message` tells a
    layman what went wrong, `detail` an expert. `again`: a ready video is being made once more.
    """

    state: State
    progress: float = 0.0
    message: str = ""
    detail: str = ""
    seconds_left: float | None = None
    again: bool = False
    moves: bool = False
    done: int = 0
    parts: int = 0

    @property
    def label(self) -> str:
        """The state in Chinese."""
        return STATE_ZH[self.state]

    @property
    def may_retry(self) -> bool:
        """Whether making it once more may end better."""
        return retry_may_help(self.message)


def videos_query() -> Select[Video]:
    """Return the query of all videos, newest first."""
    return select(Video).order_by(Video.created_at.desc(), Video.id.desc())


@shared("video")
def find_video(video_id: int) -> Video | None:
    """Return a video with its renditions, caption tracks and chapters."""
    query = select(Video).where(Video.id == video_id)
    query = query.options(
        selectinload(Video.renditions),
        selectinload(Video.captions),
        selectinload(Video.chapters),
    )
    return db.session.scalar(query)


@shared("video")
def videos_by_id(ids: Collection[int]) -> dict[int, Video]:
    """Return the videos with these ids in one query."""
    query = select(Video).where(Video.id.in_(set(ids)))
    return {video.id: video for video in db.session.scalars(query)}


def duration_seconds(video_id: int) -> float | None:
    """Return how long a video plays; None while it is not made or does not exist."""
    return db.session.scalar(select(Video.seconds).where(Video.id == video_id))


def standings(videos: Iterable[Video], moment: datetime) -> dict[int, Standing]:
    """Return how each video stands, by id, in three queries."""
    wanted = {str(video.id): video for video in videos}
    newest = (
        select(func.max(Job.id))
        .where(Job.kind == TRANSCODE, Job.key.in_(wanted.keys()))
        .group_by(Job.key)
    )
    jobs = {job.key: job for job in db.session.scalars(select(Job).where(Job.id.in_(newest)))}
    found = wholes(jobs.values())
    return {
        video.id: _standing(video, jobs.get(key), found, moment) for key, video in wanted.items()
    }


def _standing(video: Video, job: Job | None, found: dict[int, Whole], moment: datetime) -> Standing:
    made, playable = video.made_at is not None, video.shown_key is not None
    if job is None:
        return Standing(video_state(None, made=made))
    whole = found[job.id]
    state = video_state(whole.state, made=made, playable=playable)  # type: ignore[arg-type]  # the table allows no other
    active = whole.state in ("pending", "leased")
    elapsed = (moment - job.started_at).total_seconds() if job.started_at else 0.0
    return Standing(
        state=state,
        progress=1.0 if state == "ready" and not active else whole.progress,
        message=(whole.told.message or "") if whole.state != "done" else "",
        detail=(whole.told.detail or "") if whole.state != "done" else "",
        seconds_left=seconds_left(whole.progress, elapsed) if whole.state == "leased" else None,
        again=made and active,
        moves=active,
        done=whole.done,
        parts=whole.parts,
    )


def waiting_count() -> int:
    """Return how many videos are not ready: waiting, being made, or failed."""
    return db.session.scalar(select(func.count(Video.id)).where(Video.made_at.is_(None))) or 0


def closed_ids() -> list[int]:
    """Return the ids of all videos for people who are signed in."""
    return list(db.session.scalars(select(Video.id).where(Video.signed_in_only)))


@shared("video")
def find_track(video_id: int, track_id: int) -> CaptionTrack | None:
    """Return a caption track of a video with its cues."""
    query = select(CaptionTrack).where(
        CaptionTrack.id == track_id, CaptionTrack.video_id == video_id
    )
    return db.session.scalar(query.options(selectinload(CaptionTrack.cues)))


def cues_of(video_ids: Collection[int]) -> dict[int, list[Cue]]:
    """Return what is said in these videos, in order, in one query.

    Of several languages the default counts.
    """
    rows = db.session.execute(
        select(CaptionTrack.video_id, CaptionCue.start, CaptionCue.text)
        .join(CaptionTrack, CaptionTrack.id == CaptionCue.track_id)
        .where(CaptionTrack.video_id.in_(set(video_ids)), CaptionTrack.is_default)
        .order_by(CaptionTrack.video_id, CaptionCue.position)
    )
    found: dict[int, list[Cue]] = {}
    for video_id, start, text in rows:
        found.setdefault(video_id, []).append(Cue(start, text))
    return found
