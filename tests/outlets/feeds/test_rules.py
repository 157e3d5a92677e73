"""What is written holds what goes in, and nothing breaks the XML around it."""

from datetime import UTC, datetime, timedelta, timezone

import feedparser
from defusedxml import ElementTree
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.outlets.feeds.rules import (
    LONGEST_FILM,
    MOST_URLS,
    Channel,
    Entry,
    Film,
    Item,
    Show,
    Sound,
    excerpt,
    part,
    parts_of,
    podcast,
    rss,
    sitemap,
    sitemap_index,
    w3c,
)

WHEN = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)
CHANNEL = Channel("课", "https://a.cn/", "https://a.cn/feeds/x.xml", "说明")


def film(seconds: float) -> Film:
    return Film("https://a.cn/1.jpg", "题" * 200, "述" * 3000, "https://a.cn/embed/1", seconds)


def test_parts_hold_everything_once() -> None:
    ids = range(2 * MOST_URLS + 1)
    assert parts_of(0) == 0
    assert parts_of(MOST_URLS) == 1
    assert parts_of(len(ids)) == 3
    assert [n for number in (1, 2, 3) for n in part(ids, number)] == list(ids)
    assert not part(ids, 4)
    assert not part(ids, 0)


def test_a_film_keeps_to_the_limits() -> None:
    text = sitemap([Entry("https://a.cn/1", WHEN, film(61.6))]).decode()
    assert "<video:duration>62</video:duration>" in text
    assert text.count("题") == 100
    assert text.count("述") == 2048
    for seconds in (0.0, 0.4, LONGEST_FILM + 1):
        assert b"video:video" not in sitemap([Entry("https://a.cn/1", WHEN, film(seconds))])


def test_what_no_sitemap_may_hold_is_left_out() -> None:
    assert b"<loc>" not in sitemap([Entry("https://a.cn/" + "x" * 2048)])
    assert b"lastmod" not in sitemap([Entry("https://a.cn/")])
    assert b"lastmod" not in sitemap_index([("https://a.cn/1.xml", None)])


def test_moments_are_told_in_utc() -> None:
    chongqing = timezone(timedelta(hours=8))
    assert w3c(datetime(2026, 3, 5, 9, 0, tzinfo=chongqing)) == "2026-03-05T01:00:00+00:00"


def test_an_excerpt_is_one_line() -> None:
    assert excerpt("一\n\n 二") == "一 二"
    assert excerpt("字" * 300) == "字" * 199 + "…"


@given(st.text())
def test_no_text_breaks_a_feed(text: str) -> None:
    """Control characters, angle brackets, CDATA ends: still XML, and the same words."""
    item = Item("g", text, f"https://a.cn/{text}", text, WHEN, (text,))
    sound = Sound("https://a.cn/1.m4a", 9, "audio/mp4", 1)
    show = Show(text, text, "https://a.cn/c.jpg")
    for body in (
        rss(CHANNEL, [item]),
        podcast(CHANNEL, show, [(item, sound)]),
        sitemap([Entry(f"https://a.cn/{text}", WHEN, film(3))]),
    ):
        assert ElementTree.fromstring(body) is not None


def test_the_same_lessons_give_the_same_bytes() -> None:
    item = Item("sanshi-lesson-1", "题", "https://a.cn/1", "述", WHEN)
    assert rss(CHANNEL, [item]) == rss(CHANNEL, [item])
    assert feedparser.parse(rss(CHANNEL, [])).bozo is False
