"""The course packs in content/, read as text: house typography, lengths, and questions that teach.

These tests read files only. Whether the loader accepts a pack is tested in the courses room.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sanshi_lms.quizzes.content_rules import content_problem
from sanshi_lms.quizzes.key_text import FIELD_KINDS, read_key

CONTENT = Path(__file__).resolve().parents[2] / "content"
COURSES = sorted(path.parent for path in CONTENT.glob("courses/*/course.yaml"))
LESSONS = sorted(
    path
    for path in CONTENT.glob("courses/*/[0-9][0-9]-*.md")
    if not path.name.endswith(".script.md")
)
SCRIPTS = sorted(CONTENT.glob("courses/*/*.script.md"))
QUIZZES = sorted(CONTENT.glob("courses/*/*.questions.yaml"))
PAGES = sorted(CONTENT.glob("pages/*.md"))
TEXTS = sorted([*CONTENT.rglob("*.md"), *CONTENT.rglob("*.yaml")])

KINDS = {"普及宣讲", "政策解读", "理念普及", "技能培训"}
TOPICS = {
    "三师进社区",
    "城市体检",
    "城市更新",
    "完整社区",
    "15分钟生活圈",
    "现代社区",
    "儿童友好",
    "青年发展",
}
AUDIENCES = {"社区干部", "街道干部", "物业人员", "居民", "三师"}
COURSE_FIELDS = {
    "title",
    "summary",
    "description",
    "audience",
    "topic",
    "kind",
    "credit_hours",
    "status",
}

HAN = r"[\u3400-\u9fff]"
TYPOGRAPHY = {
    "half-width punctuation after a Chinese character": re.compile(rf"{HAN}[,;:?!]"),
    "half-width punctuation before a Chinese character": re.compile(rf"[,;?!]{HAN}"),
    "half-width full stop after a Chinese character": re.compile(rf"{HAN}\.(?![a-z])"),
    "half-width brackets around Chinese": re.compile(rf"{HAN}\(|(?<!\])\({HAN}|{HAN}\)"),
    "straight quotation mark in Chinese": re.compile(rf"{HAN}[\"']|[\"']{HAN}"),
    "doubled punctuation": re.compile(r"[，。；：、？！]{2,}"),
    "three dots for an ellipsis": re.compile(rf"{HAN}\.\.\.|。。"),
    "a space between Chinese characters": re.compile(rf"{HAN} +{HAN}"),
    "a figure against a Chinese character (the interface sets a space)": re.compile(
        rf"{HAN}\d|\d{HAN}"
    ),
    "a space next to Chinese punctuation": re.compile(
        r"[，。；：、？！] +(?=\S)(?!\|)|(?<=\S) +[，。；：、？！]"
    ),
}


def front_matter(path: Path) -> tuple[dict[str, Any], str]:
    """Split a Markdown file into its YAML front matter and its body."""
    _, head, body = path.read_text("utf-8").split("---\n", 2)
    loaded = yaml.safe_load(head)
    assert isinstance(loaded, dict), f"{path}: front matter is not a mapping"
    return loaded, body


def questions(path: Path) -> list[dict[str, Any]]:
    """Return the questions of one quiz file."""
    loaded = yaml.safe_load(path.read_text("utf-8"))
    found: list[dict[str, Any]] = loaded["questions"]
    return found


def prose_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield number and text of each line that a reader sees, without YAML and Markdown marks."""
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(r"\w+: \[", line):  # a YAML list
            continue
        line = re.sub(r"15分钟|〕23号", "", line)  # written so in the documents quoted
        line = re.sub(r'!!! \w+ "(.*)"', r"\1", line)
        yield number, re.sub(r"`[^`]*`|\]\([^)]*\)|https?://\S+|<[^>]+>", "]", line)


def name(path: Path) -> str:
    return str(path.relative_to(CONTENT))


def test_there_is_enough_to_learn() -> None:
    assert len(COURSES) >= 3
    assert len(LESSONS) >= 11
    assert len(SCRIPTS) >= 9
    assert sum(len(questions(path)) for path in QUIZZES) >= 45
    assert {"help", "about", "privacy", "accessibility"} <= {path.stem for path in PAGES}


@pytest.mark.parametrize("path", TEXTS, ids=name)
def test_chinese_is_set_with_chinese_punctuation(path: Path) -> None:
    faults = [
        f"{name(path)}:{number}: {fault}: {match.group()!r} in {line.strip()[:60]}"
        for number, line in prose_lines(path.read_text("utf-8"))
        for fault, pattern in TYPOGRAPHY.items()
        for match in [pattern.search(line)]
        if match
    ]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("path", TEXTS, ids=name)
def test_quotation_marks_and_brackets_are_paired(path: Path) -> None:
    text = path.read_text("utf-8")
    for opening, closing in ("“”", "‘’", "（）", "《》", "〔〕", "「」"):
        assert text.count(opening) == text.count(closing), f"{opening}{closing} in {name(path)}"
    assert "\ufffd" not in text
    assert text.endswith("\n")


