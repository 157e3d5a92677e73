"""The editorial flow at the desk: it works, the wrong person cannot, twice is once, edges."""

import html
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from sanshi_lms.core.audit import AuditEntry
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.courses import course_published, course_withdrawn
from sanshi_lms.courses.editorial import jobs
from sanshi_lms.courses.editorial.actions import publish_due
from sanshi_lms.courses.editorial.freezing import digest_of
from sanshi_lms.courses.editorial.models import (
    CourseVersion,
    EditorialFlow,
    EditorialStep,
    Excellent,
)
from sanshi_lms.courses.models import Course, Lesson
from tests.courses.packs import COURSE, READING, lift, write_pack
from tests.courses.steps import seen, step
from tests.people import Cast

DRAFT = COURSE.replace("published", "draft")
HOME = "/admin/courses/1"


@pytest.fixture
def draft(load: Callable[[Path], None], tmp_path: Path) -> None:
    """The course “加装电梯” as a draft."""
    load(write_pack(tmp_path, lift(course=DRAFT)))


@pytest.fixture
def reviewed(draft: None, people: Cast) -> None:
    """The same, where three reviews are asked for."""
    del draft
    turn(people.client("admin"), "on")


def turn(client: FlaskClient, to: str, version: str = "") -> str:
    """Turn the switch as the page offers it, and return the page that follows."""
    page = client.get("/admin/courses/review/").text
    found = re.search(
        r'name="to" value="\w+"><input type="hidden" name="version" value="(\d+)"', page
    )
    assert found
    data = {"to": to, "version": version or found[1]}
    assert client.post("/admin/courses/review/switch", data=data).status_code == 302
    return client.get("/admin/courses/review/").text


def words_of(client: FlaskClient, path: str) -> str:
    """Return the words of a page's main part."""
    page = client.get(path).text.split("<main")[1].split("</main")[0]
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


def status(app: Flask) -> str:
    with app.app_context():
        return db.session.get_one(Course, 1).status


def verbs(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(EditorialStep.verb).order_by(EditorialStep.id)))


def pass_all(people: Cast) -> None:
    """Submit as the author; three others pass it."""
    for verb, part in (
        ("submit", "author"), ("pass_first", "other_author"), ("pass_second", "admin"),
        ("pass_final", "other_admin"),
    ):  # fmt: skip
        assert step(people.client(part), verb).status_code == 302, verb


@pytest.mark.usefixtures("reviewed")
def test_from_submission_through_three_people_to_everybody(
    app: Flask, people: Cast, client: FlaskClient
) -> None:
    author, peer = people.client("author"), people.client("other_author")
    assert "由三个人依次审" in words_of(author, HOME)
    assert "没有等您审的课程" in words_of(peer, "/admin/courses/review/")
    assert step(author, "submit").status_code == 302
    assert "您提交的，由别人来审" in words_of(author, HOME)
    assert "初审通过" not in words_of(author, HOME)
    assert "等初审" in words_of(peer, "/admin/courses/review/")
    assert "1<span" in peer.get("/admin/courses/review/").text.split("admin-menu__count")[1]
    assert "admin-menu__count" not in author.get(HOME).text
    assert step(peer, "pass_first", words="第一课写得好").status_code == 302
    assert "第一课写得好" in words_of(author, HOME)
    again = step(peer, "pass_second", version="2")
    assert again.status_code == 422
    assert "您已经审过这一轮" in again.text
    admin, chief = people.client("admin"), people.client("other_admin")
    assert step(admin, "pass_second").status_code == 302
    assert "这一步不由您来办" in step(peer, "pass_final").text
    assert step(chief, "pass_final").status_code == 302
    assert client.get("/courses/lift").status_code == 404
    assert step(chief, "publish").status_code == 302
    assert client.get("/courses/lift").status_code == 200
    assert "加装电梯" in client.get("/courses/").text
    assert verbs(app) == ["submit", "pass_first", "pass_second", "pass_final", "publish"]
    with app.app_context():
        (version,) = db.session.scalars(select(CourseVersion)).all()
        assert version.sha256 == digest_of(version.body)
        body = json.loads(version.body)
        assert (body["title"], len(body["lessons"])) == ("加装电梯", 2)
        assert set(db.session.scalars(select(EditorialStep.version_id))) == {version.id}
        assert {"courses.review", "courses.publish"} <= set(
            db.session.scalars(select(AuditEntry.verb))
        )


