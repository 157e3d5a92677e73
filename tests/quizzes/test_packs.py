"""Loading packs: by question id, twice the same, attempts survive."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from sanshi_lms.core.db import db, transaction
from sanshi_lms.courses import Lesson
from sanshi_lms.quizzes.actions import hand_in, start_attempt
from sanshi_lms.quizzes.editing import add_item, edit_item
from sanshi_lms.quizzes.models import Attempt, Paper
from sanshi_lms.quizzes.queries import freeze, full_paper, own_attempt
from sanshi_lms.quizzes.wording import item_text, option_text
from tests.people import Cast
from tests.quizzes.papers import MULTIPLE, SINGLE, WHEN
from tests.quizzes.test_question_file import GOOD

COURSE = """\
title: 加装电梯
summary: 学一学
description: 学一学加装电梯
audience: [社区干部]
topic: 城市更新
kind: 技能培训
credit_hours: 0.5
status: published
"""


@pytest.fixture
def content(tmp_path: Path) -> Path:
    folder = tmp_path / "content"
    course = folder / "courses" / "dianti"
    course.mkdir(parents=True)
    (course / "course.yaml").write_text(COURSE, encoding="utf-8")
    (course / "01-kan.md").write_text(
        "---\ntitle: 看一看\nkind: reading\nminutes: 5\n---\n正文\n", encoding="utf-8"
    )
    (course / "02-ce.md").write_text(
        "---\ntitle: 测一测\nkind: quiz\nminutes: 5\nquiz: 02-ce.questions.yaml\n---\n正文\n",
        encoding="utf-8",
    )
    (course / "02-ce.questions.yaml").write_text(GOOD, encoding="utf-8")
    return folder


def load(app: Flask, content: Path, *, fails: bool = False) -> str:
    result = app.test_cli_runner().invoke(args=["courses", "load", str(content)])
    assert (result.exit_code != 0) == fails, result.output
    return result.output


def change(content: Path, was: str, now: str) -> None:
    file = content / "courses" / "dianti" / "02-ce.questions.yaml"
    text = file.read_text(encoding="utf-8")
    assert was in text
    file.write_text(text.replace(was, now), encoding="utf-8")


def the_paper() -> Paper:
    found = full_paper(db.session.scalars(select(Paper.id)).one())
    assert found is not None
    return found


def test_a_pack_becomes_a_paper_and_loading_again_changes_nothing(
    app: Flask, content: Path
) -> None:
    load(app, content)
    with app.app_context():
        first = freeze(the_paper())
        assert [item.stem_md for item in first.items] == [
            "谁来表决？",
            "一楼不用问。",
            "要看哪些？",
        ]
        lesson = db.session.scalars(select(Lesson).where(Lesson.kind == "quiz")).one()
        assert lesson.target_id == the_paper().id
    assert "没有变化" in load(app, content)
    with app.app_context():
        assert freeze(the_paper()) == first


def test_a_changed_question_keeps_its_id_and_attempts_survive(
    app: Flask, content: Path, people: Cast
) -> None:
    load(app, content)
    user_id = people.id("cadre")
    with app.app_context():
        before = {item.key: item.id for item in the_paper().items}
        with transaction():
            attempt_id = start_attempt(the_paper().id, user_id, WHEN).id
    change(content, "stem: 谁来表决？", "stem: 由谁来表决？")
    change(content, "id: q2", "id: q9")
    load(app, content)
    with app.app_context():
        after = {item.key: item.id for item in the_paper().items}
        assert [*after] == ["q1", "q9", "q3"]
        assert (after["q1"], after["q3"]) == (before["q1"], before["q3"])
        assert the_paper().items[0].stem_md == "由谁来表决？"
        attempt = own_attempt(attempt_id, user_id)
        assert attempt is not None
        with transaction():
            hand_in(attempt, WHEN)
        assert db.session.get_one(Attempt, attempt_id).percent == 0


def test_edits_on_the_website_survive_until_the_same_question_changes(
    app: Flask, content: Path
) -> None:
    load(app, content)
    with app.app_context(), transaction():
        paper = the_paper()
        edit_item(paper, paper.items[0], type(SINGLE)(**vars(SINGLE) | {"key": "q1"}), WHEN)
        add_item(paper, MULTIPLE, WHEN)
    change(content, "一楼不用问。", "一楼可以不问。")
    load(app, content)
    with app.app_context():
        stems = [item.stem_md for item in the_paper().items]
        assert stems == [SINGLE.stem_md, "一楼可以不问。", "要看哪些？", MULTIPLE.stem_md]
    change(content, "谁来表决？", "由谁来表决？")
    load(app, content)
    with app.app_context():
        assert the_paper().items[0].stem_md == "由谁来表决？"


def test_a_wrong_file_is_told_with_its_line_and_nothing_is_loaded(
    app: Flask, content: Path
) -> None:
    change(content, "answer: false", "answer: maybe")
    output = load(app, content, fails=True)
    assert "courses/dianti/02-ce.questions.yaml:16: " in output
    with app.app_context():
        assert db.session.scalars(select(Paper)).all() == []


def test_a_missing_file_is_told(app: Flask, content: Path) -> None:
    (content / "courses" / "dianti" / "02-ce.questions.yaml").unlink()
    assert "找不到这个文件" in load(app, content, fails=True)


def test_the_demo_paper_has_every_kind_and_is_made_once(app: Flask) -> None:
    run = app.test_cli_runner()
    for said in ("made", "there"):
        assert said in run.invoke(args=["quizzes", "demo"]).output
    with app.app_context():
        (paper_id,) = db.session.scalars(select(Paper.id))
        paper = full_paper(paper_id)
        assert paper
        kinds = {item.kind for item in paper.items}
        assert kinds >= {"ordering", "matching", "short", "case", "hotspot", "numeric"}
        stems = [str(item_text(item.stem_md)) for item in paper.items]
        assert any("<img" in stem for stem in stems)
        assert any("<math" in option_text(o.text) for item in paper.items for o in item.options)
        db.session.remove()
