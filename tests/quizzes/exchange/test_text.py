"""Pasted texts in the shapes that units really use, each with what must be read from it.

A line of `*.expected` is kind|stem|key; "!" in front says that the question cannot be kept.
"""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.quizzes.content_rules import content_problem
from sanshi_lms.quizzes.exchange.reading import MOST_FAULTS, Found
from sanshi_lms.quizzes.exchange.routes import key_words
from sanshi_lms.quizzes.exchange.text import MOST_CHARACTERS, read_text

CORPUS = Path(__file__).parent / "corpus"
TEXTS = sorted(CORPUS.glob("*.txt"))


def told(one: Found) -> str:
    stem = one.content.stem_md.replace("\n", "\\n")
    return f"{'!' if one.problem_zh else ''}{one.content.kind}|{stem}|{key_words(one.content)}"


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_what_is_read(path: Path) -> None:
    reading = read_text(path.read_text("utf-8"))
    assert [told(one) for one in reading.found] == path.with_suffix(".expected").read_text(
        "utf-8"
    ).splitlines()
    assert reading.faults == []


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_a_word_processor_changes_nothing(path: Path) -> None:
    """Full-width letters, Windows line ends and empty lines between all lines read the same."""
    text = path.read_text("utf-8")
    before = [told(one) for one in read_text(text).found]
    assert [told(one) for one in read_text(text.replace("\n", "\r\n")).found] == before
    assert [
        told(one) for one in read_text("\ufeff" + text.replace("\n", "\n\u200b\n")).found
    ] == before


def test_what_stands_around_a_question_is_kept() -> None:
    text = (CORPUS / "points-and-topic.txt").read_text("utf-8")
    content = next(iter(read_text(text)))
    assert (content.points, content.topic, content.difficulty) == (2, "城市更新", 3)
    long = next(iter(read_text((CORPUS / "long-explanation.txt").read_text("utf-8"))))
    assert "3. 结果要公示。" in long.explanation_md
    titled = read_text((CORPUS / "title-before.txt").read_text("utf-8"))
    assert "培训测试题" in titled.left_out[0].words_zh
    rubric = next(iter(read_text((CORPUS / "short.txt").read_text("utf-8")))).rubric
    assert [one.points for one in rubric] == [3, 2]
    case = next(iter(read_text((CORPUS / "case.txt").read_text("utf-8"))))
    assert [part.kind for part in case.parts] == ["single", "single"]


def test_a_problem_says_where_and_how_to_mend_it() -> None:
    found = read_text((CORPUS / "answer-beyond.txt").read_text("utf-8")).found[0]
    assert found.place_zh == "第 1 题（第 1 行）"
    assert found.problem_zh == "答案里的 C 没有对应的选项，请检查选项或答案。"
    assert "答案：A" in str(
        read_text((CORPUS / "no-answer.txt").read_text("utf-8")).found[0].problem_zh
    )


PIECES = st.sampled_from(
    ["1. ", "（2）", "A. ", "Ｂ、", "答案：", "【解析】", "一、单选题", "参考答案", "1-5 ABCDA",
     "√", "（A）", "____", "每题2分",
     "答：", "①", "\n", " ", "谁来表决", "\x00", "\u2028", "第3题：", "a) "]
)  # fmt: skip


@given(st.lists(PIECES | st.text(max_size=8), max_size=60).map("".join))
def test_no_text_breaks_the_reader(text: str) -> None:
    reading = read_text(text)
    assert len(reading.faults) <= MOST_FAULTS
    for one in reading.good:
        assert content_problem(one.content) is None


@pytest.mark.parametrize(
    "text",
    [
        "1." * 100_000, "（" * 200_000, "A." * 100_000, "_" * 300_000, "1. a\n" * 60_000,
        "答案：" * 60_000, "1-9999 A\n" * 20_000, "一、单选题\n" * 50_000, "1. " + "B、" * 4_000,
    ],
    ids=lambda text: text[:6],
)  # fmt: skip
def test_a_hostile_text_costs_seconds_of_the_processor_at_most(text: str) -> None:
    begin = time.process_time()
    read_text(text)
    assert time.process_time() - begin < 20, "no pattern runs away on it"


def test_too_much_is_refused_in_words() -> None:
    assert "请分几次粘贴" in read_text("字" * (MOST_CHARACTERS + 1)).faults[0].words_zh
    many = "".join(f"{n}. 甲？\nA. 一\nB. 二\n答案：A\n" for n in range(1, 2100))
    assert "请分几次粘贴" in read_text(many).faults[0].words_zh
    assert "没有找到题目" in read_text("今天天气很好").faults[0].words_zh
