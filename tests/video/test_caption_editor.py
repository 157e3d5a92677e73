"""The caption editor in a real browser: one person, two at once, a draft, a phone."""

from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.video.captions import CueText
from sanshi_lms.video.captions.actions import set_captions
from sanshi_lms.video.queries import cues_of
from tests.browser import PHONE, watched_page
from tests.people import Cast
from tests.video.making import caption, get_within, show_in_course, unmade
from tests.video.test_player import sign_in

pytestmark = pytest.mark.journey

MERGE = """async ([base, mine, theirs]) => {
  const src = document.querySelector("script[src*='editor/editor.js']").src;
  const { merged } = await import(src.replace("editor.js", "merge.js"));
  const cue = ([key, start, text]) => ({ key, start, end: start + 1, text });
  const rows = theirs.map(([start, text]) => [start, start + 1, text]);
  const found = merged(base.map(cue), mine.map(cue), rows);
  return [found.cues.map(({ text }) => text).join(""), found.taken, [...found.disputed.values()]];
}"""
SMALL = """() => [...document.querySelectorAll("main button, main input, main textarea")]
  .filter((element) => element.checkVisibility({ contentVisibilityAuto: true }))
  .filter((element) => !element.closest(".choice"))
  .map((element) => [element.outerHTML.slice(0, 80), element.getBoundingClientRect()])
  .filter(([, box]) => box.height < 44 || box.width < 44).map(([html]) => html)"""
BASE = [["b0", 0, "一"], ["b1", 2, "二"], ["b2", 4, "三"]]
SAME = [[0, "一"], [2, "二"], [4, "三"]]
MERGES: list[tuple[Any, Any, list[Any]]] = [
    # mine, theirs → words in order, how many of theirs were taken, what is disputed
    (BASE, SAME, ["一二三", 0, []]),
    ([["b0", 0, "壹"], *BASE[1:]], [*SAME[:2], [4, "叁"]], ["壹二叁", 1, []]),
    ([*BASE, ["n1", 6, "四"]], [*SAME, [8, "五"]], ["一二三四五", 1, []]),
    ([*BASE, ["n1", 6, "四"]], [*SAME, [6, "四"]], ["一二三四", 1, []]),
    (BASE[1:], SAME, ["二三", 0, []]),
    (BASE, SAME[1:], ["二三", 1, []]),
    (BASE[1:], [[0, "壹"], *SAME[1:]], ["壹二三", 0, ["您删除了这一句，对方改过它"]]),
    ([["b0", 0, "壹"], *BASE[1:]], SAME[1:], ["壹二三", 0, ["对方删除了这一句"]]),
    (
        [["b0", 0, "壹"], *BASE[1:]],
        [[0, "弌"], *SAME[1:]],
        ["壹二三", 0, ["对方改成：弌"]],
    ),
    ([["b0", 0, "壹"], *BASE[1:]], [[0, "壹"], *SAME[1:]], ["壹二三", 0, []]),
    (BASE, [[1, "一"], *SAME[1:]], ["一二三", 1, []]),
]


def said(app: Flask, video_id: int) -> list[str]:
    with app.app_context():
        db.session.rollback()
        return [cue.text for cue in cues_of([video_id])[video_id]]


def saved(page: Page, told: str) -> None:
    page.locator("[data-act=save]").click()
    expect(page.locator("[data-part=notice]")).to_contain_text(told)
    expect(page.locator("[data-part=summary]")).to_have_text("没有要保存的修改")


