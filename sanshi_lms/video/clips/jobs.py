"""The job that makes the files of a clip. Killed at any moment it runs again and ends the same."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import transaction
from sanshi_lms.core.jobs import JobFailed, JobLost, JobRun, job
from sanshi_lms.core.settings import settings
from sanshi_lms.core.storage import Storage, storage
from sanshi_lms.video.captions import CueText
from sanshi_lms.video.clips.actions import closed_reason
from sanshi_lms.video.clips.layout import cover, frame, frame_side
from sanshi_lms.video.clips.making import PICTURE, SOUND, Order, make_files
from sanshi_lms.video.clips.models import VideoClip
from sanshi_lms.video.clips.queries import MAKE, caption_lines
from sanshi_lms.video.clips.rules import PURPOSES, Facts, breach, most_bytes
from sanshi_lms.video.engine import SOUND_NAME, find_ffmpeg
from sanshi_lms.video.guards import guard_disk, in_words
from sanshi_lms.video.models import Video
from sanshi_lms.video.queries import find_video
from sanshi_lms.video.tidying import private_folder


@dataclass(frozen=True)
class Task:
    """A clip and its video as they were when the work began."""

    folder: str
    media_key: str
    picture: str | None  # the rendition that is taken
    order: Order


@job(MAKE, lane="slow", attempts=3, label="制作视频号素材", subject="clip")
def make(run: JobRun) -> None:
    """Make the clip that the payload names, unless it was removed meanwhile."""
    task, store = _load(run), storage()
    if task is None:
        return
    purpose = task.order.purpose
    guard_disk(store, most_bytes(purpose, task.order.seconds))
    try:
        with private_folder(run.token, store) as private, in_words(run):
            out = private / "out"
            out.mkdir()
            facts = _make(task, private, out, store, run.progress)
            size = (task.order.frame.width, task.order.frame.height)
            if problem := breach(facts, purpose, task.order.seconds, size):
                raise JobFailed(problem, f"{facts}")
            run.checkpoint()
            store.commit_dir(out, task.folder)
        with run.commit() as session:
            clip = session.get(VideoClip, run.payload["clip_id"], with_for_update=True)
            if clip is not None:
                clip.made_at, clip.made_from = now(), task.media_key
                clip.width, clip.height = facts.width, facts.height
                clip.seconds, clip.size = facts.seconds, facts.size
            run.done(session)
    except JobLost:
        _forget_if_removed(run, task, store)
        raise


def _load(run: JobRun) -> Task | None:
    with run.commit() as session:
        clip = session.get(VideoClip, run.payload["clip_id"])
        video = find_video(clip.video_id) if clip is not None else None
        if clip is None or video is None:
            return None
        if (problem := closed_reason(video)) or video.media_key is None:
            raise JobFailed(f"{problem or ''}之后点“重试”。")
        return _task(clip, video, video.media_key)


def _task(clip: VideoClip, video: Video, media_key: str) -> Task:
    pictures = [one for one in video.renditions if one.kind == "picture"]
    best = max(pictures, key=lambda one: one.width * one.height, default=None)
    size = (best.width, best.height) if best else None
    purpose = PURPOSES[clip.purpose]
    order = Order(
        start=clip.start,
        seconds=clip.end - clip.start,
        purpose=purpose,
        frame=frame(clip.shape, frame_side(clip.shape, purpose.side, size), size),
        cover=cover(clip.shape, size),
        title=clip.title,
        cues=[CueText(cue.start, cue.end, cue.text) for cue in caption_lines(video.id)[1]],
        has_sound=any(one.name == SOUND_NAME for one in video.renditions),
    )
    return Task(clip.folder, media_key, best.name if best else None, order)


def _make(
    task: Task, work: Path, out: Path, store: Storage, progress: Callable[[float], None]
) -> Facts:
    names = {PICTURE: task.picture, SOUND: SOUND_NAME if task.order.has_sound else None}
    for link, name in names.items():
        if name is not None:
            (work / link).symlink_to(store.folder(f"{task.media_key}/{name}").absolute())
    return make_files(find_ffmpeg(settings().ffmpeg), task.order, work, out, progress)


def _forget_if_removed(run: JobRun, task: Task, store: Storage) -> None:
    """Whoever removed the clip, or its video, could not remove what we still wrote."""
    with transaction() as session:
        if session.get(VideoClip, run.payload["clip_id"]) is None:
            store.delete(task.folder)
