"""Reports over 1,000,000 progress rows: comparison, sheet, hours, each as long as a bare count.

50,000 people in 40 districts with 10 streets each, 20 courses; the rows are put in as they come
from learning, and the sums are counted from the marks that the database wrote. Each figure is a
whole page, asked of a real application by its own client, beside `SELECT count(*)` over the rows.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, insert, select, text

from bench import Figure, percentile, scratch
from bench.installation import PASSWORD, empty_installation
from bench.postgres import running_postgres
from sanshi_lms import create_app
from sanshi_lms.account import Unit, User, ensure_person
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.settings import Settings
from sanshi_lms.courses import Course, Lesson
from sanshi_lms.learning import Enrolment
from sanshi_lms.reports.checking import check
from sanshi_lms.reports.counting import count_waiting
from sanshi_lms.reports.models import Mark
from sanshi_lms.reports.rules import Filters
from sanshi_lms.reports.sheet import sheet_table
from sanshi_lms.reports.writing import write_table

WHEN = datetime(2025, 3, 5, 1, 0, tzinfo=UTC)
DISTRICTS, STREETS, COURSES = 40, 10, 20
AT_ONCE = 2_000
MOST_MS = 2_000.0
NAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "建秀志小国文海晓明英华芳强丽军敏"


def run(quick: bool) -> list[Figure]:
    people, times = (2_500, 5) if quick else (50_000, 9)
    found = []
    with scratch("reports") as folder:
        found += _measured("SQLite", folder, "", people, times)
    with running_postgres() as url:
        if url is not None:
            with scratch("reports-pg") as folder:
                found += _measured("PostgreSQL", folder, url, people, times)
    return found


def _measured(engine: str, folder: Path, url: str, people: int, times: int) -> list[Figure]:
    made = empty_installation(folder, url)
    made.flask("db", "upgrade")
    app = create_app(Settings.from_env(made.env))
    app.config.update(WTF_CSRF_ENABLED=False, TESTING=True, RATELIMIT_ENABLED=False)
    _fill(app, people)
    with app.app_context():
        began = time.perf_counter()
        count_waiting()
        counted = time.perf_counter() - began
        rows = db.session.scalar(select(func.count(Enrolment.id))) or 0
        district = db.session.scalar(select(Unit.id).where(Unit.kind == "区县").limit(1))
        db.session.remove()
    print(f"  {engine}: {rows:,} rows, counted in {counted:.1f} s", file=sys.stderr, flush=True)
    client = app.test_client()
    client.post("/account/sign-in", data={"username": "bench", "password": PASSWORD})
    bare = [_bare(app) for _ in range(times)]
    base = percentile(bare, 50)
    found = [
        Figure(f"{engine}: bare count of {rows:,} rows, p50", round(base * 1000, 1), "ms"),
        Figure(f"{engine}: sums counted from nothing", round(counted, 1), "s"),
        *_one_change(app, engine),
        *_file(app, engine, folder),
    ]
    courses = "&".join(f"courses={n}" for n in range(1, 9))
    for name, path in {
        "districts": "compare",
        "districts, one course, one year": "compare?courses=1&year=2025",
        "streets of a district": f"compare?unit={district}",
        "sheet, first page": f"sheet?{courses}",
        "sheet, not all done": f"sheet?{courses}&status=open&role=cadre",
        "sheet, learning in a month": f"sheet?{courses}&since=2025-06-01&until=2025-06-30",
        "sheet of a district": f"sheet?{courses}&unit={district}&status=doing",
        "hours of a year": "hours?year=2025",
    }.items():
        waits = [_timed(client, f"/admin/reports/{path}") for _ in range(times)]
        middle, slow = percentile(waits, 50), percentile(waits, 95)
        found += [
            Figure(f"{engine}: {name}, p50", round(middle * 1000, 1), "ms"),
            Figure(f"{engine}: {name}, p95", round(slow * 1000, 1), "ms", at_most=MOST_MS),
            Figure(f"{engine}: {name}, to a bare count", round(middle / base, 2), "×"),
        ]
        print(f"  {engine}: {name} {middle * 1000:.0f} ms", file=sys.stderr, flush=True)
    return [*found, _checked(app, engine)]


def _bare(app: Flask) -> float:
    with app.app_context():
        began = time.perf_counter()
        db.session.execute(text("SELECT count(*) FROM learning_enrolments")).one()
        took = time.perf_counter() - began
        db.session.remove()
    return took


def _one_change(app: Flask, engine: str) -> list[Figure]:
    """How long until one more completed course stands in the sums."""
    waits = []
    with app.app_context():
        for number in range(10):
            with transaction():
                one = db.session.get_one(Enrolment, 1 + number * 997)
                one.completed_at = None if one.completed_at else now()
            began = time.perf_counter()
            count_waiting()
            waits.append(time.perf_counter() - began)
    return [Figure(f"{engine}: one change counted, p50", round(percentile(waits, 50) * 1000), "ms")]


def _file(app: Flask, engine: str, folder: Path) -> list[Figure]:
    with app.app_context():
        began = time.perf_counter()
        rows = write_table(
            sheet_table(Filters(courses=(1, 2, 3, 4)), None, now()), "csv", folder / "sheet.csv"
        )
        took = time.perf_counter() - began
        db.session.remove()
    return [Figure(f"{engine}: CSV of {rows:,} people × 4 courses", round(took, 1), "s")]


def _checked(app: Flask, engine: str) -> Figure:
    with app.app_context():
        began = time.perf_counter()
        found = check(mend=False)
        took = time.perf_counter() - began
    if not found.good:
        raise RuntimeError(f"the sums are wrong: {found.differences[:3]}")
    return Figure(f"{engine}: check of {found.compared:,} sums", round(took, 1), "s")


def _timed(client: FlaskClient, path: str) -> float:
    began = time.perf_counter()
    answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    return time.perf_counter() - began


def _fill(app: Flask, people: int) -> None:
    chance = random.Random(5)
    with app.app_context():
        with transaction():
            ensure_person("bench", "管理员", "重庆市", "admin", PASSWORD)
            top = Unit(kind="市", name="重庆市", active=True)
            db.session.add(top)
            db.session.flush()
            streets = list(_units(top))
            for number in range(1, COURSES + 1):
                _course(number)
        for start in range(0, people, AT_ONCE):
            with transaction():
                _people(chance, streets, range(start, min(start + AT_ONCE, people)))
        with transaction():
            # As after a migration: what was there before is counted from the beginning.
            db.session.execute(delete(Mark))
            db.session.add(Mark())
            if db.engine.dialect.name == "postgresql":
                db.session.execute(text("ANALYZE"))


def _units(top: Unit) -> Iterator[int]:
    for number in range(DISTRICTS):
        district = Unit(kind="区县", name=f"第{number}区", parent_id=top.id, active=True)
        db.session.add(district)
        db.session.flush()
        for place in range(STREETS):
            street = Unit(kind="街镇", name=f"第{place}街道", parent_id=district.id, active=True)
            db.session.add(street)
            db.session.flush()
            yield street.id


def _course(number: int) -> None:
    course = Course(id=number, slug=f"c{number}", title=f"第 {number} 门课", topic="城市更新")
    course.kind, course.status = "技能培训", "published"
    course.created_at = course.updated_at = course.published_at = WHEN
    db.session.add(course)
    db.session.flush()
    for place in range(1, 6):
        lesson = Lesson(course_id=number, position=place, slug=f"l{place}", title=f"第 {place} 课")
        lesson.kind, lesson.minutes, lesson.updated_at = "reading", 8, WHEN
        lesson.body_md, lesson.required = "正文", True
        db.session.add(lesson)


def _people(chance: random.Random, streets: list[int], numbers: range) -> None:
    """Insert people who take every course, as the rows of 1,000,000 ask; two of three finish."""
    people, rows = [], []
    for number in numbers:
        key = 1_000 + number
        name = chance.choice(NAMES) + chance.choice(GIVEN) + chance.choice(GIVEN)
        people.append(
            {
                "id": key, "username": f"p{key}", "display_name": name,
                "role": chance.choice(("cadre", "cadre", "pro")), "unit_id": chance.choice(streets),
                "password_hash": "-", "session_mark": "-", "created_at": WHEN,
            }
        )  # fmt: skip
        rows += [_row(chance, key, course) for course in range(1, COURSES + 1)]
    db.session.execute(insert(User), people)
    db.session.execute(insert(Enrolment), rows)


def _row(chance: random.Random, user_id: int, course_id: int) -> dict[str, Any]:
    at = WHEN + timedelta(days=chance.randrange(500), seconds=chance.randrange(86400))
    done = at + timedelta(days=2) if chance.random() < 0.66 else None
    return {
        "user_id": user_id, "course_id": course_id, "enrolled_at": at, "active_at": done or at,
        "completed_at": done,
    }  # fmt: skip
