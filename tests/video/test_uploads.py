"""Uploading by tus: pieces, breaks, refusals, strangers, two senders."""

import base64
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from sanshi_lms.core.db import db
from sanshi_lms.core.storage import storage
from sanshi_lms.video.models import Video
from sanshi_lms.video.uploads import jobs
from sanshi_lms.video.uploads.models import Upload
from sanshi_lms.video.uploads.parts import held
from sanshi_lms.video.uploads.rules import KEPT, Room, read_metadata, read_number, refusal
from tests.people import Cast

TUS = {"Tus-Resumable": "1.0.0"}
MP4 = b"\0\0\0\x20ftypisom" + bytes(range(256)) * 40


def begin(client: FlaskClient, size: int, name: str = "讲课.mp4") -> str:
    answer = client.post("/video/uploads", headers={**TUS, **promise(size, name)})
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"]


def promise(size: int, name: str = "讲课.mp4") -> dict[str, str]:
    encoded = base64.b64encode(name.encode()).decode()
    return {"Upload-Length": str(size), "Upload-Metadata": f"filename {encoded}"}


def send(client: FlaskClient, url: str, offset: int, data: bytes) -> tuple[int, str]:
    headers = {**TUS, "Upload-Offset": str(offset)}
    kind = "application/offset+octet-stream"
    answer = client.patch(url, headers=headers, data=data, content_type=kind)
    return answer.status_code, answer.headers.get("Upload-Offset") or answer.text


def offset_of(client: FlaskClient, url: str) -> str:
    return client.head(url, headers=TUS).headers["Upload-Offset"]


def count_videos(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count(Video.id))) or 0


def test_a_file_in_pieces_becomes_one_video(app: Flask, people: Cast) -> None:
    client = people.client("author")
    url = begin(client, len(MP4), "加装电梯_第1讲.mp4")
    assert send(client, url, 0, MP4[:700]) == (204, "700")
    assert offset_of(client, url) == "700"
    assert send(client, url, 700, MP4[700:]) == (204, str(len(MP4)))
    assert offset_of(client, url) == str(len(MP4))
    with app.app_context():
        video = db.session.scalars(select(Video)).one()
        assert (video.title, video.source_size) == ("加装电梯 第1讲", len(MP4))
        assert storage().path(video.source_key).read_bytes() == MP4
        assert video.uploaded_by_id == people.id("author")
    first = client.post(f"{url}/video").json
    assert first == client.post(f"{url}/video").json
    assert count_videos(app) == 1


def test_says_what_it_can_do(people: Cast) -> None:
    answer = people.client("author").options("/video/uploads")
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert "creation" in answer.headers["Tus-Extension"]
    assert int(answer.headers["Tus-Max-Size"]) > 10**9


@pytest.mark.parametrize("part", ["cadre", "resident", None])
def test_a_stranger_cannot_upload(people: Cast, client: FlaskClient, part: str | None) -> None:
    caller = people.client(part) if part else client
    answer = caller.post("/video/uploads", headers={**TUS, **promise(10)})
    assert answer.status_code in {401, 403}


def test_nobody_touches_an_upload_of_somebody_else(people: Cast) -> None:
    url = begin(people.client("author"), len(MP4))
    other = people.client("admin")
    assert other.head(url, headers=TUS).status_code == 404
    assert send(other, url, 0, MP4)[0] == 404
    assert other.delete(url, headers=TUS).status_code == 404


def test_a_wrong_offset_changes_nothing(people: Cast) -> None:
    client = people.client("author")
    url = begin(client, len(MP4))
    send(client, url, 0, MP4[:600])
    for offset in (0, 300, 601):
        status, sentence = send(client, url, offset, b"x")
        assert (status, "断开的地方" in sentence) == (409, True)
    assert offset_of(client, url) == "600"
    assert send(client, url, 600, MP4)[0] == 413
    assert offset_of(client, url) == "600"


