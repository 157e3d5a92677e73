"""Reads of uploads: what is on its way, what a person's originals hold, what is here already."""

from sqlalchemy import func, select

from sanshi_lms.account import owned
from sanshi_lms.core.db import db
from sanshi_lms.core.reach import EVERYTHING, Reach
from sanshi_lms.video.models import Video
from sanshi_lms.video.uploads.models import Upload


def open_uploads(person_id: int | None = None) -> list[Upload]:
    """Return the uploads that are not finished, of everybody or of one person, newest first."""
    query = select(Upload).where(Upload.finished_at.is_(None))
    if person_id is not None:
        query = query.where(Upload.person_id == person_id)
    return list(db.session.scalars(query.order_by(Upload.created_at.desc()).limit(2000)))


def originals_bytes(person_id: int) -> int:
    """Return how many bytes the originals hold that a person uploaded."""
    total = select(func.sum(Video.source_size)).where(Video.uploaded_by_id == person_id)
    return int(db.session.scalar(total) or 0)


def hashed_of_size(size: int, reach: Reach) -> bool:
    """Tell whether a video within reach has an original of `size` bytes and a known hash."""
    query = select(Video.id).where(Video.source_size == size, Video.source_sha256.is_not(None))
    query = query.where(owned(Video.unit_id, reach))
    return db.session.scalar(query.limit(1)) is not None


def video_with_hash(sha256: str, reach: Reach = EVERYTHING) -> Video | None:
    """Return the oldest video within reach that was made of this very file."""
    same = select(Video).where(Video.source_sha256 == sha256, owned(Video.unit_id, reach))
    return db.session.scalar(same.order_by(Video.id).limit(1))
