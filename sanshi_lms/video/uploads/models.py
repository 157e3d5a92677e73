"""Tables of uploads."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.account import Unit, User
from sanshi_lms.core.db import Model, UtcDateTime
from sanshi_lms.video.models import Video
from sanshi_lms.video.rules import MAX_FILE_NAME


class Upload(Model):
    """A file on its way to us; `size` is what the sender promised, in bytes.

    `video_id` is set once all of it is here and the video exists. `metadata_header` is what the
    sender said of it, as it came. With an `inbox_key` the bytes come from the server's own inbox.
    `unit_id` is whose the video will be.
    """

    __tablename__ = "video_uploads"
    __table_args__ = (
        CheckConstraint("size > 0", name="size"),
        Index(
            "uq_video_uploads_inbox",
            "inbox_key",
            unique=True,
            sqlite_where=text("finished_at IS NULL"),
            postgresql_where=text("finished_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey(Unit.id), index=True)
    file_name: Mapped[str] = mapped_column(String(MAX_FILE_NAME))
    size: Mapped[int] = mapped_column(BigInteger)
    metadata_header: Mapped[str] = mapped_column(Text, default="")
    inbox_key: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    video_id: Mapped[int | None] = mapped_column(ForeignKey(Video.id, ondelete="SET NULL"))
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)

    @property
    def part_key(self) -> str:
        """Where the bytes gather."""
        return f"video/uploads/{self.id}.part"

    @property
    def final_key(self) -> str:
        """Where the file lies once it is whole; the video plays from what is made of it."""
        return f"video/originals/{self.id}"
