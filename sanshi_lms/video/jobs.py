"""The jobs that make a video: one looks into the file and plans, each other makes one part.

Killed at any moment they run again and end the same: what is made lies under names that follow
from source and recipe, so writing twice is harmless, and one transaction, guarded by the lease,
records each part. Whichever part ends last adds the finish, which makes the rest and records all.
"""

import time
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import delete
from sqlalchemy.orm import Session

from sanshi_lms.core.clock import now
from sanshi_lms.core.job_parts import PartSpec, add_parts, parts_of
from sanshi_lms.core.jobs import Job, JobFailed, JobLost, JobRun, job
from sanshi_lms.core.settings import settings
from sanshi_lms.core.storage import Storage, storage
from sanshi_lms.video.captions.actions import set_captions, set_chapters
from sanshi_lms.video.captions.languages import SPOKEN
from sanshi_lms.video.engine import (
    MANIFEST,
    Failed,
    NoFfmpeg,
    Part,
    PartMade,
    Plan,
    examine,
    find_ffmpeg,
    make_part,
    most_bytes,
    plan_of,
)
from sanshi_lms.video.finishing import finish_work, read_made
from sanshi_lms.video.guards import MACHINE, guard_disk, in_words
from sanshi_lms.video.lectures import LectureFailed, build_source
from sanshi_lms.video.models import Video
from sanshi_lms.video.publishing import Work, publish, record
from sanshi_lms.video.queries import PART, TRANSCODE, find_video, media_key_for
from sanshi_lms.video.rules import part_priority
from sanshi_lms.video.tidying import forget_unneeded, private_folder, sweep_private

FINISH = "finish"
PUBLISH_SECONDS = 4.0  # a growing part is shown so often: as long as a segment plays


@dataclass(frozen=True)
class Task:
    """The video as it was when the work on it began."""

    video_id: int
    source_key: str
    script: str | None
    waited_for: bool

    @property
    def media_key(self) -> str:
        return media_key_for(self.video_id, self.source_key)


@job(TRANSCODE, lane="slow", attempts=5, label="视频转码", subject="video")
def transcode(run: JobRun) -> None:
    """Look into the file of the video that the payload names, and plan its parts."""
    store = storage()
    sweep_private(store)
    while task := load_task(run):
        try:
            planned = (
                None
                if store.exists(f"{task.media_key}/{MANIFEST}")
                else make_plan(run, task, store)
            )
        except JobFailed:
            if load_task(run) != task:
                continue  # it was given another file under our hands
            raise
        with run.commit() as session:
            video = session.get(Video, task.video_id, with_for_update=True)
            if video is None or video.source_key != task.source_key:
                continue
            if planned is None:  # made before; the last worker died before it could say so
                record(session, video, task.media_key, read_made(task.media_key, store), store)
                run.done(session)
                return
            work = Work(run.job_id, task.video_id, task.media_key, planned)
            add_work(session, work, waited_for=task.waited_for)
            run.done(session, work.to_json())
            return


def load_task(run: JobRun) -> Task | None:
    """What is to be made; None when the video was deleted while it waited."""
    with run.commit() as session:
        video = session.get(Video, run.payload["video_id"])
        if video is None:
            return None
        return Task(video.id, video.source_key, video.script, video.uploaded_by_id is not None)


def make_plan(run: JobRun, task: Task, store: Storage) -> Plan:
    """Look into the source, which is built first if it is a script. Raises JobFailed."""
    source = store.path(task.source_key)
    if task.script is not None and not source.is_file():
        _build_source(run, task, task.script, store)
    if not source.is_file():
        raise JobFailed("服务器上找不到原文件，请删除这个视频后重新上传。", str(source.name))
    guard_disk(store, source.stat().st_size)
    with private_folder(run.token, store) as private, in_words(run):
        facts = examine(find_ffmpeg(settings().ffmpeg), source, work=private)
    run.checkpoint()
    return plan_of(facts)


