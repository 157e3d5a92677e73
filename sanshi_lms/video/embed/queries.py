"""Reads of embedding: what everybody may see of a video, and who may embed it."""

from dataclasses import dataclass

from sqlalchemy import select

from sanshi_lms.account import User, units_above
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


def sites_of(video: Video) -> list[str]:
    """Return the CSP sources that may embed a video, besides ourselves.

    Those of everybody's list, and of the lists of its uploader's unit and of all units above.
    """
    allowed = set(sites())
    if video.uploaded_by_id is not None and units_with_lists():
        query = select(User.unit_id).where(User.id == video.uploaded_by_id)
        unit_id = db.session.scalar(query)
        for number in units_above(unit_id) if unit_id else ():
            allowed.update(sites(number))
    return sorted(allowed)


@shared("video")
def sites(unit_id: int | None = None) -> list[str]:
    """Return the list of a unit; everybody's without one."""
    query = select(EmbedSite.source).where(EmbedSite.unit_id.is_not_distinct_from(unit_id))
    return list(db.session.scalars(query.order_by(EmbedSite.source)))


@shared("video")
def units_with_lists() -> list[int]:
    """Return the units that have a list of their own."""
    query = select(EmbedSite.unit_id).where(EmbedSite.unit_id.is_not(None)).distinct()
    return [number for number in db.session.scalars(query) if number is not None]
