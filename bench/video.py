"""Video: against ffmpeg by hand, how soon it plays, bytes and quality, chunks, memory.

Ours is the whole work as the worker does it: claimed from the queue, probed, looked at, encoded,
fsynced, put in place, recorded. By hand is `bench/hand.py`. Both on the same file, in turns; CPU
seconds are the figure to compare where the machine has other work to do.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from flask import Flask

from bench import ROOT, Figure, lectures, scratch
from bench.hand import by_hand, usual
from bench.installation import Installation, empty_installation
from bench.processes import memory_of
from sanshi_lms import create_app
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.job_lane import run_next
from sanshi_lms.core.settings import Settings
from sanshi_lms.core.storage import storage
from sanshi_lms.video.actions import add_video
from sanshi_lms.video.engine import examine, find_ffmpeg, make_all
from sanshi_lms.video.engine.parts import CHUNKED_FROM
from sanshi_lms.video.engine.probe import probe
from sanshi_lms.video.models import Video
from tools.serve import worker_command

SECONDS = {"slides": 60, "face": 30, "screen": 24, "camera": 3}
# A short micro-lecture. What is done once for each video (looking into it, its first eight seconds
# made ahead) costs as much as some seven seconds of its ladder, whatever its length: on 90 s that
# alone is more than the floor allows, on half a minute it tells nothing else.
LECTURE_SECONDS = 180
# The ladder as usual does nothing once: a second of it costs the same on a third of the lecture.
USUAL_SECONDS = 60
CHUNKED_SECONDS = 80  # one short chunk and three whole ones; more cost the same again
SHARED_SECONDS = 320  # what is as short as the lecture above is not cut for two workers


@dataclass(frozen=True)
class Cost:
    wall: float
    cpu: float


def run(quick: bool) -> list[Figure]:
    """A lecture of slides with a face against ffmpeg by hand; short samples for the rest."""
    binary = find_ffmpeg(None).path
    with scratch("video") as folder:
        sources = make_sources(binary, folder / "sources", quick=quick)
        app = new_app(folder / "data")
        lecture = sources.get("face", sources["slides"])  # the guide's slides had a face too
        whole = longer(lecture, folder, 12 if quick else LECTURE_SECONDS)
        return [
            *against_hand(app, binary, whole, folder, turns=1 if quick else 2),
            *soon(app, binary, sources["slides"], folder),
            *quality(binary, sources, folder, quick=quick),
            *chunks(sources["slides"], folder, seconds=32 if quick else CHUNKED_SECONDS),
            *workers(lecture, folder, seconds=12 if quick else SHARED_SECONDS),
        ]


def make_sources(binary: str, folder: Path, *, quick: bool) -> dict[str, Path]:
    made = {}
    for kind, seconds in SECONDS.items():
        path = lectures.make(binary, kind, folder, min(seconds, 12) if quick else seconds)
        if path is None:
            print(f"  no footage for {kind}: left out")
        else:
            made[kind] = path
    return made


def new_app(folder: Path) -> Flask:
    app = create_app(Settings.from_env({"DATA_DIR": str(folder), "LOG_LEVEL": "ERROR"}))
    with app.app_context():
        db.create_all()
    return app


def add(source: Path) -> Path:
    """Take a file as an upload would; return the folder where all videos' media lie."""
    store = storage()
    key = f"video/originals/{time.time_ns()}.mp4"
    store.path(key).parent.mkdir(parents=True, exist_ok=True)
    store.path(key).hardlink_to(source)
    with transaction():
        add_video(
            title="测量",
            source_name=source.name,
            source_key=key,
            size=source.stat().st_size,
            person_id=None,
            moment=now(),
        )
    return store.path("video")


def by_job(app: Flask, source: Path) -> None:
    with app.app_context():
        add(source)
        while run_next("slow"):
            pass


def measure(work: Callable[[], object]) -> Cost:
    """Wall and CPU seconds of a piece of work with all processes that it started."""
    before, began = cpu_seconds(), time.perf_counter()
    work()
    return Cost(time.perf_counter() - began, cpu_seconds() - before)


