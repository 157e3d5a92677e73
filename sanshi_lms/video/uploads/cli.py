"""`flask --app app video add FILE…`: videos from the command line of the server."""

import os
import secrets
import shutil
import time
from pathlib import Path

import click
from flask.cli import AppGroup

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.heartbeat import is_beating
from sanshi_lms.core.queue import lease_token
from sanshi_lms.core.storage import storage
from sanshi_lms.video.actions import add_video
from sanshi_lms.video.engine import first_sight
from sanshi_lms.video.models import Video
from sanshi_lms.video.queries import standings
from sanshi_lms.video.rules import MAX_TITLE, file_name_from, title_from, title_problem
from sanshi_lms.video.uploads.actions import refuse_without_room
from sanshi_lms.video.uploads.inbox import hash_through, head_of
from sanshi_lms.video.uploads.queries import video_with_hash

OWNER_MARK = "video-job-owner"  # a later worker removes what we leave when we are killed
video = AppGroup("video", help="Videos.")


@video.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--title", help="Name of the video; only with one FILE. Default: the file's name.")
@click.option("--again", is_flag=True, help="Add a file even if it is a video already.")
@click.option("--wait", is_flag=True, help="Wait until the videos can be played or have failed.")
def add(files: tuple[Path, ...], title: str | None, *, again: bool, wait: bool) -> None:
    """Copy FILES into the system as videos; a worker transcodes them.

    Exit code 0: all of them are videos (with --wait: that play); 1: some are not; 2: wrong usage.
    """
    if title is not None and len(files) > 1:
        raise click.UsageError("--title goes with one FILE only.")
    if title is not None and (problem := title_problem(title)):
        raise click.UsageError(problem)
    added: list[int] = []
    failed = 0
    for file in files:
        try:
            added.append(_add(file, title, again=again))
        except (Refusal, OSError) as error:
            failed += 1
            reason = error.message if isinstance(error, Refusal) else error.strerror or str(error)
            click.echo(f"{_shown(file)}: {reason}", err=True)
    if wait:
        failed += _wait(added)
    if failed:
        raise SystemExit(1)


def _shown(file: Path) -> str:
    return os.fsencode(file).decode("utf-8", "replace")


def _add(path: Path, title: str | None, *, again: bool) -> int:
    store = storage()
    private = store.private_dir()
    try:
        (private / OWNER_MARK).write_text(lease_token(), "utf-8")
        with path.open("rb", buffering=0) as source:
            size = os.fstat(source.fileno()).st_size
            if wrong := first_sight(head_of(source)):
                raise Refusal(wrong)
            refuse_without_room(size)
            with (private / "copy").open("wb", buffering=0) as target:
                sha256 = hash_through(source, target, lambda _: None)
        known = None if again else video_with_hash(sha256)
        if known is not None:
            click.echo(f"{_shown(path)}: video {known.id} already, “{known.title}”")
            return known.id
        db.session.rollback()
        key = f"video/originals/{secrets.token_hex(16)}"
        store.commit_file(private / "copy", key)
        name = file_name_from(_shown(path))
        try:
            with transaction():
                made = add_video(
                    title=(title or "").strip()[:MAX_TITLE] or title_from(name),
                    source_name=name,
                    source_key=key,
                    size=store.path(key).stat().st_size,
                    sha256=sha256,
                    person_id=None,
                    moment=now(),
                )
                video_id = made.id
        except BaseException:
            store.delete(key)
            raise
    finally:
        shutil.rmtree(private, ignore_errors=True)
    click.echo(f"{_shown(path)}: video {video_id}")
    return video_id


def _wait(ids: list[int]) -> int:
    """Return how many of these videos failed, when all have ended one way or the other."""
    left, failed = list(dict.fromkeys(ids)), 0
    if left and not is_beating():
        click.echo("no worker is running; waiting for one (flask --app app worker)", err=True)
    while left:
        for video_id in list(left):
            found = db.session.get(Video, video_id)
            standing = standings([found], now())[video_id] if found else None
            if standing is None or standing.state in ("ready", "failed"):
                left.remove(video_id)
                played = standing is not None and standing.state == "ready"
                failed += not played
                told = "ready" if played else (standing and standing.message) or "was deleted"
                click.echo(f"video {video_id}: {told}", err=not played)
        db.session.rollback()
        if left:
            time.sleep(1.0)
    return failed
