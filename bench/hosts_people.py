"""The people of bench/hosts.py: rows, cookies, open pages and begun sheets of a real database."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import Row, insert, select

from bench import ROOT
from bench.hosts_load import PASSWORD, Person
from bench.quizzes import _paper
from bench.watch import device, person
from sanshi_lms import create_app
from sanshi_lms.account import User, ensure_person
from sanshi_lms.account.devices.models import SignIn
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.settings import Settings
from sanshi_lms.courses import Course, Lesson
from sanshi_lms.learning import tokens
from sanshi_lms.quizzes.actions import start_attempt
from sanshi_lms.quizzes.models import Item

LENGTH_MS = 8 * 3_600_000
SIGNING_IN = 8
QUESTIONS = 5


def furnish(env: dict[str, str], many: int) -> tuple[list[Person], list[int]]:
    """Fill an empty database; return the people and the questions of their sheets."""
    flask = [sys.executable, "-m", "flask", "--app", "app"]
    subprocess.run([*flask, "db", "upgrade"], cwd=ROOT, env=env, check=True)
    app = create_app(Settings.from_env(env))
    names = [f"hosts-{number}" for number in range(many)]
    with app.app_context():
        with transaction() as session:
            for name in names[:SIGNING_IN]:
                ensure_person(name, "王小明", "示范社区", "cadre", PASSWORD)
            session.execute(insert(User), [person(name) for name in names[SIGNING_IN:]])
            course = Course(slug="hosts", title="测量", summary="测量", topic="城市更新",
                            kind="技能培训", status="published", published_at=now(),
                            created_at=now(), updated_at=now())  # fmt: skip
            session.add(course)
            session.flush()
            lesson = Lesson(course_id=course.id, position=1, slug="yi", title="测量", kind="video",
                            minutes=5, body_md="正文", updated_at=now())  # fmt: skip
            session.add(lesson)
            paper = _paper(QUESTIONS)
            session.flush()
            lesson_id, paper_id = lesson.id, paper.id
        rows = db.session.execute(
            select(User.id, User.username, User.session_mark).where(User.username.in_(names))
        ).all()
        with transaction() as session:
            session.execute(insert(SignIn), [device(row[0], row[2] or "m") for row in rows])
        with transaction():
            attempts = {row[0]: start_attempt(paper_id, row[0], now()).id for row in rows}
        items = list(db.session.scalars(select(Item.id).where(Item.paper_id == paper_id)))
        found = [_known(app, row, lesson_id, attempts[row[0]]) for row in rows]
        db.session.remove()
        db.engine.dispose()
    return found, items


def _known(app: Flask, row: Row[int, str, str], lesson_id: int, attempt_id: int) -> Person:
    user_id, username, mark = row
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    seed = hashlib.sha1(os.urandom(64)).hexdigest()  # noqa: S324 - as Flask-WTF makes it
    token = URLSafeTimedSerializer(app.secret_key or "", salt="wtf-csrf-token").dumps(seed)
    cookie = {"_user_id": f"{user_id}:{mark}", "_fresh": True, "csrf_token": seed}
    with app.test_request_context():
        opened = tokens.clock_ms() - 7 * 3_600_000
        watching = tokens.issue(user_id, lesson_id, LENGTH_MS, opened)
    return Person(
        user_id, username, signer.dumps(cookie), str(token), signer.dumps({"csrf_token": seed}),
        watching, attempt_id,
    )  # fmt: skip
