"""Reads of viewing: how a video played lately, and reports of trouble."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import Select, func, select

from sanshi_lms.account import owned
from sanshi_lms.core.db import db
from sanshi_lms.core.reach import EVERYTHING, Reach
from sanshi_lms.core.shared import shared
from sanshi_lms.video.captions import CueText
from sanshi_lms.video.models import CaptionTrack, Chapter, Video
from sanshi_lms.video.queries import find_track, find_video
from sanshi_lms.video.viewing.models import FirstFrame, PlayDay, Trouble
from sanshi_lms.video.viewing.reading import TextLine, text_lines, with_headings
from sanshi_lms.video.viewing.rules import KEPT, SHOWN_DAYS, Figures, figures_sentence, median_ms


def playing_sentence(video_id: int, today: date) -> str:
    """Return how a video played in the last days, in a sentence."""
    since = today - timedelta(days=SHOWN_DAYS - 1)
    summed = [func.coalesce(func.sum(column), 0) for column in _COLUMNS]
    row = db.session.execute(
        select(*summed).where(PlayDay.video_id == video_id, PlayDay.day >= since)
    ).one()
    counts = db.session.execute(
        select(FirstFrame.within_ms, func.sum(FirstFrame.plays))
        .where(FirstFrame.video_id == video_id, FirstFrame.day >= since)
        .group_by(FirstFrame.within_ms)
    )
    total = Figures(*(int(value) for value in row))
    return figures_sentence(total, median_ms({int(edge): int(n) for edge, n in counts}))


_COLUMNS = (PlayDay.plays, PlayDay.seconds, PlayDay.stalls, PlayDay.stalled_ms, PlayDay.failures)


def lines_of(track: CaptionTrack, chapters: Iterable[Chapter]) -> list[TextLine]:
    """Return what a track says as lines to read. Its cues are loaded."""
    lines = text_lines(CueText(cue.start, cue.end, cue.text) for cue in track.cues)
    return with_headings(lines, [(one.start, one.title) for one in chapters])


@shared("video")
def lines_of_video(video_id: int) -> list[TextLine]:
    """Return what the first track of a video says as lines to read; none without captions."""
    video = find_video(video_id)
    first = next(iter(video.captions), None) if video else None
    track = find_track(video_id, first.id) if first else None
    return lines_of(track, video.chapters) if track and video else []


def troubles_query(
    moment: datetime,
    *,
    code: str = "",
    video_id: int | None = None,
    reach: Reach = EVERYTHING,
) -> Select[Trouble]:
    """Return the query of reports about videos within reach that are still kept, newest first."""
    query = select(Trouble).where(Trouble.created_at >= moment - KEPT)
    if not reach.everything:
        own = select(Video.id).where(owned(Video.unit_id, reach))
        query = query.where(Trouble.video_id.in_(own))
    if code:
        query = query.where(Trouble.code == code)
    if video_id is not None:
        query = query.where(Trouble.video_id == video_id)
    return query.order_by(Trouble.created_at.desc(), Trouble.id.desc())


def troubles_count(video_id: int, moment: datetime) -> int:
    """Return how many reports of this video are kept."""
    query = troubles_query(moment, video_id=video_id).order_by(None).subquery()
    return db.session.scalar(select(func.count()).select_from(query)) or 0


def has_old_troubles(moment: datetime) -> bool:
    """Tell whether there is a report that is kept too long."""
    query = select(Trouble.id).where(Trouble.created_at < moment - KEPT).limit(1)
    return db.session.scalar(query) is not None


def exists(video_id: int) -> bool:
    """Tell whether the video is still there."""
    return db.session.scalar(select(Video.id).where(Video.id == video_id)) is not None
