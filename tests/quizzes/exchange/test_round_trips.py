"""What a format holds comes back equal, for any content; any text and any bytes are answered."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sanshi_lms.quizzes.content import ItemContent
from sanshi_lms.quizzes.exchange.files import read_file
from sanshi_lms.quizzes.exchange.formats import FORMATS
from sanshi_lms.quizzes.exchange.writing import loss_of
from tests.quizzes.exchange.contents import contents

SETTINGS = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


def level(content: ItemContent) -> ItemContent:
    """Numbers without zeros that no file keeps, words without outer spaces."""
    if content.numeric is None:
        return content
    key = content.numeric
    return replace(
        content,
        numeric=replace(key, value=key.value.normalize(), tolerance=key.tolerance.normalize()),
    )


@pytest.mark.parametrize("name", FORMATS)
@SETTINGS
@given(made=st.lists(contents(), min_size=1, max_size=3))
def test_what_a_format_holds_comes_back_equal(name: str, made: list[ItemContent]) -> None:
    form = FORMATS[name]
    held = [one for one in made if form.holding.holds(one)]
    if not held:
        return
    reading = read_file(form.write(held))
    assert [fault.words_zh for fault in reading.faults] == []
    assert [level(one) for one in reading] == [level(form.holding.kept_of(one)) for one in held]
    lost = loss_of(form.holding, made)
    assert sum(count for _, count in lost.left_out) == len(made) - len(held)
    if not lost.facts and len(held) == len(made):
        assert [level(form.holding.kept_of(one)) for one in made] == [level(one) for one in made]


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=400), st.text(max_size=400).map(str.encode)))
def test_any_file_is_answered(data: bytes) -> None:
    reading = read_file(data)
    assert reading.found or reading.faults or not data.strip()
