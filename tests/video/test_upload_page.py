"""The upload page in a real browser: pause, offline, reload, and going on where it broke."""

import re
from contextlib import suppress
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Error, Locator, Page, Request, Route, expect

from sanshi_lms.core.db import db
from sanshi_lms.core.storage import storage
from sanshi_lms.video.models import Video
from tests.people import Cast
from tests.video.test_player import sign_in
from tests.video.test_upload_breaks import lecture

pytestmark = pytest.mark.journey
FIRST_PIECE = 1024 * 1024
UPLOAD = re.compile(r"/video/uploads/\w+$")


class Gate:
    """Lets the first piece of each upload through and holds the others until it opens."""

    def __init__(self, page: Page) -> None:
        self.is_open = False
        self.is_cut = False
        self.begun: set[str] = set()
        self.held: list[Route] = []
        page.route(UPLOAD, self.pass_or_hold)

    def pass_or_hold(self, route: Route) -> None:
        url = route.request.url
        if route.request.method == "PATCH" and url in self.begun and not self.is_open:
            # A slow machine asks for its second piece only now: that dies with the line as well.
            if self.is_cut:
                self.abort(route)
            else:
                self.held.append(route)
            return
        if route.request.method == "PATCH":
            self.begun.add(url)
        route.continue_()

    def cut(self) -> None:
        """Let what is held die with the line."""
        self.is_cut = True
        for route in self.held:
            self.abort(route)
        self.held.clear()

    def abort(self, route: Route) -> None:
        with suppress(Error):  # the page has given it up itself
            route.abort("internetdisconnected")


def row(page: Page, name: str, number: int = 0) -> Locator:
    named = page.locator(".upload__name", has_text=name)
    return page.locator("[data-part=list] > li").filter(has=named).nth(number)


def test_two_files_survive_pause_darkness_and_reload(
    app: Flask, people: Cast, desk: Page, tmp_path: Path
) -> None:
    first, second = tmp_path / "第一讲.mkv", tmp_path / "第二讲.mkv"
    first.write_bytes(lecture(4_000_000))
    second.write_bytes(lecture(3_000_000))
    sign_in(desk, people, "author")
    desk.goto("/admin/video/")
    gate = Gate(desk)
    desk.set_input_files("input[type=file]", [first, second, first])
    expect(row(desk, "第一讲", 1)).to_contain_text("已经在列表里了")
    expect(desk.locator("[data-part=total]")).to_contain_text("共 2 个文件")
    for name in ("第一讲", "第二讲"):
        expect(row(desk, name)).to_contain_text(re.compile(r"已传 [234]\d%（1\.0 MB"))
    desk.get_by_role("button", name="暂停：第一讲.mkv").click()
    expect(row(desk, "第一讲")).to_contain_text("已暂停在 26%")

    desk.context.set_offline(True)
    gate.cut()
    expect(row(desk, "第二讲")).to_contain_text("网络断开了，已传的部分都在")
    gate.is_open = True
    desk.context.set_offline(False)
    expect(row(desk, "第二讲")).to_contain_text("服务器收到的和您手上的文件完全一样")
    expect(row(desk, "第一讲")).to_contain_text("已暂停在 26%")

    desk.goto("/admin/video/")
    unfinished = desk.locator("[data-part=unfinished]")
    expect(unfinished).to_contain_text("已传 1.0 MB，共 4.0 MB")
    with desk.expect_file_chooser() as choosing:
        unfinished.get_by_role("button", name="选文件接着传").click()
    choosing.value.set_files(second)
    expect(row(desk, "第二讲")).to_contain_text("这不是没传完的“第一讲.mkv”")
    offsets: list[str] = []

    def note(request: Request) -> None:
        if request.method == "PATCH":
            offsets.append(request.headers["upload-offset"])

    desk.on("request", note)
    with desk.expect_file_chooser() as choosing:
        unfinished.get_by_role("button", name="选文件接着传").click()
    choosing.value.set_files(first)
    expect(row(desk, "第一讲")).to_contain_text("服务器收到的和您手上的文件完全一样")
    assert offsets[0] == str(FIRST_PIECE), "what had arrived was not sent again"
    expect(unfinished).to_be_hidden()

    desk.set_input_files("input[type=file]", first)
    expect(row(desk, "第一讲", 1)).to_contain_text("这个文件已经传过，就是视频 《第一讲》")
    with app.app_context():
        db.session.rollback()
        stored = {video.source_name: video.source_key for video in db.session.query(Video)}
        for file in (first, second):
            assert storage().path(stored[file.name]).read_bytes() == file.read_bytes()
