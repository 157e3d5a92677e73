"""What search is told: published courses and lessons, their words and what is said in them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.registers import Cue, registers
from sanshi_lms.courses.models import Course
from tests.courses.packs import READING, lift, write_pack


@pytest.fixture(autouse=True)
def lifted(load: Callable[[Path], None], tmp_path: Path) -> None:
    """The course “加装电梯”, published."""
    body = READING + "\n## 先看条件\n\n| 看什么 | 找谁 |\n|---|---|\n| **产权** | 街道 |\n"
    load(write_pack(tmp_path, lift(first=body)))


def test_a_course_is_a_document(app: Flask) -> None:
    with app.app_context():
        source = registers().sources["course"]
        assert list(source.refs()) == [1]
        (document,) = source.documents([1, 99])
        assert (document.title, document.url) == ("加装电梯", "/courses/lift")
        assert "表决门槛" in document.body
        assert document.audience == ("社区干部", "居民")
        assert app.test_client().get(document.url).status_code == 200


def test_a_lesson_is_a_document_with_what_is_said(app: Flask) -> None:
    with app.app_context():
        source = registers().sources["lesson"]
        text, spoken = source.documents(list(source.refs()))
        assert "加装电梯" in text.headings
        assert "先看条件" in text.headings
        assert "产权" in text.body
        assert "*" not in text.body
        assert "|" not in text.body
        assert spoken.transcript.startswith("双过三分之二")
        assert source.cues(spoken.ref) == [Cue(3.5, "双过三分之二，双过四分之三。\n")]
        assert list(source.cues(text.ref)) == []
        assert app.test_client().get(spoken.url).status_code == 200


@pytest.mark.parametrize("status", ["draft", "withdrawn"])
def test_hidden_courses_are_never_told(app: Flask, status: str) -> None:
    with app.app_context():
        with transaction():
            db.session.scalars(select(Course)).one().status = status
        for kind in ("course", "lesson"):
            source = registers().sources[kind]
            assert list(source.refs()) == []
            assert list(source.documents([1, 2])) == []
            assert list(source.cues(2)) == []
