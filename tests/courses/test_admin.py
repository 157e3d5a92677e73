"""The desk of courses: it works, a stranger cannot, two editors do not overwrite each other."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from sanshi_lms.core.audit import AuditEntry
from sanshi_lms.core.changes import Change
from sanshi_lms.core.db import db
from sanshi_lms.core.storage import storage
from sanshi_lms.courses import lessons_of, use_learner_side
from sanshi_lms.courses.learner import PasserBy
from sanshi_lms.courses.models import Attachment, Course, Lesson
from tests.courses.packs import Talk, lift, write_pack
from tests.courses.steps import step
from tests.people import Cast

PDF = b"%PDF-1.7\n%%EOF\n"
ABOUT: dict[str, Any] = {
    "title": "小区停车怎么议",
    "summary": "三步议出办法。",
    "audience": ["社区干部", "居民"],
    "kind": "技能培训",
    "topic": "完整社区",
    "credit_hours": "0.5",
    "description_md": "## 学完以后",
    "slug": "parking",
    "version": "1",
}
LESSON: dict[str, Any] = {
    "title": "先数车位",
    "content": "reading:",
    "minutes": "6",
    "required": "y",
    "body_md": "数清楚再议。",
    "slug": "count",
    "version": "1",
}


@pytest.fixture
def editor(people: Cast) -> FlaskClient:
    """A course author."""
    return people.client("author")


@pytest.fixture
def admin(people: Cast) -> FlaskClient:
    """An administrator."""
    return people.client("admin")


@pytest.fixture
def lifted(load: Callable[[Path], None], tmp_path: Path) -> int:
    """The course “加装电梯”, published; returns its id."""
    load(write_pack(tmp_path, lift()))
    return 1


def after(answer: TestResponse, client: FlaskClient) -> str:
    """Follow a redirect and return the page it leads to."""
    assert answer.status_code == 302, answer.text
    return client.get(answer.headers["Location"]).text


def lesson_ids(app: Flask, course_id: int = 1) -> list[int]:
    """Return the lessons' ids in order."""
    with app.app_context():
        return [lesson.id for lesson in lessons_of(course_id)]


def test_a_course_is_written_from_nothing_to_published(
    app: Flask, admin: FlaskClient, client: FlaskClient
) -> None:
    assert "还没有课程" in admin.get("/admin/courses/").text
    page = after(admin.post("/admin/courses/new", data=ABOUT), admin)
    assert "还差这几步才能发布" in page
    assert "还没有课，请先添加至少一课" in page
    assert client.get("/courses/parking").status_code == 404
    page = after(admin.post("/admin/courses/1/lessons/new", data=LESSON), admin)
    assert "这一课已添加" in page
    assert "都准备好了，可以发布" in admin.get("/admin/courses/1").text
    assert "已发布" in after(step(admin, "publish"), admin)
    assert "数清楚再议" in client.get("/courses/parking/count").text
    assert "小区停车怎么议" in admin.get("/admin/courses/?q=停车&status=published").text
    with app.app_context():
        verbs = set(db.session.scalars(select(AuditEntry.verb)))
        assert {"courses.create", "courses.add_lesson", "courses.publish"} <= verbs
        touched = {(change.kind, change.ref) for change in db.session.scalars(select(Change))}
        assert {("course", 1), ("lesson", 1)} <= touched


ADDRESSES = [
    ("get", "/admin/courses/"),
    ("get", "/admin/courses/new"),
    ("post", "/admin/courses/new"),
    ("get", "/admin/courses/1"),
    ("get", "/admin/courses/1/about"),
    ("post", "/admin/courses/1/about"),
    ("post", "/admin/courses/1/steps"),
    ("get", "/admin/courses/1/versions/"),
    ("get", "/admin/courses/1/versions/1"),
    ("get", "/admin/courses/1/versions/compare"),
    ("post", "/admin/courses/1/praise"),
    ("post", "/admin/courses/1/praise/1/remove"),
    ("get", "/admin/courses/review/"),
    ("post", "/admin/courses/review/switch"),
    ("post", "/admin/courses/1/unit"),
    ("post", "/admin/courses/1/delete"),
    ("get", "/admin/courses/1/lessons/new"),
    ("post", "/admin/courses/1/lessons/new"),
    ("get", "/admin/courses/lessons/1"),
    ("post", "/admin/courses/lessons/1"),
    ("post", "/admin/courses/lessons/1/move"),
    ("post", "/admin/courses/lessons/1/delete"),
    ("post", "/admin/courses/lessons/1/attachments"),
    ("post", "/admin/courses/attachments/1/delete"),
    ("post", "/api/v1/courses/preview"),
]


