"""Caption files as they come from people: SRT, VTT, odd encodings, mistakes with their line."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pysubs2 import SSAFile

from sanshi_lms.video.captions import CaptionError, CueText, read_captions, to_srt, to_vtt
from sanshi_lms.video.captions.rules import clean, cue_problem, in_order

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


def read(text: str) -> list[tuple[float, float, str]]:
    return [(cue.start, cue.end, cue.text) for cue in read_captions(text.encode())]


ASS = """[Script Info]
; 由字幕软件生成 --> 不是时间
[V4+ Styles]
Format: Name, Fontname
Style: Default,黑体
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Comment: 0,0:00:00.00,0:00:09.00,Default,,0,0,0,,不显示
Dialogue: 1,0:01:05.25,0:01:09.00,Default,,0,0,0,,先问意愿，\\N再谈方案。
Dialogue: 0,0:00:01.00,0:00:04.50,Default,,0,0,0,,{\\i1\\pos(1,2)}各位街坊，{\\i0}大家好。
Dialogue: 1,0:00:01.00,0:00:04.50,Default,,0,0,0,,各位街坊，大家好。
Dialogue: 0,0:00:02.00,0:00:03.00,Default,,0,0,0,,{\\p1}m 0 0 l 100 0{\\p0}
Dialogue: 0,0:00:03.00,0:00:03.00,Default,,0,0,0,,特效
"""


@pytest.mark.parametrize("text", [ASS, ASS.replace("\n", "\r\n")])
def test_reads_ass_without_styles_drawings_and_shadows(text: str) -> None:
    assert read_captions(text.encode("utf-16")) == CUES


def test_the_columns_of_an_ass_file_are_those_that_it_names() -> None:
    text = "[Events]\nFormat: Start, End, Text\nDialogue: 0:00:01.0,0:00:02.0,一, 二"
    assert read(text) == [(1, 2, "一, 二")]


@pytest.mark.parametrize(
    ("text", "cues"),
    [
        ("00:12 一\n00:14 二", [(12, 14, "一"), (14, 18, "二")]),
        ("[00:12.5]一\n[00:30.25]二", [(12.5, 16.5, "一"), (30.25, 34.25, "二")]),
        ("[ti:歌]\n[00:20.00][00:10.00]副歌", [(10, 14, "副歌"), (20, 24, "副歌")]),
        ("[offset:+500]\n[00:12.50]一", [(12, 16, "一")]),
        ("0:12\n一\n二\n0:15\n三", [(12, 15, "一\n二"), (15, 19, "三")]),
        ("00:12-00:20 一", [(12, 20, "一")]),
        ("１：００：１２　一", [(3612, 3616, "一")]),
        ("00:12 甲→乙", [(12, 16, "甲→乙")]),
        ("（00:12）一：说明", [(12, 16, "一：说明")]),
        ("00:12 " + "长" * 30, [(12, 24, "长" * 30)]),
    ],
)
def test_reads_plain_timed_text(text: str, cues: list[tuple[float, float, str]]) -> None:
    assert read(text) == cues


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_reads_utf_16_without_its_mark(encoding: str) -> None:
    assert read_captions(SRT.encode(encoding)) == CUES


@pytest.mark.parametrize(
    "line",
    [
        "0:0:1,5 --> 0:0:2,25",
        "00：00：01，500 --> 00：00：02，250",
        "00:00:01:500-->00:00:02:250",
        "00:01.5 -> 00:02.25 position:10%",
        "00:00:01.500000 → 00:00:02.250000",
    ],
)
def test_reads_times_as_other_tools_write_them(line: str) -> None:
    assert read(f"1\n{line}\n甲<b>乙\n\n2\n00:00:03,0 --> 00:00:04,0\n箭头 -> 也是字\n") == [
        (1.5, 2.25, "甲乙"),
        (3, 4, "箭头 -> 也是字"),
    ]


LARGE = 100_000
HOUR = "00:00:01,0 --> 00:00:02,0\n"


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("-00:00:02,0 --> 00:00:01,0\nx", 1, "往后移"),
        ("99:00:00,0 --> 99:00:01,0\nx", 1, "24 小时"),
        (HOUR + "x" * 501, 1, "分成几句"),
        ("[Events]\nDialogue: 0,0:00:0x.00,0:00:02.00,D,,0,0,0,,x", 2, "时间看不懂"),
        ("[Events]\nDialogue: 0,0:00:01.00", 2, "应有 10 栏"),
        ("[Events]\nDialogue: 0,0:00:03.00,0:00:02.00,D,,0,0,0,,x", 2, "晚于"),
        ("标题\n00:12 一", 1, "开头没有时间"),
        ("00:12 一\n00:10 二", 2, "先后"),
    ],
)
def test_each_format_names_the_line_and_the_mend(text: str, line: int, word: str) -> None:
    with pytest.raises(CaptionError, match=f"第 {line} 行：.*{word}"):
        read_captions(text.encode())


def test_of_many_mistakes_the_first_are_told_and_the_rest_counted() -> None:
    with pytest.raises(CaptionError, match=r"第 1 行.*第 3 行.*第 5 行.*还有 2 处"):
        read_captions(b"00:00:02,0 --> 00:00:01,0\nx\n" * 5)


def test_signs_that_nobody_sees_are_left_out() -> None:
    assert read(HOUR + "a\u202e\u0007b\x85 c \n\u200f\n") == [(1, 2, "ab\nc")]


@pytest.mark.parametrize(
    "hostile",
    [
        "\n",
        "\t",
        "<a",
        "{\\",
        "{\\p1}",
        "[",
        "-",
        "00:00",
        "[00:00]",
        "&lt;",
        "-->",
        "→",
        "：",
        " 0:0",
    ],
)
def test_hostile_files_end_soon(hostile: str) -> None:
    data = (hostile * (LARGE // len(hostile.encode()))).encode()
    for head in (b"", b"[Events]\n", b"00:00:01,0 --> 00:00:02,0\n"):
        with contextlib.suppress(CaptionError):
            read_captions(head + data)


@settings(max_examples=50)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(max_size=200).map(str.encode),
        st.lists(
            st.sampled_from(
                [
                    "00:00:01,000 --> 00:00:02,000",
                    "WEBVTT",
                    "NOTE",
                    "1",
                    "",
                    "[Events]",
                    "00:12 字",
                    "Dialogue: 0,0:00:01.00,0:00:04.00,D,,0,0,0,,{\\i1}字",
                    "[00:01.5][00:02]",
                    "字",
                    "-->",
                    "[offset:-9]",
                    "Format: Start, Text",
                    "{\\p1",
                    "<v 张三>&#x110000;&nbsp;",
                ]
            )
        ).map(lambda lines: "\n".join(lines).encode("gb18030")),
    )
)
def test_any_file_gives_cues_or_a_sentence(data: bytes) -> None:
    try:
        cues = read_captions(data)
    except CaptionError as error:
        sentence = str(error)
    else:
        sentence = "读出来了。"
        check(cues)
    assert sentence.endswith("。")


def check(cues: list[CueText]) -> None:
    assert cues == in_order(cues)
    assert all(cue_problem(cue.start, cue.end, cue.text) is None for cue in cues)
    assert all(cue.text == clean(cue.text) != "" for cue in cues)
    assert read_captions(to_vtt(cues).encode()) == cues


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40).map(clean)
times = st.tuples(st.integers(0, 10**7), st.integers(1, 10**5))
cue_lists = st.lists(st.tuples(times, texts), min_size=1, max_size=20).map(
    lambda parts: in_order([CueText(a / 1000, (a + b) / 1000, t) for (a, b), t in parts if t])
)


@settings(max_examples=25)
@given(cue_lists)
def test_what_is_written_is_read_again(cues: list[CueText]) -> None:
    if cues:
        assert read_captions(to_vtt(cues).encode()) == cues


plain_words = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=40)


@settings(max_examples=20)
@given(st.lists(st.tuples(times, plain_words), min_size=1, max_size=10))
def test_another_program_reads_and_writes_the_same(
    parts: list[tuple[tuple[int, int], str]],
) -> None:
    cues = in_order([CueText(a / 1000, (a + b) / 1000, text) for (a, b), text in parts])
    expected = [(round(cue.start * 1000), round(cue.end * 1000), cue.text) for cue in cues]
    assert read_captions(to_srt(cues).encode()) == cues
    for written, kind in ((to_srt(cues), "srt"), (to_vtt(cues), "vtt")):
        peer = SSAFile.from_string(written, kind)
        assert [(line.start, line.end, line.plaintext) for line in peer] == expected
    for line in (peer := SSAFile.from_string(to_srt(cues), "srt")):
        line.start, line.end = line.start // 10 * 10, line.end // 10 * 10 + 10  # ASS has hundredths
    ours = read_captions(peer.to_string("ass").encode())
    assert {cue.text for cue in ours} == {cue.text for cue in cues}
