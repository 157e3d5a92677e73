"""Pages and media addresses of video: they work, a stranger cannot, the edges."""

import io
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from sanshi_lms.core.db import db, transaction
from sanshi_lms.video.access import media_url
from sanshi_lms.video.models import Video
from tests.people import Cast
from tests.video.making import add, caption, get, show_in_course

SRT = "1\n00:00:01,000 --> 00:00:04,000\n各位街坊，大家好。\n".encode()
PAGES = ["/admin/video/", "/api/v1/video/states?ids=1", "/api/v1/video/1/state"]


def address(app: Flask, video_id: int, name: str) -> str:
    with app.test_request_context():
        return media_url(get(video_id), name)


def test_the_desk_lists_and_shows_videos(people: Cast, app: Flask, ready_video: int) -> None:
    client = people.client("author")
    listed = client.get("/admin/video/").text
    assert "先问意愿，再谈方案" in listed
    assert "可以播放" in listed
    caption(app, ready_video)
    page = client.get(f"/admin/video/{ready_video}").text
    assert "data-player" in page
    assert "中文（简体）" in page
    assert "180p" in page
    assert client.get("/admin/video/999").status_code == 404


def test_a_lecture_without_pictures_is_called_by_its_name(app: Flask, ready_video: int) -> None:
    path = show_in_course(app, ready_video, published=True)
    visitor = app.test_client()
    assert "音频" not in visitor.get(path).text
    with app.app_context(), transaction():
        video = db.session.get_one(Video, ready_video)
        video.width = video.height = 0
    assert "音频" in visitor.get(path).text


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("part", ["cadre", "pro", None])
def test_strangers_do_not_see_the_desk(
    people: Cast, client: FlaskClient, path: str, part: str | None
) -> None:
    caller = people.client(part) if part else client
    assert caller.get(path).status_code in {302, 401, 403}


@pytest.mark.parametrize("verb", ["title", "retry", "delete", "captions", "captions/1/delete"])
def test_strangers_change_nothing(people: Cast, app: Flask, ready_video: int, verb: str) -> None:
    answer = people.client("cadre").post(f"/admin/video/{ready_video}/{verb}", data={"title": "x"})
    assert answer.status_code == 403
    with app.app_context():
        assert get(ready_video).title == "先问意愿，再谈方案"


def test_the_state_tells_what_went_wrong(
    people: Cast, app: Flask, tmp_path: Path, work: Callable[[], int]
) -> None:
    (tmp_path / "x.mp4").write_text("不是视频", "utf-8")
    number = add(app, tmp_path / "x.mp4")
    client = people.client("admin")
    waiting = client.get(f"/api/v1/video/{number}/state").json
    assert waiting is not None
    assert (waiting["state"], waiting["progress"]) == ("waiting", 0)
    work()
    answer = client.get(f"/api/v1/video/states?ids={number},77,x,,-1").json
    assert answer is not None
    (state,) = answer["states"]
    assert state["state"] == "failed"
    assert "文字" in state["message"]
    page = client.get(f"/admin/video/{number}").text
    assert "再转一次也不会好" in page
    assert f"/admin/video/{number}/retry" not in page, "no button that cannot help"
    assert f"/admin/video/{number}/retry" not in client.get("/admin/video/").text
    assert "重试</button>" not in client.get("/admin/jobs").text
    assert client.post(f"/admin/video/{number}/retry").status_code == 302
    again = client.post(f"/admin/video/{number}/retry")
    assert (again.status_code, "不用再点" in again.text) == (422, True)


def test_captions_come_go_and_are_refused_with_their_line(
    people: Cast, app: Flask, ready_video: int
) -> None:
    client, url = people.client("author"), f"/admin/video/{ready_video}/captions"

    def send(data: bytes, language: str = "zh") -> tuple[int, str]:
        values = {"language": language, "file": (io.BytesIO(data), "a.srt")}
        answer = client.post(url, data=values, content_type="multipart/form-data")
        return answer.status_code, answer.text

    assert send(SRT)[0] == 302
    status, text = send(SRT.replace(b"04,000", b"00,000"))
    assert (status, "第 2 行" in text) == (422, True)
    assert send(b"")[0] == 422
    assert send(SRT, "xx")[0] == 422
    with app.app_context():
        (track,) = get(ready_video).captions
        number = track.id
    assert client.post(f"{url}/{number}/delete").status_code == 302
    assert client.post(f"{url}/{number}/delete").status_code == 404
    with app.app_context():
        assert get(ready_video).captions == []


def test_a_new_name(people: Cast, app: Flask, ready_video: int) -> None:
    client, url = people.client("author"), f"/admin/video/{ready_video}/title"
    assert client.post(url, data={"title": " 第一讲 "}).status_code == 302
    assert client.post(url, data={"title": "  "}).status_code == 422
    assert client.post(url, data={"title": "长" * 121}).status_code == 422
    with app.app_context():
        assert get(ready_video).title == "第一讲"


