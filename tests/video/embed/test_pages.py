"""The framed player, oEmbed and the list of sites: they work, nothing leaks, no cookie anywhere."""

import re
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sanshi_lms.account import User
from sanshi_lms.account.units.actions import add_unit
from sanshi_lms.core.audit import AuditEntry
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.courses import Course
from sanshi_lms.video.embed.actions import allow_sites
from sanshi_lms.video.models import Video
from tests.conftest import settings_in
from tests.people import Cast
from tests.video.making import caption, show_in_course

PLAYER = "/embed/dianti/yiyuan"
LESSON = "http://localhost/courses/dianti/yiyuan"
SECRET_COOKIE = "sanshi=nothing; edition=elder; remember_token=1|x"


@pytest.fixture
def shown(app: Flask, ready_video: int) -> int:
    """A video in a published course, with captions."""
    caption(app, ready_video)
    show_in_course(app, ready_video, published=True)
    return ready_video


def change(app: Flask, model: type[Course] | type[Video], **values: Any) -> None:
    with app.app_context(), transaction() as session:
        row = session.query(model).one()
        for name, value in values.items():
            setattr(row, name, value)


def allow(app: Flask, *sources: str, anywhere: bool = False) -> None:
    with app.app_context(), transaction():
        allow_sites(sources, anywhere=anywhere, moment=now())


def oembed(client: FlaskClient, url: str, **more: Any) -> Any:
    return client.get("/oembed", query_string={"url": url, **more})


