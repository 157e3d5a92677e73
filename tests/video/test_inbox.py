"""The server's inbox and the command line: hostile names, half-copied files, one click or ten."""

import hashlib
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from sanshi_lms.core import queue
from sanshi_lms.core.db import db
from sanshi_lms.core.job_lane import run_next
from sanshi_lms.core.jobs import Job
from sanshi_lms.core.storage import Storage, storage
from sanshi_lms.video.models import Video
from sanshi_lms.video.uploads import imports, inbox, jobs
from sanshi_lms.video.uploads.imports import IMPORT
from sanshi_lms.video.uploads.models import Upload
from tests.people import Cast
from tests.video.test_upload_protocol import chosen
from tests.video.test_uploads import MP4, count_videos

SHA = hashlib.sha256(MP4).hexdigest()
Put = Callable[..., Path]


@pytest.fixture
def folder(app: Flask) -> Path:
    made: Path = app.extensions["settings"].inbox_dir
    made.mkdir(parents=True)
    queue.reset_for_tests()
    return made


@pytest.fixture
def put(folder: Path) -> Put:
    """Return a function that leaves a file in the inbox, as somebody did an hour ago."""

    def leave(name: str | bytes = "讲座.mp4", data: bytes = MP4) -> Path:
        path = Path(os.fsdecode(os.fsencode(folder) + b"/" + os.fsencode(name)))
        path.write_bytes(data)
        before = (datetime.now(UTC) - timedelta(hours=1)).timestamp()
        os.utime(path, (before, before))
        return path

    return leave


def seen(folder: Path) -> list[inbox.InboxFile]:
    return inbox.waiting_files(folder, datetime.now(UTC))


def click(people: Cast, folder: Path) -> int:
    """Press 导入 on the only file; return the status."""
    key = seen(folder)[0].key
    answer = people.client("author").post(f"/admin/video/inbox/{key}/import")
    return answer.status_code


def work_all(app: Flask) -> None:
    with app.app_context():
        while run_next("copy"):
            continue


def only_video() -> Video:
    db.session.rollback()
    return db.session.scalars(select(Video)).one()


def newest_job() -> Job:
    db.session.rollback()
    return db.session.scalars(select(Job).where(Job.kind == IMPORT).order_by(Job.id)).all()[-1]


@pytest.mark.parametrize("same_disk", [True, False], ids=["moved", "copied"])
def test_a_file_of_the_inbox_becomes_one_video(
    app: Flask, people: Cast, folder: Path, put: Put, monkeypatch: pytest.MonkeyPatch,
    same_disk: bool,
) -> None:  # fmt: skip
    path = put("加装电梯 第1讲.mp4")
    monkeypatch.setattr(imports, "may_be_moved", lambda *_: same_disk)
    for _ in range(3):
        assert click(people, folder) == 302
    work_all(app)
    assert not path.exists(), "what is a video does not wait any more"
    with app.app_context():
        video = only_video()
        assert (video.title, video.source_sha256) == ("加装电梯 第1讲", SHA)
        assert video.uploaded_by_id == people.id("author")
        assert storage().path(video.source_key).read_bytes() == MP4
        assert not list((storage().root / "video" / "uploads").iterdir())


def test_the_page_shows_what_waits_and_how_it_goes(
    app: Flask, people: Cast, folder: Path, put: Put
) -> None:
    client = people.client("author")
    assert "收件箱里现在没有文件" in client.get("/admin/video/").text
    put("讲座.mp4")
    put("会议.mp4", "会议纪要".encode() * 50)
    page = client.get("/admin/video/").text
    assert page.count(">导入</button>") == 1
    assert "文件里面是文字" in page
    key = next(one.key for one in seen(folder) if not one.wrong)
    client.post(f"/admin/video/inbox/{key}/import")
    told = client.get("/api/v1/video/inbox").json
    assert told is not None
    assert [(one["key"], one["state"]) for one in told["imports"]] == [(key, "working")]
    assert "data-importing" in client.get("/admin/video/").text
    work_all(app)
    assert "讲座" in client.get("/admin/video/").text


