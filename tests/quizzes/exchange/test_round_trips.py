"""What a format can hold comes back equal; what it cannot is told."""

import io
import zipfile
from dataclasses import replace

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st

from sanshi_lms.quizzes.content import Area, ItemContent, Picture
from sanshi_lms.quizzes.exchange.carrying import pack, unpack
from sanshi_lms.quizzes.exchange.files import read_file
from sanshi_lms.quizzes.exchange.formats import FORMATS, losses
from sanshi_lms.quizzes.exchange.reading import Reading
from sanshi_lms.quizzes.exchange.sheets_write import EXAMPLES, template_xlsx
from tests.quizzes.exchange.contents import PLAIN, contents, sound

MANY = st.lists(contents().filter(sound), min_size=1, max_size=4)
EXACT = [key for key in FORMATS if key != "docx"]


def came_back(key: str, given_: list[ItemContent]) -> tuple[list[ItemContent], list[ItemContent]]:
    form = FORMATS[key]
    held = [kept for one in given_ if (kept := form.held(one)) is not None]
    reading = read_file(form.write(given_)) if held else Reading()
    assert [(one.place_zh, one.problem_zh) for one in reading.bad] == []
    return held, list(reading)


@pytest.mark.parametrize("key", EXACT)
@settings(max_examples=40, deadline=None)
@given(given_=MANY)
def test_what_a_format_holds_comes_back_equal(key: str, given_: list[ItemContent]) -> None:
    held, back = came_back(key, given_)
    assert back == held


@settings(max_examples=40, deadline=None)
@given(st.lists(contents(PLAIN, parts=False).filter(sound), min_size=1, max_size=4))
def test_a_paper_in_plain_words_comes_back_equal(given_: list[ItemContent]) -> None:
    held, back = came_back("docx", given_)
    assert back == held


@pytest.mark.parametrize("key", list(FORMATS))
def test_the_losses_are_told_exactly(key: str) -> None:
    form = FORMATS[key]
    for one in EXAMPLES:
        kept = form.held(one)
        assert bool(losses(form.held, [one])) == (kept != one)
    spot = ItemContent("hotspot", "在哪？", picture=Picture("a"), areas=(Area(0, 0, 1, 1),))
    assert losses(form.held, [spot, spot]) == ["看图点选题 2 道（整道题不会写进文件）"]
    told = losses(FORMATS["aiken"].held, [replace(EXAMPLES[0], difficulty=3)])
    assert told == ["解析（1 道）", "主题（1 道）", "难度（1 道）"]


def test_both_versions_of_qti_have_the_shape_of_their_model() -> None:
    order = ["responseDeclaration", "outcomeDeclaration", "itemBody", "responseProcessing",
             "modalFeedback"]  # fmt: skip
    for key, kebab in (("qti21", False), ("qti30", True)):
        with zipfile.ZipFile(io.BytesIO(FORMATS[key].write(EXAMPLES))) as packed:
            assert packed.namelist()[-1] == "imsmanifest.xml"
            roots = [fromstring(packed.read(name)) for name in packed.namelist()[:-1]]
        for root in roots:
            names = [node.tag.rpartition("}")[2] for node in root]
            plain = [name.removeprefix("qti-").replace("-", "").lower() for name in names]
            places = [[one.lower() for one in order].index(name) for name in plain]
            assert places == sorted(places)
            assert root.get("time-dependent" if kebab else "timeDependent") == "false"
            tags = {node.tag.rpartition("}")[2] for node in root.iter()} - {"p", "div", "br"}
            assert all(tag.startswith("qti-") for tag in tags) == kebab
            if kebab:
                inner = [[one.tag.rpartition("}")[2] for one in node] for node in root.iter()
                         if node.tag.endswith(("modal-feedback", "rubric-block"))]  # fmt: skip
                assert all(one == ["qti-content-body"] for one in inner)


def test_the_template_reads_without_a_problem() -> None:
    reading = read_file(template_xlsx())
    assert list(reading) == list(EXAMPLES)
    assert reading.bad == []
    assert reading.faults == []


@settings(max_examples=10, deadline=None)
@given(MANY)
def test_a_reading_is_carried_through_a_form(given_: list[ItemContent]) -> None:
    reading = Reading()
    for one in given_:
        reading.add(one, "第 1 行", 1, None)
    reading.fault("甲", "乙")
    assert unpack(pack(reading)) == reading


@given(st.text(max_size=200))
def test_whatever_else_a_form_carries_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        unpack(text)