def test_a_video_in_a_lesson_is_not_deleted(people: Cast, app: Flask, ready_video: int) -> None:
    show_in_course(app, ready_video, published=True)
    client = people.client("author")
    client.post(f"/admin/video/{ready_video}/delete")
    assert "正用在《加装电梯》" in client.get(f"/admin/video/{ready_video}").text


def test_deleting_removes_the_files(people: Cast, app: Flask, ready_video: int) -> None:
    master = address(app, ready_video, "master.m3u8")
    client = people.client("author")
    assert client.post(f"/admin/video/{ready_video}/delete").status_code == 302
    assert client.get(master).status_code == 404
    assert client.get(f"/admin/video/{ready_video}").status_code == 404


def test_anybody_watches_a_published_lesson(
    app: Flask, client: FlaskClient, ready_video: int
) -> None:
    caption(app, ready_video)
    page = client.get(show_in_course(app, ready_video, published=True)).text
    found = re.search(r'data-hls="([^"]+)"', page)
    assert found
    master = client.get(found[1], buffered=True)
    assert master.mimetype == "application/vnd.apple.mpegurl"
    base = found[1].rpartition("/")[0]
    variant = re.search(r"^\w+/index\.m3u8$", master.text, re.MULTILINE)
    assert variant
    playlist = client.get(f"{base}/{variant[0]}", buffered=True).text
    assert playlist.count(".m4s") == 3
    folder = variant[0].rpartition("/")[0]
    for name in re.findall(r"\d+\.m4s|init_\d+\.mp4", playlist):
        assert client.get(f"{base}/{folder}/{name}", buffered=True).status_code == 200
    vtt = re.search(r'<track[^>]+src="([^"]+)"', page)
    assert vtt
    assert "先问意愿，再谈方案。" in client.get(vtt[1]).text


def test_a_draft_gives_no_address_to_strangers(
    app: Flask, client: FlaskClient, people: Cast, ready_video: int
) -> None:
    lesson = show_in_course(app, ready_video, published=False)
    assert client.get(lesson).status_code == 404
    assert people.client("cadre").get(lesson).status_code == 404
    assert "data-hls" in people.client("author").get(lesson).text


def test_addresses_cannot_be_forged_and_end(
    app: Flask, client: FlaskClient, ready_video: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = address(app, ready_video, "plain.mp4")
    token = good.split("/")[3]
    assert client.get(good, buffered=True).status_code == 200
    assert (
        client.get(good.replace(token, token[:-1] + ("A" if token[-1] != "A" else "B"))).status_code
        == 404
    )
    assert client.get(good.replace(token, "x")).status_code == 404
    later = time.time() + 19 * 3600
    monkeypatch.setattr("sanshi_lms.video.access.time.time", lambda: later)
    assert client.get(good, buffered=True).status_code == 403


@pytest.mark.parametrize(
    "name",
    [
        "manifest.json",
        "../1/x",
        "%2e%2e/%2e%2e/originals/clip",
        "180p/../plain.mp4",
        "",
        "180p/x.m4s",
    ],
)
def test_only_media_leave_the_folder(
    app: Flask, client: FlaskClient, ready_video: int, name: str
) -> None:
    base = address(app, ready_video, "plain.mp4").rpartition("/")[0]
    assert client.get(f"{base}/{name}").status_code in {404, 308}


def test_a_segment_needs_no_query_and_may_be_kept(
    app: Flask, client: FlaskClient, ready_video: int
) -> None:
    url = address(app, ready_video, "plain.mp4").replace("plain.mp4", "180p/0.m4s")
    asked: list[str] = []
    app.extensions["video.closed"] = (time.monotonic() + 3600, frozenset())  # asked lately
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
        event.listen(db.engine, "begin", lambda _: asked.append("BEGIN"))
    answer = client.get(url, buffered=True)
    assert answer.status_code == 200
    assert asked == []
    assert "immutable" in answer.headers["Cache-Control"]
    assert int(re.findall(r"max-age=(\d+)", answer.headers["Cache-Control"])[0]) >= 12 * 3600
    assert "Set-Cookie" not in answer.headers


def test_the_plain_file_is_sent_in_ranges(
    app: Flask, client: FlaskClient, ready_video: int
) -> None:
    url = address(app, ready_video, "plain.mp4")
    whole = client.get(url, buffered=True).data
    part = client.get(url, headers={"Range": "bytes=100-199"}, buffered=True)
    assert (part.status_code, part.data) == (206, whole[100:200])
    assert client.get(url, headers={"Range": "bytes=99999999-"}, buffered=True).status_code == 416
    assert whole.index(b"moov") < whole.index(b"mdat")


def test_everybody_gets_the_same_address_for_hours(app: Flask, ready_video: int) -> None:
    assert address(app, ready_video, "x.m3u8") == address(app, ready_video, "x.m3u8")


def test_a_lesson_whose_video_is_not_ready_says_so(
    app: Flask, client: FlaskClient, people: Cast, small_clip: Path
) -> None:
    lesson = show_in_course(app, add(app, small_clip), published=True)
    assert "视频正在准备" in client.get(lesson).text
    assert "查看视频状态" in people.client("author").get(lesson).text
