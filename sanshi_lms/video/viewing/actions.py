"""Writes of viewing: add figures to a day, keep a report of trouble, forget the old ones."""

import secrets
from datetime import date, datetime

from sqlalchemy import delete, update

from sanshi_lms.core.db import db, insert_missing
from sanshi_lms.video.viewing.models import FirstFrame, PlayDay, Trouble
from sanshi_lms.video.viewing.rules import (
    CAUSES,
    CODE_LENGTH,
    CODE_SIGNS,
    KEPT,
    MAX_AGENT,
    MAX_DETAIL,
    PATHS,
    Figures,
    edge_of,
)


def add_figures(video_id: int, day: date, figures: Figures) -> None:
    """Add what one player saw to the sums of the day."""
    insert_missing(
        PlayDay,
        video_id=video_id,
        day=day,
        plays=0,
        seconds=0,
        stalls=0,
        stalled_ms=0,
        failures=0,
    )
    db.session.execute(
        update(PlayDay)
        .where(PlayDay.video_id == video_id, PlayDay.day == day)
        .values(
            plays=PlayDay.plays + figures.plays,
            seconds=PlayDay.seconds + figures.seconds,
            stalls=PlayDay.stalls + figures.stalls,
            stalled_ms=PlayDay.stalled_ms + figures.stalled_ms,
            failures=PlayDay.failures + figures.failures,
        )
    )
    if figures.first_frame_ms is None:
        return
    edge = edge_of(figures.first_frame_ms)
    insert_missing(FirstFrame, video_id=video_id, day=day, within_ms=edge, plays=0)
    db.session.execute(
        update(FirstFrame)
        .where(FirstFrame.video_id == video_id, FirstFrame.day == day, FirstFrame.within_ms == edge)
        .values(plays=FirstFrame.plays + 1)
    )


def report_trouble(
    video_id: int,
    *,
    cause: str,
    path: str,
    second: float,
    user_agent: str,
    detail: str,
    moment: datetime,
) -> Trouble:
    """Keep what a browser said and return it with the code that the person reads out."""
    trouble = Trouble(
        code="".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH)),
        video_id=video_id,
        created_at=moment,
        cause=cause if cause in CAUSES else "fine",
        path=path if path in PATHS else "",
        second=second,
        user_agent=user_agent[:MAX_AGENT],
        detail=detail[:MAX_DETAIL],
    )
    db.session.add(trouble)
    db.session.flush()
    return trouble


def forget_old_troubles(moment: datetime) -> None:
    """Delete the reports that are older than KEPT."""
    db.session.execute(delete(Trouble).where(Trouble.created_at < moment - KEPT))