@pytest.mark.parametrize("part", ["cadre", None])
def test_a_stranger_takes_nothing(app: Flask, people: Cast, put: Put, part: str | None) -> None:
    put()
    client = people.client(part) if part else app.test_client()
    key = "0" * 64
    assert client.post(f"/admin/video/inbox/{key}/import").status_code in {401, 403}
    assert client.get("/api/v1/video/inbox").status_code in {401, 403}


def test_only_plain_files_are_seen(folder: Path, put: Put, tmp_path: Path) -> None:
    put("讲座.mp4")
    secret = tmp_path / "secret.mp4"
    secret.write_bytes(MP4)
    (folder / "link.mp4").symlink_to(secret)
    (folder / "folder.mp4").mkdir()
    put(".hidden.mp4")
    os.mkfifo(folder / "pipe.mp4")
    assert [file.name for file in seen(folder)] == ["讲座.mp4"]


NAMES = {
    "重庆.mp4".encode("gb18030"): "重庆.mp4",
    b"-rf \n<b>x.mp4": "-rf <b>x.mp4",
    b"\xff\xfe\x80.mp4": None,
    "倒\u202e4pm.mp4".encode(): "倒4pm.mp4",
    b"a" * 255: None,
}


def test_hostile_names_are_taken_and_shown_plainly(
    app: Flask, people: Cast, folder: Path, put: Put
) -> None:
    for number, name in enumerate(NAMES):
        put(name, MP4 + bytes([number]))
    assert {shown for shown in NAMES.values() if shown} < {file.name for file in seen(folder)}
    client = people.client("author")
    page = client.get("/admin/video/")
    assert page.status_code == 200
    assert "<b>x" not in page.text
    for file in seen(folder):
        assert client.post(f"/admin/video/inbox/{file.key}/import").status_code == 302
    work_all(app)
    assert not list(folder.iterdir())
    assert count_videos(app) == len(NAMES)


def test_a_file_that_is_still_copied_waits(
    app: Flask, people: Cast, folder: Path, put: Put
) -> None:
    path = put()
    with path.open("r+b"):
        assert seen(folder)[0].growing
        assert click(people, folder) == 302
    assert not seen(folder)[0].growing
    path.touch()
    assert seen(folder)[0].growing, "a second ago somebody wrote into it"
    put("b.mp4.part")
    assert all(file.growing for file in seen(folder))
    with app.app_context():
        assert db.session.query(Upload).count() == 0


def test_a_file_that_changes_after_the_click_is_not_taken(
    app: Flask, people: Cast, folder: Path, put: Put
) -> None:
    path = put()
    click(people, folder)
    with path.open("ab") as file:
        file.write(b"more")
    work_all(app)
    with app.app_context():
        job = newest_job()
        assert (job.state, "变了" in (job.message or "")) == ("failed", True)
    assert path.exists()
    assert count_videos(app) == 0


def test_a_link_put_in_place_of_the_file_leads_nowhere(
    app: Flask, people: Cast, folder: Path, put: Put, tmp_path: Path
) -> None:
    path = put()
    key, raw = seen(folder)[0].key, os.fsencode(path)
    secret = tmp_path / "secret"
    shutil.copy2(path, secret)
    path.unlink()
    path.symlink_to(secret)
    with pytest.raises(inbox.Moved), inbox.opened(raw, key):
        pass
    people.client("author").post(f"/admin/video/inbox/{key}/import")
    assert count_videos(app) == 0


