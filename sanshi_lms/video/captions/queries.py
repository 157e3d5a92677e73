"""Reads of captions: which videos have any, and of what kind."""

from collections.abc import Collection
from typing import Literal

from sqlalchemy import Select, and_, exists, select

from sanshi_lms.core.db import db
from sanshi_lms.video.models import CaptionTrack, Video

Coverage = Literal["read", "machine", "none"]
COVERAGE_ZH: dict[Coverage, str] = {
    "read": "有字幕",
    "machine": "字幕未核对",
    "none": "无字幕",
}
_UNREAD = and_(CaptionTrack.machine_made, CaptionTrack.checked_at.is_(None))


def coverage(video_ids: Collection[int]) -> dict[int, Coverage]:
    """Return what captions these videos have, in one query; what people read counts most."""
    query = select(CaptionTrack.video_id, _UNREAD).where(CaptionTrack.video_id.in_(set(video_ids)))
    found: dict[int, Coverage] = dict.fromkeys(video_ids, "none")
    for video_id, unread in db.session.execute(query):
        if found[video_id] != "read":
            found[video_id] = "machine" if unread else "read"
    return found


def covered(query: Select[Video], wanted: str) -> Select[Video]:
    """Return `query` with only the videos whose captions are `wanted`; all for other words."""
    mine = CaptionTrack.video_id == Video.id
    read, unread = exists().where(mine, ~_UNREAD), exists().where(mine, _UNREAD)
    if wanted == "read":
        return query.where(read)
    if wanted == "machine":
        return query.where(unread, ~read)
    return query.where(~read, ~unread) if wanted == "none" else query