def test_the_protocol_is_held_to(people: Cast) -> None:
    client = people.client("author")
    assert client.post("/video/uploads", headers=promise(5)).status_code == 412
    assert client.post("/video/uploads", headers=TUS).status_code == 400
    for size in ("-1", "1e3", "٣", ""):
        assert (
            client.post(
                "/video/uploads", headers={**TUS, "Upload-Length": size.encode()}
            ).status_code
            == 400
        )
    bad = {**TUS, "Upload-Length": "9", "Upload-Metadata": "filename ***"}
    assert client.post("/video/uploads", headers=bad).status_code == 400
    url = begin(client, len(MP4))
    answer = client.patch(
        url, headers={**TUS, "Upload-Offset": "0"}, data=b"x", content_type="text/plain"
    )
    assert answer.status_code == 415
    assert client.head("/video/uploads/" + "0" * 32, headers=TUS).status_code == 404


def test_cancelling_frees_the_bytes(app: Flask, people: Cast) -> None:
    client = people.client("author")
    url = begin(client, len(MP4))
    send(client, url, 0, MP4[:600])
    assert client.delete(url, headers=TUS).status_code == 204
    assert client.head(url, headers=TUS).status_code == 404
    with app.app_context():
        assert not list((storage().root / "video" / "uploads").iterdir())


@pytest.mark.parametrize(
    ("head", "word"),
    [
        (b"\x89PNG\r\n\x1a\n", "图片"),
        ("会议纪要：".encode() * 200, "文字"),
        (b"PK\x03\x04", "压缩包"),
    ],
)
def test_what_is_no_video_is_told_at_once(app: Flask, people: Cast, head: bytes, word: str) -> None:
    client = people.client("author")
    body = head + (bytes(900) if word != "文字" else b"")
    url = begin(client, len(body) + 1000)
    status, sentence = send(client, url, 0, body)
    assert status == 415
    assert word in sentence
    assert count_videos(app) == 0
    with app.app_context():
        assert not list((storage().root / "video" / "uploads").iterdir())
        jobs.tidy()
        assert db.session.scalar(select(Upload)) is None


def test_empty_and_too_large_are_refused_before_the_first_byte(people: Cast) -> None:
    client = people.client("author")
    empty = client.post("/video/uploads", headers={**TUS, **promise(0)})
    assert (empty.status_code, "空的" in empty.text) == (422, True)
    large = client.post("/video/uploads", headers={**TUS, **promise(10**13)})
    assert (large.status_code, "太大" in large.text) == (413, True)


def test_the_disk_is_guarded() -> None:
    room = Room(free=10_000, keep_free=1000, promised=2000, largest=10**6)
    assert refusal(3500, room, 0) is None
    assert (refusal(3501, room, 0) or (0,))[0] == 507
    assert (refusal(10, room, 20) or (0,))[0] == 429


def test_two_senders_of_one_file_do_not_mix(app: Flask, people: Cast) -> None:
    client = people.client("author")
    url = begin(client, len(MP4))
    with app.app_context(), held(storage(), f"video/uploads/{url.rpartition('/')[2]}.part"):
        status, sentence = send(client, url, 0, MP4)
    assert (status, "另一个窗口" in sentence) == (423, True)
    assert send(client, url, 0, MP4)[0] == 204


