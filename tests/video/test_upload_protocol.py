"""Uploading by tus 1.0, sentence by sentence: checksums, expiry, metadata, quota, whole hash."""

import base64
import dataclasses
import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.http import parse_date
from werkzeug.test import TestResponse

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.storage import storage
from sanshi_lms.video.models import Video
from sanshi_lms.video.uploads import jobs, parts
from sanshi_lms.video.uploads.models import Upload
from sanshi_lms.video.uploads.rules import KEPT, Room, read_checksum, read_metadata, refusal
from tests.people import Cast
from tests.video.test_uploads import MP4, TUS, begin, count_videos, offset_of, promise

WHOLE = hashlib.sha256(MP4).hexdigest()


def checksum(data: bytes, algorithm: str = "sha256") -> str:
    digest = hashlib.new(algorithm, data).digest()
    return f"{algorithm} {base64.b64encode(digest).decode()}"


def patch(client: FlaskClient, url: str, offset: int, data: bytes, **headers: str) -> TestResponse:
    given_headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.patch(
        url,
        headers={**TUS, "Upload-Offset": str(offset), **given_headers},
        data=data,
        content_type="application/offset+octet-stream",
    )


@contextmanager
def chosen(app: Flask, **changes: object) -> Iterator[None]:
    """Run with other settings."""
    before = app.extensions["settings"]
    app.extensions["settings"] = dataclasses.replace(before, **changes)
    try:
        yield
    finally:
        app.extensions["settings"] = before


def test_announces_exactly_what_it_can(people: Cast) -> None:
    answer = people.client("author").options("/video/uploads")
    assert answer.headers["Tus-Extension"] == "creation,checksum,expiration,termination"
    assert answer.headers["Tus-Checksum-Algorithm"] == "sha1,sha256"
    assert answer.headers["Tus-Max-Size"] == str(4096 * 1024**2)
    refused = people.client("author").post("/video/uploads", headers={"Tus-Resumable": "0.2.2"})
    assert (refused.status_code, refused.headers["Tus-Version"]) == (412, "1.0.0")


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_bytes_that_do_not_add_up_are_not_kept(app: Flask, people: Cast, algorithm: str) -> None:
    client = people.client("author")
    url = begin(client, len(MP4))
    wrong = patch(client, url, 0, MP4[:700], Upload_Checksum=checksum(MP4[:699], algorithm))
    assert (wrong.status_code, "重传" in wrong.text) == (460, True)
    assert offset_of(client, url) == "0"
    right = patch(client, url, 0, MP4[:700], Upload_Checksum=checksum(MP4[:700], algorithm))
    assert (right.status_code, right.headers["Upload-Offset"]) == (204, "700")
    damaged = patch(client, url, 700, MP4[701:] + b"x", Upload_Checksum=checksum(MP4[700:]))
    assert damaged.status_code == 460
    assert count_videos(app) == 0
    patch(client, url, 700, MP4[700:], Upload_Checksum=checksum(MP4[700:], algorithm))
    assert count_videos(app) == 1


