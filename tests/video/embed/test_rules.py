"""Whose pages may hold a player, how large its frame is, where a link starts."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanshi_lms.video.embed.rules import (
    MAX_POLICY,
    SiteProblem,
    Size,
    frame_size,
    framed_by,
    iframe_code,
    read_sites,
    site_source,
    start_in,
)

# What a CSP source list may hold; a blank, comma or semicolon would begin something else.
SOURCE = re.compile(r"https?://(\*\.)?[a-z0-9.-]+(:[1-9]\d{0,4})?")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("https://www.cq.gov.cn", "https://www.cq.gov.cn"),
        ("  HTTPS://WWW.Example.CN/ ", "https://www.example.cn"),
        ("www.example.cn", "https://www.example.cn"),
        ("https://*.example.cn", "https://*.example.cn"),
        ("http://10.1.2.3:8080", "http://10.1.2.3:8080"),
        ("http://localhost:5000", "http://localhost:5000"),
        ("https://example.cn:0443", "https://example.cn:443"),
        ("https://规划.中国", "https://xn--wbrs17k.xn--fiqs8s"),
    ],
)
def test_a_site_is_understood(typed: str, meant: str) -> None:
    assert site_source(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "https://www.example.cn/video", "ftp://example.cn", "https://*", "*", "https://*.cn",
        "https://a.*.cn", "https://*example.cn", "https://exa mple.cn", "https://a.cn; script *",
        "https://a.cn,https://b.cn", "https://a.cn' *", "https://", "https://a..cn", "https://-a.cn",
        "https://a.cn:0", "https://a.cn:99999", "https://a.cn:x", "https://a.cn:", "javascript:x",
        "https://u@a.cn", "https://a.cn?x", "https://a.cn#x", "https://[::1]", "https://1.2.3",
        "https://*.1.2.3.4", "https://1.2.3.999", "data:text/html,x", "null", "https://a.cn\nb",
        "https://" + "a" * 70 + ".cn", "https://" + "a.-b" * 99, "https://a.cn:" + "9" * 5000,
    ],
)  # fmt: skip
def test_what_is_no_site_is_refused_in_chinese(typed: str) -> None:
    if typed == "null":
        assert site_source(typed) == "https://null"  # a host of that name, never the origin "null"
        return
    with pytest.raises(SiteProblem, match=r"[\u4e00-\u9fff]"):
        site_source(typed)


@settings(max_examples=40)
@given(st.text(max_size=60))
def test_nothing_typed_breaks_out_of_the_policy(text: str) -> None:
    try:
        sources = read_sites(text)
    except SiteProblem:
        return
    assert all(SOURCE.fullmatch(source) for source in sources)


def test_a_list_names_the_wrong_line_and_has_an_end() -> None:
    assert read_sites("\n b.cn\n\na.cn \nhttps://a.cn") == ["https://a.cn", "https://b.cn"]
    with pytest.raises(SiteProblem, match="第 3 行“ftp://x”"):
        read_sites("a.cn\n\nftp://x")
    with pytest.raises(SiteProblem, match="太长"):
        read_sites("\n".join(f"{n}.cn" for n in range(61)))
    with pytest.raises(SiteProblem, match="太长"):
        read_sites(
            "\n".join(f"{'a' * 60}.{'b' * 60}.{n}x.cn" for n in range(MAX_POLICY // 128 + 1))
        )


def test_who_may_frame() -> None:
    assert framed_by([]) == "'self'"
    assert framed_by(["https://a.cn"]) == "'self' https://a.cn"
    assert framed_by(["*", "https://a.cn"]) == "*"


@settings(max_examples=40)
@given(st.integers(0, 4000), st.integers(0, 4000), st.integers(0, 3000), st.integers(0, 3000))
def test_a_frame_never_exceeds_its_room(
    width: int, height: int, most_width: int, most_height: int
) -> None:
    size = frame_size(width, height, most_width, most_height)
    assert 0 < size.width <= (most_width or 640)
    assert 0 < size.height <= (most_height or 720)


def test_frames_of_usual_pictures() -> None:
    assert frame_size(1920, 1080) == Size(640, 504)
    assert frame_size(1920, 1080, 400, 0) == Size(400, 369)
    assert frame_size(1080, 1920) == Size(324, 720)
    assert frame_size(0, 0) == Size(640, 272)
    assert frame_size(1920, 1080, -5, -5) == Size(640, 504)


@pytest.mark.parametrize(
    ("url", "start"),
    [
        ("http://a/?t=75", "75"), ("http://a/#t=1:15", "1:15"), ("http://a/?t=3#t=4", "4"),
        ("http://a/", ""), ("http://a/?t=-1", ""), ("http://a/?t=1%22onload", ""),
        ("http://a/?t=٣", ""), ("http://a/?t=" + "9" * 99, ""), ("http://a/?t=x&t=9", "9"),
    ],
)  # fmt: skip
def test_where_a_link_starts(url: str, start: str) -> None:
    assert start_in(url) == start


def test_the_code_cannot_be_broken_out_of() -> None:
    code = iframe_code('https://a/?a=1&b="', '"><script>alert(1)</script>', Size(640, 504))
    assert "<script>" not in code
    assert code.count('"') % 2 == 0
    assert 'src="https://a/?a=1&amp;b=&quot;"' in code