def add_work(session: Session, work: Work, *, waited_for: bool) -> None:
    """Queue the parts of a plan."""
    seconds = work.plan.facts.seconds
    specs = [
        PartSpec(
            part.name,
            part.weight,
            part_priority(seconds, waited_for=waited_for, first=part.is_first),
            part.to_json(),
        )
        for part in work.parts
    ]
    add_parts(session, work.whole, PART, work.key, specs)


@job(PART, lane="slow", attempts=5, label="视频转码")
def make(run: JobRun) -> None:
    """Make one part of a video, or its end when all others are made."""
    store = storage()
    with run.commit() as session:
        work = Work.of(session.get_one(Job, run.part_of))
        source_key = session.get_one(Video, work.video_id).source_key
    try:
        if run.payload.get("name") == FINISH:
            finish_work(run, work, store)
        else:
            _make(run, work, Part.from_json(run.payload), store.path(source_key), store)
    except JobLost:
        # Whoever stopped or deleted the video could not remove what we still wrote.
        forget_unneeded(work.video_id, work.media_key, store)
        raise


def _make(run: JobRun, work: Work, part: Part, source: Path, store: Storage) -> None:
    guard_disk(store, most_bytes(work.plan, part))
    place, shown_at = work.place(store), 0.0
    with private_folder(run.token, store) as private:

        def progress(share: float, made: PartMade | None) -> None:
            nonlocal shown_at
            if made is not None and time.monotonic() - shown_at >= PUBLISH_SECONDS:
                with run.commit() as session:
                    _keep(run, session, made)
                    publish(session, work, store, private)
                shown_at = time.monotonic()
            run.progress(share)

        with in_words(run):
            binary = find_ffmpeg(settings().ffmpeg)
            try:
                made = make_part(binary, source, work.plan, part, private, place, progress)
            except Failed as failed:
                if failed.retry or run.attempt < 2 or not (work.plan.chunked and part.frames):
                    raise
                _begin_without_chunks(run, work)
                return
            with run.commit() as session:
                run.done(session, made.as_text())
                publish(session, work, store, private)
                _add_finish_if_last(run, session, work)


def _begin_without_chunks(run: JobRun, work: Work) -> None:
    """Read a source that is damaged in the middle from its beginning, as a player would."""
    with run.commit() as session:
        whole = session.get_one(Job, work.whole)
        video = session.get_one(Video, work.video_id)
        session.execute(delete(Job).where(Job.part_of == work.whole))
        again = replace(work, plan=plan_of(work.plan.facts, chunked=False))
        whole.result = again.to_json()
        add_work(session, again, waited_for=video.uploaded_by_id is not None)


def _keep(run: JobRun, session: Session, made: PartMade) -> None:
    """Note how far a growing part is, unless an earlier attempt came farther."""
    before = session.get_one(Job, run.job_id, populate_existing=True).result
    if before is None or PartMade.from_text(before).count < made.count:
        run.note(session, made.as_text())


def _add_finish_if_last(run: JobRun, session: Session, work: Work) -> None:
    # The video's row is locked by `publish`: of two parts that end together one sees the other.
    session.get(Video, work.video_id, with_for_update=True, populate_existing=True)
    rows = parts_of(session, work.whole)
    if all(row.state == "done" for row in rows):
        ours = next(row for row in rows if row.id == run.job_id)
        weight = 0.5 + work.plan.facts.seconds * 0.02
        last = PartSpec(FINISH, weight, ours.priority, {"name": FINISH})
        add_parts(session, work.whole, PART, work.key, [last])


def _build_source(run: JobRun, task: Task, script: str, store: Storage) -> None:
    """Let the studio make the original of a script, with the captions that it spoke from."""
    with private_folder(run.token, store) as private:
        try:
            binary = find_ffmpeg(settings().ffmpeg)
            folder = settings().built_dir
            built = build_source(script, folder, binary.path, private, run.checkpoint)
        except LectureFailed as failed:
            raise JobFailed(str(failed), failed.detail) from failed
        except (NoFfmpeg, OSError) as error:
            raise JobFailed(MACHINE, repr(error), retry=True) from error
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
