"""The job that makes a video: probe, encode, put in place, record. Idempotent from the start.

Killed at any moment it runs again and ends the same: work happens in a private folder, one rename
shows all of it under a name that follows from source and recipe, and one transaction, guarded by
the lease, records it. A worker that finds the folder in place only records.
"""

import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import delete
from sqlalchemy.orm import Session

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import after_commit
from sanshi_lms.core.jobs import JobFailed, JobRun, job
from sanshi_lms.core.queue import holder_is_dead
from sanshi_lms.core.settings import settings
from sanshi_lms.core.storage import Storage, storage
from sanshi_lms.video.actions import touch_lessons
from sanshi_lms.video.engine import (
    PROFILE,
    Failed,
    Made,
    NoFfmpeg,
    Refused,
    find_ffmpeg,
    make_all,
    probe,
)
from sanshi_lms.video.models import Rendition, Video
from sanshi_lms.video.queries import TRANSCODE

_OWNER = "video-job-owner"


@dataclass(frozen=True)
class _Task:
    video_id: int
    source_key: str

    @property
    def media_key(self) -> str:
        """Where everything made of this source by this recipe lies."""
        return f"video/{self.video_id}/{PROFILE}-{self.source_key.rpartition('/')[2]}"


@job(TRANSCODE, lane="slow", attempts=5)
def transcode(run: JobRun) -> None:
    """Make everything of the video that the payload names."""
    store = storage()
    sweep_private(store)
    while task := _load(run):
        if not store.exists(f"{task.media_key}/manifest.json"):
            _make(run, task, store)
        made = Made.read(store.path(task.media_key))
        with run.commit() as session:
            if _record(session, task, made, store):
                return


def _load(run: JobRun) -> _Task | None:
    """What is to be made; None when the video was deleted while it waited."""
    with run.commit() as session:
        video = session.get(Video, run.payload["video_id"])
        return _Task(video.id, video.source_key) if video else None


def _make(run: JobRun, task: _Task, store: Storage) -> None:
    source = store.path(task.source_key)
    if not source.is_file():
        raise JobFailed("服务器上找不到原文件，请删除这个视频后重新上传。", str(source.name))
    needed = source.stat().st_size + settings().min_free_bytes
    if store.free_bytes() < needed:
        sentence = "服务器磁盘空间不够，转码无法开始。请联系管理员清理磁盘，再点“重试”。"
        raise JobFailed(sentence, f"free {store.free_bytes()}, needed {needed}", retry=True)
    private = store.private_dir()
    try:
        (private / _OWNER).write_text(run.token, "utf-8")
        work = private / "made"
        work.mkdir()
        _encode(run, source, work)
        run.checkpoint()
        store.commit_dir(work, task.media_key)
    finally:
        shutil.rmtree(private, ignore_errors=True)


def _encode(run: JobRun, source: Path, work: Path) -> None:
    try:
        binary = find_ffmpeg(settings().ffmpeg)
        facts = probe(source, work=work)
        run.checkpoint()
        make_all(binary, source, facts, work, run.progress)
    except Refused as refused:
        raise JobFailed(str(refused), refused.detail) from refused
    except Failed as failed:
        raise JobFailed(str(failed), failed.detail, retry=failed.retry) from failed
    except NoFfmpeg as missing:
        sentence = "服务器上没有可用的 ffmpeg，请联系管理员安装后再点“重试”。"
        raise JobFailed(sentence, str(missing)) from missing
    except OSError as error:
        sentence = "服务器读写文件出错（可能是磁盘满了），请联系管理员检查后再点“重试”。"
        raise JobFailed(sentence, repr(error), retry=True) from error


def _record(session: Session, task: _Task, made: Made, store: Storage) -> bool:
    """Note what was made. False when the video is gone or was given another file meanwhile."""
    video = session.get(Video, task.video_id, with_for_update=True)
    if video is None or video.source_key != task.source_key:
        after_commit(partial(store.delete, task.media_key))
        return False
    old_key = video.media_key
    session.execute(delete(Rendition).where(Rendition.video_id == video.id))
    for stream in made.streams:
        session.add(
            Rendition(
                video_id=video.id,
                name=stream.name,
                kind=stream.kind,
                codec=stream.codec,
                width=stream.width,
                height=stream.height,
                size=stream.size,
                seconds=stream.seconds,
                segments=stream.segments,
                peak_rate=stream.peak_rate,
                average_rate=stream.average_rate,
            )
        )
    video.media_key, video.made_at = task.media_key, now()
    video.seconds, video.width, video.height = made.seconds, made.width, made.height
    video.has_poster, video.notices = made.has_poster, "\n".join(made.notices)
    touch_lessons(video.id)
    if old_key and old_key != task.media_key:
        after_commit(partial(store.delete, old_key))
    return True


def sweep_private(store: Storage) -> int:
    """Remove the half-made folders of workers that died. Returns how many."""
    removed = 0
    for mark in store.root.glob(f".private/*/{_OWNER}"):
        try:
            dead = holder_is_dead(mark.read_text("utf-8"))
        except OSError:
            continue
        if dead:
            shutil.rmtree(mark.parent, ignore_errors=True)
            removed += 1
    return removed
