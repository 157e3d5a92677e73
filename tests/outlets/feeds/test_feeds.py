"""RSS and the podcast, read by feedparser: whole, true, unchanged until something changes."""

import subprocess
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import feedparser
import pytest
from defusedxml import ElementTree
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import event, select

from sanshi_lms.core.db import db, transaction
from sanshi_lms.courses import SERIES, Course, Lesson
from sanshi_lms.outlets.feeds.rules import ITUNES, MOST_ITEMS
from sanshi_lms.video.actions import set_audience
from sanshi_lms.video.models import Video
from tests.conftest import settings_in

FEEDS = (
    "/feeds/lessons.xml",
    "/feeds/series/policy.xml",
    f"/feeds/topics/{quote('城市更新')}.xml",
    "/feeds/podcast.xml",
)
WHEN = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)


def read(client: FlaskClient, path: str) -> Any:
    """Return a feed as an independent reader understands it; it must have no complaint."""
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.mimetype == "application/rss+xml"
    found = feedparser.parse(answer.data)
    assert found.bozo is False, found.get("bozo_exception")
    assert found.version == "rss20"
    return found


def change(app: Flask, model: type[Any], **values: Any) -> None:
    with app.app_context(), transaction() as session:
        for row in session.scalars(select(model)):
            for name, value in values.items():
                setattr(row, name, value)


def many(app: Flask, count: int, first: int = 1) -> None:
    """Publish `count` courses of one lesson, one each day."""
    with app.app_context(), transaction() as session:
        for number in range(first, first + count):
            day = WHEN + timedelta(days=number)
            course = Course(
                slug=f"c{number}", title=f"第{number}门", summary="概要", topic="完整社区",
                kind="技能培训", status="published", published_at=day, created_at=day,
                updated_at=day,
            )  # fmt: skip
            session.add(course)
            session.flush()
            session.add(Lesson(
                course_id=course.id, position=1, slug="a", title="课", kind="reading",
                minutes=3, body_md="# 题\n\n正文 **重点**", updated_at=day,
            ))  # fmt: skip


def test_the_newest_lessons_are_told(app: Flask, client: FlaskClient, lesson_id: int) -> None:
    many(app, 2)
    found = read(client, "/feeds/lessons.xml")
    assert found.feed.title == "三师微课堂：新课"
    assert found.feed.language == "zh-cn"
    assert [e.title for e in found.entries] == ["先问意愿 · 加装电梯", "课 · 第2门", "课 · 第1门"]
    newest = found.entries[0]
    assert newest.id == f"sanshi-lesson-{lesson_id}"
    assert newest.guidislink is False
    assert newest.link == "http://localhost/courses/dianti/yiyuan"
    assert client.get(newest.link).status_code == 200
    assert [tag.term for tag in newest.tags] == ["政策解读", "城市更新"]
    assert newest.summary == "从意愿到竣工"
    assert "重点" in found.entries[1].summary
    assert "*" not in found.entries[1].summary
    assert parsedate_to_datetime(found.entries[2].published) == WHEN + timedelta(days=1)
    own = next(link.href for link in found.feed.links if link.rel == "self")
    assert own == "http://localhost/feeds/lessons.xml"


def test_series_and_topics_have_feeds_of_their_own(
    app: Flask, client: FlaskClient, lesson_id: int
) -> None:
    many(app, 1)
    del lesson_id
    for path in FEEDS[1:3]:
        found = read(client, path)
        assert [e.title for e in found.entries] == ["先问意愿 · 加装电梯"], path
        own = next(link.href for link in found.feed.links if link.rel == "self")
        assert urlsplit(own).path == path
    assert not read(client, "/feeds/series/talks.xml").entries
    for path in ("/feeds/series/x.xml", "/feeds/topics/x.xml", "/feeds/x.xml"):
        assert client.get(path).status_code == 404
    page = client.get("/courses/", query_string={"topic": "城市更新"}).text
    assert f'href="/feeds/topics/{quote("城市更新")}.xml"' in page
    for slug in SERIES:
        assert f'href="/feeds/series/{slug}.xml"' in client.get(f"/courses/series/{slug}").text
    for path in ("/", "/courses/"):
        text = client.get(path).text
        link = '<link rel="alternate" type="application/rss+xml" title='
        assert text.count(link) == 2, "new lessons, podcast"
        assert 'href="/feeds/lessons.xml"' in text
        assert 'href="/feeds/podcast.xml"' in text