def test_a_person_edits_captions_beside_the_video(
    app: Flask, people: Cast, desk: Page, ready_video: int
) -> None:
    caption(app, ready_video)
    lesson = show_in_course(app, ready_video, published=True)
    sign_in(desk, people, "author")
    desk.goto(f"/admin/video/{ready_video}")
    desk.locator("#captions").get_by_role("link", name="编辑").click()
    words, rows = desk.get_by_label("字幕文字"), desk.locator(".cue")
    rows.nth(1).locator(".cue__text").click()
    expect(desk.locator("[data-part=preview]")).to_have_text("先问意愿，再谈方案。")
    words.evaluate("area => area.setSelectionRange(5, 5)")
    desk.keyboard.press("Control+Enter")
    expect(rows).to_have_count(3)
    expect(words).to_have_value("再谈方案。")
    words.fill("再谈办法。")
    desk.keyboard.press("Control+z")
    desk.keyboard.press("Control+y")
    desk.keyboard.press("Alt+ArrowUp")
    expect(words).to_have_value("先问意愿，")
    desk.keyboard.press("Alt+ArrowUp")
    desk.keyboard.press("Alt+m")
    expect(words).to_have_value("各位街坊，大家好。先问意愿，")
    desk.keyboard.press("Control+z")
    expect(rows).to_have_count(3)
    desk.get_by_role("button", name="查找替换").click()
    desk.get_by_label("查找", exact=True).fill("大家")
    desk.get_by_label("替换为").fill("你们")
    desk.get_by_role("button", name="全部替换").click()
    expect(desk.get_by_text("替换了 1 处")).to_be_visible()
    desk.get_by_role("button", name="整体平移").click()
    desk.get_by_label("秒数").fill("-1")
    desk.get_by_role("button", name="平移全部").click()
    expect(desk.get_by_text("最多只能提前 0 秒")).to_be_visible()
    desk.get_by_label("秒数").fill("0.5")
    desk.get_by_role("button", name="平移全部").click()
    rows.nth(2).locator(".cue__text").click()
    desk.get_by_label("结束时间", exact=True).fill("0:02")
    desk.keyboard.press("Control+s")
    expect(desk.get_by_text("第 3 句：结束时间要晚于开始时间。")).to_be_visible()
    desk.get_by_label("结束时间", exact=True).fill("0:07.5")
    desk.keyboard.press("Tab")
    expect(desk.locator("[data-part=summary]")).to_contain_text("改文字 2 句、新增 1 句")
    desk.reload()  # a tab that was closed too early
    expect(desk.get_by_text("已恢复这台设备上没有保存的修改")).to_be_visible()
    saved(desk, "已保存：")
    expected = ["各位街坊，你们好。", "先问意愿，", "再谈办法。"]
    assert said(app, ready_video) == expected
    desk.goto(lesson)
    desk.wait_for_function("() => document.querySelector('video').textTracks[0].cues?.length === 3")
    shown = "() => [...document.querySelector('video').textTracks[0].cues].map((cue) => cue.text)"
    assert desk.evaluate(shown) == expected
    first = "() => document.querySelector('video').textTracks[0].cues[0].startTime"
    assert desk.evaluate(first) == 0.5


def test_two_people_at_once_lose_nothing_in_a_thousand_cues(
    app: Flask, people: Cast, desk: Page, chromium: Browser, live_url: str
) -> None:
    """One at a desk, one on a phone."""
    video_id = unmade(app)
    cues = [CueText(n * 2.0, n * 2.0 + 2, f"第{n}句，讲到哪里看到哪里。") for n in range(1000)]
    with app.app_context(), transaction():
        video = get_within(video_id)
        set_captions(video, language="zh", cues=cues, sha256="x", moment=now())
    address = f"/admin/video/{video_id}/captions/zh/edit"
    sign_in(desk, people, "author")
    desk.goto(address)
    desk.locator(".cue__text").nth(1).click()
    desk.get_by_label("字幕文字").fill("我的第1句")
    with watched_page(chromium, live_url, **PHONE) as phone:
        sign_in(phone, people, "admin")
        phone.goto(address)
        expect(phone.locator("[data-part=count]")).to_have_text("1000 句")
        phone.locator(".cue__text").nth(500).click()
        expect(phone.get_by_label("字幕文字")).to_have_value("第500句，讲到哪里看到哪里。")
        for _ in ("standard", "elder"):
            assert phone.evaluate("() => document.documentElement.scrollWidth") <= 390
            phone.evaluate("() => document.documentElement.classList.toggle('elder')")
        assert phone.evaluate(SMALL) == [], "targets of 44 px"
        phone.locator("[data-act=remove]").click()  # finding it by its role takes half a minute
        saved(phone, "删除 1 句")
    desk.locator("[data-act=save]").click()
    expect(desk.get_by_text("管理员周敏 在")).to_be_visible(timeout=120_000)
    expect(desk.get_by_text("已把对方改的 1 句合并进来")).to_be_visible()
    assert said(app, video_id)[:2] == [cues[0].text, cues[1].text], "nothing is overwritten unseen"
    saved(desk, "改文字 1 句")
    found = said(app, video_id)
    assert (len(found), found[1], cues[500].text in found) == (999, "我的第1句", False)
    merges = [desk.evaluate(MERGE, [BASE, mine, theirs]) for mine, theirs, _ in MERGES]
    assert merges == [expected for _, _, expected in MERGES]
