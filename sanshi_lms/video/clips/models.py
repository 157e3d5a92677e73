"""Table of clips: what was cut from a video for 公众号 and 视频号, and what came out."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.account import User
from sanshi_lms.core.db import Model, UtcDateTime
from sanshi_lms.core.nonces import LENGTH
from sanshi_lms.video.clips.rules import PURPOSES, SHAPES, TITLE_LENGTH, TOPICS_LENGTH
from sanshi_lms.video.models import Video


class VideoClip(Model):
    """A stretch of a video (`start` to `end`, seconds) as files: MP4 and cover.

    Until `made_at` there are none; how the making stands is computed from its job, never stored.
    `made_from` names the media that it was cut from, so that a page can tell that the video has
    another file since. `topics` is one line, "#三师进社区 #城市更新".
    """

    __tablename__ = "video_clips"
    __table_args__ = (
        CheckConstraint('start >= 0 AND "end" > start', name="times"),
        CheckConstraint(f"shape IN {tuple(SHAPES)!r}", name="shape"),
        CheckConstraint(f"purpose IN {tuple(PURPOSES)!r}", name="purpose"),
        CheckConstraint("(made_at IS NULL) = (made_from IS NULL)", name="made"),
        CheckConstraint(
            "made_at IS NULL OR (size > 0 AND width > 0 AND height > 0 AND seconds > 0)",
            name="facts",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    nonce: Mapped[str] = mapped_column(String(LENGTH), unique=True)
    video_id: Mapped[int] = mapped_column(ForeignKey(Video.id, ondelete="CASCADE"), index=True)
    start: Mapped[float]
    end: Mapped[float]
    shape: Mapped[str] = mapped_column(String(10))
    purpose: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    topics: Mapped[str] = mapped_column(String(TOPICS_LENGTH))
    by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)

    made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    made_from: Mapped[str | None] = mapped_column(String(200))
    width: Mapped[int] = mapped_column(default=0)
    height: Mapped[int] = mapped_column(default=0)
    seconds: Mapped[float] = mapped_column(default=0.0)
    size: Mapped[int] = mapped_column(BigInteger, default=0)

    @property
    def folder(self) -> str:
        """Where its files lie in the storage."""
        return f"video/{self.video_id}/clips/{self.id}"

    @property
    def shape_zh(self) -> str:
        """Its shape in Chinese."""
        return SHAPES[self.shape]
