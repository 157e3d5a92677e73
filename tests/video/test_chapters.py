"""Chapters as people type them: sloppy times, mistakes with their line, any text at all."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanshi_lms.video.captions.chapters import ChapterText, clock, read_chapters, write_chapters


@pytest.mark.parametrize(
    ("line", "start", "title"),
    [
        ("00:00 开场", 0, "开场"),
        ("3:20 先问意愿", 200, "先问意愿"),
        ("03：20　先问意愿", 200, "先问意愿"),
        ("１:０２:０３ 全角数字", 3723, "全角数字"),
        ("[00:12.5] 歌词一样的写法", 12.5, "歌词一样的写法"),
        ("（00:12）括号", 12, "括号"),
        ("125:00 很长的课", 7500, "很长的课"),
        ("00:05 - 2024年的新规定", 5, "2024年的新规定"),
        ("00:05：冒号：也有", 5, "冒号：也有"),
        ("  00:05\t制表 ", 5, "制表"),
        ("00:05紧挨着写", 5, "紧挨着写"),
    ],
)
def test_reads_what_people_write(line: str, start: float, title: str) -> None:
    assert read_chapters(line) == ([ChapterText(start, title)], [])


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("开场", 1, "开头没有时间"),
        ("00:00 开场\n\n12 没有冒号", 3, "开头没有时间"),
        ("00:75 秒太多", 1, "不能超过 59"),
        ("1:75:00 分太多", 1, "不能超过 59"),
        ("00:00", 1, "没有标题"),
        ("00:00 " + "长" * 81, 1, "现在 81 个"),
        ("00:00 看不见\u0007", 1, "控制字符"),
        ("05:00 后\n04:00 前", 2, "还早"),
        ("05:00 一\n05:00 二", 2, "相同"),
        ("00:00 一\n10:00 太晚", 2, "视频的长度（10:00）"),
        ("00:00:00:00 四段", 1, "开头没有时间"),
        ("00:000 三位秒", 1, "开头没有时间"),
        ("字" * 50_000, 1, "太长"),
    ],
)
def test_mistakes_are_said_with_their_line(text: str, line: int, word: str) -> None:
    _, faults = read_chapters(text, seconds=600)
    assert [fault.line for fault in faults] == [line]
    assert word in str(faults[0])


def test_all_mistakes_are_told_at_once() -> None:
    found, faults = read_chapters("一\n00:01 好\n二\n")
    assert ([fault.line for fault in faults], len(found)) == ([1, 3], 1)


def test_too_many() -> None:
    text = "".join(f"{clock(second)} 章\n" for second in range(300))
    assert "太多" in str(read_chapters(text)[1][0])


@settings(max_examples=40)
@given(st.text(max_size=200))
def test_any_text_gives_chapters_or_sentences(text: str) -> None:
    chapters, faults = read_chapters(text)
    assert all(fault.message and fault.line >= 1 for fault in faults)
    if not faults:
        assert read_chapters(write_chapters(chapters)) == (chapters, [])
    starts = [chapter.start for chapter in chapters]
    assert starts == sorted(set(starts))


titles = st.text(st.characters(categories=["L"]), min_size=1, max_size=40)


@settings(max_examples=20)
@given(st.dictionaries(st.integers(0, 10**7), titles, max_size=20))
def test_what_is_written_is_read_again(parts: dict[int, str]) -> None:
    chapters = [ChapterText(start / 1000, parts[start]) for start in sorted(parts)]
    assert read_chapters(write_chapters(chapters)) == (chapters, [])
