"""What a page costs on its first view: itself, its styles, scripts and pictures, compressed.

150 KB are five seconds on the 30 KB/s of a crowded cell. What comes later (the engine of a player,
pictures further down) is not part of the first view.
"""

import gzip
import re
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from sanshi_lms.core.db import db
from sanshi_lms.courses import Course, Lesson
from tests.house.world import build
from tests.people import Cast

MOST_BYTES = 150 * 1024
PAGES = (
    "/", "/courses/", "/search/?q=电梯", "/learning/", "/community/services/", "/account/sign-in",
    "/community/needs/", "/admin/", "/admin/account/people", "/admin/reports/sheet",
)  # fmt: skip
ASKED_FOR = re.compile(
    r'<link[^>]+rel="(?:stylesheet|preload|modulepreload)"[^>]+href="([^"]+)"'
    r'|<script[^>]+src="([^"]+)"'
    r'|<img(?![^>]*loading="lazy")[^>]+src="([^"]+)"'
)


def fetched(client: FlaskClient, address: str) -> bytes:
    """Return what a browser gets, as it came."""
    with client.get(address, headers={"Accept-Encoding": "gzip"}, follow_redirects=True) as answer:
        assert answer.status_code == 200, address
        return answer.get_data()


def test_first_views_are_light(app: Flask, people: Cast, tmp_path: Path) -> None:
    build(app, people, tmp_path)
    client = people.client("admin")
    with app.app_context():
        lessons = db.session.execute(
            select(Course.slug, Lesson.slug).join(Lesson.course).where(Course.status == "published")
        ).all()
    pages = [*PAGES, *(f"/courses/{course}/{lesson}" for course, lesson in lessons)]
    heavy = {}
    for page in pages:
        page_bytes = fetched(client, page)
        text = gzip.decompress(page_bytes).decode()
        found = {one for match in ASKED_FOR.findall(text) for one in match if one.startswith("/")}
        assert any(".css" in one for one in found), "the page asks for no style: mend the pattern"
        total = len(page_bytes) + sum(len(fetched(client, one)) for one in found)
        if total > MOST_BYTES:
            heavy[page] = total
    assert heavy == {}
