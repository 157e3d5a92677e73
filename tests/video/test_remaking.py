"""One rendition is made anew where a disk lost or damaged it, and nothing else is touched."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import av
import pytest
from flask import Flask
from sqlalchemy import select

from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.job_lane import run_next
from sanshi_lms.core.jobs import Job
from sanshi_lms.core.storage import storage
from sanshi_lms.video import actions
from sanshi_lms.video.engine import MANIFEST
from sanshi_lms.video.queries import REMAKE
from tests.people import Cast
from tests.video.conftest import Maker
from tests.video.making import add, get

pytestmark = pytest.mark.media
SECONDS, RATE = 9, 10


@pytest.fixture
def lecture(app: Flask, make_clip: Maker, work: Callable[[], int]) -> int:
    """A video of two pictures and a sound."""
    clip = make_clip(
        "two-rungs.mp4",
        *("-f", "lavfi", "-i", f"testsrc=s=854x480:r={RATE}:d={SECONDS}"),
        *("-f", "lavfi", "-i", f"sine=d={SECONDS}", "-c:v", "libx264", "-preset", "ultrafast"),
        *("-pix_fmt", "yuv420p", "-c:a", "aac"),
    )
    video_id = add(app, clip)
    work()
    return video_id


def folder_of(app: Flask, video_id: int) -> Path:
    with app.app_context():
        key = get(video_id).media_key
        assert key
        return storage().path(key)


def hashes(folder: Path) -> dict[str, str]:
    files = [file for file in sorted(folder.rglob("*")) if file.is_file()]
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
    }


def ask(people: Cast, video_id: int, name: str) -> str:
    address = f"/admin/video/{video_id}/renditions/{name}/again"
    return people.client("author").post(address, follow_redirects=True).text


@pytest.mark.parametrize("name", ["480p", "sound"])
def test_what_the_disk_lost_comes_back_byte_for_byte(
    app: Flask, people: Cast, lecture: int, work: Callable[[], int], name: str
) -> None:
    folder = folder_of(app, lecture)
    before = hashes(folder)
    (folder / name / "0.m4s").write_bytes(b"damaged")
    (folder / name / "1.m4s").unlink()
    (folder / name / "index.m3u8").unlink()
    others = {f: f.stat().st_mtime_ns for f in folder.glob("*/*.m4s") if f.parent.name != name}

    assert "已排队重做" in ask(people, lecture, name)
    assert "正在重做" in people.client("author").get(f"/admin/video/{lecture}").text
    work()

    assert hashes(folder) == before
    assert all(file.stat().st_mtime_ns == moment for file, moment in others.items())
    with av.open(str(folder / "plain.mp4")) as container:
        assert sum(1 for _ in container.decode(video=0)) == SECONDS * RATE
    page = people.client("author").get(f"/admin/video/{lecture}").text
    assert "正在重做" not in page
    assert "没有重做成功" not in page


def test_what_another_build_left_beside_it_goes(
    app: Flask, people: Cast, lecture: int, work: Callable[[], int]
) -> None:
    folder = folder_of(app, lecture)
    (folder / "480p/init_1.mp4").write_bytes(b"of another build")
    ask(people, lecture, "480p")
    work()
    assert not (folder / "480p/init_1.mp4").exists()


def test_a_worker_that_dies_between_two_parts_is_followed_by_another(
    app: Flask, people: Cast, lecture: int, work: Callable[[], int]
) -> None:
    folder = folder_of(app, lecture)
    before = hashes(folder)
    (folder / "360p/1.m4s").unlink()
    ask(people, lecture, "360p")
    with app.app_context():
        assert run_next("slow")
        assert run_next("slow")
    assert "正在重做" in people.client("author").get(f"/admin/video/{lecture}").text
    assert json.loads((folder / MANIFEST).read_text())["streams"], "the old one still stands"
    work()
    assert hashes(folder) == before


def test_refused_in_words(app: Flask, people: Cast, lecture: int) -> None:
    assert "没有这一档" in ask(people, lecture, "1080p")
    assert "已排队重做" in ask(people, lecture, "480p")
    assert "请等它做完" in ask(people, lecture, "360p")
    with app.app_context(), transaction():
        video = get(lecture)
        actions.replace_source(
            video, source_name="b.mp4", source_key="video/originals/other", size=9
        )
        assert db.session.scalar(select(Job).where(Job.kind == REMAKE)) is None, "it was dropped"
    assert "请等它做完" in ask(people, lecture, "480p"), "another file waits to be made"


def test_what_an_older_recipe_made_is_made_anew_as_a_whole(
    app: Flask, people: Cast, lecture: int, work: Callable[[], int]
) -> None:
    folder = folder_of(app, lecture)
    with app.app_context(), transaction():
        video = get(lecture)
        video.media_key = f"{folder.parent.relative_to(storage().root)}/h264-1-clip"
        folder.rename(storage().path(video.media_key))
    assert "旧版设置" in ask(people, lecture, "480p")
    page = people.client("author").get(f"/admin/video/{lecture}").text
    assert "重做" not in page.replace("整个重新转码", "")
    people.client("author").post(f"/admin/video/{lecture}/again")
    work()
    assert folder_of(app, lecture) == folder
    assert (folder / MANIFEST).exists()


def test_without_the_original_nothing_is_promised(app: Flask, people: Cast, lecture: int) -> None:
    with app.app_context():
        storage().delete(get(lecture).source_key)
    assert "找不到这个视频的原文件" in ask(people, lecture, "480p")


def test_a_stranger_cannot(people: Cast, lecture: int) -> None:
    for verb in ("renditions/480p/again", "again"):
        answer = people.client("cadre").post(f"/admin/video/{lecture}/{verb}")
        assert answer.status_code == 403
