"""The picture that stands for a video: one of those made with it, or one that a person gave."""

import shutil
from functools import partial
from hashlib import sha256

from sanshi_lms.core.audit import note
from sanshi_lms.core.db import after_commit
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.settings import settings
from sanshi_lms.core.storage import storage
from sanshi_lms.video.engine import NoFfmpeg, Refused, find_ffmpeg, to_jpeg
from sanshi_lms.video.models import Video
from sanshi_lms.video.rules import OWN_POSTER, own_posters_key

FIRST = "poster.jpg"


def choices(video: Video) -> list[str]:
    """Return the names of the pictures that can be chosen, ours first."""
    made = [FIRST] if video.has_poster else []
    made += [name for name in video.side_files.split() if name.startswith("poster-")]
    return [*made, video.poster] if video.poster.startswith(OWN_POSTER) else made


def choose(video: Video, name: str) -> None:
    """Let one of the pictures stand for the video. Refuses a name that is not among them."""
    if name not in choices(video):
        raise Refusal("没有这张封面，可能视频刚刚重新转码过。请刷新页面再选。")
    _set(video, "" if name == FIRST else name)


def give(video: Video, picture: bytes) -> None:
    """Let a picture of the person's own stand for the video. Refuses what is no picture."""
    store = storage()
    private = store.private_dir()
    try:
        made = to_jpeg(find_ffmpeg(settings().ffmpeg), picture, private)
        name = f"{OWN_POSTER}{sha256(made.read_bytes()).hexdigest()[:16]}.jpg"
        store.commit_file(made, f"{own_posters_key(video.id)}/{name}")
    except Refused as refused:
        raise Refusal(str(refused)) from refused
    except NoFfmpeg as error:
        raise Refusal("服务器没有可用的 ffmpeg，暂时不能换封面。请联系管理员。") from error
    finally:
        shutil.rmtree(private, ignore_errors=True)
    _set(video, name)


def _set(video: Video, name: str) -> None:
    old = video.poster
    if old == name:
        return
    note("video.poster", f"video:{video.id}")
    video.poster = name
    if old.startswith(OWN_POSTER):
        after_commit(partial(storage().delete, f"{own_posters_key(video.id)}/{old}"))
