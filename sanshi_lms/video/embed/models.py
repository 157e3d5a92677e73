"""Table of embedding: the sites whose pages may hold our player."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.account import Unit
from sanshi_lms.core.db import Model, UtcDateTime
from sanshi_lms.video.embed.rules import MAX_SOURCE


class EmbedSite(Model):
    """A site that may embed videos: `source` is a CSP source, "*" for every site there is.

    It may embed the videos that people of `unit_id`, or of a unit below it, have uploaded; those
    of everybody without one. Without rows only our own pages may.
    """

    __tablename__ = "video_embed_sites"
    __table_args__ = (
        UniqueConstraint("unit_id", "source"),
        # To a unique constraint two rows without a unit are different.
        Index(
            "uq_video_embed_sites_everybody",
            "source",
            unique=True,
            sqlite_where=text("unit_id IS NULL"),
            postgresql_where=text("unit_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey(Unit.id, ondelete="CASCADE"))
    source: Mapped[str] = mapped_column(String(MAX_SOURCE))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
