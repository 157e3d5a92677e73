"""Files in the shapes that units and other programs really use, each with what must be read.

A line of `*.expected` is kind|stem|key, with "!" and the problem behind when it cannot be kept; "@"
begins a fault of the file, "~" what was left out. Small texts stand for workbooks, documents and
packages (`building`). After a change on purpose: look at each line that differs, then write it.
"""

from pathlib import Path

import pytest

from sanshi_lms.quizzes.exchange.files import read_file
from sanshi_lms.quizzes.exchange.reading import Reading
from tests.quizzes.exchange.building import built
from tests.quizzes.exchange.test_text import told

FILES = sorted(
    path for path in (Path(__file__).parent / "files").iterdir() if path.suffix != ".expected"
)


def lines_of(reading: Reading) -> list[str]:
    found = [told(one) + (f"|{one.problem_zh}" if one.problem_zh else "") for one in reading.found]
    found += [f"@{one.place_zh}|{one.words_zh}" for one in reading.faults]
    found += [f"~{one.place_zh}|{one.words_zh}" for one in reading.left_out]
    return [line.replace("\n", "\\n") for line in found]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_what_is_read(path: Path) -> None:
    expected = path.with_name(f"{path.name}.expected").read_text("utf-8").splitlines()
    assert lines_of(read_file(built(path))) == expected


def test_there_are_many() -> None:
    assert len(FILES) >= 60
