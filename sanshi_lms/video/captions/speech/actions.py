"""Asking the listener for captions. Nothing commits here."""

from sanshi_lms.core.audit import note
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.jobs import ACTIVE, enqueue, find_job
from sanshi_lms.video.captions.languages import SPOKEN
from sanshi_lms.video.models import Video
from sanshi_lms.video.queries import RECOGNISE


def ask_for_captions(video: Video) -> None:
    """Queue the recognition of what is said in `video`.

    Refuses where a person's own captions would be replaced, or while it is running.
    """
    if video.media_key is None:
        raise Refusal("视频还在转码，请等它可以播放了再生成字幕。")
    if not may_write(video):
        raise Refusal("这个视频已经有人工的中文字幕，不能用机器字幕替换。")
    job = find_job(RECOGNISE, str(video.id))
    if job is not None and job.state in ACTIVE:
        raise Refusal("已经在生成字幕了，不用再点。")
    note("video.captions_asked", f"video:{video.id}")
    enqueue(RECOGNISE, str(video.id), {"video_id": video.id})


def may_write(video: Video) -> bool:
    """Tell whether a machine may write the captions: there are none that a person made or read."""
    return all(track.unchecked for track in video.captions if track.language == SPOKEN)
