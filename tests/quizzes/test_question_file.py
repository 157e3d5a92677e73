"""Question files: what an author writes, and what they are told when it is wrong."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.courses import Faults
from sanshi_lms.quizzes.question_file import PaperDraft, read_questions

GOOD = """\
pass_percent: 80
attempts: 3
questions:
  - id: q1
    kind: single
    stem: 谁来表决？
    options:
      - text: 业主
        correct: true
      - text: 1.0
    explanation: 业主说了算。
    lesson: 01-kan
  - id: q2
    kind: true_false
    stem: 一楼不用问。
    answer: false
  - id: q3
    kind: multiple
    stem: 要看哪些？
    options: [{text: 面积, correct: true}, {text: 人数, correct: true}, {text: 楼层}]
"""
STEMS = frozenset({"01-kan", "02-ce"})


def read(text: str) -> tuple[PaperDraft | None, list[str]]:
    faults = Faults("a.questions.yaml")
    paper = read_questions(text, faults, STEMS)
    return paper, [str(fault) for fault in sorted(faults.found)]


def test_a_good_file_is_read() -> None:
    paper, faults = read(GOOD)
    assert faults == []
    assert paper is not None
    assert (paper.pass_percent, paper.attempts, paper.shuffle) == (80, 3, True)
    first, second, third = paper.items
    assert [(o.text, o.correct) for o in first.options] == [("业主", True), ("1.0", False)]
    assert (first.review_slug, first.explanation_md) == ("kan", "业主说了算。")
    assert [(o.text, o.correct) for o in second.options] == [("正确", False), ("错误", True)]
    assert [o.correct for o in third.options] == [True, True, False]


def test_the_rule_has_usual_values() -> None:
    paper, _ = read("questions:\n" + GOOD.split("questions:\n")[1])
    assert paper is not None
    assert (paper.pass_percent, paper.attempts) == (60, 0)


@pytest.mark.parametrize(
    ("was", "now", "line", "words"),
    [
        ("pass_percent: 80", "pass_percent: 120", 1, "1 到 100"),
        ("attempts: 3", "attempts: 很多", 2, "数字"),
        ("attempts: 3", "attemps: 3", 2, "不认识“attemps”"),
        ("kind: single", "kind: essay", 5, "single、multiple、true_false"),
        ("        correct: true\n", "", 7, "还没有指明正确答案"),
        ("      - text: 1.0", "      - text: 1.0\n        correct: true", 7, "只能有一个正确"),
        ("    answer: false\n", "", 13, "answer: true 或"),
        ("answer: false", "answer: maybe", 16, "true、false"),
        ("answer: false", "answer: false\n    options: []", 17, "判断题不写 options"),
        ("stem: 谁来表决？", "stem:", 6, "不能空着"),
        ("    stem: 谁来表决？\n", "", 4, "缺少“stem”"),
        ("id: q2", "id: q1", 13, "与第 4 行的重复"),
        ("id: q2", "id: 第二题", 13, "小写字母"),
        ("lesson: 01-kan", "lesson: 09-kan", 12, "01-kan、02-ce"),
        ("- text: 业主", "- text: 1.0", 7, "文字相同"),
        ("kind: single", "kind：single", 5, "全角"),
        ("{text: 楼层}", "{text: 楼层, corect: true}", 20, "不认识“corect”"),
    ],
)
def test_each_fault_is_told_with_its_line_and_mend(
    was: str, now: str, line: int, words: str
) -> None:
    assert was in GOOD
    paper, faults = read(GOOD.replace(was, now, 1))
    assert paper is None
    assert any(f.startswith(f"a.questions.yaml:{line}: ") and words in f for f in faults), faults


def test_all_faults_are_told_at_once() -> None:
    wrong = GOOD.replace("pass_percent: 80", "pass_percent: 0").replace(
        "answer: false", "answer: x"
    )
    assert len(read(wrong)[1]) == 2


@pytest.mark.parametrize(
    "text", ["", "[]", "questions:", "questions: []", "questions: {a: 1}", "x"]
)
def test_a_file_without_questions_is_told(text: str) -> None:
    paper, faults = read(text)
    assert paper is None
    assert faults


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_error(text: str) -> None:
    paper, faults = read(text)
    assert (paper is None) == bool(faults)


@given(st.integers(0, len(GOOD)), st.integers(0, len(GOOD)))
def test_any_cut_of_a_good_file_is_read_without_an_error(start: int, end: int) -> None:
    paper, faults = read(GOOD[:start] + GOOD[end:])
    assert (paper is None) == bool(faults)


@pytest.mark.parametrize(
    "file",
    sorted((Path(__file__).parents[2] / "content").rglob("*.questions.yaml")),
    ids=lambda f: f.name,
)
def test_our_own_question_files_are_sound(file: Path) -> None:
    faults = Faults(file.name)
    stems = {lesson.stem for lesson in file.parent.glob("[0-9]*.md")}
    paper = read_questions(file.read_text(encoding="utf-8"), faults, stems)
    assert faults.found == []
    assert paper is not None
    assert all(item.explanation_md for item in paper.items)
