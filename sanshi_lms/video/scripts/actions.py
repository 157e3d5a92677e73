"""Writes: a typed script becomes a video, or a new version of one. Nothing commits here."""

from datetime import datetime

from sqlalchemy import select

from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.refusing import taken_means
from sanshi_lms.video.actions import add_video, rename, replace_source
from sanshi_lms.video.models import Video
from sanshi_lms.video.scripts.rules import fingerprint
from sanshi_lms.video.studio import Lecture, parse_script

SOURCE_NAME = "lecture.script.md"


def make_from_script(
    script: str,
    lecture: Lecture,
    *,
    token: str,
    person_id: int,
    moment: datetime,
    unit_id: int | None = None,
) -> Video:
    """Make a video of a script that was checked. The same `token` again returns the same video."""
    source_key = _key(person_id, token)
    known = db.session.scalar(select(Video).where(Video.source_key == source_key))
    if known is not None:
        return known
    with taken_means("这份讲稿刚刚已经开始生成了，请到“视频”页看进度。", 409):
        return add_video(
            title=lecture.title,
            source_name=SOURCE_NAME,
            source_key=source_key,
            size=0,
            person_id=person_id,
            moment=moment,
            script=script,
            unit_id=unit_id,
        )


def change_script(
    video: Video, script: str, lecture: Lecture, *, seen: str, token: str, person_id: int
) -> bool:
    """Make a video anew from a changed script; lessons keep showing it. False: nothing changed.

    `seen` is the fingerprint of the script that the person began from.
    """
    db.session.refresh(video, ["script", "source_key"], with_for_update=True)
    before = video.script or ""
    if before == script:
        return False
    if fingerprint(before) != seen:
        raise Refusal(
            "您打开之后，别人改过这份讲稿。您写的还在下面：请先复制下来，再重新打开本页合在一起。",
            409,
        )
    if parse_script(before).title == video.title:
        rename(video, lecture.title)
    replace_source(
        video,
        source_name=SOURCE_NAME,
        source_key=_key(person_id, token),
        size=0,
        script=script,
    )
    return True


def _key(person_id: int, token: str) -> str:
    return f"video/originals/script-{person_id}-{token}"
