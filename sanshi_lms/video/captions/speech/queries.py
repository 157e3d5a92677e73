"""How the recognition of a video stands."""

from dataclasses import dataclass

from sanshi_lms.core.jobs import ACTIVE, find_job
from sanshi_lms.video.captions.languages import SPOKEN
from sanshi_lms.video.models import Video
from sanshi_lms.video.queries import RECOGNISE


@dataclass(frozen=True)
class Listening:
    """Whether it is running (`progress` from 0 to 1) or may be asked for, and how it failed."""

    active: bool
    progress: float
    may_ask: bool
    message: str


def listening_of(video: Video) -> Listening:
    """Return how the recognition of a video from `find_video` stands."""
    there = any(track.language == SPOKEN for track in video.captions)
    job = find_job(RECOGNISE, str(video.id))
    active = job is not None and job.state in ACTIVE
    return Listening(
        active=active,
        progress=job.progress if job is not None and active else 0.0,
        may_ask=not active and video.media_key is not None and not there,
        message=(job.message or "") if job is not None and job.state == "failed" else "",
    )
