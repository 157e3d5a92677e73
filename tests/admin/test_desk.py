"""The desk: what needs somebody, what can be begun, true figures; health in plain words."""

import os
import re
import time

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from sanshi_lms.core import heartbeat
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import transaction
from sanshi_lms.core.registers import DESK_GROUPS
from sanshi_lms.core.settings import settings
from sanshi_lms.core.storage import Storage
from sanshi_lms.courses import Course, Lesson
from sanshi_lms.credentials import award_certificate
from sanshi_lms.learning.actions import enrol
from sanshi_lms.learning.corrections.actions import ask_correction
from tests.admin.conftest import VideoMaker
from tests.people import Cast
from tests.video.making import show_in_course

GIGABYTE = 1000**3


def tiles(page: str) -> dict[str, tuple[int, str]]:
    """Return each tile's number and address by its label."""
    found = re.findall(
        r'<div class="stat">.*?href="([^"]+)">([^<]+)</a>.*?stat__value">(\d+)', page, re.DOTALL
    )
    return {label: (int(number), url) for url, label, number in found}


@pytest.fixture
def admin(people: Cast) -> FlaskClient:
    return people.client("admin")


def test_the_figures_are_true_and_lead_to_what_they_count(
    app: Flask, people: Cast, admin: FlaskClient, broken_video: VideoMaker
) -> None:
    show_in_course(app, broken_video("座谈会录像"), published=True)
    reader = people.id("cadre")
    with app.app_context(), transaction():
        enrol(reader, 1, now())
        award_certificate(reader, "王小明", "加装电梯", 1, "course:1:user:1")
    shown = tiles(admin.get("/admin/").text)
    assert {label: number for label, (number, _) in shown.items()} == {
        "已发布课程": 1,
        "草稿课程": 0,
        "还不能播放的视频": 1,
        "测验": 0,
        "作业等您看": 0,
        "待审核的学时申报": 0,
        "必修逾期": 0,
        "进行中的培训班": 0,
        "注册人数": 2,
        "学完人次": 0,
        "有效证书": 1,
        "超时的需求": 0,
        "等确认的三师": 0,
        "等核对的服务": 0,
        "等答复的异议": 0,
        "等发放的奖励": 0,
        "等确认的预订": 0,
        "社区": 0,
        "等审核的案例和故事": 0,
    }
    for label, (_, url) in shown.items():
        assert admin.get(url).status_code == 200, label
    assert "加装电梯" in admin.get(shown["已发布课程"][1]).text
    assert "加装电梯" not in admin.get(shown["草稿课程"][1]).text.split("</form>")[-1]


def test_tasks_lead_to_where_the_work_begins(admin: FlaskClient) -> None:
    page = admin.get("/admin/").text
    tasks = page.split("desk-tasks")[1].split("</section>")[0]
    found = dict(re.findall(r'href="([^"]+)"[^>]*><svg.*?</svg>([^<]+)</a>', tasks, re.DOTALL))
    assert list(found.values()) == [
        "新建课程",
        "上传视频",
        "新建测验",
        "新建培训项目",
        "布置必修",
        "查找人员",
        "看效果评估",
    ]
    for url in found:
        assert admin.get(url).status_code == 200, url


def test_an_author_sees_what_authors_may_do(people: Cast, broken_video: VideoMaker) -> None:
    broken_video("座谈会录像")
    author = people.client("author")
    page = author.get("/admin/").text
    assert set(tiles(page)) == {"已发布课程", "草稿课程", "还不能播放的视频", "测验", "作业等您看"}
    main = page.split("<main")[1].split("</main>")[0]
    assert "查找人员" not in main
    assert 'id="trouble"' not in main
    assert "我最近做的" in main
    for url in set(re.findall(r'href="(/[^"#]*)"', main)):
        assert author.get(url).status_code == 200, url


def test_an_author_reads_only_their_own_acts(people: Cast, admin: FlaskClient) -> None:
    author = people.client("author")
    for client, title in ((admin, "管理员的测验"), (author, "作者的测验")):
        client.post("/admin/quizzes/new", data={"title": title, "pass_percent": "60",
                                                "attempts_allowed": "0"})  # fmt: skip
    own = author.get("/admin/").text
    assert "作者的测验" in own
    assert "管理员的测验" not in own
    everything = admin.get("/admin/").text
    assert "作者的测验" in everything
    assert "管理员的测验" in everything