@pytest.mark.usefixtures("lifted")
def test_strangers_and_learners_are_turned_away_everywhere(
    app: Flask, client: FlaskClient, people: Cast
) -> None:
    rules = {r.rule for r in app.url_map.iter_rules() if r.rule.startswith("/admin/courses")}
    assert len(rules) == len({a for _m, a in ADDRESSES if a.startswith("/admin")})
    cadre = people.client("cadre")
    for method, address in ADDRESSES:
        assert cadre.open(address, method=method).status_code == 403, address
        visitor = client.open(address, method=method)
        assert visitor.status_code in {302, 401}, address
        assert "/account/sign-in" in visitor.headers.get("Location", "/account/sign-in")
    assert len(lesson_ids(app)) == 2


@pytest.mark.usefixtures("lifted")
def test_an_author_writes_but_does_not_publish(editor: FlaskClient) -> None:
    for verb in ("publish", "withdraw"):
        refused = step(editor, verb, words="不要了", version="1")
        assert refused.status_code == 422
        assert "这一步不由您来办" in refused.text
    assert editor.post("/admin/courses/1/delete").status_code == 403
    assert "下架" not in editor.get("/admin/courses/1").text.split("<main")[1]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("title", " ", "请填写标题"),
        ("title", "长" * 101, "最多 100 字"),
        ("credit_hours", "很多", "请填写数字"),
        ("credit_hours", "-1", "0 到 100"),
        ("credit_hours", "NaN", "0 到 100"),
        ("credit_hours", "", "不计学时请填 0"),
        ("slug", "停车", "小写英文字母"),
        ("kind", "讲座", "请从列出的选项里选"),
        ("audience", "村民", "请从列出的选项里选"),
    ],
)
def test_a_wrong_field_is_told_and_nothing_is_lost(
    editor: FlaskClient, field: str, value: str, words: str
) -> None:
    answer = editor.post("/admin/courses/new", data={**ABOUT, field: value})
    assert answer.status_code == 422
    assert "三步议出办法" in answer.text
    assert "还没有提交成功" in answer.text
    assert words in answer.text


@pytest.mark.usefixtures("lifted")
def test_a_taken_address_is_refused(editor: FlaskClient) -> None:
    answer = editor.post("/admin/courses/new", data={**ABOUT, "slug": "lift"})
    assert answer.status_code == 422
    assert "已经有人用了" in answer.text
    answer = editor.post("/admin/courses/1/lessons/new", data={**LESSON, "slug": "vote"})
    assert answer.status_code == 422
    assert "已经有人用了" in answer.text


@pytest.mark.usefixtures("lifted")
def test_an_address_left_empty_gets_one_and_a_published_one_stays(
    app: Flask, editor: FlaskClient
) -> None:
    assert editor.post("/admin/courses/new", data={**ABOUT, "slug": ""}).status_code == 302
    answer = editor.post("/admin/courses/1/about", data={**ABOUT, "slug": "other"})
    assert answer.status_code == 422
    assert "网址名不能再改" in answer.text
    with app.app_context():
        first, second = db.session.scalars(select(Course).order_by(Course.id))
        assert first.title == "加装电梯"
        assert second.slug.startswith("course-")


@pytest.mark.usefixtures("lifted")
def test_two_editors_do_not_overwrite_each_other(app: Flask, people: Cast) -> None:
    first, second = people.client("author"), people.client("admin")
    values = {**LESSON, "slug": "wishes"}
    answer = first.post("/admin/courses/lessons/1", data={**values, "body_md": "先来的话。"})
    assert answer.status_code == 302
    late = second.post("/admin/courses/lessons/1", data={**values, "body_md": "后来的话。"})
    assert late.status_code == 409
    assert "别人已经改过并保存了" in late.text
    assert "先来的话。" in late.text
    assert "后来的话。" in late.text
    with app.app_context():
        assert db.session.get_one(Lesson, 1).body_md == "先来的话。"
    assert 'name="version" type="hidden" value="2"' in late.text
    merged = {**values, "body_md": "两人的话。", "version": "2"}
    assert second.post("/admin/courses/lessons/1", data=merged).status_code == 302
    about = {**ABOUT, "slug": "lift"}
    assert first.post("/admin/courses/1/about", data=about).status_code == 302
    late = second.post("/admin/courses/1/about", data={**about, "title": "另一个标题"})
    assert late.status_code == 409
    assert "小区停车怎么议" in late.text


