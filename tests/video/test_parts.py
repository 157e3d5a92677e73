"""Parts join without a seam, whoever made them, in whatever order, and whoever died meanwhile."""

import hashlib
import os
import signal
from array import array
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import av
import m3u8  # type: ignore[import-untyped]
import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, select

from sanshi_lms import create_app
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.job_lane import run_next
from sanshi_lms.core.jobs import Job
from sanshi_lms.core.storage import storage
from sanshi_lms.video.engine import (
    Ffmpeg,
    examine,
    make_all,
    make_part,
    parts_of_one,
    parts_of_plan,
    plan_of,
    probe,
)
from sanshi_lms.video.engine.making import Folder
from sanshi_lms.video.models import Rendition
from tests.conftest import MIGRATIONS, ready_for_tests, settings_in
from tests.video.conftest import Maker
from tests.video.making import add, get, start_worker, wait_for

pytestmark = pytest.mark.media
COUNTED_SECONDS, RATE = 50, 10


@pytest.fixture(scope="module")
def counted(make_clip: Maker) -> Path:
    """A clip whose every picture carries its own number, as ten stripes of light and dark."""
    bits = "lum='if(mod(floor(N/pow(2,floor(X/16))),2),235,16)':cb=128:cr=128"
    tone = f"aevalsrc='0.5*sin(2*PI*440*t)*gt(mod(t,1),0.5)':d={COUNTED_SECONDS}"
    return make_clip(
        "counted.mp4",
        *("-f", "lavfi", "-i", f"color=black:s=160x96:r={RATE}:d={COUNTED_SECONDS},geq={bits}"),
        *("-f", "lavfi", "-i", tone),
        *("-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "250", "-crf", "18"),
        *("-pix_fmt", "yuv420p", "-c:a", "aac"),
    )  # fmt: skip


@pytest.fixture(scope="module")
def joined(ffmpeg: Ffmpeg, counted: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything made of it, in chunks, by one process after the other."""
    folder = tmp_path_factory.mktemp("joined") / "made"
    make(ffmpeg, counted, folder, chunked=True)
    return folder


def numbers(path: Path) -> Iterator[int]:
    """Read the number off every picture."""
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            assert isinstance(frame, av.VideoFrame)
            plane = frame.reformat(format="gray").planes[0]
            row = bytes(plane)[48 * plane.line_size :]
            yield sum(1 << bit for bit in range(10) if row[bit * 16 + 8] > 125)


def stamps(path: Path, kind: str) -> list[float]:
    with av.open(str(path)) as container:
        stream = next(s for s in container.streams if s.type == kind)
        return sorted(
            float(p.pts * p.time_base) for p in container.demux(stream) if p.pts is not None
        )


def make(ffmpeg: Ffmpeg, source: Path, work: Path, *, chunked: bool) -> None:
    work.mkdir()
    make_all(
        ffmpeg, source, examine(ffmpeg, source, work=work), work, lambda _: None, chunked=chunked
    )


def hashes(folder: Path) -> dict[str, str]:
    """Return the content of every segment and playlist."""
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.suffix in {".m4s", ".m3u8"} or file.name.startswith("init")
    }


def test_chunks_join_without_a_missing_or_doubled_picture(
    counted: Path, joined: Path, tmp_path: Path
) -> None:
    facts = probe(counted, work=tmp_path)
    parts = parts_of_plan(plan_of(facts, chunked=True))
    assert [part.name for part in parts] == ["early", "sound", "c0001", "c0002"]
    for path in ("96p/index.m3u8", "plain.mp4"):
        assert list(numbers(joined / path)) == list(range(COUNTED_SECONDS * RATE))
    shown = stamps(joined / "plain.mp4", "video")
    assert shown == pytest.approx([n / RATE for n in range(COUNTED_SECONDS * RATE)], abs=1e-4)


@pytest.mark.parametrize("name", ["96p", "sound"])
def test_one_rendition_made_anew_is_the_same(
    ffmpeg: Ffmpeg, counted: Path, joined: Path, tmp_path: Path, name: str
) -> None:
    plan = plan_of(examine(ffmpeg, counted, work=tmp_path), chunked=True)
    for part in parts_of_one(plan, name):
        work = tmp_path / "work" / part.name
        work.mkdir(parents=True)
        make_part(ffmpeg, counted, plan, part, work, Folder(tmp_path), lambda *_: None)
    again = {key: value for key, value in hashes(tmp_path).items() if key.startswith(f"{name}/")}
    wanted = {key: value for key, value in hashes(joined).items() if key.startswith(f"{name}/")}
    assert again == {key: value for key, value in wanted.items() if not key.endswith(".m3u8")}


def test_sound_neither_drifts_nor_jumps(joined: Path) -> None:
    """The tone begins at each half second: its first loud sample tells where we are."""
    loud: list[float] = []
    with av.open(str(joined / "plain.mp4")) as container:
        rate, before = 48000, 0.0
        for frame in container.decode(audio=0):
            assert isinstance(frame, av.AudioFrame)
            for place, sample in enumerate(array("f", bytes(frame.planes[0]))):
                if abs(sample) > 0.1:
                    moment = float(frame.time or 0) + place / rate
                    if moment - before > 0.3:
                        loud.append(moment)
                    before = moment
    assert len(loud) == COUNTED_SECONDS
    assert loud == pytest.approx([second + 0.5 for second in range(COUNTED_SECONDS)], abs=0.02)
    frames = stamps(joined / "sound/index.m3u8", "audio")
    assert {round(b - a, 4) for a, b in pairwise(frames)} == {round(1024 / 48000, 4)}


def test_playlists_are_valid_and_renditions_align(
    ffmpeg: Ffmpeg, make_clip: Maker, tmp_path: Path
) -> None:
    clip = make_clip(
        "two.mp4",
        *("-f", "lavfi", "-i", "testsrc=s=854x480:r=10:d=26"),
        *("-f", "lavfi", "-i", "sine=d=26", "-c:v", "libx264", "-preset", "ultrafast"),
        *("-pix_fmt", "yuv420p", "-c:a", "aac"),
    )
    make(ffmpeg, clip, tmp_path / "made", chunked=True)
    master = m3u8.load(str(tmp_path / "made/master.m3u8"))
    assert [one.uri for one in master.playlists] == ["480p/index.m3u8", "360p/index.m3u8"]
    assert [one.uri for one in master.media] == ["sound/index.m3u8"]
    lists = [m3u8.load(str(tmp_path / "made" / p.uri)) for p in [*master.playlists, *master.media]]
    for one in lists:
        assert one.is_endlist
        assert len(one.segment_map) == 1, "chunks share one head"
        assert all(s.duration <= one.target_duration + 0.5 for s in one.segments)
        folder = Path(one.base_uri)
        listed = {s.uri for s in one.segments} | {one.segment_map[0].uri, "index.m3u8"}
        assert listed == {file.name for file in folder.iterdir()}, "no orphans"
    cuts = [[s.duration for s in one.segments] for one in lists[:2]]
    assert cuts[0] == cuts[1] == [4.0] * 6 + [2.0]


def test_a_resting_screen_shows_the_right_picture_in_every_chunk(
    ffmpeg: Ffmpeg, make_clip: Maker, tmp_path: Path
) -> None:
    """A recorder writes a picture only when something changes: chunks begin in the middle."""
    bits = "lum='if(mod(floor(T/pow(2,floor(X/16))),2),235,16)':cb=128:cr=128"
    rests = "lt(mod(n,10),1)*(lt(t,5)+gt(t,13))*(lt(t,20)+gt(t,36))"
    clip = make_clip(
        "rest.mkv",
        *("-f", "lavfi", "-i", f"color=black:s=160x96:r=10:d=44,geq={bits},select='{rests}'"),
        *("-f", "lavfi", "-i", "sine=d=44", "-fps_mode", "vfr", "-c:v", "libx264"),
        *("-pix_fmt", "yuv420p", "-c:a", "aac"),
    )
    facts = probe(clip, work=tmp_path)
    assert facts.picture is not None
    assert facts.picture.seekable
    assert len(facts.picture.rests) == 2
    make(ffmpeg, clip, tmp_path / "made", chunked=True)
    made = list(numbers(tmp_path / "made/96p/index.m3u8"))
    assert len(made) == 440
    expected = {
        30: 3,
        79: 4,
        85: 4,
        120: 4,
        139: 4,
        141: 14,
        195: 19,
        250: 19,
        319: 19,
        321: 19,
        375: 37,
    }
    assert {frame: made[frame] for frame in expected} == expected


def test_a_real_worker_takes_over_on_postgresql_and_redis(
    tmp_path: Path,
    postgres_url: str,
    redis_url: str,
    counted: Path,
    joined: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The one that has a part is killed with its ffmpeg; the other ends it in the same bytes."""
    places = {"DATABASE_URL": postgres_url, "REDIS_URL": redis_url}
    app = ready_for_tests(create_app(settings_in(tmp_path, **places)))
    with app.app_context():
        upgrade(MIGRATIONS)
        db.session.remove()
    number = planned(app, counted, monkeypatch)

    def leased() -> list[str | None]:
        with app.app_context():
            db.session.rollback()
            query = select(Job.lease_token).where(Job.part_of.is_not(None), Job.state == "leased")
            return list(db.session.scalars(query))

    workers = {worker.pid: worker for worker in (start_worker(tmp_path, **places) for _ in "ab")}
    try:
        assert wait_for(leased, 120)
        token = next(iter(leased()), None) or ""
        victim = workers.pop(int(token.split("/")[1])) if token else workers.popitem()[1]
        os.killpg(victim.pid, signal.SIGKILL)
        victim.wait()
        assert wait_for(lambda: is_made(app, number), 180)
    finally:
        for worker in workers.values():
            worker.terminate()
        codes = [worker.wait(30) for worker in workers.values()]
    assert codes == [0]
    with app.app_context():
        video = get(number)
        assert hashes(storage().path(video.media_key or "")) == hashes(joined)
        assert db.session.scalar(select(func.count(Rendition.id))) == 2
        ours = select(func.count(Job.id)).where(Job.kind.like("video.%"))
        assert db.session.scalar(ours) == 1, "the parts are folded into the one"
        assert len(storage().names(f"video/{number}")) == 1
        db.session.remove()
        db.engine.dispose()


def planned(app: Flask, source: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Add a video and let its parts be planned, as of a long lecture."""
    monkeypatch.setattr("sanshi_lms.video.engine.parts.CHUNKED_FROM", 20.0)
    number = add(app, source)
    with app.app_context():
        assert run_next("slow")
    return number


def is_made(app: Flask, number: int) -> bool:
    with app.app_context():
        return get(number).made_at is not None


def test_a_stopped_worker_gives_its_part_back(
    app: Flask, counted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned(app, counted, monkeypatch)
    worker = start_worker(app.extensions["settings"].data_dir)

    def leased() -> list[Job]:
        db.session.rollback()
        return list(db.session.scalars(select(Job).where(Job.state == "leased")))

    with app.app_context():
        assert wait_for(leased, 60)
        worker.terminate()
        assert worker.wait(30) == 0
        assert leased() == []
        waiting = db.session.scalars(select(Job).where(Job.state == "pending")).all()
        assert {job.attempts for job in waiting} == {0}
        assert [*(storage().root / ".private").iterdir()] == []


def test_watched_while_it_is_made(
    app: Flask, counted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = planned(app, counted, monkeypatch)
    with app.app_context():
        assert get(number).shown_key is None
        assert run_next("slow")
        video = get(number)
        assert video.made_at is None
        assert video.seconds == pytest.approx(COUNTED_SECONDS, abs=0.1)
        folder = storage().path(video.early_key or "")
        growing = m3u8.load(str(folder / "96p/index.m3u8"))
        assert (growing.playlist_type, growing.is_endlist) == ("event", False)
        assert len(growing.segments) == 2
        told = [s.uri for s in growing.segments]
        counts = []
        while run_next("slow"):
            text = m3u8.load(str(folder / "96p/index.m3u8"))
            assert [s.uri for s in text.segments][: len(told)] == told, "never taken back"
            counts.append(len(text.segments))
        assert counts == [2, 8, 13, 13]
        assert text.is_endlist
        assert get(number).media_key == f"{folder.relative_to(storage().root)}"


def test_parts_out_of_order_are_shown_only_up_to_the_gap(
    app: Flask, counted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = planned(app, counted, monkeypatch)
    with app.app_context():
        with transaction() as session:
            for job in session.scalars(select(Job).where(Job.key == f"{number}/c0002")):
                job.priority = 999
        assert run_next("slow")
        assert get(number).shown_key is None, "the last chunk alone is nothing to watch"
        assert run_next("slow")
        folder = storage().path(get(number).early_key or "")
        assert len(m3u8.load(str(folder / "96p/index.m3u8")).segments) == 2
