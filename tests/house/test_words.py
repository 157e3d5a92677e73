"""Every act that the code notes can be told in Chinese, and nothing is told that nobody notes."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from flask import Flask

from sanshi_lms.core.jobs import kinds
from sanshi_lms.core.registers import Registers
from sanshi_lms.rooms import ROOMS

PACKAGE = Path(__file__).resolve().parents[2] / "sanshi_lms"
HAN = re.compile(r"[\u4e00-\u9fff]")


def noted() -> Iterator[tuple[str, str, str]]:
    """Return where, verb and kind of subject of each note(...) in the code."""
    for file in sorted(PACKAGE.rglob("*.py")):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call) or getattr(call.func, "id", "") != "note":
                continue
            where = f"{file.relative_to(PACKAGE).as_posix()}:{call.lineno}"
            verb, subject = call.args[:2]
            assert isinstance(verb, ast.Constant), f"{where}: write the verb where it is noted"
            head = subject.values[0] if isinstance(subject, ast.JoinedStr) else subject
            assert isinstance(head, ast.Constant), f"{where}: a subject begins with its kind"
            yield where, str(verb.value), str(head.value).partition(":")[0]


def registers_of(app: Flask) -> Registers:
    found = app.extensions["registers"]
    assert isinstance(found, Registers)
    return found


def test_every_verb_has_chinese_words_and_every_word_its_verb(app: Flask) -> None:
    told = {verb: word for w in registers_of(app).words.values() for verb, word in w.verbs.items()}
    used = {verb for _, verb, _ in noted()}
    assert used, "the search for note(...) finds nothing: mend the test"
    assert [f"{where} {verb}" for where, verb, _ in noted() if verb not in told] == []
    assert set(told) - used == set(), "words for a verb that nobody notes"
    assert [verb for verb, word in told.items() if not HAN.search(word)] == []


def test_a_verb_begins_with_the_prefix_of_its_words(app: Flask) -> None:
    for prefix, words in registers_of(app).words.items():
        assert [verb for verb in words.verbs if not verb.startswith(f"{prefix}.")] == []


def test_every_kind_of_subject_can_be_named_and_is_used(app: Flask) -> None:
    known = registers_of(app).subjects
    of_jobs = {kind.subject for kind in kinds.values() if kind.subject}
    used = {kind for _, _, kind in noted()} | of_jobs
    assert used == set(known)
    assert [kind.label for kind in known.values() if not HAN.search(kind.label)] == []


def test_every_job_of_ours_says_what_it_is(app: Flask) -> None:
    del app
    ours = {name: kind for name, kind in kinds.items() if name.partition(".")[0] in ROOMS}
    assert "video.transcode" in ours
    assert [n for n, kind in ours.items() if kind.label == "后台任务"] == [], "give it a label"
