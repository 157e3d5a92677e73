"""Tables of viewing: how videos played, counted by day; reports of what did not play."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.core.db import Model, UtcDateTime
from sanshi_lms.video.models import Video
from sanshi_lms.video.viewing.rules import MAX_AGENT


class PlayDay(Model):
    """How a video played on one local day: sums only, of nobody in particular.

    `seconds` were played, of which `stalled_ms` more were waited for in `stalls`; `failures` counts
    plays that never showed anything.
    """

    __tablename__ = "video_play_days"
    __table_args__ = (
        UniqueConstraint("video_id", "day"),
        CheckConstraint("plays >= 0 AND seconds >= 0 AND stalls >= 0", name="counts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    video_id: Mapped[int] = mapped_column(ForeignKey(Video.id, ondelete="CASCADE"))
    day: Mapped[date] = mapped_column(Date)
    plays: Mapped[int] = mapped_column(default=0)
    seconds: Mapped[int] = mapped_column(default=0)
    stalls: Mapped[int] = mapped_column(default=0)
    stalled_ms: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)


class FirstFrame(Model):
    """How many plays of a day showed their first picture within `within_ms` milliseconds."""

    __tablename__ = "video_first_frames"
    __table_args__ = (
        UniqueConstraint("video_id", "day", "within_ms"),
        ForeignKeyConstraint(
            ["video_id", "day"],
            ["video_play_days.video_id", "video_play_days.day"],
            ondelete="CASCADE",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    video_id: Mapped[int]
    day: Mapped[date] = mapped_column(Date)
    within_ms: Mapped[int]
    plays: Mapped[int] = mapped_column(default=0)


class Trouble(Model):
    """What a browser said when a video did not play. No name, no address of anybody.

    The person reads `code` out; `cause` is one of `rules.CAUSES`; `path` the way the bytes took.
    """

    __tablename__ = "video_troubles"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    video_id: Mapped[int] = mapped_column(ForeignKey(Video.id, ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    cause: Mapped[str] = mapped_column(String(20))
    path: Mapped[str] = mapped_column(String(10))
    second: Mapped[float]
    user_agent: Mapped[str] = mapped_column(String(MAX_AGENT))
    detail: Mapped[str] = mapped_column(Text)