def test_troubles_come_first_and_say_what_to_do(
    admin: FlaskClient, broken_video: VideoMaker
) -> None:
    for number in range(5):
        broken_video(f"录像{number}")
    page = admin.get("/admin/").text
    assert page.index('id="trouble"') < page.index('id="tasks"')
    assert "后台程序没有运行" in page
    assert "视频转码没有成功：录像4" in page
    assert page.count("打开看看") == 3
    assert "/retry" not in page, "a text that is called a video gets no better"
    assert "还有 2 个没有成功" in page


@pytest.mark.usefixtures("worker_lives")
def test_a_desk_without_trouble_says_nothing_of_it(admin: FlaskClient) -> None:
    page = admin.get("/admin/")
    assert page.status_code == 200
    assert 'id="trouble"' not in page.text
    assert "全部正常" in admin.get("/admin/health").text


@pytest.mark.parametrize("part", ["cadre", "pro", "resident"])
@pytest.mark.parametrize("path", ["/admin/", "/admin/health"])
def test_a_stranger_is_not_let_in(people: Cast, part: str, path: str) -> None:
    assert people.client(part).get(path).status_code == 403


def test_visitors_are_asked_to_sign_in_and_authors_see_no_health(
    client: FlaskClient, people: Cast
) -> None:
    assert "/account/sign-in" in client.get("/admin/").location
    assert people.client("author").get("/admin/health").status_code == 403


def test_health_tells_whether_the_worker_lives(app: Flask, admin: FlaskClient) -> None:
    def part() -> dict[str, object]:
        answer = admin.get("/healthz").json
        assert answer is not None
        return dict(answer["parts"]["worker"])

    assert not part()["ok"]
    assert "重新启动" in str(part()["message"])
    assert "不正常" in admin.get("/admin/health").text
    with app.app_context():
        heartbeat.beat()
        assert part()["ok"]
        assert "后台程序没有运行" not in admin.get("/admin/health").text
        old = time.time() - heartbeat.SILENT_SECONDS - 1
        os.utime(settings().data_dir / "worker.alive", (old, old))
        assert not part()["ok"], "a worker that was killed leaves an old sign"
        heartbeat.beat()
        assert part()["ok"]
        heartbeat.stop()
        heartbeat.stop()
        assert not part()["ok"]


@pytest.mark.usefixtures("worker_lives")
def test_a_full_disk_is_told_with_numbers(
    admin: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Storage, "free_bytes", lambda _self: GIGABYTE // 10)
    monkeypatch.setattr(Storage, "total_bytes", lambda _self: 50 * GIGABYTE)
    page = admin.get("/admin/health").text
    assert "还剩 100 MB，共 50.0 GB，空间不足" in page
    assert 'value="100"' in page
    assert "已用 100%" in page
    assert "磁盘空间：不正常" in admin.get("/admin/").text


def test_people_are_counted_by_role(people: Cast, admin: FlaskClient) -> None:
    people.id("cadre")
    people.id("other_cadre")
    page = admin.get("/admin/account/people").text
    assert "社区、街道干部或物业人员（2 人）" in page
    assert "居民（0 人）" in page
    assert "全部（3 人）" in page


def test_the_menu_has_groups_and_counts_what_waits_for_me(
    app: Flask, people: Cast, admin: FlaskClient
) -> None:
    learner, author = people.id("cadre"), people.id("author")
    side = admin.get("/admin/").text.split("admin-menu--side")[1].split("</nav>")[0]
    groups = re.findall(r'admin-menu__group"[^>]*>([^<]+)', side)
    assert groups == [name for name in DESK_GROUPS if name]
    assert "admin-menu__count" not in side, "nothing waits"
    made = Course(slug="lift", title="加装电梯", topic="城市更新", kind="技能培训")
    with app.app_context(), transaction() as session:
        made.created_at = made.updated_at = now()
        session.add(made)
        session.flush()
        lesson = Lesson(course_id=made.id, position=1, slug="a", title="第一课", kind="reading")
        lesson.minutes, lesson.updated_at = 5, now()
        session.add(lesson)
        session.flush()
        why = "停电后重学过，有签到表"
        ask_correction(learner, lesson, "complete", why, author, now())
    page = admin.get("/admin/").text
    entry = page.split("记录更正")[1].split("</a>")[0]
    assert ">1<" in entry
    assert page.split("admin-menu--fold")[1].split("</summary>")[0].count("件等着处理") == 1
    with app.app_context(), transaction() as session:
        session.execute(text("UPDATE account_users SET role = 'admin' WHERE username = 'author'"))
    mine = people.client("author").get("/admin/").text
    assert "admin-menu__count" not in mine, "one's own request waits for somebody else"