def test_everybody_sees_the_player(client: FlaskClient, shown: int) -> None:
    for path in (PLAYER, f"/embed/{shown}", f"{PLAYER}?t=3"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "data-player" in answer.text
        assert "data-report-url" not in answer.text
        assert f'href="{LESSON}"' in answer.text
        assert '<track kind="captions"' in answer.text
        hls = re.findall(r'data-hls="([^"]+)"', answer.text)[0]
        with client.get(hls) as playlist:
            assert playlist.status_code == 200


def test_only_the_framed_page_may_be_framed(app: Flask, client: FlaskClient, shown: int) -> None:
    del shown
    for sources, meant in (
        ((), "'self'"),
        (("https://*.cq.gov.cn",), "'self' https://*.cq.gov.cn"),
    ):
        allow(app, *sources)
        answer = client.get(PLAYER)
        policy = answer.headers["Content-Security-Policy"]
        assert policy.endswith(f"; frame-ancestors {meant}")
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "X-Frame-Options" not in answer.headers
    allow(app, "https://a.cn", anywhere=True)
    assert client.get(PLAYER).headers["Content-Security-Policy"].endswith("frame-ancestors *")
    for path in ("/", "/courses/dianti/yiyuan", "/embed/dianti/yiyuan/qr.svg", "/oembed?url=x"):
        headers = client.get(path).headers
        assert headers["X-Frame-Options"] == "SAMEORIGIN", path
        assert headers["Content-Security-Policy"].endswith("frame-ancestors 'self'"), path


def ageless(answer: TestResponse) -> bytes:
    """What an answer says, but for the seconds it may still be kept, which go by."""
    return re.sub(rb'"cache_age":\d+', b"", answer.data)


def test_no_cookie_is_set_or_read(app: Flask, people: Cast, shown: int) -> None:
    del shown
    stranger, signed_in = app.test_client(), people.client("admin")
    change(app, Course, status="draft")
    for path in (PLAYER, "/embed/1", f"{PLAYER}/qr.svg", f"/oembed?url={quote(LESSON)}"):
        for client in (stranger, signed_in):
            answer = client.get(path, headers={"Cookie": SECRET_COOKIE})
            assert answer.status_code == 404, "an administrator sees drafts elsewhere, not here"
            assert "Set-Cookie" not in answer.headers
    change(app, Course, status="published")
    for path in (PLAYER, "/embed/1", f"{PLAYER}/qr.svg", f"/oembed?url={quote(LESSON)}"):
        plain, mine = stranger.get(path), signed_in.get(path)
        assert plain.status_code == mine.status_code == 200
        assert ageless(plain) == ageless(mine)
        assert "Set-Cookie" not in mine.headers
        assert "elder" not in stranger.get(path, headers={"Cookie": SECRET_COOKIE}).text


def test_what_visitors_may_not_see_is_not_embedded(
    app: Flask, client: FlaskClient, shown: int
) -> None:
    change(app, Video, signed_in_only=True)
    for path in (PLAYER, f"/embed/{shown}"):
        answer = client.get(path)
        assert answer.status_code == 403
        assert "只对登录人员开放" in answer.text
        assert "/video/" not in answer.text.replace("/video/embed.css", "")
        assert "X-Frame-Options" not in answer.headers, "the frame says why it is empty"
    assert oembed(client, LESSON).status_code == 401
    assert "oembed" not in client.get("/courses/dianti/yiyuan").text
    change(app, Video, signed_in_only=False)
    change(app, Course, status="withdrawn")
    for path in (PLAYER, f"/embed/{shown}", "/embed/99", "/embed/dianti/x", "/embed/x/y"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "先问意愿" not in answer.text
    assert oembed(client, LESSON).status_code == 404


def test_oembed_describes_the_page(client: FlaskClient, shown: int) -> None:
    told = oembed(client, f"{LESSON}?t=3", maxwidth=400, maxheight=9000).json
    assert told["version"] == "1.0"
    assert told["type"] == "video"
    assert told["title"] == "先问意愿 · 加装电梯"
    assert (told["width"], told["height"]) == (400, 369)
    assert 'src="http://localhost/embed/dianti/yiyuan?t=3"' in told["html"]
    assert 'width="400"' in told["html"]
    with client.get(told["thumbnail_url"]) as picture:
        assert picture.mimetype == "image/jpeg"
    assert 0 < told["cache_age"] <= 18 * 3600
    for url in (f"http://localhost{PLAYER}", f"http://localhost/embed/{shown}"):
        assert oembed(client, url).json["html"] == oembed(client, LESSON).json["html"]
    page = client.get("/courses/dianti/yiyuan").text
    link = re.findall(r'<link rel="alternate" type="application/json\+oembed" href="([^"]+)"', page)
    discovered = client.get(link[0].replace("&amp;", "&")).json
    assert discovered is not None
    assert discovered["html"] == oembed(client, LESSON).json["html"]


ASKED: list[tuple[str, dict[str, str], int]] = [
    ("", {}, 400),
    (LESSON, {"format": "xml"}, 501),
    (LESSON, {"format": "yaml"}, 501),
    ("http://elsewhere/courses/dianti/yiyuan", {}, 404),
    ("http://[", {}, 404),
    ("/courses/dianti/yiyuan", {}, 404),
    ("ftp://localhost/courses/dianti/yiyuan", {}, 404),
    ("http://localhost/courses/dianti", {}, 404),
    ("http://localhost/embed/" + "9" * 40, {}, 404),
    (LESSON, {"maxwidth": "x", "maxheight": "-1"}, 200),
    (LESSON, {"maxwidth": "9" * 5000}, 200),
]


@pytest.mark.usefixtures("shown")
def test_oembed_says_what_is_wrong(client: FlaskClient) -> None:
    for url, more, status in ASKED:
        answer = oembed(client, url, **more)
        assert answer.status_code == status, (url, more)
        assert answer.is_json
        if status >= 400:
            assert re.search(r"[\u4e00-\u9fff]", answer.json["error"]["message"])


def test_a_public_address_is_used_and_understood(app: Flask, shown: int) -> None:
    del shown
    chosen = app.extensions["settings"]
    own = {"PUBLIC_URL": "https://weike.example.cn", "DATABASE_URL": chosen.database_url}
    app.extensions["settings"] = settings_in(chosen.data_dir, **own)
    client = app.test_client()
    told = oembed(client, "https://weike.example.cn/courses/dianti/yiyuan").json
    assert 'src="https://weike.example.cn/embed/dianti/yiyuan"' in told["html"]


def test_the_share_box_offers_code_only_where_it_works(
    app: Flask, people: Cast, client: FlaskClient, shown: int
) -> None:
    page = client.get("/courses/dianti/yiyuan").text
    assert f'value="{LESSON}"' in page
    assert "&lt;iframe" not in page, "no other site may embed yet: a code would not work"
    assert "去设置" not in page
    assert "去设置" in people.client("admin").get("/courses/dianti/yiyuan").text
    allow(app, "https://*.cq.gov.cn")
    for reader, path in (
        (client, "/courses/dianti/yiyuan"),
        (people.client("author"), f"/admin/video/{shown}"),
    ):
        page = reader.get(path).text
        assert "&lt;iframe src=&#34;http://localhost/embed/dianti/yiyuan&#34;" in page
        assert "*.cq.gov.cn" in page
    change(app, Video, signed_in_only=True)
    assert "&lt;iframe" not in client.get("/courses/dianti/yiyuan").text
    change(app, Course, status="draft")
    assert "data-share" not in people.client("author").get(f"/admin/video/{shown}").text


def test_an_administrator_keeps_the_list(app: Flask, people: Cast, shown: int) -> None:
    del shown
    admin, path = people.client("admin"), "/admin/video/embedding"
    wrong = admin.post(path, data={"sites": "https://a.cn\nhttps://a.cn/x; *"})
    assert wrong.status_code == 422
    assert "第 2 行" in wrong.text
    assert "https://a.cn/x; *" in wrong.text, "what was typed stays"
    assert admin.post(path, data={"sites": "b.cn\r\n\r\nhttps://*.a.cn\r\n"}).status_code == 302
    page = admin.get(path).text
    assert "https://*.a.cn\nhttps://b.cn" in page
    assert admin.post(path, data={"sites": "b.cn", "anywhere": "y"}).status_code == 302
    assert "checked" in admin.get(path).text
    admin.post(path, data={"sites": "b.cn", "anywhere": "y"})
    with app.app_context():
        noted = db.session.query(AuditEntry).filter_by(verb="video.embedding").all()
        assert len(noted) == 2, "the same list again is no act"
    told = admin.get("/admin/audit").text
    assert "修改允许嵌入的网站" in told
    assert "不可以嵌入" in told
    for part in ("author", "cadre"):
        assert people.client(part).get(path).status_code == 403
        assert people.client(part).post(path, data={"sites": ""}).status_code == 403


def test_an_organisation_has_a_list_of_its_own(
    app: Flask, client: FlaskClient, people: Cast, shown: int
) -> None:
    author, admin = people.id("author"), people.client("admin")
    with app.app_context(), transaction():
        district = add_unit("区县", "渝中区")
        street, other = add_unit("街镇", "石油路街道", district), add_unit("区县", "江津区")
        db.session.get_one(User, author).unit_id = street.id
        db.session.get_one(Video, shown).uploaded_by_id = author
        ids = district.id, other.id
    for unit_id, site in zip(ids, ("https://yz.example.cn", "https://jj.example.cn"), strict=True):
        sent = {"sites": site}
        assert admin.post(f"/admin/video/embedding?unit={unit_id}", data=sent).status_code == 302
    allow(app, "https://cq.example.cn")
    policy = client.get(PLAYER).headers["Content-Security-Policy"]
    assert "frame-ancestors 'self' https://cq.example.cn https://yz.example.cn;" in policy + ";"
    assert "yz.example.cn" in admin.get(LESSON).text, "the box names them"
    assert "jj.example.cn" not in admin.get(LESSON).text
    page = admin.get(f"/admin/video/embedding?unit={ids[1]}").text
    assert "https://jj.example.cn</textarea>" in page
    assert "渝中区（有名单）" in page
    for wrong in ("9", "x", "1e3", "99999999999"):
        assert admin.get(f"/admin/video/embedding?unit={wrong}").status_code == 404
