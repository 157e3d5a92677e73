"""Makes one rendition of a video anew from its source, while the others and it go on playing.

For files that a disk lost or damaged. What it writes has the names and, from the same build of
ffmpeg, the bytes of the first time, so whoever is watching notices nothing.
"""

import json

from sanshi_lms.core.audit import note
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.job_parts import Whole, wholes
from sanshi_lms.core.jobs import ACTIVE, Job, JobRun, enqueue, find_job, job
from sanshi_lms.core.storage import storage
from sanshi_lms.video.jobs import add_work, load_task, make_plan
from sanshi_lms.video.models import Rendition, Video
from sanshi_lms.video.publishing import Work
from sanshi_lms.video.queries import REMAKE, TRANSCODE, media_key_for
from sanshi_lms.video.rules import priority, rendition_zh


@job(REMAKE, lane="slow", attempts=5, label="重做一档清晰度", subject="video")
def remake(run: JobRun) -> None:
    """Look into the file again, and queue the parts of the one rendition that the payload names."""
    task = load_task(run)
    plan = make_plan(run, task, storage()) if task else None
    with run.commit() as session:
        video = session.get(Video, run.payload["video_id"], with_for_update=True)
        # Another file, or a newer recipe, has come meanwhile: then there is nothing to mend.
        if task and plan and video and video.media_key == task.media_key:
            work = Work(run.job_id, video.id, task.media_key, plan, run.payload["rendition"])
            add_work(session, work, waited_for=True)
            run.done(session, work.to_json())
        else:
            run.done(session)


def ask_for_remake(video: Video, name: str) -> Rendition:
    """Queue the making of the rendition `name` anew.

    Raises Refusal when that cannot be, in words: no such rendition, other work on the video, the
    original gone, or everything made by an older recipe, with which new segments would not agree.
    """
    rendition = next((one for one in video.renditions if one.name == name), None)
    if rendition is None:
        raise Refusal("这个视频没有这一档清晰度，请刷新页面再看。")
    for kind in (TRANSCODE, REMAKE):
        active = find_job(kind, str(video.id))
        if active is not None and wholes([active])[active.id].state in ACTIVE:
            raise Refusal("这个视频正在转码或重做，请等它做完再点。")
    if video.script is None and not storage().exists(video.source_key):
        raise Refusal("服务器上找不到这个视频的原文件，没法重做。请重新上传。")
    if not may_remake(video):
        raise Refusal("这个视频是旧版设置转的，不能只重做一档。请点“整个重新转码”。")
    note("video.remake", f"video:{video.id}", after={"rendition": name})
    rank = priority(video.source_size, waited_for=True)
    enqueue(REMAKE, str(video.id), {"video_id": video.id, "rendition": name}, rank)
    return rendition


def may_remake(video: Video) -> bool:
    """Tell whether what the video shows was made by the present recipe."""
    return video.media_key == media_key_for(video.id, video.source_key)


def remaking_of(video: Video) -> str:
    """Return in Chinese how the last remake stands; "" when there is nothing to tell."""
    found = find_job(REMAKE, str(video.id))
    whole = wholes([found])[found.id] if found else None
    return _told(found, whole) if found and whole else ""


def _told(found: Job, whole: Whole) -> str:
    name = rendition_zh(json.loads(found.payload)["rendition"])
    if whole.state in ACTIVE:
        return f"正在重做“{name}”（{whole.progress:.0%}），这段时间照常播放。"
    if whole.state == "failed":
        return f"“{name}”没有重做成功，原来的还在用。{whole.told.message or ''}"
    return ""