def test_a_feed_has_an_end_and_a_fixed_number_of_statements(
    app: Flask, client: FlaskClient, lesson_id: int
) -> None:
    del lesson_id
    with app.app_context():
        engine = db.engine
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *values: asked.append(values[2]))
    for number in (1, MOST_ITEMS + 5):
        many(app, number, first=100 * number)
        for path in FEEDS:
            asked.clear()
            read(client, path)
            assert len(asked) <= 9, (path, asked)
    assert len(read(client, FEEDS[0]).entries) == MOST_ITEMS


def test_the_podcast_can_be_heard_without_a_cookie(
    app: Flask, client: FlaskClient, lesson_id: int, tmp_path: Path, ffmpeg: Any
) -> None:
    many(app, 1)
    del client
    stranger = app.test_client(use_cookies=False)
    found = read(stranger, "/feeds/podcast.xml")
    assert [e.title for e in found.entries] == ["先问意愿 · 加装电梯"], "a text cannot be heard"
    episode = found.entries[0]
    (sound,) = episode.enclosures
    assert sound.type == "audio/mp4"
    assert episode.itunes_duration == "9"
    assert episode.id == f"sanshi-lesson-{lesson_id}"
    with stranger.get(sound.href) as answer:
        assert answer.status_code == 200
        assert answer.mimetype == "audio/mp4"
        assert "Set-Cookie" not in answer.headers
        whole = answer.data
    assert len(whole) == int(sound.length), "the length is the true one"
    with stranger.get(sound.href, headers={"Range": "bytes=10-19"}) as answer:
        assert answer.status_code == 206
        assert answer.data == whole[10:20]
        assert answer.headers["Content-Range"] == f"bytes 10-19/{len(whole)}"
    with stranger.head(sound.href) as answer:
        assert answer.content_length == len(whole)
    file = tmp_path / "episode.m4a"
    file.write_bytes(whole)
    told = subprocess.run([ffmpeg.path, "-i", file], capture_output=True, text=True, check=False)
    assert "Audio: aac" in told.stderr
    assert "Duration: 00:00:09" in told.stderr


def test_names_and_addresses_of_an_episode_outlive_its_title(
    app: Flask, client: FlaskClient, lesson_id: int
) -> None:
    """A client that kept an episode must neither fetch it twice nor lose its sound."""
    (before,) = read(client, "/feeds/podcast.xml").entries
    change(app, Lesson, title="换了题目", slug="huan", position=7, minutes=9)
    change(app, Course, title="换了名字", topic="完整社区", updated_at=WHEN + timedelta(days=900))
    (after,) = read(client, "/feeds/podcast.xml").entries
    assert after.title == "换了题目 · 换了名字"
    assert after.id == before.id == f"sanshi-lesson-{lesson_id}"
    assert after.published == before.published
    assert after.enclosures[0].href == before.enclosures[0].href


