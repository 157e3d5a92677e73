"""What players tell us: believed within bounds, told as sentences, found by its code, forgotten."""

import json
from datetime import date, timedelta

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.video.viewing import jobs
from sanshi_lms.video.viewing.actions import add_figures, report_trouble
from sanshi_lms.video.viewing.models import FirstFrame, PlayDay, Trouble
from sanshi_lms.video.viewing.queries import playing_sentence
from sanshi_lms.video.viewing.routes import report_urls
from sanshi_lms.video.viewing.rules import (
    CAUSES,
    FIRST_FRAME_EDGES,
    KEPT,
    Figures,
    believed,
    browser_name,
    edge_of,
    figures_sentence,
    median_ms,
    shown_code,
    typed_code,
)
from tests.people import Cast

JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
KEYS = st.sampled_from(
    ["plays", "seconds", "stalls", "stalled_ms", "failures", "first_frame_ms", "x"]
)


@given(JSON | st.dictionaries(KEYS, JSON, max_size=7))
def test_whatever_is_sent_adds_little(sent: object) -> None:
    figures = believed(sent)
    if figures is None:
        return
    assert 0 <= figures.plays <= 1
    assert 0 <= figures.seconds <= 1900
    assert 0 <= figures.stalls <= 60
    assert 0 <= figures.failures <= 1
    assert figures.first_frame_ms is None or 0 < figures.first_frame_ms <= 120_000


def test_the_median_lies_in_its_class() -> None:
    assert median_ms({}) is None
    assert median_ms({100: 2}) == 50
    assert median_ms({700: 1, 1000: 2, 120_000: 1}) == 850
    assert edge_of(0) == 100
    assert edge_of(701) == 1000
    assert edge_of(10**9) == FIRST_FRAME_EDGES[-1]


def test_figures_are_told_as_sentences() -> None:
    busy = Figures(plays=312, seconds=36_000, stalls=14)
    assert figures_sentence(busy, 840) == "近 30 天播放 312 次，卡顿 1.4 次/小时，首帧中位 0.8 秒。"
    assert figures_sentence(Figures(), None) == "近 30 天还没有人播放。"
    few = Figures(plays=1, seconds=40, stalls=2, failures=1)
    assert figures_sentence(few, 840).endswith("共卡顿 2 次，首帧中位 0.8 秒，没放出来 1 次。")


def test_a_code_is_read_out_and_typed_as_people_do() -> None:
    assert shown_code("K7M2QX") == "K7M-2QX"
    assert typed_code(" k7m 2qx。") == "K7M2QX"
    assert typed_code("编号是") == ""


def test_browsers_have_the_names_that_people_know() -> None:
    phone = "Mozilla/5.0 (Linux; Android 12; HarmonyOS) Chrome/116 Mobile MicroMessenger/8.0.47"
    assert browser_name(phone) == "微信，鸿蒙手机"
    assert browser_name("Mozilla/5.0 (Windows NT 10.0) Chrome/120 Safari/537 Edg/120") == (
        "Edge，Windows 电脑"
    )
    assert browser_name("curl/8") == "不明"


def test_reports_add_up_to_a_sentence(app: Flask, lecture: int) -> None:
    with app.test_request_context():
        address = report_urls(lecture)["figures"]
    client = app.test_client()
    first = {"plays": 1, "first_frame_ms": 600, "seconds": 1800, "stalls": 1, "stalled_ms": 900}
    bodies: list[object] = [
        first,
        first,
        {"plays": 99, "seconds": -5},
        {"failures": 1},
        [],
        {"plays": "x"},
    ]
    for sent in bodies:
        assert client.post(address, data=json.dumps(sent)).status_code == 204
    assert client.post(address, data="{" * 9000).status_code == 413
    assert client.post(address, data="{").status_code == 204
    assert client.post(address[:-3], data="{}").status_code == 404
    with app.app_context():
        today = local(now()).date()
        assert playing_sentence(lecture, today) == (
            "近 30 天播放 3 次，卡顿 2.0 次/小时，首帧中位 0.6 秒，没放出来 1 次。"
        )
        assert playing_sentence(lecture, today + timedelta(days=29)).startswith("近 30 天播放 3")
        assert playing_sentence(lecture, today + timedelta(days=30)) == "近 30 天还没有人播放。"


def test_figures_go_with_their_video(app: Flask, lecture: int) -> None:
    with app.app_context(), transaction() as session:
        add_figures(lecture, date(2026, 11, 1), Figures(plays=1, first_frame_ms=90))
        add_figures(lecture, date(2026, 11, 1), Figures(plays=1, first_frame_ms=90))
        assert session.query(FirstFrame).one().plays == 2
        session.execute(db.text("DELETE FROM video_videos WHERE id = :id"), {"id": lecture})
        assert session.query(PlayDay).count() == session.query(FirstFrame).count() == 0


def test_trouble_is_found_by_its_code_and_by_nobody_else(
    app: Flask, lecture: int, people: Cast
) -> None:
    with app.test_request_context():
        address = report_urls(lecture)["trouble"]
    sent = {"cause": "codec", "path": "hls.js", "second": 75.4, "detail": "<b>网络=ok</b>\x00"}
    agent = {"User-Agent": "Mozilla/5.0 (iPhone) MicroMessenger/8.0"}
    answer = app.test_client().post(address, data=json.dumps(sent), headers=agent)
    code = answer.get_json()["code"]
    desk = people.client("author")
    for typed in (code, code.lower().replace("-", " ")):
        page = desk.get("/admin/video/troubles", query_string={"code": typed}).text
        assert CAUSES["codec"].title in page
        assert "微信，iPhone" in page
        assert "放到 01:15" in page
        assert "&lt;b&gt;网络=ok" in page
    nothing = desk.get("/admin/video/troubles", query_string={"code": "没有"}).text
    assert "没有这个编号" in nothing
    assert "1 次点了" in desk.get(f"/admin/video/{lecture}").text
    assert people.client("cadre").get("/admin/video/troubles").status_code == 403
    odd = {"cause": {}, "path": 7, "second": "x", "detail": ["y" * 9]}
    assert app.test_client().post(address, data=json.dumps(odd)).status_code == 200
    assert app.test_client().post(address, data='{"second": NaN}').status_code == 200
    assert app.test_client().post(address, data="[]").status_code == 400


def test_trouble_is_forgotten_after_thirty_days(app: Flask, lecture: int) -> None:
    def tell(age: timedelta) -> None:
        with app.app_context(), transaction():
            report_trouble(
                lecture,
                cause="fine",
                path="",
                second=0,
                user_agent="x",
                detail="y" * 9999,
                moment=now() - age,
            )

    tell(KEPT - timedelta(hours=1))
    with app.app_context():
        assert not jobs.is_due()
    tell(KEPT + timedelta(hours=1))
    with app.app_context():
        assert jobs.is_due()
        jobs.tidy()
        assert not jobs.is_due()
        kept = db.session.query(Trouble).one()
        assert len(kept.detail) == 2000