@pytest.mark.usefixtures("lifted")
@pytest.mark.parametrize("version", ["", "x", "-1", "٣", "99999999999999999999", "0"])
def test_a_damaged_version_saves_nothing(app: Flask, editor: FlaskClient, version: str) -> None:
    values = {**LESSON, "slug": "wishes", "version": version}
    assert editor.post("/admin/courses/lessons/1", data=values).status_code == 409
    with app.app_context():
        assert db.session.get_one(Lesson, 1).title == "先问意愿"


@pytest.mark.usefixtures("lifted")
def test_lessons_move_up_and_down(app: Flask, editor: FlaskClient) -> None:
    one, two = lesson_ids(app)
    answer = editor.post(f"/admin/courses/lessons/{two}/move", data={"to": "up"})
    assert answer.headers["Location"].endswith(f"/admin/courses/1#lesson-{two}")
    assert lesson_ids(app) == [two, one]
    editor.post(f"/admin/courses/lessons/{two}/move", data={"to": "up"})
    assert lesson_ids(app) == [two, one]
    editor.post(f"/admin/courses/lessons/{two}/move", data={"to": "down"})
    assert lesson_ids(app) == [one, two]
    answer = editor.post(f"/admin/courses/lessons/{two}/move", data={"to": "sideways"})
    assert answer.status_code == 400


@pytest.mark.usefixtures("lifted")
def test_a_lesson_points_at_what_its_kind_offers(
    app: Flask, editor: FlaskClient, talk: Talk
) -> None:
    talk.texts[7] = "新的讲话"
    assert "新的讲话" in editor.get("/admin/courses/lessons/1").text
    values = {**LESSON, "slug": "wishes", "content": "talk:7"}
    assert editor.post("/admin/courses/lessons/1", data=values).status_code == 302
    with app.app_context():
        lesson = db.session.get_one(Lesson, 1)
        assert (lesson.kind, lesson.target_id) == ("talk", 7)
    for wrong in ("talk:99", "film:1", "talk:7;drop", ""):
        answer = editor.post(
            "/admin/courses/lessons/1", data={**values, "content": wrong, "version": "2"}
        )
        assert answer.status_code == 422, wrong


@pytest.mark.usefixtures("lifted")
def test_publishing_waits_for_what_is_not_ready(
    app: Flask, admin: FlaskClient, client: FlaskClient, talk: Talk
) -> None:
    assert "已下架" in after(step(admin, "withdraw", words="有一处错"), admin)
    assert client.get("/courses/lift").status_code == 404
    talk.unready.add(1)
    page = step(admin, "publish").text
    assert "还不能发布。第 2 课“依法表决”：讲话还没有录好，请等它完成。" in page
    assert client.get("/courses/lift").status_code == 404
    talk.unready.clear()
    talk.texts.clear()
    assert "还没有选讲话" in step(admin, "publish").text
    with app.app_context():
        assert db.session.get_one(Course, 1).status == "withdrawn"


class Learned(PasserBy):
    """Somebody has learned everything."""

    def people_with_records(self, course_id: int | None, lesson_ids: Any) -> int:
        """Return one person."""
        del course_id, lesson_ids
        return 1


@pytest.mark.usefixtures("lifted")
def test_deleting_asks_what_depends_on_it(app: Flask, admin: FlaskClient) -> None:
    assert "请先下架" in after(admin.post("/admin/courses/1/delete"), admin)
    step(admin, "withdraw", words="有一处错")
    use_learner_side(app, Learned())
    assert "已经有人学过这门课程" in after(admin.post("/admin/courses/1/delete"), admin)
    assert "已经有人学过这一课" in after(admin.post("/admin/courses/lessons/1/delete"), admin)
    assert len(lesson_ids(app)) == 2
    use_learner_side(app, PasserBy())
    assert "已删除" in after(admin.post("/admin/courses/lessons/1/delete"), admin)
    assert "已删除" in after(admin.post("/admin/courses/1/delete"), admin)
    with app.app_context():
        assert db.session.scalars(select(Course)).all() == []
        assert db.session.scalars(select(Lesson)).all() == []


