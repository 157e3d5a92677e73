"""Tables of video: a video, what was made of it, its captions and chapters."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sanshi_lms.account import Unit, User
from sanshi_lms.core.db import Model, UtcDateTime
from sanshi_lms.video.rules import MAX_CHAPTER_TITLE, MAX_FILE_NAME, MAX_TITLE


class Video(Model):
    """A video: the file that was given, and what was made of it.

    `source_key` names the original in the storage, `media_key` the folder with everything made;
    until `made_at` there is none, but what stands already can be watched from `early_key`. How it
    stands is computed (`rules.video_state`), never stored.
    `unit_id` is whose it is; None is the whole city's.
    `side_files` are the names of what was made beside it (poster choices, thumbnails, waveform,
    sound alone), with spaces between; `poster` is the one that a person chose, "" for ours.
    `pack_key` is "course/lesson" for a video that `courses load` keeps up to date; with a `script`
    its original is not given but built by the studio, the first time that the worker needs it.
    `chapters_sha256` tells which file of a pack its chapters came from.
    What is `signed_in_only` never leaves the house: pictures, words and bytes alike; then
    `shows_viewer` lays the viewer's masked name over the picture.
    """

    __tablename__ = "video_videos"
    __table_args__ = (
        CheckConstraint("source_size > 0 OR script IS NOT NULL", name="source_size"),
        CheckConstraint("(made_at IS NULL) = (media_key IS NULL)", name="made"),
        CheckConstraint("made_at IS NULL OR seconds > 0", name="seconds"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(MAX_TITLE))
    source_name: Mapped[str] = mapped_column(String(MAX_FILE_NAME))
    source_key: Mapped[str] = mapped_column(String(200), unique=True)
    source_size: Mapped[int] = mapped_column(BigInteger)
    source_sha256: Mapped[str | None] = mapped_column(String(64))
    pack_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    script: Mapped[str | None] = mapped_column(Text)
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey(Unit.id), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

    media_key: Mapped[str | None] = mapped_column(String(200))
    early_key: Mapped[str | None] = mapped_column(String(200))
    seconds: Mapped[float | None]
    width: Mapped[int] = mapped_column(default=0)
    height: Mapped[int] = mapped_column(default=0)
    has_poster: Mapped[bool] = mapped_column(default=False)
    poster: Mapped[str] = mapped_column(String(40), default="", server_default="")
    side_files: Mapped[str] = mapped_column(Text, default="", server_default="")
    notices: Mapped[str] = mapped_column(Text, default="")
    made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    chapters_sha256: Mapped[str | None] = mapped_column(String(64))
    signed_in_only: Mapped[bool] = mapped_column(default=False)
    shows_viewer: Mapped[bool] = mapped_column(default=False)

    @property
    def shown_key(self) -> str | None:
        """The folder that a player reads: whole, or as far as it is made; None when nothing is."""
        return self.media_key or self.early_key

    renditions: Mapped[list["Rendition"]] = relationship(
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="Rendition.id",
        lazy="raise_on_sql",
    )
    captions: Mapped[list["CaptionTrack"]] = relationship(
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="CaptionTrack.is_default.desc(), CaptionTrack.id",
        lazy="raise_on_sql",
    )
    chapters: Mapped[list["Chapter"]] = relationship(
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="Chapter.position",
        lazy="raise_on_sql",
    )


class Rendition(Model):
    """One stream that was made. `size` is bytes, rates are bits per second."""

    __tablename__ = "video_renditions"
    __table_args__ = (
        UniqueConstraint("video_id", "name"),
        CheckConstraint("kind IN ('picture', 'sound')", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    video_id: Mapped[int] = mapped_column(ForeignKey(Video.id, ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(10))
    codec: Mapped[str] = mapped_column(String(40))
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int] = mapped_column(BigInteger)
    seconds: Mapped[float]
    segments: Mapped[int]
    peak_rate: Mapped[int]
    average_rate: Mapped[int]


class CaptionTrack(Model):
    """Captions of a video in one language (`language` is a BCP 47 tag such as "zh").

    `version` grows with every change, so that of two people who edit at once the second is told.
    `sha256` names the file that the cues came from, not what people made of them since: the same
    file of a pack, loaded again, must not undo their work. `machine_made` captions are marked as
    such until a person has read them (`checked_at`).
    """

    __tablename__ = "video_caption_tracks"
    __table_args__ = (
        UniqueConstraint("video_id", "language"),
        Index(
            "uq_video_caption_tracks_default",
            "video_id",
            unique=True,
            sqlite_where=text("is_default"),
            postgresql_where=text("is_default"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    video_id: Mapped[int] = mapped_column(ForeignKey(Video.id, ondelete="CASCADE"), index=True)
    language: Mapped[str] = mapped_column(String(20))
    label: Mapped[str] = mapped_column(String(40))
    sha256: Mapped[str] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(default=1)
    is_default: Mapped[bool] = mapped_column(default=False)
    machine_made: Mapped[bool] = mapped_column(default=False)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    saved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    saved_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))

    cues: Mapped[list["CaptionCue"]] = relationship(
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="CaptionCue.position",
        lazy="raise_on_sql",
    )

    @property
    def unchecked(self) -> bool:
        """Whether a machine wrote this and nobody has read it yet."""
        return self.machine_made and self.checked_at is None

    @property
    def shown_label(self) -> str:
        """The label as learners read it: honest about what nobody has read."""
        return f"{self.label}（机器生成，未经核对）" if self.unchecked else self.label


class CaptionCue(Model):
    """One caption: shown from `start` to `end`, in seconds of the video."""

    __tablename__ = "video_caption_cues"
    __table_args__ = (
        UniqueConstraint("track_id", "position"),
        CheckConstraint('start >= 0 AND "end" > start', name="times"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    track_id: Mapped[int] = mapped_column(ForeignKey(CaptionTrack.id, ondelete="CASCADE"))
    position: Mapped[int]
    start: Mapped[float]
    end: Mapped[float]
    text: Mapped[str] = mapped_column(Text)


class Chapter(Model):
    """One chapter of a video, from `start` (seconds) to the start of the next."""

    __tablename__ = "video_chapters"
    __table_args__ = (
        UniqueConstraint("video_id", "position"),
        CheckConstraint("start >= 0", name="start"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    video_id: Mapped[int] = mapped_column(ForeignKey(Video.id, ondelete="CASCADE"))
    position: Mapped[int]
    start: Mapped[float]
    title: Mapped[str] = mapped_column(String(MAX_CHAPTER_TITLE))