def test_a_long_checked_body_waits_on_the_disk(
    app: Flask, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Longer than a form may be, and than what we hold in memory: kept only when it adds up."""
    monkeypatch.setattr(parts, "IN_MEMORY", 1000)
    client = people.client("author")
    long = MP4[:8] + bytes(17 * 1024**2)
    url = begin(client, len(long))
    assert patch(client, url, 0, long, Upload_Checksum=checksum(b"")).status_code == 460
    assert offset_of(client, url) == "0"
    assert patch(client, url, 0, long, Upload_Checksum=checksum(long)).status_code == 204
    assert count_videos(app) == 1
    with app.app_context():
        assert not list((storage().root / "video" / "uploads").iterdir())


def test_a_checksum_that_nobody_understands_is_refused(people: Cast) -> None:
    client = people.client("author")
    url = begin(client, len(MP4))
    for header in ("md5 AAAA", "sha256", "sha256 ***", "sha256 AAAA", "", "sha1 é", "sha256  "):
        answer = patch(client, url, 0, MP4[:700], Upload_Checksum=header)
        assert (answer.status_code, "sha256" in answer.text) == (400, True), header
    assert offset_of(client, url) == "0"


def test_the_sender_hears_until_when_it_may_go_on(people: Cast) -> None:
    client = people.client("author")
    created = client.post("/video/uploads", headers={**TUS, **promise(len(MP4))})
    url = created.headers["Location"]
    answers = [created, patch(client, url, 0, MP4[:600]), client.head(url, headers=TUS)]
    for answer in answers:
        expires = parse_date(answer.headers["Upload-Expires"])
        assert expires is not None
        assert 47 <= (expires - now()).total_seconds() / 3600 <= 48
    last = patch(client, url, 600, MP4[600:])
    assert "Upload-Expires" not in last.headers
    assert "Upload-Expires" not in client.head(url, headers=TUS).headers


def test_what_the_sender_said_comes_back_as_it_was(people: Cast) -> None:
    client = people.client("author")
    said = promise(len(MP4), "加装电梯.mp4")
    header = f"{said['Upload-Metadata']},fingerprint YWJj,empty"
    created = client.post("/video/uploads", headers={**TUS, **said, "Upload-Metadata": header})
    answer = client.head(created.headers["Location"], headers=TUS)
    assert answer.headers["Upload-Metadata"] == header


def test_hostile_metadata_is_refused(people: Cast) -> None:
    client = people.client("author")
    no_base64, no_utf8, twice = "filename ***", "filename /w==", "a YQ==,a YQ=="
    for header in (no_base64, no_utf8, twice, "文件 YQ==", "x " + "YWFh" * 2000):
        headers = [*TUS.items(), ("Upload-Length", "9"), ("Upload-Metadata", header.encode())]
        answer = client.post("/video/uploads", headers=headers)
        assert (answer.status_code, "Upload-Metadata" in answer.text) == (400, True), header


def test_a_client_that_knows_no_patch_can_say_it_by_post(people: Cast) -> None:
    client = people.client("author")
    url = begin(client, len(MP4))
    headers = {**TUS, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    kind = "application/offset+octet-stream"
    assert client.post(url, headers=headers, data=MP4[:600], content_type=kind).status_code == 204
    assert offset_of(client, url) == "600"
    headers["X-HTTP-Method-Override"] = "DELETE"
    assert client.post(url, headers=headers).status_code == 204
    assert client.head(url, headers=TUS).status_code == 404
    elsewhere = client.post("/admin/video/", headers={"X-HTTP-Method-Override": "HEAD"})
    assert elsewhere.status_code == 405


def test_the_whole_file_is_checked_end_to_end(app: Flask, people: Cast) -> None:
    client = people.client("author")
    url = begin(client, len(MP4))
    patch(client, url, 0, MP4[:700])
    assert patch(client, url, 700, MP4[700:], X_Upload_Sha256=WHOLE).status_code == 204
    told = client.post(f"{url}/video", headers={"X-Upload-Sha256": WHOLE}).json
    assert told is not None
    assert told["checked"] is True
    with app.app_context():
        assert db.session.get_one(Video, told["id"]).source_sha256 == WHOLE
    assert client.post(f"{url}/video").json == {**told, "checked": False}


@pytest.mark.parametrize("by_metadata", [True, False])
def test_a_file_that_changed_on_its_way_becomes_no_video(
    app: Flask, people: Cast, by_metadata: bool
) -> None:
    client, other = people.client("author"), "0" * 64
    said = promise(len(MP4))
    if by_metadata:
        said["Upload-Metadata"] += f",sha256 {base64.b64encode(other.encode()).decode()}"
    url = client.post("/video/uploads", headers={**TUS, **said}).headers["Location"]
    headers = {} if by_metadata else {"X_Upload_Sha256": other}
    answer = patch(client, url, 0, MP4, **headers)
    assert (answer.status_code, "再传一次" in answer.text) == (422, True)
    assert count_videos(app) == 0
    with app.app_context():
        assert not list((storage().root / "video" / "uploads").iterdir())
        jobs.tidy()
        assert db.session.query(Upload).count() == 0
    assert patch(client, url, 0, b"x", X_Upload_Sha256="abc").status_code in {400, 404}


def test_the_worker_holds_a_left_file_to_its_hash_too(app: Flask, people: Cast) -> None:
    client = people.client("author")
    said = promise(len(MP4))
    said["Upload-Metadata"] += f",sha256 {base64.b64encode(b'0' * 64).decode()}"
    url = client.post("/video/uploads", headers={**TUS, **said}).headers["Location"]
    with app.app_context():
        place = storage().path(f"video/uploads/{url.rpartition('/')[2]}.part")
        place.write_bytes(MP4)
        with pytest.raises(Refusal, match="不一样"):
            jobs._finish_left(storage(), url.rpartition("/")[2])
        assert not place.exists()
    assert count_videos(app) == 0


def test_an_upload_that_is_being_sent_does_not_expire(app: Flask, people: Cast) -> None:
    client = people.client("author")
    url = begin(client, len(MP4))
    upload_id = url.rpartition("/")[2]
    key = f"video/uploads/{upload_id}.part"
    with app.app_context():
        later = now() + 2 * KEPT
        with parts.held(storage(), key), pytest.raises(Refusal):
            jobs._drop(storage(), upload_id, later)
        assert storage().exists(key)
        jobs._drop(storage(), upload_id, later)
        assert not storage().exists(key)
    assert client.head(url, headers=TUS).status_code == 404


def test_a_person_fills_no_more_than_their_quota(app: Flask, people: Cast) -> None:
    client, megabyte = people.client("author"), 10**6
    with chosen(app, upload_quota_bytes=3 * megabyte):
        begin(client, 2 * megabyte)
        refused = client.post("/video/uploads", headers={**TUS, **promise(megabyte + 1)})
        assert refused.status_code == 413
        assert "一共 3 MB，还剩 1 MB" in refused.text
        assert "删除" in refused.text
        url = begin(client, megabyte)
        begin(people.client("admin"), 3 * megabyte)
        assert client.delete(url, headers=TUS).status_code == 204
        begin(client, megabyte)


def test_originals_count_as_long_as_they_are_here(app: Flask, people: Cast) -> None:
    client = people.client("author")
    with chosen(app, upload_quota_bytes=len(MP4) + 10):
        url = begin(client, len(MP4))
        patch(client, url, 0, MP4)
        refused = client.post("/video/uploads", headers={**TUS, **promise(11)})
        assert refused.status_code == 413
        made = client.post(f"{url}/video").json
        assert made is not None
        client.post(f"/admin/video/{made['id']}/delete")
        begin(client, 11)


def test_a_disk_that_fills_up_stops_the_next_piece(app: Flask, people: Cast) -> None:
    client = people.client("author")
    url = begin(client, len(MP4))
    patch(client, url, 0, MP4[:600])
    with chosen(app, min_free_bytes=10**15):
        answer = patch(client, url, 600, MP4[600:])
        assert (answer.status_code, "都还在" in answer.text) == (507, True)
    assert offset_of(client, url) == "600"
    assert patch(client, url, 600, MP4[600:]).status_code == 204


def test_slow_senders_leave_threads_for_readers(people: Cast) -> None:
    client = people.client("author")
    url = begin(client, len(MP4))
    with ExitStack() as busy:
        for _ in range(parts.AT_ONCE):
            busy.enter_context(parts._one_of_few())
        assert patch(client, url, 0, MP4).status_code == 503
    assert patch(client, url, 0, MP4).status_code == 204


def test_a_session_that_ended_says_what_to_do(app: Flask, people: Cast) -> None:
    url = begin(people.client("author"), len(MP4))
    answer = patch(app.test_client(), url, 0, MP4)
    assert (answer.status_code, "重新登录" in answer.text) == (401, True)


def test_the_quota_is_a_rule() -> None:
    room = Room(free=10**12, keep_free=0, promised=0, largest=10**9, quota=100, used=60)
    assert refusal(40, room, 0) is None
    assert (refusal(41, room, 0) or (0,))[0] == 413
    assert refusal(41, dataclasses.replace(room, quota=0), 0) is None


@given(st.text(max_size=60))
def test_no_header_breaks_the_readers(text: str) -> None:
    for read in (read_metadata, read_checksum):
        try:
            read(text)
        except ValueError:
            continue


def test_a_checksum_is_read() -> None:
    found = read_checksum(checksum(b"a", "sha1"))
    assert found is not None
    assert (found.algorithm, found.digest) == ("sha1", hashlib.sha1(b"a").digest())  # noqa: S324
    assert read_checksum(None) is None
