"""The last part of making a video: everything that comes of all parts together, and the record."""

from functools import partial
from pathlib import Path

from sanshi_lms.core.db import after_commit
from sanshi_lms.core.job_parts import fold
from sanshi_lms.core.jobs import JobRun
from sanshi_lms.core.settings import settings
from sanshi_lms.core.storage import Storage
from sanshi_lms.video.engine import (
    MANIFEST,
    PLAYLIST,
    SOUND_NAME,
    Failed,
    Made,
    MadeStream,
    check_whole,
    find_ffmpeg,
    finish,
    notices_of,
    streams_of,
)
from sanshi_lms.video.guards import guard_disk, in_words
from sanshi_lms.video.models import Video
from sanshi_lms.video.publishing import Stored, Work, made_so_far, publish, record, republish
from sanshi_lms.video.tidying import private_folder


def finish_work(run: JobRun, work: Work, store: Storage) -> None:
    """Do the last part of `work`, record what there is now, and end its job."""
    if work.only:
        _finish_one(run, work, store)
    elif not store.exists(f"{work.media_key}/{MANIFEST}"):
        _finish_all(run, work, store)
    found = read_made(work.media_key, store)
    with run.commit() as session:
        video = session.get_one(Video, work.video_id, with_for_update=True)
        record(session, video, work.media_key, found, store)
        if work.only:
            after_commit(partial(_forget_unlisted, store, f"{work.media_key}/{work.only}"))
        fold(session, run)


def read_made(media_key: str, store: Storage) -> Made:
    """Return what lies in a finished folder of the storage."""
    return Made.read(store.path(f"{media_key}/{MANIFEST}").parent)


def _finish_all(run: JobRun, work: Work, store: Storage) -> None:
    with private_folder(run.token, store) as private, in_words(run):
        with run.commit() as session:
            made = made_so_far(session, work)
            check_whole(work.plan, made)
            publish(session, work, store, private, complete=True)
        told = notices_of(find_ffmpeg(settings().ffmpeg), work.plan, made)
        _make_the_end(run, work, streams_of(work.plan, made), told, private, store)


def _finish_one(run: JobRun, work: Work, store: Storage) -> None:
    """Show the rendition that was made anew among the others, and what else comes of it."""
    before = read_made(work.media_key, store)
    with private_folder(run.token, store) as private, in_words(run):
        with run.commit() as session:
            made = made_so_far(session, work)
        fresh = {stream.name: stream for stream in streams_of(work.plan, made)}
        streams = [fresh.get(stream.name, stream) for stream in before.streams]
        pictures = {stream.segments for stream in streams if stream.kind == "picture"}
        if work.only not in fresh or len(pictures) > 1:
            sentence = (
                "这一档没有做完整，原来的还在用。请点“重试”；再次失败时，把技术信息交给维护人员。"
            )
            raise Failed(sentence, f"{fresh}, segments {pictures}", retry=True)
        republish(work, made, streams, store, private)
        _make_the_end(run, work, streams, before.notices, private, store)


def _make_the_end(
    run: JobRun,
    work: Work,
    streams: list[MadeStream],
    told: list[str],
    private: Path,
    store: Storage,
) -> None:
    """Everything that comes of all parts together; the manifest is put in place last."""
    plain = (work.plan.plain_name, SOUND_NAME)
    guard_disk(store, sum(stream.size for stream in streams if stream.name in plain))
    names = {stream.name for stream in streams}
    for name in names:
        (private / name).symlink_to(store.folder(f"{work.media_key}/{name}").absolute())
    finish(find_ffmpeg(settings().ffmpeg), work.plan, streams, private, told)
    run.checkpoint()
    place = Stored(store, work.media_key)
    files = [file for file in sorted(private.iterdir()) if file.name not in names]
    for file in sorted(files, key=lambda file: file.name == MANIFEST):
        place.put(file, file.name)


def _forget_unlisted(store: Storage, key: str) -> None:
    """Remove what another build of ffmpeg had put beside the segments that are shown now."""
    shown = store.path(f"{key}/{PLAYLIST}").read_text("utf-8")
    for name in store.names(key):
        if name != PLAYLIST and name not in shown:
            store.delete(f"{key}/{name}")
