"""How many statements a page may ask the database: counted, so no slow machine breaks it.

The second view counts: what everybody reads alike is then shared (core/shared.py). Whoever needs
another statement on one of these pages looks first whether an existing one can bring it along.
"""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, select

from sanshi_lms.core.db import db
from sanshi_lms.courses import Course, Lesson
from tests.house.world import build
from tests.people import Cast

BUDGETS = {
    "/": 6,
    "/courses/": 6,
    "course": 8,
    "video": 12,
    "reading": 11,
    "quiz": 9,
    "/learning/": 21,
    "/search/?q=电梯": 5,
}


def test_pages_keep_to_their_budget(app: Flask, people: Cast, tmp_path: Path) -> None:
    build(app, people, tmp_path)
    client = people.client("cadre")
    with app.app_context():
        engine = db.engine
        lessons = db.session.execute(
            select(Course.slug, Lesson.slug, Lesson.kind).join(Lesson.course)
            .where(Course.status == "published")
        ).all()  # fmt: skip
    paths = {path: path for path in BUDGETS if path.startswith("/")}
    for course, lesson, kind in lessons:
        paths |= {"course": f"/courses/{course}", kind: f"/courses/{course}/{lesson}"}
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *values: asked.append(values[2]))
    over = {}
    for name, most in BUDGETS.items():
        assert client.get(paths[name]).status_code == 200
        asked.clear()
        client.get(paths[name])
        if len(asked) > most:
            over[name] = asked.copy()
    if over:
        pytest.fail("\n".join(f"{name}: {len(rows)}\n  {rows}" for name, rows in over.items()))
