"""A job is cancelled: one that waits never begins, one that runs ends with its child."""

import os
import threading
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from sanshi_lms.core import jobs as core_jobs
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.job_lane import run_next
from sanshi_lms.core.job_parts import PartSpec, add_parts
from sanshi_lms.core.jobs import CANCELLED, Job, JobRun, enqueue
from sanshi_lms.core.process import run_limited
from tests.people import Cast
from tests.services import wait_until

began: list[int] = []


@pytest.fixture
def admin(people: Cast) -> FlaskClient:
    return people.client("admin")


@pytest.fixture(autouse=True)
def own_kinds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for kind in ("t.quiet", "t.whole", "t.part"):
        monkeypatch.delitem(core_jobs.kinds, kind, raising=False)
    began.clear()

    @core_jobs.job("t.quiet", label="很久的任务")
    def quiet(run: JobRun) -> None:
        began.append(run.job_id)
        command = ["sh", "-c", f"echo $$ > {tmp_path}/pid; exec sleep 300"]
        run_limited(
            command,
            cwd=tmp_path,
            cpu_seconds=60,
            memory_bytes=2**30,
            file_bytes=2**20,
            wall_seconds=300,
        )
        began.append(-1)

    @core_jobs.job("t.whole", label="分段的任务")
    def whole(run: JobRun) -> None:
        with run.commit() as session:
            add_parts(
                session, run.job_id, "t.part", "1", [PartSpec("a", 1, 0), PartSpec("b", 1, 0)]
            )
            run.done(session)

    @core_jobs.job("t.part")
    def part(run: JobRun) -> None:
        began.append(run.job_id)


def add(app: Flask, kind: str) -> int:
    with app.app_context(), transaction():
        return enqueue(kind, "1").id


def state(app: Flask, number: int) -> tuple[str, str | None]:
    with app.app_context():
        job = db.session.get_one(Job, number)
        return job.state, job.message


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_what_waits_never_begins(app: Flask, admin: FlaskClient) -> None:
    number = add(app, "t.quiet")
    assert f"/admin/jobs/{number}/cancel" in admin.get("/admin/jobs").text
    page = admin.post(f"/admin/jobs/{number}/cancel", follow_redirects=True).text
    assert "已取消" in page
    assert state(app, number) == ("failed", CANCELLED)
    with app.app_context():
        assert not run_next("fast")
    assert began == []
    assert "已取消 1" in page
    assert "没有成功 0" in page
    assert "还有" not in admin.get("/admin/").text, "nobody needs to look after it"
    assert "取消后台任务" in admin.get("/admin/audit").text
    assert "已经结束了" in admin.post(f"/admin/jobs/{number}/cancel", follow_redirects=True).text


def test_what_runs_ends_with_its_silent_child(
    app: Flask, admin: FlaskClient, tmp_path: Path
) -> None:
    number = add(app, "t.quiet")

    def work() -> None:
        with app.app_context():
            run_next("fast")

    worker = threading.Thread(target=work)
    worker.start()
    wait_until(lambda: (tmp_path / "pid").exists() and bool((tmp_path / "pid").read_text()), 20)
    pid = int((tmp_path / "pid").read_text())
    assert alive(pid)
    admin.post(f"/admin/jobs/{number}/cancel")
    worker.join(20)
    assert not worker.is_alive()
    assert not alive(pid)
    assert began == [number], "it did not go on after its child"
    assert state(app, number) == ("failed", CANCELLED)
    assert f"/admin/jobs/{number}/retry" in admin.get("/admin/jobs").text
    admin.post(f"/admin/jobs/{number}/retry")
    assert state(app, number + 1)[0] == "pending"
    assert "已重新处理" in admin.get("/admin/jobs").text


def test_a_whole_goes_with_its_parts(app: Flask, admin: FlaskClient) -> None:
    number = add(app, "t.whole")
    with app.app_context():
        assert run_next("fast")
        assert run_next("fast")
    admin.post(f"/admin/jobs/{number}/cancel")
    with app.app_context():
        assert not run_next("fast")
        assert db.session.scalars(select(Job.id).where(Job.part_of == number)).all() == []
    assert len(began) == 1
    answer = admin.get(f"/api/v1/admin/jobs?ids={number}").get_json()["jobs"][0]
    assert (answer["label"], answer["may_cancel"], answer["may_retry"]) == ("已取消", False, True)


def test_a_stranger_cancels_nothing(app: Flask, people: Cast) -> None:
    number = add(app, "t.quiet")
    for part in ("author", "cadre"):
        assert people.client(part).post(f"/admin/jobs/{number}/cancel").status_code == 403
    assert state(app, number)[0] == "pending"
