"""The job that makes a video: probe, encode, put in place, record. Idempotent from the start.

Killed at any moment it runs again and ends the same: work happens in a private folder, one rename
shows all of it under a name that follows from source and recipe, and one transaction, guarded by
the lease, records it. A worker that finds the folder in place only records.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
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
from sanshi_lms.video.captions.actions import set_captions, set_chapters
from sanshi_lms.video.captions.languages import SPOKEN
from sanshi_lms.video.engine import (
    PROFILE,
    Failed,
    Made,
    NoFfmpeg,
    Refused,
    examine,
    find_ffmpeg,
    make_all,
)
from sanshi_lms.video.lectures import LectureFailed, build_source
from sanshi_lms.video.models import Rendition, Video
from sanshi_lms.video.queries import TRANSCODE, find_video
from sanshi_lms.video.rules import OWN_POSTER

_OWNER = "video-job-owner"
_MACHINE = (
    "服务器出了问题（没有可用的 ffmpeg，或者磁盘读写出错）。"
    "请联系管理员看“系统状态”页，处理后点“重试”。"
)


@dataclass(frozen=True)
class _Task:
    video_id: int
    source_key: str
    script: str | None

    @property
    def media_key(self) -> str:
        """Where everything made of this source by this recipe lies."""
        return f"video/{self.video_id}/{PROFILE}-{self.source_key.rpartition('/')[2]}"


@job(TRANSCODE, lane="slow", attempts=5, label="视频转码", subject="video")
def transcode(run: JobRun) -> None:
    """Make everything of the video that the payload names."""
    store = storage()
    sweep_private(store)
    while task := _load(run):
        try:
            if not store.exists(f"{task.media_key}/manifest.json"):
                _make(run, task, store)
        except JobFailed:
            if _load(run) != task:
                continue  # it was given another file, or deleted, under our hands
            raise
        made = Made.read(store.path(f"{task.media_key}/manifest.json").parent)
        with run.commit() as session:
            if _record(session, task, made, store):
                run.done(session)
                return


def _load(run: JobRun) -> _Task | None:
    """What is to be made; None when the video was deleted while it waited."""
    with run.commit() as session:
        video = session.get(Video, run.payload["video_id"])
        return _Task(video.id, video.source_key, video.script) if video else None


def _make(run: JobRun, task: _Task, store: Storage) -> None:
    source = store.path(task.source_key)
    if task.script is not None and not source.is_file():
        _build_source(run, task, task.script, store)
    if not source.is_file():
        raise JobFailed("服务器上找不到原文件，请删除这个视频后重新上传。", str(source.name))
    needed = source.stat().st_size + settings().min_free_bytes
    if store.free_bytes() < needed:
        sentence = "服务器磁盘空间不够，转码无法开始。请联系管理员清理磁盘，再点“重试”。"
        raise JobFailed(sentence, f"free {store.free_bytes()}, needed {needed}", retry=True)
    with _private(run, store) as private:
        work = private / "made"
        work.mkdir()
        _encode(run, source, work)
        run.checkpoint()
        store.commit_dir(work, task.media_key)


def _build_source(run: JobRun, task: _Task, script: str, store: Storage) -> None:
    """Let the studio make the original of a script, with the captions that it spoke from."""
    with _private(run, store) as private:
        try:
            binary = find_ffmpeg(settings().ffmpeg)
            folder = settings().built_dir
            built = build_source(script, folder, binary.path, private, run.checkpoint)
        except LectureFailed as failed:
            raise JobFailed(str(failed), failed.detail) from failed
        except (NoFfmpeg, OSError) as error:
            raise JobFailed(_MACHINE, repr(error), retry=True) from error
        with run.commit():
            video = find_video(task.video_id)
            if video is not None and video.script == script:
                set_captions(
                    video,
                    language=SPOKEN,
                    cues=built.cues,
                    sha256=built.captions_sha256,
                    moment=now(),
                )
                set_chapters(video, built.chapters, built.captions_sha256)
        store.commit_file(built.video, task.source_key)


@contextmanager
def _private(run: JobRun, store: Storage) -> Iterator[Path]:
    """A folder that nobody else sees, and that a later worker removes if this one dies."""
    private = store.private_dir()
    try:
        (private / _OWNER).write_text(run.token, "utf-8")
        yield private
    finally:
        shutil.rmtree(private, ignore_errors=True)


def _encode(run: JobRun, source: Path, work: Path) -> None:
    try:
        binary = find_ffmpeg(settings().ffmpeg)
        facts = examine(binary, source, work=work)
        run.checkpoint()
        make_all(binary, source, facts, work, run.progress)
    except Refused as refused:
        raise JobFailed(str(refused), refused.detail) from refused
    except Failed as failed:
        raise JobFailed(str(failed), failed.detail, retry=failed.retry) from failed
    except (NoFfmpeg, OSError) as error:
        raise JobFailed(_MACHINE, repr(error), retry=True) from error


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
    video.side_files = " ".join(made.side_files)
    if not video.poster.startswith(OWN_POSTER) and video.poster not in made.side_files:
        video.poster = ""
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
