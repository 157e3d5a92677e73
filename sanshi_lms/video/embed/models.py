"""Table of embedding: the sites whose pages may hold our player."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.core.db import Model, UtcDateTime
from sanshi_lms.video.embed.rules import MAX_SOURCE


class EmbedSite(Model):
    """A site that may embed videos: `source` is a CSP source, "*" for every site there is.

    Without rows only our own pages may.
    """

    __tablename__ = "video_embed_sites"

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(MAX_SOURCE), unique=True)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
