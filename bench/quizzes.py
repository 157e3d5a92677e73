"""Quizzes: marking, a sheet of 200 questions, and the item analysis over 100,000 attempts.

Marking is the pure rule on a paper of twenty questions, in this process. The sheet is the page that
somebody gets in a test, asked of a real application by its own client, with all questions answered.
The analysis is the whole read, as the page asks it, on SQLite with twenty answers for each attempt.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert

from bench import Figure, percentile, scratch
from bench.installation import PASSWORD, empty_installation
from sanshi_lms import create_app
from sanshi_lms.account import User, ensure_person
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.settings import Settings
from sanshi_lms.quizzes.actions import save_answers, shown_items, start_attempt
from sanshi_lms.quizzes.analysis.queries import analysis_of
from sanshi_lms.quizzes.editing import add_item, add_paper
from sanshi_lms.quizzes.frozen import FrozenPaper
from sanshi_lms.quizzes.models import Answer, Attempt, Paper
from sanshi_lms.quizzes.queries import freeze, full_paper, own_attempt
from sanshi_lms.quizzes.question_file import ItemDraft, OptionDraft

WHEN = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)
QUESTIONS, LONGEST = 20, 200
AT_ONCE = 2_000


def run(quick: bool) -> list[Figure]:
    attempts = 5_000 if quick else 100_000
    with scratch("quizzes") as folder:
        app = _installation(folder)
        found = [_marking(app, 1.0 if quick else 5.0), _sheet(app, 20 if quick else 100)]
        return [*found, _analysis(app, attempts)]


def _installation(folder: Path) -> Flask:
    made = empty_installation(folder)
    made.flask("db", "upgrade")
    app = create_app(Settings.from_env(made.env))
    app.config.update(WTF_CSRF_ENABLED=False, TESTING=True, RATELIMIT_ENABLED=False)
    return app


def _paper(questions: int) -> Paper:
    """Return a paper of single choices; needs a transaction around it."""
    paper = add_paper(f"{questions} 题的测验", 60, 0, shuffle=True, at=WHEN)
    for number in range(questions):
        options = tuple(OptionDraft(f"第 {n} 种做法，写得长一些", n == 0) for n in range(4))
        stem = f"第 {number} 题：老旧小区**加装电梯**时，下面哪种做法合适？"
        add_item(paper, ItemDraft("single", stem, options, "要看专有部分的面积。"), WHEN)
    return paper


def _marking(app: Flask, seconds: float) -> Figure:
    with app.app_context():
        with transaction():
            paper_id = _paper(QUESTIONS).id
        paper = full_paper(paper_id)
        frozen: FrozenPaper = freeze(paper) if paper else FrozenPaper("", 60, False, ())
        db.session.remove()
    chosen = {item.item_id: [n % 4] for n, item in enumerate(frozen.items)}
    marked, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        frozen.mark(chosen)
        marked += 1
    rate = marked / (time.perf_counter() - began)
    return Figure(f"attempts marked, {QUESTIONS} questions each", round(rate), "1/s")


def _sheet(app: Flask, times: int) -> Figure:
    with app.app_context(), transaction():
        person, _ = ensure_person("bench", "王小明", "石油路街道", "cadre", PASSWORD)
        started = start_attempt(_paper(LONGEST).id, person.id, WHEN)
        attempt = own_attempt(started.id, person.id)
        if attempt is None:
            raise RuntimeError("the attempt is gone")
        save_answers(attempt, {s.item.item_id: [1] for s in shown_items(attempt)}, WHEN)
        path = f"/quizzes/attempts/{attempt.id}"
    client = app.test_client()
    client.post("/account/sign-in", data={"username": "bench", "password": PASSWORD})
    waits = [_timed(client, path) for _ in range(times)]
    return Figure(
        f"sheet of {LONGEST} questions, p95", round(percentile(waits, 95) * 1000, 1), "ms"
    )


def _timed(client: FlaskClient, path: str) -> float:
    began = time.perf_counter()
    answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    return time.perf_counter() - began


def _analysis(app: Flask, attempts: int) -> Figure:
    with app.app_context():
        with transaction():
            paper_id = _paper(QUESTIONS).id
            person, _ = ensure_person("bench", "王小明", "石油路街道", "cadre", PASSWORD)
            first = start_attempt(paper_id, person.id, WHEN)
            version, items = first.version_id, [i.id for i in _full(paper_id).items]
            db.session.delete(first)
        for begin in range(0, attempts, AT_ONCE):
            with transaction():
                _fill(paper_id, version, items, range(begin, min(begin + AT_ONCE, attempts)))
        began = time.perf_counter()
        found = analysis_of(_full(paper_id))
        took = time.perf_counter() - began
        db.session.remove()
    if found.attempts != attempts or len(found.items) != QUESTIONS:
        raise RuntimeError("the analysis did not see everything")
    return Figure(f"item analysis, {attempts:,} attempts", round(took, 2), "s", at_most=5.0)


def _full(paper_id: int) -> Paper:
    paper = full_paper(paper_id)
    if paper is None:
        raise RuntimeError("the paper is gone")
    return paper


def _fill(paper_id: int, version: int, items: list[int], numbers: range) -> None:
    """Insert people with one marked attempt each, who know more or less."""
    chance = random.Random(numbers.start)
    people, attempts, answers = [], [], []
    for number in numbers:
        key = 1_000_000 + number
        people.append(_person(key))
        chosen = list(_chosen(chance, items))
        right = sum(n == 0 for n in chosen)
        attempts.append(_attempt(key, paper_id, version, right))
        answers += [
            {
                "attempt_id": key,
                "item_id": item,
                "chosen": [n],
                "is_right": n == 0,
                "saved_at": WHEN,
            }
            for item, n in zip(items, chosen, strict=True)
        ]
    for table, rows in ((User, people), (Attempt, attempts), (Answer, answers)):
        db.session.execute(insert(table), rows)


def _chosen(chance: random.Random, items: list[int]) -> Iterator[int]:
    knows = chance.random()
    for place in range(len(items)):
        hard = place / len(items)
        yield 0 if chance.random() < (knows + 1 - hard) / 2 else chance.randrange(1, 4)


def _person(key: int) -> dict[str, object]:
    return {
        "id": key,
        "username": f"p{key}",
        "display_name": "王小明",
        "role": "cadre",
        "password_hash": "-",
        "session_mark": "-",
        "created_at": WHEN,
    }


def _attempt(key: int, paper_id: int, version: int, right: int) -> dict[str, object]:
    percent = right * 100 // QUESTIONS
    return {
        "id": key,
        "paper_id": paper_id,
        "version_id": version,
        "user_id": key,
        "number": 1,
        "seed": key,
        "started_at": WHEN,
        "handed_in_at": WHEN,
        "right": right,
        "percent": percent,
        "passed": percent >= 60,
    }
