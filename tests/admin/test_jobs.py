"""Background jobs on the desk: what they are about, how they stand, starting them anew."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from sanshi_lms.core import jobs as core_jobs
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.job_lane import run_next
from sanshi_lms.core.jobs import Job, JobFailed, JobRun, enqueue
from tests.admin.conftest import VideoMaker
from tests.people import Cast


@pytest.fixture
def admin(people: Cast) -> FlaskClient:
    return people.client("admin")


def newest(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(select(Job.id).order_by(Job.id.desc())).first() or 0


def test_a_job_is_told_by_its_work_and_its_subject(
    admin: FlaskClient, broken_video: VideoMaker
) -> None:
    number = broken_video("座谈会录像")
    page = admin.get("/admin/jobs").text
    assert f'视频转码：<a href="/admin/video/{number}">座谈会录像</a>' in page
    assert "这不是视频" in page
    assert "没有成功 1" in page
    assert "现在没有任务在做" in page
    assert "video.transcode" not in page.split("<main")[1].split("给维护人员看的细节")[0]


def test_no_jobs_at_all_is_said(admin: FlaskClient) -> None:
    page = admin.get("/admin/jobs").text
    assert "现在没有任务在做" in page
    assert "没有这样的任务" in page


def test_a_failed_job_is_started_anew_and_is_history_then(
    app: Flask, admin: FlaskClient, broken_video: VideoMaker
) -> None:
    broken_video("座谈会录像")
    first = newest(app)
    assert admin.post(f"/admin/jobs/{first}/retry").status_code == 302
    page = admin.get("/admin/jobs").text
    assert "已重新处理" in page
    assert "没有成功 0" in page
    assert "等候 1 个" in page
    assert f"/admin/jobs/{first}/retry" not in page
    admin.post(f"/admin/jobs/{first}/retry")
    assert newest(app) == first + 1, "a second click adds nothing"
    assert "重试后台任务" in admin.get("/admin/").text


def test_a_job_that_runs_is_not_started_twice(app: Flask, admin: FlaskClient) -> None:
    with app.app_context(), transaction():
        number = enqueue("video.transcode", "1", {"video_id": 1}).id
    page = admin.post(f"/admin/jobs/{number}/retry", follow_redirects=True).text
    assert "没有失败，不用重试" in page
    assert "重试后台任务" not in admin.get("/admin/").text


def test_the_jobs_of_a_deleted_video_go_with_it(
    app: Flask, admin: FlaskClient, broken_video: VideoMaker
) -> None:
    number = broken_video("座谈会录像")
    assert admin.post(f"/admin/video/{number}/delete").status_code == 302
    assert newest(app) == 0
    assert "没有成功" not in admin.get("/admin/").text


def test_a_back_off_is_told_in_words(
    app: Flask, admin: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(core_jobs.kinds, "t.again", raising=False)

    @core_jobs.job("t.again", label="再试的任务", attempts=4)
    def again(_run: JobRun) -> None:
        raise JobFailed("磁盘忙。", retry=True)

    with app.app_context():
        with transaction():
            number = enqueue("t.again", "1").id
        assert run_next("fast")
        with transaction() as session:
            later = now() + timedelta(seconds=150)
            session.execute(update(Job).where(Job.id == number).values(run_after=later))
    page = admin.get("/admin/jobs").text
    assert "再试的任务" in page
    assert "将在 2 分钟后再试（已经试了 1 次，最多 4 次）" in page
    assert "磁盘忙。" in page


def test_states_are_given_to_the_page(
    app: Flask, admin: FlaskClient, broken_video: VideoMaker
) -> None:
    broken_video("座谈会录像")
    number = newest(app)
    answer = admin.get(f"/api/v1/admin/jobs?ids={number},{number + 7}").json
    assert answer is not None
    assert answer["counts"] == {"failed": 1}
    assert answer["newest"] == number
    (job,) = answer["jobs"]
    assert job["id"] == number
    assert job["label"] == "没有成功"
    assert job["about"]["title"] == "座谈会录像"
    assert not job["may_retry"], "a text that is called a video gets no better"
    assert "试了 1 次" in job["times"]


@pytest.mark.parametrize("ids", ["", "x", "1,,2", "-1", "99999999999999999999", "1" * 3000])
def test_odd_numbers_are_left_aside(admin: FlaskClient, ids: str) -> None:
    answer = admin.get(f"/api/v1/admin/jobs?ids={ids}")
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["jobs"] == []


def test_an_unknown_kind_and_state_do_no_harm(app: Flask, admin: FlaskClient) -> None:
    with app.app_context(), transaction() as session:
        session.add(
            Job(kind="old.kind", key="9", lane="fast", payload="{}", state="failed",
                run_after=now(), created_at=now(), finished_at=now(), message="旧任务")
        )  # fmt: skip
    page = admin.get("/admin/jobs?state=rubbish").text
    assert "后台任务" in page
    assert "旧任务" in page
    assert "/retry" not in page, "nobody can work on it any more"


@pytest.mark.parametrize("part", ["cadre", "pro", "resident", "author"])
@pytest.mark.parametrize("path", ["/admin/jobs", "/api/v1/admin/jobs?ids=1"])
def test_a_stranger_does_not_see_jobs(people: Cast, part: str, path: str) -> None:
    assert people.client(part).get(path).status_code == 403


@pytest.mark.parametrize("part", ["cadre", "author"])
def test_a_stranger_does_not_start_jobs(
    app: Flask, people: Cast, broken_video: VideoMaker, part: str
) -> None:
    broken_video("座谈会录像")
    number = newest(app)
    assert people.client(part).post(f"/admin/jobs/{number}/retry").status_code == 403
    assert newest(app) == number


def test_a_visitor_gets_nothing(client: FlaskClient) -> None:
    assert client.get("/admin/jobs").status_code == 302
    assert client.get("/api/v1/admin/jobs").status_code == 401
    assert client.post("/admin/jobs/1/retry").status_code == 401
