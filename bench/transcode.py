"""Our pipeline against ffmpeg written by hand, on the same source, in turns.

Ours is the whole job as the worker runs it: claimed from the queue, probed, encoded, fsynced, put
in place and recorded. By hand is what an expert would type for the same outputs with the same
encoder settings: one command for the ladder, then plain MP4 and poster by copy and by seek.
"""

from __future__ import annotations

import resource
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from flask import Flask

from bench import Figure, scratch
from sanshi_lms import create_app
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.job_lane import run_next
from sanshi_lms.core.settings import Settings
from sanshi_lms.core.storage import storage
from sanshi_lms.video.actions import add_video
from sanshi_lms.video.engine import find_ffmpeg
from sanshi_lms.video.models import Video

RATE = 25
SIZES = ("1080p", "720p", "360p")
KEY_FRAMES = "100"  # a key frame each 4 s, as long as a segment


@dataclass(frozen=True)
class Cost:
    wall: float
    cpu: float


def run(quick: bool) -> list[Figure]:
    """Transcode a 1080p clip of 60 s (12 s when quick) three times each way."""
    seconds = 12 if quick else 60
    binary = find_ffmpeg(None).path
    with scratch("transcode") as folder:
        source = make_source(binary, folder / "source.mp4", seconds)
        app = create_app(
            Settings.from_env({"DATA_DIR": str(folder / "data"), "LOG_LEVEL": "ERROR"})
        )
        with app.app_context():
            db.create_all()
        hand, ours = [], []
        for turn in range(1 if quick else 3):
            hand.append(measure(partial(by_hand, binary, source, folder / f"hand-{turn}")))
            ours.append(measure(partial(by_job, app, source)))
        check_same(folder / "hand-0", app)
    wall = median(c.wall for c in ours) / median(c.wall for c in hand)
    cpu = median(c.cpu for c in ours) / median(c.cpu for c in hand)
    what = f"{seconds} s of 1080p, 3 sizes"
    return [
        Figure("wall time over ffmpeg by hand", wall, "×", at_most=1.15),
        Figure("CPU time over ffmpeg by hand", cpu, "×"),
        Figure(f"our job, wall: {what}", median(c.wall for c in ours), "s"),
        Figure(f"our job, CPU: {what}", median(c.cpu for c in ours), "s"),
        Figure(f"by hand, wall: {what}", median(c.wall for c in hand), "s"),
        Figure(f"by hand, CPU: {what}", median(c.cpu for c in hand), "s"),
    ]


def measure(work: Callable[[], None]) -> Cost:
    """Wall and CPU seconds of a piece of work with all processes that it started."""
    before, began = cpu_seconds(), time.perf_counter()
    work()
    return Cost(time.perf_counter() - began, cpu_seconds() - before)


def cpu_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def make_source(binary: str, path: Path, seconds: int) -> Path:
    """A moving test card with a little noise and a tone, as a camera's H.264 file."""
    picture = f"testsrc2=s=1920x1080:r={RATE}:d={seconds},noise=alls=4:allf=t,format=yuv420p"
    subprocess.run(
        [
            binary, "-nostdin", "-loglevel", "error",
            "-f", "lavfi", "-i", picture,
            "-f", "lavfi", "-i", f"sine=frequency=440:sample_rate=48000:d={seconds}",
            "-c:v", "libx264", "-preset", "ultrafast", "-crf", "20", "-c:a", "aac", str(path),
        ],
        check=True,
    )  # fmt: skip
    return path


def by_hand(binary: str, source: Path, folder: Path) -> None:
    folder.mkdir()
    quiet = [binary, "-nostdin", "-hide_banner", "-loglevel", "error", "-y"]
    filters = (
        f"[0:v]fps={RATE},scale=1920:1080,format=yuv420p,split[a][r];"
        "[r]scale=1280:720,split[b][q];[q]scale=640:360[c];"
        "[0:a]aresample=48000,aformat=channel_layouts=stereo[s]"
    )
    pictures = [f"v:{number},agroup:s,name:{name}" for number, name in enumerate(SIZES)]
    ladder = [
        *quiet, "-i", str(source), "-filter_complex", filters,
        "-map", "[a]", "-map", "[b]", "-map", "[c]", "-map", "[s]",
        "-c:v", "libx264", "-preset", "superfast", "-profile:v", "high", "-crf", "25",
        "-x264-params", "mbtree=1:rc-lookahead=20:open-gop=0",
        "-g", KEY_FRAMES, "-keyint_min", KEY_FRAMES, "-sc_threshold", "0", "-bf", "2",
        "-maxrate:v:0", "4000000", "-bufsize:v:0", "8000000", "-threads:v:0", "2",
        "-maxrate:v:1", "2200000", "-bufsize:v:1", "4400000", "-threads:v:1", "1",
        "-maxrate:v:2", "700000", "-bufsize:v:2", "1400000", "-threads:v:2", "1",
        "-c:a", "aac", "-b:a", "96k",
        "-f", "hls", "-hls_time", "4", "-hls_playlist_type", "vod",
        "-hls_segment_type", "fmp4", "-hls_flags", "independent_segments+temp_file",
        "-hls_segment_filename", "%v/%d.m4s", "-master_pl_name", "master.m3u8",
        "-var_stream_map", " ".join([*pictures, "a:0,agroup:s,name:sound"]), "%v/index.m3u8",
    ]  # fmt: skip
    plain = [
        *quiet, "-i", "720p/index.m3u8", "-i", "sound/index.m3u8", "-c", "copy",
        "-movflags", "+faststart", "plain.mp4",
    ]  # fmt: skip
    poster = [*quiet, "-ss", "5", "-i", "plain.mp4", "-frames:v", "1", "-q:v", "3", "poster.jpg"]
    for command in (ladder, plain, poster):
        subprocess.run(command, cwd=folder, check=True)


def by_job(app: Flask, source: Path) -> None:
    with app.app_context():
        store = storage()
        with transaction():
            key = f"video/originals/{time.time_ns()}.mp4"
            target = store.path(key)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.hardlink_to(source)
            add_video(
                title="测量",
                source_name=source.name,
                source_key=key,
                size=source.stat().st_size,
                person_id=None,
                moment=now(),
            )
        if not run_next("slow"):
            raise RuntimeError("the job was not there")
        while run_next("slow"):  # its parts
            pass


def check_same(hand: Path, app: Flask) -> None:
    """The comparison is only fair when both made the same: streams, lengths, MP4 and poster."""
    with app.app_context():
        video = db.session.scalars(db.select(Video)).first()
        if video is None or video.media_key is None:
            raise RuntimeError("our job made nothing")
        ours = storage().path(video.media_key)
    for name in (*SIZES, "sound"):
        counts = [len(list((place / name).glob("*.m4s"))) for place in (hand, ours)]
        if counts[0] != counts[1] or not counts[0]:
            raise RuntimeError(f"{name}: {counts[0]} segments by hand, {counts[1]} by us")
    for name in ("plain.mp4", "poster.jpg", "master.m3u8"):
        for place in (hand, ours):
            if not (place / name).stat().st_size:
                raise RuntimeError(f"{place / name} is empty")