@pytest.mark.usefixtures("lifted")
def test_the_last_lesson_of_a_published_course_stays(admin: FlaskClient) -> None:
    admin.post("/admin/courses/lessons/1/delete")
    assert "这是最后一课" in after(admin.post("/admin/courses/lessons/2/delete"), admin)


def upload(client: FlaskClient, *files: tuple[bytes, str]) -> str:
    """Upload attachments to lesson 1 and return the page that follows."""
    parts = [(io.BytesIO(data), name) for data, name in files]
    answer = client.post(
        "/admin/courses/lessons/1/attachments",
        data={"files": parts},
        content_type="multipart/form-data",
    )
    return after(answer, client)


@pytest.mark.usefixtures("lifted")
def test_attachments_come_and_go(app: Flask, editor: FlaskClient) -> None:
    assert "已上传 2 个附件" in upload(editor, (PDF, "清单.pdf"), (b"a,b\n", "表.csv"))
    assert "已经有附件“清单.pdf”" in upload(editor, (PDF, "清单.pdf"))
    with app.app_context():
        key = db.session.get_one(Attachment, 1).key
        assert storage().path(key).read_bytes() == PDF
        assert db.session.get_one(Lesson, 1).version == 2
    assert "附件“清单.pdf”已删除" in after(
        editor.post("/admin/courses/attachments/1/delete"), editor
    )
    with app.app_context():
        assert not storage().exists(key)
        assert [row.filename for row in db.session.scalars(select(Attachment))] == ["表.csv"]


@pytest.mark.usefixtures("lifted")
@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "空.pdf", "空文件"),
        (b"<script>", "页.html", "不支持"),
        (b"<script>", "假.pdf", "不符"),
        (b"MZ\x90", "程序.pdf.exe", "不支持"),
        (PDF, "", "请先选择文件"),
    ],
)
def test_a_hostile_upload_leaves_nothing(
    app: Flask, editor: FlaskClient, data: bytes, name: str, words: str
) -> None:
    assert words in upload(editor, (PDF, "好的.pdf"), (data, name)) or not name
    with app.app_context():
        kept = db.session.scalars(select(Attachment)).all()
        stored = [p for p in storage().root.rglob("*") if p.is_file()]
        assert len(kept) == (0 if name else 1)
        assert len(stored) == len(kept)


@pytest.mark.usefixtures("lifted")
def test_a_hostile_name_is_made_plain(app: Flask, editor: FlaskClient) -> None:
    upload(editor, (PDF, "../../../etc/cron.d/\u202efdp.pdf"))
    with app.app_context():
        attachment = db.session.scalars(select(Attachment)).one()
        assert attachment.filename == "fdp.pdf"
        assert storage().path(attachment.key).is_relative_to(storage().root)


def test_the_preview_is_what_readers_get(editor: FlaskClient) -> None:
    text = "## 一\n\n<script>alert(1)</script>\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    answer = editor.post("/api/v1/courses/preview", json={"text": text})
    html = answer.get_json()["html"]
    assert "<h2>一</h2>" in html
    assert "<table>" in html
    assert "<script" not in html


@pytest.mark.parametrize(
    ("body", "status"),
    [({}, 400), ([], 400), ({"text": 1}, 400), ({"text": "字" * 200_001}, 422)],
)
def test_a_wrong_preview_is_refused_in_words(editor: FlaskClient, body: Any, status: int) -> None:
    answer = editor.post("/api/v1/courses/preview", json=body)
    assert answer.status_code == status
    assert answer.get_json()["error"]["message"]


def test_the_preview_wants_the_form_token(app: Flask, people: Cast) -> None:
    client = people.client("author")
    app.config["WTF_CSRF_ENABLED"] = True
    answer = client.post("/api/v1/courses/preview", json={"text": "x"})
    assert answer.status_code == 400
    assert "安全校验" in answer.get_json()["error"]["message"]


@pytest.mark.parametrize("address", ["/admin/courses/9", "/admin/courses/lessons/9"])
def test_what_is_not_there_is_not_found(editor: FlaskClient, address: str) -> None:
    assert editor.get(address).status_code == 404
