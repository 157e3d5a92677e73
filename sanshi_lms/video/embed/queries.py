"""Reads of embedding: what everybody may see of a video, and who may embed it."""

from dataclasses import dataclass

from sqlalchemy import select

from sanshi_lms.core.db import db
from sanshi_lms.core.shared import shared
from sanshi_lms.courses import Lesson, find_lesson, lessons_using
from sanshi_lms.video.embed.models import EmbedSite
from sanshi_lms.video.models import Video
from sanshi_lms.video.queries import find_video


@dataclass(frozen=True)
class Shown:
    """A video that can be played, with the published lesson that shows it."""

    video: Video
    lesson: Lesson

    @property
    def open(self) -> bool:
        """Tell whether it may be seen without signing in."""
        return not self.video.signed_in_only


def shown_video(video_id: int) -> Shown | None:
    """Return a video by its id; None unless a published lesson shows it."""
    lessons = lessons_using("video", video_id, drafts=False)
    return _shown(lessons[0]) if lessons else None


def shown_lesson(course_slug: str, lesson_slug: str) -> Shown | None:
    """Return the video of a published lesson; None when there is none to play."""
    lesson = find_lesson(course_slug, lesson_slug)
    return _shown(lesson) if lesson is not None and lesson.kind == "video" else None


def _shown(lesson: Lesson) -> Shown | None:
    video = find_video(lesson.target_id) if lesson.target_id else None
    return Shown(video, lesson) if video is not None and video.shown_key else None


@shared("video")
def sites() -> list[str]:
    """Return the CSP sources that may embed, besides ourselves."""
    return list(db.session.scalars(select(EmbedSite.source).order_by(EmbedSite.source)))
