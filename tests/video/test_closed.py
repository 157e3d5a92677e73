"""Lectures for people who are signed in: nothing of them reaches anybody else, by any way."""

import re
import time

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sanshi_lms.account import User
from sanshi_lms.core.db import db, transaction
from sanshi_lms.courses import Course
from sanshi_lms.search import jobs
from sanshi_lms.search.engine import Question
from sanshi_lms.search.sources import engine
from sanshi_lms.video import actions
from sanshi_lms.video.access import media_url
from sanshi_lms.video.rules import access_until, from_elsewhere, video_of
from tests.people import Cast
from tests.video.making import caption, get, get_within, show_in_course

LESSON = "/courses/dianti/yiyuan"
SPOKEN = "先问意愿，再谈方案。"


def close(app: Flask, video_id: int, *, shows_viewer: bool = False) -> None:
    with app.app_context(), transaction():
        actions.set_audience(get_within(video_id), signed_in_only=True, shows_viewer=shows_viewer)
    app.extensions.pop("video.closed", None)


@pytest.fixture
def closed(app: Flask, ready_video: int) -> int:
    """A closed lecture with captions in a published course."""
    caption(app, ready_video)
    show_in_course(app, ready_video, published=True)
    close(app, ready_video)
    return ready_video


def addresses(client: FlaskClient) -> dict[str, str]:
    """Return every address of media on the lesson's page by the name of its file."""
    found = re.findall(r'"(/video/(?:play|captions)/[^"]+)"', client.get(LESSON).text)
    return {url.rpartition("/")[2]: url for url in found}


def status(client: FlaskClient, url: str, **headers: str) -> int:
    return client.get(url, headers=headers, buffered=True).status_code


def test_a_visitor_is_asked_to_sign_in_and_gets_no_address(
    client: FlaskClient, people: Cast, closed: int
) -> None:
    page = client.get(f"{LESSON}?t=3").text
    assert "这段视频需要登录后观看" in page
    assert "/account/sign-in?next=/courses/dianti/yiyuan?t%3D3" in page
    assert "不登录也能看" not in page
    for path in (
        LESSON,
        "/courses/dianti",
        "/courses/",
        "/",
        "/search/?q=方案",
        f"/embed/{closed}",
    ):
        text = client.get(path).text
        assert "/video/play/" not in text, path
        assert "/video/captions/" not in text, path
        assert SPOKEN not in text, path
    assert "登录后观看" in client.get("/courses/dianti").text
    mine = people.client("cadre").get("/courses/dianti").text
    assert "/poster" in mine, "who may watch also sees the picture"


@pytest.mark.usefixtures("closed")
def test_an_address_works_for_its_person_alone(client: FlaskClient, people: Cast) -> None:
    cadre, other = people.client("cadre"), people.client("other_cadre")
    found = addresses(cadre)
    assert {"master.m3u8", "plain.mp4"} <= set(found)
    segment = found["master.m3u8"].replace("master.m3u8", "180p/0.m4s")
    for url in (*found.values(), segment):
        answer = cadre.get(url, buffered=True)
        assert answer.status_code == 200, url
        assert answer.headers["Cache-Control"] in {"private, no-cache", "no-cache, private"}
        assert status(client, url) == 403, "copied to a browser without that account"
        assert status(other, url) == 403, "copied to another account"
    part = cadre.get(segment, headers={"Range": "bytes=5-9"}, buffered=True)
    assert (part.status_code, len(part.data)) == (206, 5)
    again = cadre.get(segment, headers={"If-None-Match": part.headers["ETag"]}, buffered=True)
    assert again.status_code == 304
    cadre.post("/account/sign-out")
    assert status(cadre, segment) == 403, "after signing out"


