"""Rules of clips: lengths and bits, times, titles, topics, and where everything stands."""

import math
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sanshi_lms.video.captions import CueText
from sanshi_lms.video.clips import rules
from sanshi_lms.video.clips.layout import (
    LINE_STEP,
    PORTRAIT_MIDDLE,
    Box,
    Layout,
    Zone,
    cover,
    frame,
    frame_side,
)
from sanshi_lms.video.clips.rules import PURPOSES, SHAPES, Facts, breach
from sanshi_lms.video.clips.words import lines_of, screens, words_file

SHORT, WHOLE = PURPOSES["short"], PURPOSES["whole"]
sizes = st.tuples(st.integers(16, 3840), st.integers(16, 3840)).filter(
    lambda size: Fraction(1, 4) <= Fraction(*size) <= 4
)
pictures = st.none() | sizes
shapes = st.sampled_from(sorted(SHAPES))
sides = st.sampled_from([720, 1080])


@given(st.floats(SHORT.least_seconds, rules.longest(SHORT)))
@example(float(rules.longest(SHORT)))
def test_bits_follow_from_the_length_and_never_pass_the_limit(seconds: float) -> None:
    rate = rules.picture_rate(SHORT, seconds)
    assert SHORT.least_rate <= rate <= SHORT.most_rate
    assert SHORT.most_bytes is not None
    assert rules.most_bytes(SHORT, seconds) <= SHORT.most_bytes
    assert rules.picture_rate(SHORT, seconds + 1) <= rate
    if rate < SHORT.most_rate:
        assert rules.most_bytes(SHORT, seconds) > SHORT.most_bytes * 0.95, "the room is used"


def test_the_longest_is_the_last_that_can_be_read() -> None:
    longest = rules.longest(SHORT)
    assert 200 < longest < 300
    assert rules.picture_rate(SHORT, longest) >= SHORT.least_rate
    assert rules.picture_rate(SHORT, longest + 1) < SHORT.least_rate
    assert rules.longest(WHOLE) == 3600


@given(st.floats(-10, 8000), st.floats(-10, 8000), st.sampled_from(sorted(PURPOSES)))
def test_a_stretch_is_refused_exactly_when_it_cannot_be(start: float, end: float, key: str) -> None:
    total = 7200.0
    problem = rules.stretch_problem(start, end, key, total)
    fits = PURPOSES[key].least_seconds <= end - start <= rules.longest(PURPOSES[key])
    good = 0 <= start < total and end <= total + rules.LENGTH_OFF and fits
    assert (problem is None) == good


def test_a_stretch_too_long_is_told_how_long_it_may_be() -> None:
    told = rules.stretch_problem(0.0, 600.0, "short", 900.0)
    assert told is not None
    assert rules.length_zh(rules.longest(SHORT)) in told
    assert "整段" in told
    told = rules.stretch_problem(0.0, 4000.0, "whole", 5000.0)
    assert told is not None
    assert "60 分钟" in told
    assert "1:02:03" in str(rules.stretch_problem(0, 4000, "whole", 3723.0))
    assert rules.stretch_problem(math.nan, 3.0, "whole", 9.0)
    assert rules.stretch_problem(0.0, math.inf, "whole", 9.0)


@given(st.integers(0, 863_999))
def test_a_time_that_is_shown_can_be_typed(tenths: int) -> None:
    assert rules.read_time(rules.clock(tenths / 10)) == pytest.approx(tenths / 10)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("75", 75), ("01:15", 75), ("1:02:03.5", 3723.5), ("１：１５", 75), (" 0:09 ", 9),
        ("90:00", 5400), ("", None), ("1:75", None), ("1:60:00", None), ("-3", None),
        ("nan", None), ("1e3", None), ("٣", None), ("1:2:3:4", None), ("9" * 50, None),
    ],
)  # fmt: skip
def test_times_as_people_type_them(text: str, seconds: float | None) -> None:
    assert rules.read_time(text) == seconds


@given(st.text())
def test_no_text_of_a_time_breaks(text: str) -> None:
    found = rules.read_time(text)
    assert found is None or 0 <= found < 400_000


