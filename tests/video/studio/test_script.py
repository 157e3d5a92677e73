"""What a lecture script may look like, and what its author is told when it may not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.video.studio.script import (
    MAX_POINTS,
    ScriptError,
    check_script,
    join_lines,
    parse_script,
    plain,
    split_sentences,
)

HEAD = "---\ntitle: 加装电梯\nlecturer: 王工\n---\n"


def only_error(text: str) -> ScriptError:
    errors = check_script(text)
    assert len(errors) == 1, errors
    return errors[0]


def test_headings_points_and_narration_are_told_apart() -> None:
    lecture = parse_script(
        HEAD
        + "大家好。\n\n## 先问意愿\n\n- 上门问\n- 记下来\n\n第一步是问人。问清楚了，\n再商量。\n"
    )
    assert (lecture.title, lecture.lecturer) == ("加装电梯", "王工")
    assert lecture.opening == ("大家好。",)
    (slide,) = lecture.slides
    assert slide.heading == "先问意愿"
    assert slide.points == ("上门问", "记下来")
    assert slide.sentences == ("第一步是问人。", "问清楚了，再商量。")


def test_marks_of_markdown_are_neither_shown_nor_said() -> None:
    lecture = parse_script(
        HEAD + "## **要点**\n1. 看`图纸`\n\n见[民法典](https://x.cn/a)，*很*重要。<!-- 自己看 -->\n"
    )
    assert lecture.slides[0].heading == "要点"
    assert lecture.slides[0].points == ("看图纸",)
    assert lecture.slides[0].sentences == ("见民法典，很重要。",)


def test_a_point_may_run_over_two_lines() -> None:
    lecture = parse_script(HEAD + "## 甲\n- 第一条\n  接着写\n\n说。\n")
    assert lecture.slides[0].points == ("第一条接着写",)


def test_windows_lines_and_a_byte_order_mark_are_no_matter() -> None:
    text = HEAD + "## 甲\n- 一\n\n说。\n"
    assert parse_script("\ufeff" + text.replace("\n", "\r\n")) == parse_script(text)


@pytest.mark.parametrize(
    ("body", "line", "mend"),
    [
        ("", 5, "## 标题"),
        ("## 甲\n", 5, "写一段要说的话"),
        ("## 甲\n说。\n### 乙\n", 7, "两个井号加空格"),
        ("##甲\n## 乙\n说。", 5, "两个井号加空格"),
        ("## 甲\n\n|a|b|\n\n说。", 7, "改成要点或讲解词"),
        ("## 甲\n![图](a.png)\n说。", 6, "改成要点或讲解词"),
        ("## 甲\n<div>\n说。", 6, "改成要点或讲解词"),
        ("<!-- 两\n行 -->\n## 甲\n```\n说。", 8, "改成要点或讲解词"),
        ("- 一\n## 甲\n说。", 5, "先写一行标题"),
        ("## \n说。", 5, "写上标题"),
        ("## 甲\n" + "- 一条\n" * (MAX_POINTS + 1) + "\n说。", 5, "分成两页"),
        ("## 甲\n- " + "长" * 37 + "\n\n说。", 5, "缩短到 36 字"),
        ("## 甲\n" + f"- {'长' * 34}\n" * 3 + "\n说。", 5, "分成两页"),
        ("## " + "长" * 19 + "\n说。", 5, "缩短到 18 字"),
        ("## 甲\n说。\n" * 41, 85, "分成两讲"),
        ("## 甲\n" + "说话。" * 2700, 5, "分成两讲"),
    ],
)
def test_a_fault_names_its_line_and_the_mend(body: str, line: int, mend: str) -> None:
    error = only_error(HEAD + body)
    assert error.line == line
    assert mend in error.message


@pytest.mark.parametrize(
    ("head", "line", "mend"),
    [
        ("", 1, "开头缺少文件头"),
        ("---\nlecturer: 王\n---\n", 2, "title: 讲课标题"),
        ("---\ntitle: a: b: c\n---\n", 2, "英文引号"),
        ("---\n- 甲\n---\n", 2, "名称: 内容"),
        ("---\ntitle: " + "长" * 41 + "\n---\n", 2, "40 字以内"),
    ],
)
def test_a_fault_in_the_front_matter_too(head: str, line: int, mend: str) -> None:
    error = only_error(head + "## 甲\n说。\n")
    assert error.line == line
    assert mend in error.message


def test_all_faults_are_told_at_once_in_order() -> None:
    lines = [e.line for e in check_script(HEAD + "## \n说。\n# 乙\n## 丙\n")]
    assert lines == [5, 7, 8]


def test_quotes_stay_with_their_sentence() -> None:
    assert split_sentences("他说：“行！”大家笑了……好。") == ["他说：“行！”", "大家笑了……", "好。"]


@given(st.text(alphabet="三师进社区abc12，、。！？…”（）“ 3.5%", max_size=80))
def test_sentences_keep_every_word(paragraph: str) -> None:
    def words(text: str) -> str:
        return "".join(c for c in text if c.isalnum())

    assert words("".join(split_sentences(paragraph))) == words(paragraph)


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    for candidate in (text, HEAD + text, HEAD + "## 甲\n" + text):
        errors = check_script(candidate)
        if not errors:
            assert all(slide.sentences for slide in parse_script(candidate).slides)
        assert all(1 <= e.line <= candidate.count("\n") + 2 for e in errors)


@given(st.text(alphabet="电梯ab1 ", min_size=1), st.text(alphabet="电梯ab1 ", min_size=1))
def test_joined_lines_lose_nothing(first: str, second: str) -> None:
    assert join_lines(first, second).replace(" ", "") == (first + second).replace(" ", "")


def test_an_underscore_inside_a_name_stays() -> None:
    assert plain("__重要__的 file_name_1") == "重要的 file_name_1"
