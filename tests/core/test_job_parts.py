"""Work in parts: begun in order, resumed, failed as a whole, folded into one row at the end."""

import pytest
from flask import Flask
from sqlalchemy import select

from sanshi_lms.core import job_lane, jobs, queue
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.job_lane import run_next
from sanshi_lms.core.job_parts import PartSpec, Whole, add_parts, fold, whole_state, wholes
from sanshi_lms.core.jobs import Job, JobFailed, JobRun, drop_jobs, enqueue, retry_job

done: list[str] = []
broken: set[str] = set()


@pytest.fixture(autouse=True)
def own_kinds(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Register a kind whose jobs have three parts, for one test."""
    del app
    for kind in ("t.whole", "t.part"):
        monkeypatch.delitem(jobs.kinds, kind, raising=False)
    queue.reset_for_tests()
    done.clear()
    broken.clear()

    @jobs.job("t.whole")
    def plan(run: JobRun) -> None:
        rank = int(run.payload.get("rank", 0))
        names = [f"{run.payload['name']}{number}" for number in (1, 2, 3)]
        with run.commit() as session:
            parts = [PartSpec(name, 2.0, rank, {"name": name}) for name in names]
            add_parts(session, run.job_id, "t.part", "x", parts)
            run.done(session, "{}")

    @jobs.job("t.part")
    def part(run: JobRun) -> None:
        if run.payload["name"] in broken:
            raise JobFailed("做不了。", "because")
        done.append(run.payload["name"])
        with run.commit() as session:
            if run.payload["name"].endswith("3"):
                fold(session, run)


def add(name: str, rank: int = 0) -> int:
    with transaction():
        return enqueue("t.whole", name, {"name": name, "rank": rank}, rank).id


def whole(number: int) -> Whole:
    db.session.rollback()
    return wholes([db.session.get_one(Job, number)])[number]


def test_an_older_lecture_is_finished_before_a_younger_one(app: Flask) -> None:
    with app.app_context():
        add("a")
        assert run_next("fast")
        add("b")
        while run_next("fast"):
            pass
        assert done == ["a1", "a2", "a3", "b1", "b2", "b3"]
        assert db.session.scalars(select(Job.state)).all() == ["done", "done"], "parts are folded"


def test_a_clip_of_higher_rank_goes_first_between_two_parts(app: Flask) -> None:
    with app.app_context():
        add("long")
        run_next("fast")
        run_next("fast")
        add("clip", rank=1)
        while run_next("fast"):
            pass
        assert done == ["long1", "clip1", "clip2", "clip3", "long2", "long3"]


def test_the_whole_is_computed_from_its_parts(app: Flask) -> None:
    with app.app_context():
        number = add("a")
        assert whole(number).state == "pending"
        run_next("fast")
        assert (whole(number).state, whole(number).progress) == ("leased", 0.0)
        run_next("fast")
        found = whole(number)
        assert (found.state, found.done, found.parts) == ("leased", 1, 3)
        assert found.progress == pytest.approx(1 / 3)
        assert add("a") == number, "a second click while parts wait is the same job"
        while run_next("fast"):
            pass
        assert (whole(number).state, whole(number).progress) == ("done", 1.0)
        assert add("a") != number


def test_a_part_that_failed_stops_the_rest_and_is_all_that_runs_again(app: Flask) -> None:
    with app.app_context():
        number = add("a")
        broken.add("a2")
        while run_next("fast"):
            pass
        found = whole(number)
        assert (found.state, found.told.message, found.told.detail) == (
            "failed",
            "做不了。",
            "because",
        )
        assert done == ["a1"]
        state = select(whole_state()).where(Job.id == number)
        assert db.session.scalar(state) == "failed"
        broken.clear()
        with transaction():
            assert retry_job(db.session.get_one(Job, number)) is not None
        while run_next("fast"):
            pass
        assert done == ["a1", "a2", "a3"]
        assert whole(number).state == "done"
        with transaction():
            assert retry_job(db.session.get_one(Job, number)) is None


def test_who_works_on_what_was_dropped_loses_it(app: Flask) -> None:
    with app.app_context():
        add("a")
        run_next("fast")
        claimed = job_lane._claim("fast")
        assert claimed is not None
        with transaction():
            drop_jobs("t.whole", "a")
        with pytest.raises(jobs.JobLost):
            claimed[1].checkpoint()
        assert db.session.scalars(select(Job)).all() == []