def test_what_nobody_sees_is_no_sign_of_a_title() -> None:
    assert rules.visible("先问 意愿") == 4
    assert rules.visible("e\u0301") == 1
    assert rules.plain(" 先\u200b问\n意愿\x00 ") == "先问 意愿"
    assert rules.title_problem("字" * 16) is None
    assert "17" in str(rules.title_problem("字" * 17))
    assert rules.title_problem(rules.plain("\u200b \n")) == "请写标题。"


@given(st.text())
def test_a_title_is_cut_to_one_that_fits(text: str) -> None:
    cut = rules.fitting(text)
    assert rules.visible(cut) <= rules.TITLE_SIGNS
    assert rules.plain(text).startswith(cut)
    name = rules.file_name(text, "portrait", ".mp4")
    assert not set('\\/:*?"<>|') & set(name)
    assert name.endswith("（竖屏）.mp4")


def test_topics_as_people_write_them() -> None:
    assert rules.topics_of("#三师进社区 ＃城市更新，完整社区#三师进社区") == [
        "三师进社区", "城市更新", "完整社区",
    ]  # fmt: skip
    line = rules.suggested_topics(["城市更新", "老旧小区：加装电梯", "字" * 30, ""])
    assert line == "#三师进社区 #城市更新 #老旧小区加装电梯"
    assert rules.topics_problem(["字" * 21])
    assert rules.topics_problem([str(n) for n in range(9)])
    assert rules.topics_problem(rules.topics_of(line)) is None


@given(st.text(max_size=300))
def test_a_line_of_topics_reads_as_the_topics_it_was_made_of(text: str) -> None:
    found = rules.topics_of(text)
    assert rules.topics_of(rules.topics_line(found)) == found


def test_words_to_paste_come_with_their_marks() -> None:
    assert rules.pasted_text("先问意愿", "#城市更新") == "\ufeff先问意愿\r\n#城市更新\r\n"
    assert rules.pasted_text("先问意愿", "") == "\ufeff先问意愿\r\n"


GOOD = Facts("h264", 100, "yuv420p", 720, 1280, "aac", 10.0, 900_000, begins_with_index=True)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"codec": "hevc"}, "格式"), ({"profile": 66}, "格式"),
        ({"pixel_format": "yuv444p"}, "格式"),
        ({"sound": ""}, "没有声音"), ({"begins_with_index": False}, "格式"),
        ({"width": 722}, "722×1280"), ({"seconds": 9.5}, "长度"), ({"size": 10_000_001}, "超过了"),
    ],
)  # fmt: skip
def test_each_breach_has_its_sentence(changed: dict[str, object], told: str) -> None:
    assert breach(GOOD, SHORT, 10.0, (720, 1280)) is None
    found = breach(Facts(**{**GOOD.__dict__, **changed}), SHORT, 10.0, (720, 1280))
    assert told in str(found)


def inside(box: Box, outer: Box) -> bool:
    across = outer.x <= box.x < box.right <= outer.right
    return across and outer.y <= box.y < box.bottom <= outer.bottom


def zones(layout: Layout) -> list[Zone]:
    return [layout.words, *([layout.title] if layout.title else [])]


def check(layout: Layout, picture: tuple[int, int] | None) -> None:
    whole = Box(0, 0, layout.width, layout.height)
    assert layout.width % 2 == layout.height % 2 == 0
    assert inside(layout.safe, whole)
    for zone in zones(layout):
        assert inside(zone.box, layout.safe)
        assert zone.rows * zone.size * LINE_STEP <= zone.box.height + 1
        assert zone.signs * zone.size <= zone.box.width
    if layout.title is not None:
        apart = layout.title.box.bottom <= layout.words.box.y
        assert apart, "title and captions never meet"
    box = layout.picture
    assert (box is None) == (picture is None)
    if box is not None and picture is not None:
        assert inside(box, whole)
        assert not {box.x % 2, box.y % 2, box.width % 2, box.height % 2} - {0}
        wide, high = (Fraction(now, was) for now, was in zip((box.width, box.height), picture,
                                                             strict=True))  # fmt: skip
        assert abs(wide - high) <= 3 * max(Fraction(1, side) for side in picture), "no distortion"


