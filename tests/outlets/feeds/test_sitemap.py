"""The sitemap: whole, valid by the rules of sitemaps.org and Google, and open pages only."""

import re
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from defusedxml import ElementTree
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from sanshi_lms.core.db import db, transaction
from sanshi_lms.courses import Course
from sanshi_lms.outlets.feeds import queries, rules
from sanshi_lms.video.models import Video
from tests.house.world import DRAFT_MARK, build
from tests.people import Cast

SPACE = f"{{{rules.SITEMAP}}}"
FILM = f"{{{rules.VIDEO}}}"
LESSON = "http://localhost/courses/dianti/yiyuan"
# In this order: the schema says xsd:sequence.
FILM_TAGS = ["thumbnail_loc", "title", "description", "player_loc", "duration"]


def checked(body: bytes, root: str, child: str, most: int = 50_000) -> list[Any]:
    """Return the entries of a sitemap after holding it to the protocol's rules."""
    assert body.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    assert len(body) <= 50 * 1024 * 1024
    tree = ElementTree.fromstring(body)
    assert tree.tag == SPACE + root
    assert 1 <= len(tree) <= most
    for entry in tree:
        assert entry.tag == SPACE + child
        names = [part.tag for part in entry]
        assert names[0] == f"{SPACE}loc"
        assert names.count(f"{SPACE}loc") == 1
        assert set(names[1:]) <= {f"{SPACE}lastmod", f"{FILM}video"}
        loc = entry[0].text
        assert 12 <= len(loc) <= 2048
        assert loc.isascii()
        assert urlsplit(loc).scheme in {"http", "https"}
        changed = entry.findtext(f"{SPACE}lastmod")
        if changed:
            assert datetime.fromisoformat(changed).tzinfo
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", changed)
    return list(tree)


def all_pages(client: FlaskClient) -> dict[str, Any]:
    """Return every entry of every part by its address."""
    index = checked(client.get("/sitemap.xml").data, "sitemapindex", "sitemap")
    found: dict[str, Any] = {}
    for listed in index:
        answer = client.get(urlsplit(listed[0].text).path)
        assert answer.mimetype == "application/xml"
        for entry in checked(answer.data, "urlset", "url"):
            assert entry[0].text not in found, "each page once"
            found[entry[0].text] = entry
    return found


def change(app: Flask, model: type[Course] | type[Video], **values: Any) -> None:
    with app.app_context(), transaction() as session:
        row = session.query(model).one()
        for name, value in values.items():
            setattr(row, name, value)


def test_every_page_that_is_listed_is_open_and_nothing_hidden_is_listed(
    app: Flask, people: Cast, tmp_path: Path
) -> None:
    """A town with drafts and foreign rows: a visitor opens each page and reads none of them."""
    world = build(app, people, tmp_path)
    visitor = app.test_client()
    pages = {urlsplit(url).path for url in all_pages(visitor)}
    for path in sorted(pages):
        answer = visitor.get(path)
        assert answer.status_code == 200, path
        assert DRAFT_MARK not in answer.text, path
    assert {
        "/", "/courses/", "/courses/series/", "/courses/series/skills", "/courses/open",
        "/courses/open/video", "/courses/open/reading", "/site/help", "/community/cases/",
        "/community/pieces/", "/community/services/", "/community/pros/",
        f"/community/services/{world.own['service_id']}",
        f"/community/cases/{world.own['story_id']}",
    } <= pages  # fmt: skip
    assert not {p for p in pages if "draft" in p}
    for name in ("service_id", "story_id"):
        assert f"/{world.foreign[name]}" not in {p[p.rindex("/") :] for p in pages if name[:5] in p}
    signed_in = people.client("admin")
    for path in ("/sitemap.xml", "/sitemap-lesson-1.xml", "/sitemap-story-1.xml"):
        assert visitor.get(path).data == signed_in.get(path).data


def test_a_lesson_has_its_film(client: FlaskClient, lesson_id: int) -> None:
    entry = all_pages(client)[LESSON]
    films = entry.findall(f"{FILM}video")
    assert [part.tag.removeprefix(FILM) for part in films[0]] == FILM_TAGS
    told = {part.tag.removeprefix(FILM): part.text for part in films[0]}
    assert told["title"] == "先问意愿"
    assert told["description"] == "加装电梯：从意愿到竣工"
    assert told["duration"] == "9"
    assert told["thumbnail_loc"] == f"http://localhost/feeds/posters/{lesson_id}.jpg"
    with client.get(told["thumbnail_loc"]) as picture:
        assert picture.mimetype == "image/jpeg"
        assert picture.data.startswith(b"\xff\xd8\xff")
    player = client.get(told["player_loc"])
    assert player.status_code == 200
    assert "data-player" in player.text


@pytest.mark.usefixtures("lesson_id")
def test_what_is_closed_withdrawn_or_a_draft_is_gone_at_once(
    app: Flask, client: FlaskClient
) -> None:
    poster = all_pages(client)[LESSON].find(f".//{FILM}thumbnail_loc").text
    change(app, Video, signed_in_only=True)
    assert LESSON not in all_pages(client)
    assert client.get(poster).status_code == 404
    change(app, Video, signed_in_only=False)
    for status in ("withdrawn", "draft"):
        change(app, Course, status=status)
        assert not [url for url in all_pages(client) if "dianti" in url]
        assert client.get(poster).status_code == 404
    change(app, Course, status="published")
    assert LESSON in all_pages(client)


def test_parts_are_cut_and_each_takes_as_many_statements(
    app: Flask, client: FlaskClient, people: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(app, people, tmp_path)
    whole = set(all_pages(client))
    monkeypatch.setattr(rules, "MOST_URLS", 1)
    with app.app_context():
        numbers = [number for kind, number in queries.parts() if kind == "lesson"]
        engine = db.engine
    assert len(numbers) >= 4
    assert numbers == list(range(1, len(numbers) + 1))
    assert set(all_pages(client)) == whole
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *values: asked.append(values[2]))
    monkeypatch.setattr(rules, "MOST_URLS", 2_000)
    for path, most in (
        ("/sitemap.xml", 30),
        ("/sitemap-lesson-1.xml", 8),
        ("/sitemap-pages-1.xml", 0),
    ):
        asked.clear()
        client.get(path)
        assert len(asked) <= most, (path, asked)
    for path in (
        "/sitemap-lesson-2.xml",
        "/sitemap-lesson-0.xml",
        "/sitemap-x-1.xml",
        "/sitemap-pages-2.xml",
    ):
        assert client.get(path).status_code == 404, path


@pytest.mark.usefixtures("lesson_id")
def test_robots_lead_to_it_and_it_is_kept(app: Flask, client: FlaskClient) -> None:
    assert "\nSitemap: http://localhost/sitemap.xml\n" in client.get("/robots.txt").text
    for path in ("/sitemap.xml", "/sitemap-lesson-1.xml"):
        answer = client.get(path, headers={"Cookie": "sanshi=x; edition=elder"})
        assert answer.cache_control.public
        assert answer.cache_control.max_age == 600
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")
        tag = answer.headers["ETag"]
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    change(app, Course, title="另一个名字")
    assert client.get("/sitemap-lesson-1.xml", headers={"If-None-Match": tag}).status_code == 200
