"""Writes of video: take a source, make it again, rename, remove. Nothing commits here."""

from datetime import datetime
from functools import partial

from sanshi_lms.core.audit import note
from sanshi_lms.core.changes import touch
from sanshi_lms.core.db import after_commit, db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.job_parts import wholes
from sanshi_lms.core.jobs import ACTIVE, drop_jobs, enqueue, find_job, retry_job
from sanshi_lms.core.storage import storage
from sanshi_lms.courses import lessons_using
from sanshi_lms.video.clips.actions import drop_clip_jobs
from sanshi_lms.video.models import Video
from sanshi_lms.video.queries import RECOGNISE, REMAKE, TRANSCODE, media_key_for
from sanshi_lms.video.rules import MAX_FILE_NAME, OWN_POSTER, priority, title_problem


def add_video(
    *,
    title: str,
    source_name: str,
    source_key: str,
    size: int,
    person_id: int | None,
    moment: datetime,
    sha256: str | None = None,
    pack_key: str | None = None,
    script: str | None = None,
    unit_id: int | None = None,
) -> Video:
    """Take the source in the storage under `source_key` (`size` bytes) and queue its work.

    With a `script` the source is built from it later, and `size` is 0.
    """
    video = Video(
        title=title,
        source_name=source_name[-MAX_FILE_NAME:],
        source_key=source_key,
        source_size=size,
        source_sha256=sha256,
        pack_key=pack_key,
        script=script,
        uploaded_by_id=person_id,
        unit_id=unit_id,
        created_at=moment,
        renditions=[],
        captions=[],
        chapters=[],
    )
    db.session.add(video)
    db.session.flush()
    note(
        "video.add",
        f"video:{video.id}",
        after={"title": title, "file": source_name, "unit_id": unit_id},
    )
    make_again(video)
    return video


def make_again(video: Video) -> None:
    """Queue the making of everything of `video`; a second click while it waits changes nothing."""
    rank = priority(video.source_size, waited_for=video.uploaded_by_id is not None)
    enqueue(TRANSCODE, str(video.id), {"video_id": video.id}, rank)


def retry(video: Video) -> None:
    """Go on with a video that failed or was stopped. Refuses while there is nothing to retry."""
    job = find_job(TRANSCODE, str(video.id))
    if job is not None and wholes([job])[job.id].state in ACTIVE:
        raise Refusal("这个视频已经在排队或转码了，不用再点。")
    if video.script is None and not storage().exists(video.source_key):
        raise Refusal("服务器上找不到这个视频的原文件，请删除后重新上传。")
    note("video.retry", f"video:{video.id}")
    if job is None or retry_job(job) is None:
        make_again(video)


def stop(video: Video) -> None:
    """Stop the work on a video; what was made of it is removed unless it is whole.

    Whoever works on it loses the lease, and its ffmpeg ends within two seconds.
    """
    job = find_job(TRANSCODE, str(video.id))
    if job is None or wholes([job])[job.id].state not in ACTIVE:
        raise Refusal("这个视频现在没有在转码，不用停止。")
    note("video.stop", f"video:{video.id}")
    _abandon(video)


def _abandon(video: Video) -> None:
    """Forget the jobs of a video and what they have half made."""
    for kind in (TRANSCODE, REMAKE):
        drop_jobs(kind, str(video.id))
    half_made = media_key_for(video.id, video.source_key)
    video.early_key = None
    if video.made_at is None:
        video.seconds, video.width, video.height = None, 0, 0
    if video.media_key != half_made:
        after_commit(partial(storage().delete, half_made))


def rename(video: Video, title: str) -> None:
    """Give a video another name."""
    title = title.strip()
    if problem := title_problem(title):
        raise Refusal(problem)
    if title != video.title:
        note("video.rename", f"video:{video.id}", {"title": video.title}, {"title": title})
        video.title = title


def give(video: Video, unit_id: int | None) -> None:
    """Give a video to another unit, or to the whole city."""
    before, video.unit_id = video.unit_id, unit_id
    if before != unit_id:
        note("video.give", f"video:{video.id}", {"unit_id": before}, {"unit_id": unit_id})


def set_audience(video: Video, *, signed_in_only: bool, shows_viewer: bool) -> None:
    """Say who may watch a video, and whether the viewer's name lies over it; search hears of it."""
    before = {"signed_in_only": video.signed_in_only, "shows_viewer": video.shows_viewer}
    after = {"signed_in_only": signed_in_only, "shows_viewer": signed_in_only and shows_viewer}
    if before == after:
        return
    video.signed_in_only, video.shows_viewer = after["signed_in_only"], after["shows_viewer"]
    note("video.audience", f"video:{video.id}", before, after)
    touch_lessons(video.id)


def replace_source(
    video: Video,
    *,
    source_name: str,
    source_key: str,
    size: int,
    sha256: str | None = None,
    script: str | None = None,
) -> None:
    """Let a video show another file; what was made before plays until the new one is ready."""
    _abandon(video)
    before, old_key = {"file": video.source_name}, video.source_key
    video.source_name, video.source_key = source_name[-MAX_FILE_NAME:], source_key
    video.source_size, video.source_sha256, video.script = size, sha256, script
    if not video.poster.startswith(OWN_POSTER):
        video.poster = ""  # it showed a moment of the old file
    note("video.replace", f"video:{video.id}", before, {"file": source_name})
    after_commit(partial(storage().delete, old_key))
    make_again(video)


def remove(video: Video) -> None:
    """Delete a video with all its files. Refuses while a lesson shows it."""
    lessons = lessons_using("video", video.id)
    if lessons:
        names = "、".join(f"《{lesson.course.title}》的“{lesson.title}”" for lesson in lessons[:3])
        raise Refusal(f"这个视频正用在{names}里，不能删除。请先在课程里换掉它。")
    note("video.remove", f"video:{video.id}", before={"title": video.title})
    store = storage()
    for kind in (TRANSCODE, REMAKE, RECOGNISE):
        drop_jobs(kind, str(video.id))
    drop_clip_jobs(video.id)
    db.session.delete(video)
    for key in (video.source_key, f"video/{video.id}"):
        after_commit(partial(store.delete, key))


def touch_lessons(video_id: int) -> None:
    """Tell search that the lessons which show this video changed."""
    for lesson in lessons_using("video", video_id):
        touch("lesson", lesson.id)