class Broken:
    """A body whose sender vanishes after some bytes."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def read(self, _size: int = -1) -> bytes:
        if not self.data:
            raise OSError("connection reset")
        piece, self.data = self.data[:100], self.data[100:]
        return piece


def test_what_arrived_before_the_line_broke_is_kept(people: Cast) -> None:
    client = people.client("author")
    url = begin(client, len(MP4))
    environ = {"wsgi.input": Broken(MP4[:900]), "CONTENT_LENGTH": str(len(MP4))}
    client.patch(
        url,
        headers={**TUS, "Upload-Offset": "0"},
        content_type="application/offset+octet-stream",
        environ_overrides=environ,
    )
    assert offset_of(client, url) == "900"
    assert send(client, url, 900, MP4[900:]) == (204, str(len(MP4)))


def test_a_whole_file_whose_last_request_died_still_becomes_a_video(
    app: Flask, people: Cast, work: Callable[[], int]
) -> None:
    client = people.client("author")
    url = begin(client, len(MP4))
    with app.app_context():
        part = storage().path(f"video/uploads/{url.rpartition('/')[2]}.part")
        part.write_bytes(MP4)
        assert not jobs.is_due(), "its request may still be at work"
        long_ago = (datetime.now(UTC) - timedelta(minutes=1)).timestamp()
        os.utime(part, (long_ago, long_ago))
        assert jobs.is_due()
        jobs.tidy()
        jobs.tidy()
        assert not jobs.is_due()
    assert count_videos(app) == 1
    assert client.post(f"{url}/video").status_code == 200
    assert work() >= 1


def test_forgotten_uploads_expire(app: Flask, people: Cast) -> None:
    client = people.client("author")
    url = begin(client, len(MP4))
    send(client, url, 0, MP4[:600])
    with app.app_context():
        part = storage().path(f"video/uploads/{url.rpartition('/')[2]}.part")
        old = (datetime.now(UTC) - KEPT - timedelta(minutes=1)).timestamp()
        os.utime(part, (old, old))
        jobs.tidy()
        assert not part.exists()
    assert client.head(url, headers=TUS).status_code == 404


def test_a_crash_between_file_and_row_loses_nothing(
    app: Flask, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = people.client("author")
    url = begin(client, len(MP4))
    with monkeypatch.context() as broken:
        broken.setattr("sanshi_lms.video.uploads.actions.add_video", lambda **_: 1 // 0)
        assert send(client, url, 0, MP4)[0] == 500
    assert offset_of(client, url) == str(len(MP4))
    assert client.post(f"{url}/video").status_code == 200
    assert count_videos(app) == 1


def test_nothing_in_the_file_name_reaches_the_disk(app: Flask, people: Cast) -> None:
    client = people.client("author")
    url = begin(client, len(MP4), "../../../etc/passwd\x00<script>.mp4")
    send(client, url, 0, MP4)
    with app.app_context():
        video = db.session.scalars(select(Video)).one()
        assert video.title == "passwd<script>"
        assert Path(storage().path(video.source_key)).parent.name == "originals"
    page = client.get("/admin/video/").text
    assert "<script>.mp4" not in page
    assert "passwd&lt;script&gt;" in page


def test_headers_are_read_strictly() -> None:
    assert read_metadata("filename 5rWL6K+V,empty") == {"filename": "测试", "empty": ""}
    with pytest.raises(ValueError, match="filename"):
        read_metadata("filename ///")
    assert [read_number(text) for text in (None, "", "12", "+1", "1.0", "٣", "9" * 30)] == [
        None, None, 12, None, None, None, None,
    ]  # fmt: skip


def test_the_lock_of_the_database_is_free_while_bytes_come(app: Flask, people: Cast) -> None:
    """Somebody else's write goes through in the middle of a long PATCH."""
    client, seen = people.client("author"), list[str]()
    chosen = app.extensions["settings"]
    if not chosen.database_url.startswith("sqlite"):
        pytest.skip("only SQLite has one lock for all writers")
    database = chosen.data_dir / "sanshi.db"

    class Slow(Broken):
        def read(self, size: int = -1) -> bytes:
            if len(self.data) == 500:
                with closing(sqlite3.connect(database, timeout=0.2)) as other:
                    other.execute("BEGIN IMMEDIATE")
                    seen.append("wrote")
                    other.rollback()
            return super().read(size) if self.data else b""

    url = begin(client, len(MP4))
    client.patch(
        url,
        headers={**TUS, "Upload-Offset": "0"},
        content_type="application/offset+octet-stream",
        environ_overrides={"wsgi.input": Slow(MP4[:900]), "CONTENT_LENGTH": "900"},
    )
    assert seen == ["wrote"]
    assert offset_of(client, url) == "900"