def test_the_podcast_says_what_directories_ask(app: Flask, lesson_id: int) -> None:
    del lesson_id
    chosen = app.extensions["settings"]
    app.extensions["settings"] = settings_in(
        chosen.data_dir, PUBLIC_URL="https://weike.example.cn", DATABASE_URL=chosen.database_url,
        MAIL_FROM="三师微课堂 <weike@example.cn>",
    )  # fmt: skip
    client = app.test_client()
    feed = read(client, "/feeds/podcast.xml").feed
    assert feed.author == "三师微课堂"
    assert feed.publisher_detail == {"name": "三师微课堂", "email": "weike@example.cn"}
    assert [tag.term for tag in feed.tags] == ["Education"]
    assert feed.image.href == "https://weike.example.cn/feeds/cover.jpg"
    head = ElementTree.fromstring(client.get("/feeds/podcast.xml").data)[0]
    names = [part.tag for part in head]
    for name in ("owner", "category", "explicit", "image", "author"):
        assert names.count(f"{{{ITUNES}}}{name}") == 1
    assert head.findtext(f"{{{ITUNES}}}explicit") == "false", "Apple's word for it"
    item = head.find("item")
    assert item.find("guid").get("isPermaLink") == "false"
    assert item.find("enclosure").get("url").startswith("https://weike.example.cn/feeds/audio/")
    assert item.find("pubDate").text == format_datetime(
        parsedate_to_datetime(item.find("pubDate").text), usegmt=True
    )
    with client.get("/feeds/cover.jpg") as answer, Image.open(BytesIO(answer.data)) as picture:
        assert picture.size == (1400, 1400)
        assert (picture.format, picture.mode) == ("JPEG", "RGB")


def test_drafts_withdrawn_and_closed_things_never_appear(
    app: Flask, client: FlaskClient, lesson_id: int
) -> None:
    sound, poster = f"/feeds/audio/{lesson_id}.m4a", f"/feeds/posters/{lesson_id}.jpg"

    def all_is(shown: bool) -> None:
        for path in FEEDS:
            assert bool(read(client, path).entries) is shown, path
        for path in (sound, poster):
            with client.get(path) as answer:
                assert answer.status_code == (200 if shown else 404), path

    all_is(True)
    change(app, Video, signed_in_only=True)
    all_is(False)
    change(app, Video, signed_in_only=False)
    for status in ("withdrawn", "draft"):
        change(app, Course, status=status)
        all_is(False)
    change(app, Course, status="published")
    all_is(True)
    change(app, Video, made_at=None, media_key=None, early_key="video/1/early")
    assert read(client, FEEDS[0]).entries, "the lesson is there while its video is made anew"
    assert not read(client, FEEDS[3]).entries
    with client.get(sound) as answer:
        assert answer.status_code == 404


@pytest.mark.usefixtures("lesson_id")
def test_what_has_not_changed_is_not_sent_again(app: Flask, client: FlaskClient) -> None:
    for path in FEEDS:
        first = client.get(path)
        assert first.cache_control.public
        assert first.cache_control.max_age == 600
        for name, value in (
            ("If-None-Match", first.headers["ETag"]),
            ("If-Modified-Since", first.headers["Last-Modified"]),
        ):
            again = client.get(path, headers={name: value})
            assert again.status_code == 304, (path, name)
            assert not again.data
        assert client.get(path).data == first.data
    past = format_datetime(WHEN, usegmt=True)
    assert client.get(FEEDS[0], headers={"If-Modified-Since": past}).status_code == 200
    change(app, Lesson, title="新的题目")
    tag = {"If-None-Match": first.headers["ETag"]}
    assert client.get(FEEDS[3], headers=tag).status_code == 200


def test_closing_a_video_is_a_change(app: Flask, client: FlaskClient, lesson_id: int) -> None:
    """A client that knows only dates must not keep what has been closed since."""
    del lesson_id
    change(app, Course, updated_at=WHEN)
    change(app, Lesson, updated_at=WHEN)
    change(app, Video, made_at=WHEN)
    seen = {"If-Modified-Since": client.get(FEEDS[0]).headers["Last-Modified"]}
    assert client.get(FEEDS[0], headers=seen).status_code == 304
    with app.app_context(), transaction() as session:
        set_audience(session.scalars(select(Video)).one(), signed_in_only=True, shows_viewer=False)
    answer = client.get(FEEDS[0], headers=seen)
    assert answer.status_code == 200
    assert not feedparser.parse(answer.data).entries
