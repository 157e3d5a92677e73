"""Jobs on a real database: claimed once, fenced, retried, given back."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from sanshi_lms.core import job_lane, jobs, queue
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.job_lane import run_next
from sanshi_lms.core.jobs import Job, JobFailed, JobLost, JobRun, enqueue, find_job

seen: list[str] = []


@pytest.fixture(autouse=True)
def own_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Register kinds that live for one test."""
    for kind in ("t.fine", "t.hopeless", "t.broken", "t.long"):
        monkeypatch.delitem(jobs.kinds, kind, raising=False)
    seen.clear()
    queue.reset_for_tests()

    @jobs.job("t.fine")
    def fine(run: JobRun) -> None:
        seen.append(run.payload["word"])

    @jobs.job("t.hopeless")
    def hopeless(_run: JobRun) -> None:
        raise JobFailed("文件打不开。", "moov atom not found")

    @jobs.job("t.broken", attempts=2)
    def broken(_run: JobRun) -> None:
        raise ZeroDivisionError


def add(kind: str, key: str = "1") -> int:
    with transaction():
        return enqueue(kind, key, {"word": key}).id


def job_now(number: int) -> Job:
    db.session.rollback()
    return db.session.get_one(Job, number)


def test_runs_once_and_is_done(app: Flask) -> None:
    with app.app_context():
        number = add("t.fine")
        assert run_next("fast")
        assert not run_next("fast")
        assert seen == ["1"]
        assert (job_now(number).state, job_now(number).progress) == ("done", 1.0)


def test_double_click_is_one_job(app: Flask) -> None:
    with app.app_context():
        assert add("t.fine") == add("t.fine")
        assert add("t.fine", "2") != add("t.fine")


def test_a_refused_transaction_leaves_no_job(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(ZeroDivisionError), transaction():
            [enqueue("t.fine", "1"), 1 // len(seen)]
        assert db.session.scalar(select(Job)) is None


def test_failure_keeps_sentence_and_evidence(app: Flask) -> None:
    with app.app_context():
        number = add("t.hopeless")
        run_next("fast")
        failed = job_now(number)
        assert (failed.state, failed.message) == ("failed", "文件打不开。")
        assert "moov" in (failed.detail or "")


def test_a_surprise_is_tried_again_and_then_given_up(app: Flask) -> None:
    with app.app_context():
        number = add("t.broken")
        run_next("fast")
        assert job_now(number).state == "pending"
        assert not run_next("fast"), "it waits before the next attempt"
        with transaction() as session:
            session.execute(update(Job).values(run_after=now()))
        run_next("fast")
        assert job_now(number).state == "failed"
        assert "ZeroDivisionError" in (job_now(number).detail or "")


def test_an_expired_lease_is_taken_over_and_the_late_worker_is_fenced_off(app: Flask) -> None:
    with app.app_context():
        number = add("t.fine")
        first = job_lane._claim("fast")
        assert first is not None
        assert job_lane._claim("fast") is None
        with transaction() as session:
            session.execute(update(Job).values(lease_until=now() - timedelta(seconds=1)))
        second = job_lane._claim("fast")
        assert second is not None
        with pytest.raises(JobLost), first[1].commit():
            pytest.fail("the late worker may not commit")
        with second[1].commit():
            pass
        assert job_now(number).attempts == 2


def test_the_leases_of_a_dead_worker_are_given_back_at_once(app: Flask) -> None:
    with app.app_context():
        number = add("t.fine")
        claimed = job_lane._claim("fast")
        assert claimed is not None
        assert job_lane.release_dead_leases() == 0, "this very process is alive"
        host, _, rest = claimed[1].token.partition("/")
        with transaction() as session:
            ghost = f"{host}/999999/{rest.split('/', 1)[1]}"
            session.execute(update(Job).values(lease_token=ghost))
        assert job_lane.release_dead_leases() == 1
        assert run_next("fast")
        assert job_now(number).state == "done"


def test_a_worker_that_dies_each_time_ends_in_a_sentence(app: Flask) -> None:
    with app.app_context():
        number = add("t.broken")
        for _ in range(3):
            job_lane._claim("fast")
            with transaction() as session:
                session.execute(update(Job).values(lease_until=now() - timedelta(seconds=1)))
        assert job_now(number).state == "failed"
        assert "重试" in (job_now(number).message or "")


def test_retry_starts_anew(app: Flask) -> None:
    with app.app_context():
        number = add("t.hopeless")
        run_next("fast")
        with transaction():
            again = jobs.retry_job(db.session.get_one(Job, number))
            assert again is not None
            assert again.id != number
        newest = find_job("t.hopeless", "1")
        assert newest is not None
        assert newest.state == "pending"


def test_stopping_gives_the_job_back_without_losing_an_attempt(app: Flask) -> None:
    @jobs.job("t.long")
    def long(run: JobRun) -> None:
        queue._stop.set()
        run.checkpoint()

    with app.app_context():
        number = add("t.long")
        run_next("fast")
        queue.reset_for_tests()
        assert (job_now(number).state, job_now(number).attempts) == ("pending", 0)
