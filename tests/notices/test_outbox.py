"""From a notice to a mail: to confirmed addresses, once, never at night, failing in words."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select, update

from sanshi_lms.core.clock import LOCAL_ZONE, now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.job_lane import run_next
from sanshi_lms.notices import notify
from sanshi_lms.notices.outbox import jobs
from sanshi_lms.notices.outbox.actions import bind_account, forget_old, save_policy
from sanshi_lms.notices.outbox.models import Address, Delivery
from sanshi_lms.notices.outbox.queries import policy_row
from tests.notices.servers import Postbox, mail_server, web_server
from tests.people import Cast
from tests.services import free_port

NOON = datetime(2026, 11, 26, 12, 0, tzinfo=LOCAL_ZONE)
ADDRESS = "/notices/channels/mail/address"
CODE = "/notices/channels/mail/code"


@pytest.fixture
def box(app: Flask) -> Iterator[Postbox]:
    with mail_server() as found:
        changes = {"mail_url": found.url, "mail_from": "weike@example.cn"}
        app.extensions["settings"] = replace(
            app.extensions["settings"], public_url="https://weike.example.cn", **changes
        )
        with app.app_context(), transaction():
            save_policy(policy_row(), 0, 0, 3)
        yield found


def bind(app: Flask, user_id: int) -> None:
    with app.app_context(), transaction():
        bind_account(user_id, "mail", "wang@example.cn", now())


def tell(app: Flask, user_id: int, key: str = "k1", at: datetime | None = None) -> int:
    with app.app_context(), transaction():
        return notify([user_id], "test", "有新的任务", "请看", "/learning/", key, at)


def work(app: Flask) -> None:
    """Send what is due, as the worker does when the ticker finds it."""
    with app.app_context():
        if jobs.is_due():
            jobs.start()
        while run_next("fast"):
            pass


def deliveries(app: Flask) -> list[Delivery]:
    with app.app_context():
        found = list(db.session.scalars(select(Delivery).order_by(Delivery.id)))
        db.session.expunge_all()
        return found


def make_due(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        session.execute(update(Delivery).values(next_at=now() - timedelta(seconds=1)))


def test_a_notice_reaches_a_confirmed_address_once(app: Flask, people: Cast, box: Postbox) -> None:
    cadre, pro = people.id("cadre"), people.id("pro")
    bind(app, cadre)
    assert tell(app, cadre) == 1
    assert tell(app, cadre) == 0
    assert tell(app, pro) == 1, "on the site all the same"
    work(app)
    work(app)
    assert box.receivers == ["wang@example.cn"]
    assert "https://weike.example.cn/learning/" in box.letters[0].get_content()
    assert [one.state for one in deliveries(app)] == ["sent"]


def test_without_channels_everything_works(app: Flask, people: Cast) -> None:
    cadre = people.id("cadre")
    bind(app, cadre)
    assert tell(app, cadre) == 1
    assert deliveries(app) == []
    work(app)
    assert "目前只在网站上通知" in people.client("cadre").get("/notices/channels").text
    assert "没有开通" in people.client("admin").get("/admin/notices/").text
    assert people.client("cadre").post(ADDRESS, data={"address": "a@b.cn"}).status_code == 404


def test_what_was_read_on_the_site_is_not_sent_too(app: Flask, people: Cast, box: Postbox) -> None:
    bind(app, people.id("cadre"))
    tell(app, people.id("cadre"))
    people.client("cadre").post("/notices/read")
    work(app)
    assert box.letters == []
    assert deliveries(app)[0].last_error == "本人已经在网站上看过"


def test_nothing_leaves_at_night(app: Flask, people: Cast, box: Postbox) -> None:
    bind(app, people.id("cadre"))
    hour = now().astimezone(LOCAL_ZONE).hour
    with app.app_context(), transaction():
        save_policy(policy_row(), hour, (hour + 2) % 24, 3)
    tell(app, people.id("cadre"))
    make_due(app)
    work(app)
    assert box.letters == []
    held = deliveries(app)[0]
    assert (held.state, held.attempts) == ("waiting", 0)
    assert held.next_at > now()
    tell(app, people.id("cadre"), "k2", NOON.replace(hour=hour))
    assert deliveries(app)[1].next_at.astimezone(LOCAL_ZONE).hour == (hour + 2) % 24


def test_it_is_tried_again_and_ends_in_words(app: Flask, people: Cast, box: Postbox) -> None:
    bind(app, people.id("cadre"))
    box.refuse_letter = "451 later"
    tell(app, people.id("cadre"))
    for attempt in range(1, 4):
        make_due(app)
        work(app)
        one = deliveries(app)[0]
        assert one.attempts == attempt
        assert one.state == ("waiting" if attempt < 3 else "failed")
        assert "451" in (one.last_error or "")
        assert one.next_at > now()
    box.refuse_letter = ""
    admin = people.client("admin")
    page = admin.get("/admin/notices/").text
    assert "451" in page
    assert "w***@example.cn" in page
    assert "wang@example.cn" not in page
    assert admin.post(f"/admin/notices/{deliveries(app)[0].id}/retry").status_code == 302
    work(app)
    assert len(box.letters) == 1
    assert "没有发送失败的消息" in admin.post("/admin/notices/retry", follow_redirects=True).text


def test_a_refused_receiver_is_not_asked_again(app: Flask, people: Cast, box: Postbox) -> None:
    bind(app, people.id("cadre"))
    box.refuse_receiver = "550 no such user"
    tell(app, people.id("cadre"))
    work(app)
    one = deliveries(app)[0]
    assert (one.state, one.attempts) == ("failed", 1)
    assert "请核对邮箱" in (one.last_error or "")


def test_a_server_that_is_gone_is_asked_once_for_all(app: Flask, people: Cast) -> None:
    url = f"smtp://127.0.0.1:{free_port()}"
    app.extensions["settings"] = replace(
        app.extensions["settings"], mail_url=url, mail_from="weike@example.cn"
    )
    with app.app_context(), transaction():
        save_policy(policy_row(), 0, 0, 3)
    bind(app, people.id("cadre"))
    for place in range(5):
        tell(app, people.id("cadre"), f"k{place}")
    work(app)
    assert sorted(one.attempts for one in deliveries(app)) == [0, 0, 0, 0, 1]
    assert all(one.state == "waiting" and one.next_at > now() for one in deliveries(app))


def test_a_deactivated_person_gets_nothing(app: Flask, people: Cast, box: Postbox) -> None:
    cadre = people.id("cadre")
    bind(app, cadre)
    tell(app, cadre)
    people.client("admin").post(f"/admin/account/people/{cadre}", data={"role": "cadre"})
    work(app)
    assert box.letters == []
    assert deliveries(app)[0].state == "dropped"


def test_a_person_proves_their_address(app: Flask, people: Cast, box: Postbox) -> None:
    cadre = people.client("cadre")
    assert "邮箱地址" in cadre.get("/notices/channels").text
    assert cadre.post(ADDRESS, data={"address": "wang"}).status_code == 422
    assert cadre.post(ADDRESS, data={"address": "wang@example.cn"}).status_code == 302
    assert 'for="mail-code"' in cadre.get("/notices/channels").text
    again = cadre.post(ADDRESS, data={"address": "wang@example.cn"})
    assert again.status_code == 422
    assert "请等一分钟" in again.text
    tell(app, people.id("cadre"))
    work(app)
    assert len(box.letters) == 1, "an address that is not confirmed gets the code alone"
    found = re.search(r"验证码是 (\d{6})", box.letters[0].get_content())
    assert found
    assert deliveries(app)[0].text == "", "the digits are not kept"
    wrong = cadre.post(CODE, data={"code": "x"}, follow_redirects=True)
    assert "验证码不对" in wrong.text
    assert "已确认" in cadre.post(CODE, data={"code": found[1]}, follow_redirects=True).text
    tell(app, people.id("cadre"), "k2")
    work(app)
    assert len(box.letters) == 2
    cadre.post("/notices/channels/mail/wanted", data={"on": "0"})
    tell(app, people.id("cadre"), "k3")
    work(app)
    assert len(box.letters) == 2
    assert cadre.post("/notices/channels/mail/forget").status_code == 302
    assert "wang@example.cn" not in cadre.get("/notices/channels").text


@pytest.mark.usefixtures("box")
def test_digits_cannot_be_tried_out(app: Flask, people: Cast) -> None:
    cadre = people.client("cadre")
    cadre.post(ADDRESS, data={"address": "wang@example.cn"})
    for _ in range(5):
        cadre.post(CODE, data={"code": "x"})
    code = re.findall(r"\d{6}", deliveries(app)[0].text)[0]
    assert "已经失效" in cadre.post(CODE, data={"code": code}, follow_redirects=True).text
    with app.app_context():
        assert db.session.scalars(select(Address.confirmed_at)).one() is None
    assert (
        "没有等待确认"
        in people.client("pro").post(CODE, data={"code": code}, follow_redirects=True).text
    )


def test_an_administrator_sends_a_test(app: Flask, people: Cast, box: Postbox) -> None:
    admin = people.client("admin")
    values = {"channel": "mail", "address": "zhou@example.cn"}
    assert admin.post("/admin/notices/test", data=values).status_code == 302
    work(app)
    assert box.receivers == ["zhou@example.cn"]
    for wrong in ({"channel": "mail", "address": "x"}, {"channel": "fax", "address": "a@b.cn"}):
        assert admin.post("/admin/notices/test", data=wrong).status_code == 422
    policy = {"quiet_from": "22", "quiet_until": "7", "most_attempts": "5"}
    assert admin.post("/admin/notices/policy", data=policy).status_code == 302
    answer = admin.post("/admin/notices/policy", data={**policy, "quiet_from": "25"})
    assert answer.status_code == 422
    assert people.client("author").get("/admin/notices/").status_code == 403


def test_what_ended_long_ago_is_forgotten(app: Flask, people: Cast, box: Postbox) -> None:
    del box
    bind(app, people.id("cadre"))
    tell(app, people.id("cadre"))
    work(app)
    with app.app_context(), transaction():
        assert forget_old(now() + timedelta(days=179)) == 0
        assert forget_old(now() + timedelta(days=181)) == 1


def test_a_person_binds_their_wechat(app: Flask, people: Cast) -> None:
    cadre = people.client("cadre")
    assert cadre.get("/notices/channels/wechat/bind").status_code == 404
    with web_server() as gateway:
        app.extensions["settings"] = replace(
            app.extensions["settings"],
            public_url="https://weike.example.cn",
            wechat_app_id="wx1",
            wechat_app_secret="ws",
            wechat_template_id="t1",
            wechat_api=gateway.url,
        )
        assert "请在微信里打开" in cadre.get("/notices/channels").text
        inside = {"User-Agent": "Mozilla/5.0 MicroMessenger/8.0"}
        assert "用这个微信接收" in cadre.get("/notices/channels", headers=inside).text
        sent = cadre.get("/notices/channels/wechat/bind").location
        asked = parse_qs(urlsplit(sent).query)
        assert asked["redirect_uri"] == ["https://weike.example.cn/notices/channels/wechat/back"]
        back = "/notices/channels/wechat/back"
        assert cadre.get(f"{back}?code=c&state=forged").status_code == 400
        assert cadre.post("/notices/channels/wechat/confirm").status_code == 422
        gateway.answers = [(200, {"openid": "oABCD1234567890abcdefgh12345"})]
        state = parse_qs(urlsplit(cadre.get("/notices/channels/wechat/bind").location).query)
        page = cadre.get(f"{back}?code=c&state={state['state'][0]}")
        assert "确认绑定" in page.text
        with app.app_context():
            assert db.session.scalars(select(Address)).all() == []
        assert cadre.post("/notices/channels/wechat/confirm").status_code == 302
        assert "已绑定您的微信" in cadre.get("/notices/channels").text
        gateway.answers = [(200, {"access_token": "A"}), (200, {"errcode": 0})]
        with app.app_context(), transaction():
            save_policy(policy_row(), 0, 0, 3)
        tell(app, people.id("cadre"))
        work(app)
        assert gateway.asked[-1].json()["touser"] == "oABCD1234567890abcdefgh12345"
