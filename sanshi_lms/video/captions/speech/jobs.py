"""The job that lets the listener write captions. Idempotent: it ends in one transaction."""

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

from sanshi_lms.core.clock import now
from sanshi_lms.core.jobs import JobFailed, JobRun, job
from sanshi_lms.core.settings import settings
from sanshi_lms.core.storage import storage
from sanshi_lms.video.captions.actions import set_captions
from sanshi_lms.video.captions.languages import SPOKEN
from sanshi_lms.video.captions.speech.actions import may_write
from sanshi_lms.video.captions.speech.listening import NotHeard, can_listen, listen
from sanshi_lms.video.captions.speech.rules import Heard
from sanshi_lms.video.queries import RECOGNISE, find_video

_GONE = "这台服务器上没有安装语音识别，或者模型的文件夹不见了。请联系维护人员。"


@dataclass(frozen=True)
class _Task:
    media_key: str
    seconds: float


@job(RECOGNISE, lane="slow", attempts=3, label="生成字幕", subject="video")
def recognise(run: JobRun) -> None:
    """Write captions of the video that the payload names."""
    task = _load(run)
    if task is None:
        return
    model = settings().whisper_model
    if model is None or not can_listen(model):
        raise JobFailed(_GONE)
    heard = _listen(run, task, model)
    cues = heard.cues()
    if not cues:
        raise JobFailed("没有听到说话的声音，没有生成字幕。")
    name = hashlib.sha256(f"{model.name}\n{task.media_key}".encode()).hexdigest()
    with run.commit() as session:
        video = find_video(run.payload["video_id"])
        if video is not None and may_write(video):  # somebody may have written their own meanwhile
            moment = now()
            set_captions(
                video, language=SPOKEN, cues=cues, sha256=name, moment=moment, machine_made=True
            )
        run.done(session)


def _load(run: JobRun) -> _Task | None:
    with run.commit():
        video = find_video(run.payload["video_id"])
        if video is None or video.media_key is None or not video.seconds:
            return None
        return _Task(video.media_key, video.seconds)


def _listen(run: JobRun, task: _Task, model: Path) -> Heard:
    store = storage()
    work = store.private_dir()

    def told(share: float) -> None:
        run.progress(share)

    try:
        return listen(store.path(f"{task.media_key}/plain.mp4"), model, task.seconds, work, told)
    except NotHeard as failed:
        raise JobFailed(str(failed), failed.detail, retry=failed.retry) from failed
    finally:
        shutil.rmtree(work, ignore_errors=True)