@pytest.mark.usefixtures("reviewed")
def test_nobody_goes_past_the_reviews(app: Flask, people: Cast) -> None:
    admin = people.client("admin")
    answer = step(admin, "publish")
    assert answer.status_code == 422
    assert "请先提交，三个人都通过以后才能发布" in answer.text
    soon = local(now() + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    assert step(admin, "schedule", publish_at=soon).status_code == 422
    assert step(admin, "submit").status_code == 302
    assert "您提交的，要请别人来审" in step(admin, "pass_first").text
    assert (status(app), verbs(app)) == ("draft", ["submit"])


@pytest.mark.usefixtures("reviewed")
def test_a_return_needs_words_and_leads_back(app: Flask, people: Cast) -> None:
    author, peer = people.client("author"), people.client("other_author")
    step(author, "submit")
    answer = step(peer, "return_first", words="  ")
    assert answer.status_code == 422
    assert "要写明原因" in answer.text
    assert "请不要超过 500 个字" in step(peer, "return_first", words="长" * 501).text
    assert step(peer, "return_first", words="第一课少了门槛\r\n请补上").status_code == 302
    page = words_of(author, HOME)
    assert "讲师赵晴初审退回" in page
    assert "第一课少了门槛" in page
    assert "提交审核" in page
    assert verbs(app) == ["submit", "return_first"]
    step(author, "submit")
    assert step(author, "take_back").status_code == 302
    assert "提交审核" in words_of(author, HOME)


@pytest.mark.usefixtures("reviewed")
def test_a_click_twice_is_one_and_a_late_one_is_told(app: Flask, people: Cast) -> None:
    author, peer, admin = (people.client(p) for p in ("author", "other_author", "admin"))
    for _ in range(2):
        assert step(author, "submit", version="0").status_code == 302
    assert verbs(app) == ["submit"]
    assert step(peer, "pass_first", version="1").status_code == 302
    late = step(admin, "return_first", version="1", words="还要改")
    assert late.status_code == 409
    assert "现在是“等复审”，不能再“退回修改”了" in late.text
    assert step(peer, "pass_first", version="1").status_code == 302
    assert verbs(app) == ["submit", "pass_first"]
    for wrong in ("", "x", "-1", "9" * 30):
        assert step(admin, "pass_second", version=wrong).status_code == 409, wrong
    with app.app_context():
        assert db.session.get_one(EditorialFlow, 1).version == 2


@pytest.mark.usefixtures("reviewed")
def test_words_stay_as_they_are_while_others_read(app: Flask, people: Cast) -> None:
    author, admin = people.client("author"), people.client("admin")
    step(author, "submit")
    for path in (
        f"{HOME}/about", f"{HOME}/lessons/new", "/admin/courses/lessons/1",
        "/admin/courses/lessons/1/move", "/admin/courses/lessons/1/delete",
        "/admin/courses/lessons/1/attachments",
    ):  # fmt: skip
        for who in (author, admin):
            answer = who.post(path, data={"to": "up"})
            assert answer.status_code == 409, path
            assert "正在审核，现在不能改" in answer.text
    assert "现在不能改" in author.get("/admin/courses/lessons/1").text
    with app.app_context(), transaction():  # a pack or the command line still may
        db.session.get_one(Lesson, 1).body_md = "第一步是谈钱。"
    assert "和版本 1 不一样了" in words_of(admin, HOME)
    answer = step(admin, "pass_first")
    assert answer.status_code == 422
    assert "审的不是现在的样子" in answer.text


@pytest.mark.usefixtures("reviewed")
def test_what_was_reviewed_is_not_changed_by_its_author(people: Cast, client: FlaskClient) -> None:
    pass_all(people)
    step(people.client("admin"), "publish")
    lesson = {"title": "先问", "content": "reading:", "minutes": "6", "body_md": "新的。"}
    values = {**lesson, "slug": "wishes", "version": "1"}
    author, admin = people.client("author"), people.client("admin")
    answer = author.post("/admin/courses/lessons/1", data=values)
    assert answer.status_code == 409
    assert "已经发布的内容不能直接改" in answer.text
    assert admin.post("/admin/courses/lessons/1", data=values).status_code == 302
    assert "改的地方没有经过三审" in words_of(admin, HOME)
    assert "新的。" in client.get("/courses/lift/wishes").text


@pytest.mark.usefixtures("draft")
def test_a_moment_publishes_by_itself_and_only_then(
    app: Flask, people: Cast, client: FlaskClient
) -> None:
    admin = people.client("admin")
    past = local(now() - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M")
    assert "时间已经过了" in step(admin, "schedule", publish_at=past).text
    assert "请选择定时发布" in step(admin, "schedule").text
    assert "请选择定时发布" in step(admin, "schedule", publish_at="明天").text
    moment = (now() + timedelta(hours=2)).replace(second=0, microsecond=0)
    typed = local(moment).strftime("%Y-%m-%dT%H:%M")
    assert step(admin, "schedule", publish_at=typed).status_code == 302
    assert "到点自动发布" in words_of(admin, HOME)
    with app.app_context():
        assert not jobs.is_due()
        jobs.publish_all_due()
        with transaction():
            publish_due(1, moment - timedelta(seconds=1))
    assert client.get("/courses/lift").status_code == 404
    due(app)
    with app.app_context():
        assert jobs.is_due()
        jobs.publish_all_due()
        assert not jobs.is_due()
        jobs.publish_all_due()
    assert client.get("/courses/lift").status_code == 200
    assert verbs(app) == ["schedule", "publish"]
    assert "到了定好的时间，自动发布" in words_of(admin, f"{HOME}/versions/")


def due(app: Flask) -> None:
    """Let the moment of the timed publication be over."""
    with app.app_context(), transaction():
        db.session.get_one(EditorialFlow, 1).publish_at = now() - timedelta(seconds=1)


@pytest.mark.usefixtures("draft")
def test_a_moment_that_cannot_be_kept_says_why_once(app: Flask, people: Cast) -> None:
    admin = people.client("admin")
    soon = local(now() + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    step(admin, "schedule", publish_at=soon)
    turn(admin, "on")
    due(app)
    with app.app_context():
        jobs.publish_all_due()
        jobs.publish_all_due()
    assert (status(app), verbs(app)) == ("draft", ["schedule", "miss"])
    assert "三审还没有通过" in words_of(admin, HOME)
    turn(admin, "off")
    step(admin, "schedule", publish_at=soon)
    with app.app_context(), transaction():
        db.session.get_one(Course, 1).summary = ""
    due(app)
    with app.app_context():
        jobs.publish_all_due()
    assert "还没有一句话简介" in words_of(admin, HOME)
    assert status(app) == "draft"


@pytest.mark.usefixtures("reviewed")
def test_a_time_is_set_taken_back_and_kept_after_the_reviews(app: Flask, people: Cast) -> None:
    pass_all(people)
    admin = people.client("admin")
    soon = local(now() + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    assert step(admin, "schedule", publish_at=soon).status_code == 302
    assert "三审通过，定好了时间" in words_of(admin, HOME)
    assert step(admin, "unschedule").status_code == 302
    assert "等管理员发布" in words_of(admin, HOME)
    step(admin, "schedule", publish_at=soon)
    due(app)
    with app.app_context():
        jobs.publish_all_due()
    assert status(app) == "published"


@pytest.mark.usefixtures("draft")
def test_withdrawing_needs_a_reason_which_is_kept_and_told(
    app: Flask, people: Cast, client: FlaskClient
) -> None:
    told: list[tuple[str, int, dict[str, Any]]] = []

    def hear(course: Course, **news: Any) -> None:
        told.append((course.slug, course.id, news))

    course_published.connect(hear)
    course_withdrawn.connect(hear)
    admin = people.client("admin")
    step(admin, "publish")
    answer = step(admin, "withdraw", words="")
    assert answer.status_code == 422
    assert "要写明原因" in answer.text
    assert client.get("/courses/lift").status_code == 200
    version = seen(admin)
    for _ in range(2):
        answer = step(admin, "withdraw", words="政策改了", version=version)
        assert answer.status_code == 302
    assert client.get("/courses/lift").status_code == 404
    assert [news["words"] for _, _, news in told] == ["", "政策改了"]
    assert told[1][:2] == ("lift", 1)
    assert told[1][2]["by_id"] == people.id("admin")
    assert isinstance(told[1][2]["at"], datetime)
    page = words_of(admin, f"{HOME}/versions/")
    assert "下架" in page
    assert "政策改了" in page
    with app.app_context():
        entry = db.session.scalars(
            select(AuditEntry).where(AuditEntry.verb == "courses.withdraw")
        ).one()
        assert "政策改了" in (entry.after or "")


@pytest.mark.usefixtures("draft")
def test_versions_are_listed_shown_and_compared(app: Flask, people: Cast) -> None:
    admin = people.client("admin")
    assert "还没有版本" in words_of(admin, f"{HOME}/versions/")
    step(admin, "publish")
    step(admin, "withdraw", words="改一处")
    with app.app_context(), transaction():
        lesson = db.session.get_one(Lesson, 1)
        lesson.body_md = lesson.body_md.replace("不是谈钱", "不是谈面积 <b>")
    step(admin, "publish")
    page = words_of(admin, f"{HOME}/versions/")
    assert page.index("版本 2") < page.rindex("版本 1")
    assert "先问意愿" in words_of(admin, f"{HOME}/versions/1")
    found = admin.get(f"{HOME}/versions/compare?old=1&new=2").text
    assert re.search(r"<del class=\"diff__out\">.*?删去：.*?−</span>钱<", found)
    assert re.search(r"<ins class=\"diff__put\">.*?加上：.*?\+</span>面积 &lt;b&gt;<", found)
    assert "<b>" not in found.split("<main")[1].split("</main")[0]
    assert "没有不同" in words_of(admin, f"{HOME}/versions/compare?old=2&new=now")
    for wrong in ("old=3&new=2", "old=&new=now", "old=1&new=x", "old=1&new=0"):
        assert admin.get(f"{HOME}/versions/compare?{wrong}").status_code == 404, wrong
    assert admin.get(f"{HOME}/versions/9").status_code == 404
    assert "对不上" not in words_of(admin, f"{HOME}/versions/")
    with app.app_context(), transaction():
        row = db.session.scalars(select(CourseVersion).where(CourseVersion.number == 1)).one()
        row.body = row.body.replace("谈钱", "谈心")
    assert "和指纹对不上" in words_of(admin, f"{HOME}/versions/")


@pytest.mark.usefixtures("draft")
def test_the_switch_is_turned_by_an_administrator_and_noted(app: Flask, people: Cast) -> None:
    admin, author = people.client("admin"), people.client("author")
    assert "已关闭" not in words_of(author, "/admin/courses/review/")
    sent = {"to": "on", "version": "1"}
    assert author.post("/admin/courses/review/switch", data=sent).status_code == 403
    for _ in range(2):
        assert admin.post("/admin/courses/review/switch", data=sent).status_code == 302
    assert "已打开" in words_of(admin, "/admin/courses/review/")
    assert "慢了一步" in turn(admin, "off", version="1")
    assert "已关闭" in turn(admin, "off")
    with app.app_context():
        entries = db.session.scalars(
            select(AuditEntry.after).where(AuditEntry.verb == "courses.reviews")
        ).all()
        assert entries == ['{"three_reviews": true}', '{"three_reviews": false}']


@pytest.mark.usefixtures("reviewed")
def test_a_pack_does_not_slip_past_the_reviews(
    load: Callable[[Path], None], tmp_path: Path, app: Flask, client: FlaskClient
) -> None:
    load(write_pack(tmp_path, lift()))
    load(write_pack(tmp_path, {"course.yaml": COURSE, "01-a.md": READING}, slug="fresh"))
    assert client.get("/courses/lift").status_code == 404
    assert client.get("/courses/fresh").status_code == 404
    assert verbs(app) == []


def test_a_pack_that_publishes_leaves_a_version(
    load: Callable[[Path], None], tmp_path: Path, app: Flask
) -> None:
    load(write_pack(tmp_path, lift()))
    with app.app_context():
        one = db.session.scalars(select(EditorialStep)).one()
        assert (one.verb, one.person_id, one.words) == ("publish", None, "从课程包导入")


def test_praise_is_given_for_a_reason_and_shown_to_everybody(
    load: Callable[[Path], None], tmp_path: Path, app: Flask, people: Cast, client: FlaskClient
) -> None:
    load(write_pack(tmp_path, lift()))
    admin, author = people.client("admin"), people.client("author")
    assert "还没有评出优秀微课" in client.get("/courses/excellent/").text
    praise, reason = f"{HOME}/praise", {"lesson": "", "reason": "步骤清楚，居民都看得懂。"}
    assert author.post(praise, data=reason).status_code == 403
    for wrong, words in (
        ({"lesson": "", "reason": " "}, "请写明为什么"),
        ({"lesson": "", "reason": "好" * 201}, "不要超过 200 个字"),
        ({"lesson": "99", "reason": "好"}, "不在这门课程里"),
        ({"lesson": "x", "reason": "好"}, "请从列出的课里选"),
    ):
        assert words in admin.post(praise, data=wrong, follow_redirects=True).text
    assert admin.post(praise, data={"lesson": "1", "reason": "一听就懂。"}).status_code == 302
    assert "有优秀微课" in client.get("/courses/").text
    for _ in range(2):
        assert admin.post(praise, data=reason).status_code == 302
    assert "管理员周敏" in words_of(admin, HOME)
    for path in ("/courses/excellent/", "/courses/lift"):
        page = client.get(path).text
        assert "居民都看得懂" in page
        assert "一听就懂" in page
        assert "管理员周敏" not in page
    assert "优秀微课</span>" in client.get("/courses/").text.split("<main")[1]
    step(admin, "withdraw", words="先收一收")
    assert "居民都看得懂" not in client.get("/courses/excellent/").text
    with app.app_context():
        numbers = list(db.session.scalars(select(Excellent.id).order_by(Excellent.id)))
    assert len(numbers) == 2
    assert author.post(f"{praise}/{numbers[0]}/remove").status_code == 403
    for number in (*numbers, numbers[0]):
        assert admin.post(f"{praise}/{number}/remove").status_code == 302
    assert "只有已发布的课程才能评" in admin.post(praise, data=reason, follow_redirects=True).text
    with app.app_context():
        entries = db.session.scalars(
            select(AuditEntry.before).where(AuditEntry.verb == "courses.unpraise")
        ).all()
        assert len(entries) == 2
        assert any("居民都看得懂" in (one or "") for one in entries)


@pytest.mark.usefixtures("reviewed")
def test_a_course_with_a_past_can_be_deleted_while_nobody_learned(app: Flask, people: Cast) -> None:
    step(people.client("author"), "submit")
    admin = people.client("admin")
    assert admin.post(f"{HOME}/delete").status_code == 302
    with app.app_context():
        assert db.session.scalars(select(Course)).all() == []
        assert db.session.scalars(select(EditorialStep)).all() == []