def cpu_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def against_hand(
    app: Flask, binary: str, source: Path, folder: Path, *, turns: int
) -> list[Figure]:
    hand, ours, often = [], [], []
    part = longer(source, folder, USUAL_SECONDS)
    for turn in range(turns):
        ours.append(measure(partial(by_job, app, source)))
        hand.append(measure(partial(by_hand, binary, source, folder / f"hand-{turn}", "slides")))
        often.append(measure(partial(usual, binary, part, folder / f"usual-{turn}")))
    check_same(folder / "hand-0", app)

    whole, own = length_of(source), median(c.cpu for c in ours)
    over_hand = own / median(c.cpu for c in hand)
    over_usual = own / whole / (median(c.cpu for c in often) / length_of(part))
    wall = median(c.wall for c in ours) / median(c.wall for c in hand)
    return [
        Figure(f"CPU over ffmpeg by hand, {whole:.0f} s", over_hand, "×", at_most=1.05),
        Figure("wall over ffmpeg by hand, 1080p lecture", wall, "×", at_most=1.10),
        Figure("CPU over the usual veryfast ladder", over_usual, "×", at_most=0.85),
        Figure("our job, CPU", own, "s"),
        Figure("our job, wall", median(c.wall for c in ours), "s"),
    ]


def length_of(source: Path) -> float:
    return probe(source, work=source.parent).seconds


def check_same(hand: Path, app: Flask) -> None:
    """The comparison is only fair when both made the same: streams, lengths and by-products."""
    with app.app_context():
        video = db.session.scalars(db.select(Video)).first()
        assert video is not None
        assert video.media_key is not None
        ours = storage().path(video.media_key)
    for name in ("1080p", "720p", "360p", "sound"):
        counts = [len(list((place / name).glob("*.m4s"))) for place in (hand, ours)]
        if abs(counts[0] - counts[1]) > 1 or not counts[0]:
            raise RuntimeError(f"{name}: {counts[0]} segments by hand, {counts[1]} by us")
    for place in (hand, ours):
        for name in ("plain.mp4", "sound.m4a", "master.m3u8"):
            if not (place / name).stat().st_size:
                raise RuntimeError(f"{place / name} is empty")


def soon(app: Flask, binary: str, source: Path, folder: Path) -> list[Figure]:
    """From the end of the upload to the first playlist that a player could take."""
    fit = folder / "fit.mp4"  # as our studio makes it: its picture is taken as it is
    lectures.run(binary, ["-i", str(source), "-c:v", "libx264", "-preset", "superfast", "-crf",
                          "25", "-g", "100", "-keyint_min", "100", "-sc_threshold", "0",
                          "-c:a", "copy", str(fit)])  # fmt: skip
    return [
        Figure("upload end to playable, remuxed", playable(app, fit), "s", at_most=2.0),
        Figure("upload end to playable, encoded", playable(app, source), "s", at_most=3.0),
    ]


def playable(app: Flask, source: Path) -> float:
    with app.app_context():
        place = storage().path("video")
        before = set(place.glob("*/*/master.m3u8"))
        began, seen, done = time.perf_counter(), list[float](), threading.Event()

        def watch() -> None:
            while not seen and not done.is_set():
                if set(place.glob("*/*/master.m3u8")) - before:
                    seen.append(time.perf_counter() - began)
                time.sleep(0.02)

        watcher = threading.Thread(target=watch)
        watcher.start()
        by_job(app, source)
        done.set()
        watcher.join()
    return seen[0]


