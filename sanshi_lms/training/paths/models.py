"""Tables of learning paths: what `training load-paths` last put here."""

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sanshi_lms.core.db import Model

MAX_SLUG = 80
MAX_TITLE = 80
MAX_WHY = 200


class Path(Model):
    """A path for one kind of people; `position` orders the page."""

    __tablename__ = "training_paths"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(MAX_SLUG), unique=True)
    title: Mapped[str] = mapped_column(String(MAX_TITLE))
    audience: Mapped[str] = mapped_column(String(MAX_TITLE))
    summary: Mapped[str] = mapped_column(Text)
    position: Mapped[int]

    steps: Mapped[list["PathStep"]] = relationship(
        cascade="all, delete-orphan", order_by="PathStep.position", lazy="selectin"
    )


class PathStep(Model):
    """A step: a course by its address, and why it stands here. A course that is gone is skipped."""

    __tablename__ = "training_path_steps"

    path_id: Mapped[int] = mapped_column(ForeignKey(Path.id, ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    course_slug: Mapped[str] = mapped_column(String(MAX_SLUG))
    why: Mapped[str] = mapped_column(String(MAX_WHY), default="")