def test_what_is_a_video_already_is_not_taken_twice(
    app: Flask, people: Cast, folder: Path, put: Put
) -> None:
    put("讲座.mp4")
    click(people, folder)
    work_all(app)
    again = put("换了名字.mp4")
    click(people, folder)
    work_all(app)
    page = people.client("author").get("/admin/video/").text
    assert "已经是视频《讲座》了" in page
    assert again.exists()
    assert count_videos(app) == 1
    with app.app_context():
        left = db.session.scalars(select(Upload).where(Upload.finished_at.is_(None))).one().id
    assert "不导入了" in page
    people.client("admin").post(f"/admin/video/uploads/{left}/delete")
    assert again.exists()
    assert "不导入了" not in people.client("author").get("/admin/video/").text


@pytest.mark.parametrize("moment", ["commit_file", "finish"])
@pytest.mark.parametrize("same_disk", [True, False], ids=["moved", "copied"])
def test_a_worker_that_dies_on_the_way_loses_nothing(
    app: Flask, people: Cast, folder: Path, put: Put, monkeypatch: pytest.MonkeyPatch,
    moment: str, same_disk: bool,
) -> None:  # fmt: skip
    put()
    click(people, folder)
    monkeypatch.setattr(imports, "may_be_moved", lambda *_: same_disk)

    class Dead(BaseException):
        pass

    def die(*_: object, **__: object) -> None:
        raise Dead

    place: object = Storage if moment == "commit_file" else imports
    with monkeypatch.context() as broken, app.app_context():
        broken.setattr(place, moment, die)
        with pytest.raises(Dead):
            run_next("copy")
    with app.app_context():
        job = newest_job()
        job.lease_until = datetime.now(UTC)
        db.session.commit()
        jobs.tidy()  # may not make a video of a copy that nobody has checked
    work_all(app)
    with app.app_context():
        video = only_video()
        assert storage().path(video.source_key).read_bytes() == MP4
    assert not list(folder.iterdir())


def test_an_import_obeys_quota_and_disk(app: Flask, people: Cast, folder: Path, put: Put) -> None:
    put()
    for change in ({"upload_quota_bytes": 100}, {"min_free_bytes": 10**15}):
        with chosen(app, **change):
            click(people, folder)
    with app.app_context():
        assert db.session.query(Upload).count() == 0
    page = people.client("author")
    with chosen(app, upload_quota_bytes=100):
        page.post(f"/admin/video/inbox/{seen(folder)[0].key}/import")
        assert "上传空间" in page.get("/admin/video/").text


def test_the_command_line_adds_files(app: Flask, tmp_path: Path) -> None:
    good, empty = tmp_path / "入户走访.mp4", tmp_path / "空.mp4"
    good.write_bytes(MP4)
    empty.touch()
    run = app.test_cli_runner()
    with app.app_context():
        first = run.invoke(args=["video", "add", str(good), "--title", "怎样入户走访"])
        assert (first.exit_code, "video 1" in first.output) == (0, True), first.output
        again = run.invoke(args=["video", "add", str(good)])
        assert (again.exit_code, "already" in again.output) == (0, True)
        mixed = run.invoke(args=["video", "add", str(empty), str(tmp_path), str(good), "--again"])
        assert mixed.exit_code == 1
        assert "空的" in mixed.output
        assert "video 2" in mixed.output
        assert run.invoke(args=["video", "add"]).exit_code == 2
        assert run.invoke(args=["video", "add", "a", "b", "--title", "x"]).exit_code == 2
        assert run.invoke(args=["video", "add", str(tmp_path / "none")]).exit_code == 1
        titles = db.session.scalars(select(Video.title).order_by(Video.id)).all()
        assert titles == ["怎样入户走访", "入户走访"]
        assert good.exists()
        assert not list((storage().root / ".private").iterdir())


def test_the_command_line_waits_for_the_end(
    app: Flask, tmp_path: Path, work: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "坏的.mp4"
    broken.write_bytes(MP4)
    monkeypatch.setattr("sanshi_lms.video.uploads.cli.time.sleep", lambda _: work())
    with app.app_context():
        failed = app.test_cli_runner().invoke(args=["video", "add", str(broken), "--wait"])
        assert (failed.exit_code, "video 1" in failed.output) == (1, True)
