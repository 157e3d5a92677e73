"""In a real browser: a page of another origin embeds and drives the player; others cannot."""

import io
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from pyoembed import oEmbed
from sqlalchemy import select

from sanshi_lms.account import User, add_unit
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.video.embed.actions import allow_sites
from sanshi_lms.video.models import Video
from tests.people import Cast
from tests.video.making import caption, show_in_course

ROOT = Path(__file__).resolve().parents[3]
LISTEN = """<script>
  const heard = [];
  window.addEventListener("message", (m) => heard.push({origin: m.origin, ...m.data}));
</script>"""


@contextmanager
def another_site(page: str) -> Iterator[str]:
    """Serve one page from an origin of its own; yield its address on 127.0.0.1."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = page.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def lecture(app: Flask, ready_video: int, live_url: str) -> str:
    """Address of the framed player of a published lecture."""
    caption(app, ready_video)
    show_in_course(app, ready_video, published=True)
    return f"{live_url}/embed/dianti/yiyuan"


def documented_page(player: str) -> str:
    """Return the example of docs/embedding.md with our address in it, and an ear."""
    text = (ROOT / "docs/embedding.md").read_text("utf-8")
    example: str = re.findall(r"```html\n(<!doctype html>.*?)```", text, re.DOTALL)[0]
    return example.replace("https://weike.example.cn/embed/COURSE/LESSON", player) + LISTEN


def allow(app: Flask, *sources: str) -> None:
    with app.app_context(), transaction():
        allow_sites(sources, anywhere=False, moment=now())


def wait_for(page: Page, event: str, condition: str = "true") -> dict[str, Any]:
    """Wait until the outer page heard `event` with `condition` on message `m`; return it."""
    asked = f"heard.find((m) => m.event === {json.dumps(event)} && {condition})"
    found: dict[str, Any] = page.wait_for_function(asked).json_value()
    return found


def test_the_page_of_the_documentation_drives_the_player(
    app: Flask, chromium: Browser, lecture: str
) -> None:
    with another_site(documented_page(f"{lecture}?t=4")) as site:
        allow(app, site)
        context = chromium.new_context()
        complaints: list[str] = []
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.goto(site)
        ready = wait_for(page, "ready")
        assert lecture.startswith(ready["origin"])
        assert ready["duration"] == pytest.approx(9, abs=0.2)
        page.click("#play")
        wait_for(page, "play")
        first = wait_for(page, "time", "!m.paused && m.position > 4.2")
        assert first["position"] < 9, "it began at the second that the address names"
        expect(page.locator("#said")).to_contain_text(re.compile(r"(time|progress) [4-9]\.\d of 9"))
        page.click("#again")
        wait_for(page, "time", "m.position >= 3 && m.position < 4")
        watched = wait_for(page, "progress", "m.watched > 0.1")
        assert watched["watched"] < 1
        page.evaluate("tell('rate', 2)")
        wait_for(page, "time", "m.rate === 2")
        page.evaluate("tell('pause')")
        wait_for(page, "pause")
        page.evaluate("tell('seek', 8.5); tell('rate', 1); tell('play')")
        wait_for(page, "ended")
        for command in ("'seek', 'x'", "'seek', -1", "'rate', 99", "'reload'", "'toString'"):
            page.evaluate(f"heard.length = 0; tell({command})")
            assert wait_for(page, "error")["message"]
        assert context.cookies() == []
        context.close()
        assert complaints == []


def test_a_site_that_is_not_listed_gets_neither_frame_nor_word(
    app: Flask, chromium: Browser, lecture: str
) -> None:
    with another_site(documented_page(lecture)) as site:
        allow(app, "https://*.example.cn", site.replace("127.0.0.1", "localhost"))
        page = chromium.new_context().new_page()
        with page.expect_console_message(lambda m: "frame-ancestors" in m.text):
            page.goto(site)
        page.evaluate("tell('hello')")
        assert page.frames[1].locator("video").count() == 0
        # A window that opens the player in full holds it, but is not its parent.
        with page.expect_popup() as opened:
            page.evaluate(f"window.player = open({json.dumps(lecture)})")
        popup = opened.value
        popup.wait_for_selector("video[data-player]")
        popup.evaluate("window.arrived = 0; addEventListener('message', () => { arrived += 1 })")
        page.evaluate("player.postMessage({api: 'sanshi.player', command: 'hello'}, '*')")
        popup.wait_for_function("arrived === 1")
        page.evaluate("new Promise((done) => setTimeout(done))")
        assert page.evaluate("heard") == []
        page.context.close()


def test_a_site_of_the_uploaders_unit_may_and_one_of_another_unit_may_not(
    app: Flask, chromium: Browser, people: Cast, lecture: str
) -> None:
    """Each organisation has its own list; the address says where to begin."""
    page_of = documented_page(f"{lecture}#t=0:05")
    with another_site(page_of) as ours, another_site(page_of) as theirs:
        author = people.id("author")
        with app.app_context(), transaction():
            unit, other = add_unit("区县", "渝中区"), add_unit("区县", "江津区")
            db.session.get_one(User, author).unit_id = unit.id
            db.session.scalars(select(Video)).one().uploaded_by_id = author
            for one, site in ((unit, ours), (other, theirs)):
                allow_sites((site,), anywhere=False, moment=now(), unit_id=one.id)
        page = chromium.new_context().new_page()
        page.set_default_timeout(60_000)
        page.goto(ours)
        wait_for(page, "ready")
        page.click("#play")
        begun = wait_for(page, "time", "!m.paused && m.position > 5")
        assert begun["position"] < 9
        with page.expect_console_message(lambda m: "frame-ancestors" in m.text):
            page.goto(theirs)
        page.evaluate("tell('hello'); tell('play')")
        page.evaluate("new Promise((done) => setTimeout(done, 500))")
        assert page.evaluate("heard") == []
        assert page.frames[1].locator("video").count() == 0
        page.context.close()


def test_the_box_copies_link_code_and_second(app: Flask, desk: Page, lecture: str) -> None:
    allow(app, "https://*.cq.gov.cn")
    page = lecture.replace("/embed/", "/courses/")
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.goto(f"{page}?t=4")
    desk.get_by_text("分享与嵌入").click()
    expect(desk.locator("[data-share-now]")).to_contain_text("从现在看到的 00:04 开始")
    desk.locator("[data-share-at]").check()
    desk.get_by_role("button", name="复制").first.click()
    expect(desk.locator("[data-share-said]")).to_contain_text("已复制")
    assert desk.evaluate("navigator.clipboard.readText()") == f"{page}?t=4"
    desk.get_by_role("button", name="复制").nth(1).click()
    expect(desk.locator("[data-share-code]")).to_have_value(re.compile(r"yiyuan\?t=4\""))
    assert f'src="{lecture}?t=4"' in desk.evaluate("navigator.clipboard.readText()")
    picture = desk.locator("[data-share-qr]")
    expect(picture).to_have_js_property("complete", True)
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.screenshot())))
    assert code.text == f"{page}?t=4"


def test_an_independent_consumer_discovers_and_reads_us(lecture: str) -> None:
    """pyoembed: finds the hint on the page, asks us, checks the answer's fields."""
    told = oEmbed(lecture.replace("/embed/", "/courses/"), maxwidth=400)
    assert told["type"] == "video"
    assert told["width"] == 400
    assert f'src="{lecture}"' in told["html"]