@pytest.mark.parametrize("folder", COURSES, ids=name)
def test_a_course_says_what_it_is(folder: Path) -> None:
    course = yaml.safe_load((folder / "course.yaml").read_text("utf-8"))
    assert set(course) == COURSE_FIELDS
    assert course["kind"] in KINDS
    assert course["topic"] in TOPICS
    assert course["audience"]
    assert set(course["audience"]) <= AUDIENCES
    assert course["credit_hours"] > 0
    assert course["status"] in {"draft", "published"}
    assert len(course["title"]) <= 32
    assert len(course["summary"]) <= 90
    numbers = [int(path.name[:2]) for path in LESSONS if path.parent == folder]
    assert numbers == list(range(1, len(numbers) + 1)), "lessons are numbered without a gap"


@pytest.mark.parametrize("path", LESSONS, ids=name)
def test_a_lesson_names_only_files_that_exist(path: Path) -> None:
    head, body = front_matter(path)
    assert head["title"]
    assert head["kind"] in {"video", "reading", "quiz", "practical"}
    assert 1 <= head["minutes"] <= (60 if head["kind"] == "practical" else 20)
    assert ("video" in head) == (head["kind"] == "video")
    assert ("quiz" in head) == (head["kind"] == "quiz")
    for reference in [head.get("video"), head.get("quiz"), *head.get("attachments", [])]:
        if reference:
            assert (path.parent / reference).is_file(), f"{name(path)} names {reference}"
    least = {"quiz": 60, "practical": 150}.get(head["kind"], 500)
    assert len(body.strip()) >= least, "stands alone as reading"
    assert set(re.findall(r"\[\^(\w+)\](?!:)", body)) == set(re.findall(r"(?m)^\[\^(\w+)\]:", body))


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_a_script_fits_its_slides_and_its_minute(path: Path) -> None:
    head, body = front_matter(path)
    lesson, _ = front_matter(path.with_name(path.name.replace(".script.md", ".md")))
    assert head == {"title": lesson["title"], "lecturer": head["lecturer"]}
    slides = re.split(r"(?m)^## ", body)[1:]
    assert 5 <= len(slides) <= 7
    narration_length = 0
    for slide in slides:
        heading, *lines = slide.strip().splitlines()
        points = [line[2:] for line in lines if line.startswith("- ")]
        narration = "".join(line for line in lines if line and not line.startswith("- "))
        narration_length += len(narration)
        assert len(heading) <= 16, heading
        assert 2 <= len(points) <= 4, heading
        assert all(len(point) <= 18 for point in points), heading
        assert 2 <= len(re.findall(r"[。？！]", narration)) <= 4, f"{heading}: {narration}"
        unspeakable = re.search(r"[0-9A-Za-z%/+×·—《》〔〕“”（）\[\]*#]", narration)
        assert unspeakable is None, f"{heading}: {narration}"
    assert 250 <= narration_length <= 420, f"{narration_length} characters of narration"


@pytest.mark.parametrize("path", QUIZZES, ids=name)
def test_a_quiz_can_be_answered_and_teaches(path: Path) -> None:
    paper = yaml.safe_load(path.read_text("utf-8"))
    assert set(paper) == {"pass_percent", "attempts", "questions"}
    assert 50 <= paper["pass_percent"] <= 100
    assert paper["attempts"] >= 0
    kinds = {question["kind"] for question in paper["questions"]}
    assert kinds >= {"single", "multiple", "true_false"}
    for question in paper["questions"]:
        label = question["id"]
        assert len(question["explanation"]) >= 25, label
        assert (path.parent / f"{question['lesson']}.md").is_file(), label
        if question["kind"] == "true_false":
            assert set(question) == {"id", "kind", "stem", "answer", "explanation", "lesson"}, label
            assert isinstance(question["answer"], bool), label
            continue
        if question["kind"] in FIELD_KINDS:
            assert content_problem(read_key(question["kind"], "甲", question["answers"])) is None
            continue
        assert set(question) == {"id", "kind", "stem", "options", "explanation", "lesson"}, label
        texts = [option["text"] for option in question["options"]]
        correct = [option["text"] for option in question["options"] if option.get("correct")]
        assert 3 <= len(texts) <= 6, label
        assert len(set(texts)) == len(texts), label
        wanted = range(1, 2) if question["kind"] == "single" else range(2, len(texts) + 1)
        assert len(correct) in wanted, label


def test_ids_of_questions_are_unique_everywhere() -> None:
    ids = [question["id"] for path in QUIZZES for question in questions(path)]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("path", QUIZZES, ids=name)
def test_place_and_length_do_not_give_the_answer_away(path: Path) -> None:
    singles = [question for question in questions(path) if question["kind"] == "single"]
    places = [
        [bool(option.get("correct")) for option in question["options"]].index(True)
        for question in singles
    ]
    longest = 0
    for question, place in zip(singles, places, strict=True):
        lengths = [len(option["text"]) for option in question["options"]]
        longest += lengths[place] == max(lengths) and lengths.count(max(lengths)) == 1
    if len(singles) >= 4:
        assert max(places.count(place) for place in set(places)) <= len(singles) / 2
        assert longest <= len(singles) / 2, f"{longest} of {len(singles)} are the longest option"
    judged = [
        question["answer"] for question in questions(path) if question["kind"] == "true_false"
    ]
    assert len(judged) < 2 or set(judged) == {True, False}


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_page_has_a_title_and_a_body(path: Path) -> None:
    title, _, body = path.read_text("utf-8").partition("\n")
    assert re.fullmatch(r"# \S.{1,14}", title)
    assert not re.search(r"(?m)^# ", body), "a page has one title"
    assert len(body.strip()) >= 300