def test_an_address_ends_with_its_time_and_with_the_right(
    app: Flask, people: Cast, closed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    cadre, author = people.client("cadre"), people.client("author")
    url, authors = addresses(cadre)["plain.mp4"], addresses(author)["plain.mp4"]
    with app.app_context(), transaction() as session:
        session.query(Course).one().status = "withdrawn"
    assert status(cadre, url) == 403
    assert status(author, authors) == 200
    with app.app_context(), transaction() as session:
        session.query(Course).one().status = "published"
        session.get_one(User, people.id("cadre")).active = False
    assert status(cadre, url) == 403
    with app.app_context(), transaction() as session:
        session.get_one(User, people.id("cadre")).active = True
    assert status(cadre, url) == 200
    later = time.time() + 6 * 3600 + 1
    monkeypatch.setattr("sanshi_lms.video.access.time.time", lambda: later)
    assert status(cadre, url) == 403
    assert closed


def test_closing_a_lecture_ends_the_addresses_that_everybody_had(
    app: Flask, client: FlaskClient, people: Cast, ready_video: int
) -> None:
    show_in_course(app, ready_video, published=True)
    url = addresses(client)["plain.mp4"]
    assert status(client, url) == 200
    author = people.client("author")
    path = f"/admin/video/{ready_video}/audience"
    assert people.client("cadre").post(path, data={"signed_in_only": "y"}).status_code == 403
    assert author.post(path, data={"signed_in_only": "y", "shows_viewer": "y"}).status_code == 302
    assert status(client, url) == 403
    assert "登录后观看" in author.get("/admin/video/").text
    assert "王*明" in people.client("cadre").get(LESSON).text
    author.post(path, data={"shows_viewer": "y"})
    with app.app_context():
        assert not get(ready_video).shows_viewer, "no name where nobody need be known"
    assert status(client, url) == 200
    assert "修改谁能观看" in people.client("admin").get("/admin/audit").text


@pytest.mark.usefixtures("work")
def test_what_is_said_leaves_the_search(app: Flask, client: FlaskClient, ready_video: int) -> None:
    caption(app, ready_video)
    show_in_course(app, ready_video, published=True)
    with app.app_context():
        jobs.rebuild()
    assert SPOKEN in _text(client.get("/search/?q=再谈方案").text)
    with app.app_context(), transaction():
        actions.set_audience(get_within(ready_video), signed_in_only=True, shows_viewer=False)
    for path in ("/search/?q=再谈方案", "/api/v1/search/?q=再谈方案"):
        assert SPOKEN not in _text(client.get(path).text), "before the index knows"
    with app.app_context():
        jobs.take_up_changes()
        found = engine().search(Question("再谈方案"), limit=5)
        assert all(hit.document.transcript == "" for hit in found.hits)
        db.session.rollback()
        engine().close()  # type: ignore[attr-defined]  # a Whoosh engine keeps files open


def _text(page: str) -> str:
    return re.sub(r"<[^>]+>|\s", "", page)


def test_another_site_cannot_use_our_files_as_its_own(
    app: Flask, client: FlaskClient, ready_video: int
) -> None:
    with app.test_request_context():
        video = get(ready_video)
        film, poster = media_url(video, "plain.mp4"), media_url(video, "poster.jpg")
    cross = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    assert status(client, film, **cross) == 403
    assert status(client, film, Referer="https://thief.example/page") == 403
    assert status(client, film, Referer="http://localhost/courses/dianti") == 200
    assert status(client, film) == 200, "players inside WeChat say nothing of where they are"
    assert status(client, poster, **cross) == 200, "oEmbed hands pictures to other sites"


@pytest.mark.parametrize(
    ("site", "mode", "referer", "foreign"),
    [
        ("cross-site", "cors", None, True), ("same-site", "no-cors", None, True),
        ("cross-site", "navigate", "https://mail.example/", False),
        ("same-origin", "cors", None, False),
        ("none", "navigate", None, False), (None, None, None, False), (None, None, "", False),
        ("same-origin", "cors", "https://x.example/", False),
        (None, None, "https://a.cn/x", False),
        (None, None, "https://a.cn.evil.example/", True), (None, None, "http://[", True),
    ],
)  # fmt: skip
def test_who_asks_from_elsewhere(
    site: str | None, mode: str | None, referer: str | None, foreign: bool
) -> None:
    assert from_elsewhere(site, mode, referer, "a.cn") is foreign


def test_addresses_last_as_long_as_a_lecture() -> None:
    for now in (0, 1, 7199, 7200, 1_800_000_001):
        assert 4 * 3600 <= access_until(now, bound=True) - now <= 6 * 3600
        assert 12 * 3600 <= access_until(now) - now <= 18 * 3600
    assert video_of("video/12/h264-2-x") == 12
    for key in ("courses/1/x", "video/x/y", "video/1"):
        with pytest.raises(ValueError, match=r"."):
            video_of(key)