def quality(binary: str, sources: dict[str, Path], folder: Path, *, quick: bool) -> list[Figure]:
    """Bytes and VMAF of each rendition, scaled up to the size of the source."""
    found = []
    ffmpeg = find_ffmpeg(None)
    for kind, source in sources.items():
        work = folder / f"quality-{kind}"
        work.mkdir()
        facts = examine(ffmpeg, source, work=work)
        made = make_all(ffmpeg, source, facts, work, lambda _: None)
        for stream in made.streams:
            if stream.kind == "sound" or (quick and stream != made.streams[0]):
                continue
            top = kind == "slides" and stream == made.streams[0]
            label = f"{kind} ({facts.content}), {stream.name}"
            rate = stream.average_rate / 1000
            score = vmaf(binary, work / stream.name / "index.m3u8", source, folder / "q.json")
            found += [
                Figure(f"{label}: rate", rate, "k/s", at_most=740 if top else None),
                Figure(f"{label}: VMAF", score, "", at_least=94.5 if top else None),
            ]
    return found


def vmaf(binary: str, made: Path, source: Path, log: Path) -> float:
    compare = (
        f"[0:v]setpts=PTS-STARTPTS,scale=1920:1080:flags=bicubic[d];[1:v]fps={lectures.RATE},"
        f"setpts=PTS-STARTPTS[r];[d][r]libvmaf=log_fmt=json:log_path={log}:n_subsample=8"
    )
    lectures.run(binary, ["-i", str(made), "-i", str(source), "-lavfi", compare, "-f", "null", "-"])
    found: dict[str, dict[str, dict[str, float]]] = json.loads(log.read_text())
    return found["pooled_metrics"]["vmaf"]["mean"]


def longer(source: Path, folder: Path, seconds: int) -> Path:
    """The source over and over, by copy."""
    path = folder / f"long-{seconds}.mp4"
    if not path.exists():
        lectures.run(find_ffmpeg(None).path, ["-stream_loop", "-1", "-i", str(source), "-t",
                                              str(seconds), "-c", "copy", str(path)])  # fmt: skip
    return path


def chunks(source: Path, folder: Path, *, seconds: int) -> list[Figure]:
    ffmpeg, path = find_ffmpeg(None), longer(source, folder, seconds)
    facts = examine(ffmpeg, path, work=folder)
    costs = {}
    for chunked in (False, True):
        work = folder / f"chunked-{chunked}"
        work.mkdir()
        costs[chunked] = measure(
            partial(make_all, ffmpeg, path, facts, work, lambda _: None, chunked=chunked)
        )
        shutil.rmtree(work)
    over = costs[True].cpu / costs[False].cpu
    return [Figure(f"CPU of chunks over one process, {seconds} s", over, "×", at_most=1.06)]


def workers(source: Path, folder: Path, *, seconds: int) -> list[Figure]:
    """One worker, then two, on one lecture in chunks; and what the fattest of them held.

    A short sample is not cut into chunks, so a second worker would have nothing to do.
    """
    path, walls, peak = longer(source, folder, seconds), [], 0.0
    for count in (1, 2) if seconds > CHUNKED_FROM else (1,):
        installation = empty_installation(folder / f"workers-{count}")
        installation.flask("db", "upgrade")
        with application(installation).app_context():
            place = add(path)
        began = time.perf_counter()
        with worker_processes(installation, count) as processes:
            while not list(place.glob("*/*/manifest.json")):
                peak = max(peak, *(memory_of(process.pid)[0] for process in processes))
                if any(process.poll() is not None for process in processes):
                    raise RuntimeError("a worker ended")
                time.sleep(0.2)
        walls.append(time.perf_counter() - began)
    held = Figure("peak memory of a worker with its ffmpeg (PSS)", peak, "MB", at_most=600)
    if len(walls) < 2:
        return [held]
    sped_up = walls[0] / walls[1]
    return [held, Figure(f"two workers against one on {seconds} s, wall", sped_up, "×")]


@contextmanager
def worker_processes(
    installation: Installation, count: int
) -> Iterator[list[subprocess.Popen[bytes]]]:
    command = [str(part) for part in worker_command(Path(sys.executable))]
    processes = [
        subprocess.Popen(command, cwd=ROOT, env=installation.env, stdout=subprocess.DEVNULL)
        for _ in range(count)
    ]
    try:
        yield processes
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(60)


def application(installation: Installation) -> Flask:
    return create_app(
        Settings.from_env({"DATA_DIR": str(installation.folder), "LOG_LEVEL": "ERROR"})
    )
