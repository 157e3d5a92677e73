"""Clips as tests need them: asked for by the real action, looked at by a probe and by pixels."""

import shutil
from pathlib import Path
from typing import Any

import av
from flask import Flask
from PIL import Image

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.nonces import new_nonce
from sanshi_lms.core.storage import storage
from sanshi_lms.video.clips.actions import Wanted, ask_for_clip
from sanshi_lms.video.clips.making import CLIP, COVER
from sanshi_lms.video.clips.models import VideoClip
from sanshi_lms.video.queries import media_key_for
from tests.people import Cast
from tests.video.making import add, get, get_within

WANTED: dict[str, Any] = {
    "start": 1.0,
    "end": 3.5,
    "shape": "portrait",
    "purpose": "short",
    "title": "先问意愿，再谈方案",
    "topics": "#三师进社区 #城市更新",
}


def add_made(app: Flask, source: Path, media: Path, work: Any) -> int:
    """A video that plays, whose media were really made before; return its id."""
    number = add(app, source, key=source.stem, title="先问意愿，再谈方案")
    with app.app_context():
        key = media_key_for(number, get(number).source_key)
        shutil.copytree(media, storage().path(key))
    assert work() == 1
    return number


def ask(app: Flask, people: Cast, video_id: int, **changed: Any) -> int:
    """Ask for a clip of three seconds; return its id."""
    person_id = people.id("author")
    with app.app_context(), transaction():
        wanted = Wanted(**{**WANTED, **changed})
        nonce = new_nonce()
        clip = ask_for_clip(
            get_within(video_id), wanted, nonce=nonce, person_id=person_id, moment=now()
        )
        return clip.id


def row(clip_id: int) -> VideoClip:
    """Return the clip as the database has it now. Needs an application context."""
    db.session.rollback()
    return db.session.get_one(VideoClip, clip_id)


def files(app: Flask, clip_id: int) -> tuple[Path, Path]:
    """Return MP4 and cover of a made clip."""
    with app.app_context():
        folder = storage().path(row(clip_id).folder)
    return folder / CLIP, folder / COVER


def picture_at(file: Path, seconds: float) -> Image.Image:
    """Return the picture that is shown at a moment."""
    with av.open(str(file)) as container:
        for frame in container.decode(video=0):
            if frame.time is not None and frame.time >= seconds:
                image: Image.Image = frame.to_image()  # type: ignore[no-untyped-call]  # av says nothing
                return image
    raise AssertionError(f"nothing is shown at {seconds}")


def bright(image: Image.Image, box: tuple[int, int, int, int]) -> tuple[int, int, int, int] | None:
    """Return where in `box` (left, top, right, bottom) there is nearly white, in the whole."""
    found = image.convert("L").crop(box).point(lambda v: 255 if v > 225 else 0).getbbox()
    if found is None:
        return None
    return (found[0] + box[0], found[1] + box[1], found[2] + box[0], found[3] + box[1])


def opened(file: Path) -> Image.Image:
    """Return a picture file as a picture in memory."""
    with Image.open(file) as image:
        return image.copy()


def size_of(file: Path) -> tuple[int, int]:
    """Return width and height of a picture file."""
    return opened(file).size
