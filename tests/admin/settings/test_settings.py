"""Settings in the page: at once for everybody, each change kept, put back by a click."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms import create_app
from sanshi_lms.admin.settings.rules import HIDDEN, shown, tidy
from sanshi_lms.core.audit import AuditEntry
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import db
from sanshi_lms.core.options import OptionChange, dialled
from tests.conftest import let_go, ready_for_tests, settings_in
from tests.people import Cast

PAGE = "/admin/settings"


def save(client: FlaskClient, group: str, **values: str) -> str:
    answer = client.post(PAGE, data={"group": group, **values})
    assert answer.status_code in {302, 422}
    return client.get(PAGE).text if answer.status_code == 302 else answer.text


def site(**changes: str) -> dict[str, str]:
    return {"site_name": "三师微课堂", "tagline": "规划师、建筑师、工程师进社区", **changes}


@pytest.fixture
def admin(people: Cast) -> FlaskClient:
    return people.client("admin")


def test_a_change_is_seen_at_once_by_every_process(
    app: Flask, admin: FlaskClient, client: FlaskClient, request: pytest.FixtureRequest
) -> None:
    second = ready_for_tests(create_app(app.extensions["settings"]))
    request.addfinalizer(lambda: let_go(second))
    other = second.test_client()
    assert "三师微课堂" in other.get("/").text
    assert "023" not in other.get("/").text
    new = site(site_name="渝中微课堂", contact="培训部", phone="023-6789 0000转12")
    assert "已保存：网站名称、联系方式、服务电话" in save(admin, "网站", **new)
    for one in (client, other):
        page = one.get("/").text
        assert "<title>渝中微课堂</title>" in page
        assert 'href="tel:02367890000,12"' in page
    save(admin, "备案", icp="渝ICP备12345678号-1", police="渝公网安备 50010302001234号")
    page = other.get("/courses/").text
    assert "渝ICP备12345678号-1" in page
    assert "code=50010302001234" in page


def test_history_is_kept_and_put_back(app: Flask, admin: FlaskClient, client: FlaskClient) -> None:
    save(admin, "网站", **site(site_name="甲"))
    page = save(admin, "网站", **site(site_name="乙"))
    assert "甲 → 乙" in page
    assert "三师微课堂 → 甲" in page
    with app.app_context():
        first, second = db.session.query(OptionChange).order_by(OptionChange.id).all()
        assert (first.before, first.after, second.before) == (None, "甲", "甲")
        numbers = first.id, second.id
        noted = db.session.query(AuditEntry).filter_by(verb="settings.change").all()
        assert [entry.subject for entry in noted] == ["option:site_name"] * 2
    assert admin.post(f"{PAGE}/changes/{numbers[0]}/back").status_code == 302
    assert "<title>三师微课堂</title>" in client.get("/").text
    again = admin.post(f"{PAGE}/changes/{numbers[0]}/back", follow_redirects=True)
    assert "现在就是这个值" in again.text
    assert "没有改动" in save(admin, "网站", **site())
    assert "修改网站设置" in admin.get("/admin/audit").text


@pytest.mark.parametrize(
    ("group", "name", "text", "words"),
    [
        ("网站", "site_name", "名" * 21, "最多 20 个字"),
        ("网站", "phone", "请拨打总机", "请照这个样子填"),
        ("备案", "icp", "渝12345678", "渝ICP备12345678号-1"),
        ("备案", "police", "渝公网安备123号", "请照这个样子填"),
        ("公告", "banner_until", "明天", "日期请照这个样子填"),
    ],
)
def test_what_cannot_be_is_refused_with_what_was_typed(
    app: Flask, admin: FlaskClient, group: str, name: str, text: str, words: str
) -> None:
    values = site() if group == "网站" else {}
    page = save(admin, group, **{**values, name: text})
    assert words in page
    assert text in page
    with app.app_context():
        assert db.session.query(OptionChange).count() == 0


def test_a_banner_ends_by_itself(
    admin: FlaskClient, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = local(now()).date()
    save(admin, "公告", banner="今晚 <b>维护</b>", banner_until=today.isoformat())
    assert "今晚 &lt;b&gt;维护&lt;/b&gt;" in client.get("/").text
    monkeypatch.setattr("sanshi_lms.core.options.now", lambda: now() + timedelta(days=1))
    assert "维护" not in client.get("/").text


def test_registration_can_be_closed(admin: FlaskClient, client: FlaskClient) -> None:
    assert "/account/register" in client.get("/").text
    save(admin, "账号")
    for path in ("/", "/account/sign-in"):
        assert "/account/register" not in client.get(path).text
    assert client.get("/account/register").status_code == 403
    refused = client.post("/account/register", data={"username": "wang"})
    assert refused.status_code == 403
    assert "不开放自己注册" in refused.text
    save(admin, "账号", registration="1")
    assert client.get("/account/register").status_code == 200


@pytest.mark.parametrize("part", ["author", "cadre", "resident"])
def test_a_stranger_changes_nothing(people: Cast, part: str) -> None:
    client = people.client(part)
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, data={"group": "网站", "site_name": "甲"}).status_code == 403
    assert client.post(f"{PAGE}/changes/1/back").status_code == 403


def test_the_environment_is_shown_without_its_secrets(
    tmp_path: Path, template_database: Path, request: pytest.FixtureRequest
) -> None:
    chosen = settings_in(
        tmp_path / "d",
        PUBLIC_URL="https://weike.example",
        MAIL_URL="smtp+tls://weike:geheim7@mail.example:587",
        MAIL_FROM="weike@mail.example",
        WECHAT_APP_SECRET="wxgeheim",
    )
    shutil.copyfile(template_database, chosen.data_dir / "sanshi.db")
    app = ready_for_tests(create_app(chosen))
    request.addfinalizer(lambda: let_go(app))
    page = Cast(app, "linjiang-menhu-7").client("admin").get(PAGE).text
    assert "https://weike.example" in page
    assert "smtp+tls://***@mail.example:587" in page
    assert "geheim" not in page
    assert "t" * 64 not in page
    assert HIDDEN in page


@given(st.text(max_size=80))
def test_tidy_leaves_one_line(text: str) -> None:
    found = tidy(text)
    assert found == tidy(found)
    assert found == found.strip()
    assert not set("\n\r\t\x00\u200b\u2028") & set(found)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("DATABASE_URL", "postgresql://u:p@db/x", "postgresql://***@db/x"),
        ("REDIS_URL", "redis://:p@h:6379/0", "redis://***@h:6379/0"),
        ("DATABASE_URL", "sqlite:////data/x.db", "sqlite:////data/x.db"),
        ("MAIL_URL", "smtp://[broken", HIDDEN),
        ("DEMO_PASSWORD", "x", HIDDEN),
        ("STORAGE_KEY", "x", HIDDEN),
    ],
)
def test_secrets_are_hidden(name: str, value: str, told: str) -> None:
    assert shown(name, value) == told


@pytest.mark.parametrize(
    ("phone", "link"), [("023-67890000", "02367890000"), ("+86 23 6789转3", "+86236789,3")]
)
def test_a_number_that_can_be_dialled(phone: str, link: str) -> None:
    assert dialled(phone) == link