@given(shapes, sides, pictures)
def test_everything_stands_within_its_margins(
    shape: str, side: int, picture: tuple[int, int] | None
) -> None:
    layout = frame(shape, side, picture)
    assert min(layout.width, layout.height) == side
    assert Fraction(*sorted((layout.width, layout.height))) == Fraction(9, 16)
    check(layout, picture)
    assert all(zone.rows >= 2 for zone in zones(layout))
    if shape == "portrait":
        middle = PORTRAIT_MIDDLE * side / 1080
        assert layout.safe.height < middle
        assert layout.safe.y + layout.safe.bottom == layout.height, "in the middle"
        if picture and Fraction(*picture) >= Fraction(9, 10) and layout.picture and layout.title:
            assert layout.title.box.bottom <= layout.picture.y
            assert layout.picture.bottom <= layout.words.box.y


@given(shapes, pictures)
def test_a_cover_has_room_for_the_longest_title(
    shape: str, picture: tuple[int, int] | None
) -> None:
    layout = cover(shape, picture)
    check(layout, picture)
    assert layout.title is not None
    assert len(lines_of("字" * rules.TITLE_SIGNS, layout.title)) <= layout.title.rows


@given(shapes, st.integers(720, 1080), pictures)
def test_a_lying_clip_is_no_larger_than_it_has_to_be(
    shape: str, most: int, picture: tuple[int, int] | None
) -> None:
    side = frame_side(shape, most, picture)
    assert 720 <= side <= most
    if shape == "landscape" and picture and 720 <= min(picture) <= most:
        assert 0 <= min(picture) - side <= 1


cues = st.lists(
    st.builds(
        lambda start, length, text: CueText(start, start + length, text),
        st.floats(0, 60).map(lambda t: round(t, 3)),
        st.floats(0.1, 20).map(lambda t: round(t, 3)),
        st.text(st.sampled_from("先问意愿再谈方案，。 abc{\\\n"), min_size=1, max_size=120),
    ),
    max_size=8,
)


@given(cues, st.floats(0, 40), st.floats(2, 30), shapes)
def test_captions_stay_in_the_stretch_and_in_their_lines(
    given_cues: list[CueText], start: float, length: float, shape: str
) -> None:
    zone = frame(shape, 720, (1280, 720)).words
    shown = screens(given_cues, start, start + length, zone)
    for screen in shown:
        assert -1e-6 <= screen.start <= screen.end <= length + 1e-6
        assert 1 <= len(screen.lines) <= zone.rows
        for line in screen.lines:
            assert sum(0.5 if c.isascii() else 1.0 for c in line) <= zone.signs
    for before, after in pairwise(shown):
        assert before.end <= after.start + 1e-6, "never two upon each other"


def test_nothing_of_a_caption_is_lost_and_none_from_outside_comes_in() -> None:
    zone = frame("portrait", 720, (1280, 720)).words
    long = "一户一户地谈，谈拢了再动工。" * 8
    given_cues = [CueText(0, 2, "早"), CueText(2, 12, long), CueText(12, 14, "晚")]
    shown = screens(given_cues, 2.0, 12.0, zone)
    assert "".join(line for screen in shown for line in screen.lines) == long
    assert shown[0].start == 0
    assert shown[-1].end == pytest.approx(10)
    assert len(shown) > 1


def test_words_are_never_commands() -> None:
    layout = frame("portrait", 720, (1280, 720))
    shown = screens([CueText(0, 3, r"{\p1}m 0 0 \N\h{\pos(0,0)}")], 0, 3, layout.words)
    text = words_file(layout, "Noto Sans SC", 3.0, r"{\fs300}\N大", shown)
    for line in text.splitlines():
        if line.startswith("Dialogue:"):
            assert line.count("{") == line.count("}") == 1, "our own place and nothing else"
            assert "｛" in line
