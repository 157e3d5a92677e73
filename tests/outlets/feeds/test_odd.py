"""What no honest client sends is answered in words, and never by a fault of ours."""

import re
from typing import Any
from urllib.parse import quote

from flask import Flask
from flask.testing import FlaskClient

from tests.house.test_fuzz import NUMBERS, ODD_HEADERS, WORDS

HAN = re.compile(r"[\u4e00-\u9fff]")


def answered(client: FlaskClient, path: str, **options: Any) -> int:
    with client.get(path, **options) as answer:
        assert answer.status_code < 500, path
        if answer.status_code >= 400:
            assert HAN.search(answer.data.decode("utf-8", "replace")), path
        assert all(value.isascii() for value in answer.headers.values())
        return answer.status_code


def test_odd_headers_do_no_harm(client: FlaskClient, lesson_id: int) -> None:
    files = [f"/feeds/audio/{lesson_id}.m4a", f"/feeds/posters/{lesson_id}.jpg", "/feeds/cover.jpg"]
    documents = [
        "/sitemap.xml",
        "/sitemap-lesson-1.xml",
        "/feeds/lessons.xml",
        "/feeds/podcast.xml",
    ]
    for path in (*documents, f"/feeds/topics/{quote('城市更新')}.xml", *files):
        assert answered(client, path, headers=ODD_HEADERS) in {200, 416}, path
        for name, value in ODD_HEADERS.items():
            assert answered(client, path, headers={name: value}) in {200, 416}, (path, name)
    for path in files[:2]:
        assert answered(client, path, headers={"Range": "bytes=99999999-"}) == 416


def test_odd_addresses_are_not_found(app: Flask) -> None:
    client = app.test_client()
    for number in NUMBERS:
        for path in (f"/feeds/audio/{number}.m4a", f"/feeds/posters/{number}.jpg",
                     f"/sitemap-lesson-{number}.xml"):  # fmt: skip
            assert answered(client, path) == 404, path
    for word in WORDS:
        for path in (f"/feeds/series/{word}.xml", f"/feeds/topics/{word}.xml",
                     f"/sitemap-{word}-1.xml"):  # fmt: skip
            assert answered(client, path) in {400, 404}, path
