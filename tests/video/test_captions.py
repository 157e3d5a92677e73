"""Caption files as they come from people: SRT, VTT, odd encodings, mistakes with their line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.video.captions import CaptionError, CueText, read_captions, to_vtt

SRT = """1
00:00:01,000 --> 00:00:04,500
各位街坊，<i>大家好</i>。

2
00:01:05,250 --> 00:01:09,000
{\\an8}先问意愿，
再谈方案。
"""
VTT = """WEBVTT
Kind: captions

NOTE 讲稿第二版

intro
00:01.000 --> 00:04.500 align:start
各位街坊，大家好。

01:05.250 --> 01:09.000
先问意愿，
再谈方案。
"""
CUES = [CueText(1.0, 4.5, "各位街坊，大家好。"), CueText(65.25, 69.0, "先问意愿，\n再谈方案。")]


@pytest.mark.parametrize("text", [SRT, VTT, SRT.replace("\n", "\r\n"), "\ufeff" + SRT])
def test_reads_both_formats(text: str) -> None:
    assert read_captions(text.encode()) == CUES


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_reads_what_editors_here_write(encoding: str) -> None:
    assert read_captions(SRT.encode(encoding)) == CUES


def test_a_missing_blank_line_does_not_swallow_the_next_cue() -> None:
    text = "1\n00:00:01,0 --> 00:00:02,0\n一\n2\n00:00:03,0 --> 00:00:04,0\n二\n"
    assert [cue.text for cue in read_captions(text.encode())] == ["一", "二"]


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "没有找到字幕"),
        ("只是文字".encode(), "没有找到字幕"),
        (b"\x89PNG\0\0\xff\xfe\xfa", "文字文件"),
        (b"1\n00:00:09,000 --> 00:00:04,000\nx\n", "第 2 行"),
        (b"1\n00:00 --> later\nx\n", "第 2 行"),
        (b"x" * (4 * 1024 * 1024 + 1), "太大"),
    ],
)
def test_mistakes_are_said_with_their_line(data: bytes, word: str) -> None:
    with pytest.raises(CaptionError, match=word):
        read_captions(data)


def test_nothing_in_a_caption_becomes_markup() -> None:
    nasty = CueText(0.0, 1.0, "<script>alert(1)</script> --> & \n\nNOTE x")
    text = to_vtt([nasty])
    assert "<script" not in text
    assert text.count("-->") == 1
    assert read_captions(text.encode())[0].text.startswith("<script>alert(1)</script> -->")


words = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=40).filter(
    lambda text: "-->" not in text and text.strip() == text
)
times = st.tuples(st.integers(0, 10**7), st.integers(1, 10**5))


@given(st.lists(st.tuples(times, words), min_size=1, max_size=20))
def test_what_is_written_is_read_again(parts: list[tuple[tuple[int, int], str]]) -> None:
    cues = [CueText(a / 1000, (a + b) / 1000, text) for (a, b), text in parts]
    cues = [cue for cue in cues if read_captions(to_vtt([cue]).encode())[0].text == cue.text]
    if cues:
        found = read_captions(to_vtt(cues).encode())
        assert sorted(c.text for c in found) == sorted(c.text for c in cues)
        for cue, again in zip(sorted(cues, key=lambda c: (c.start, c.end)), found, strict=True):
            assert (again.start, again.end) == pytest.approx((cue.start, cue.end), abs=0.0011)
