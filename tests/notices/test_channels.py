"""Each channel against a real server: what arrives, and what is said when nothing does."""

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from sanshi_lms.core.health import look_at
from sanshi_lms.core.registers import Health
from sanshi_lms.core.settings import Settings, SettingsError
from sanshi_lms.notices.outbox.channels import Message, NotSent, find_channel, open_channels
from tests.notices.servers import Gateway, Postbox, mail_server, web_server
from tests.services import free_port

MESSAGE = Message(
    7, "还有 7 天：加装电梯", "请在 12 月 1 日前学完。", "https://weike.example.cn/learning/"
)
OPENID = "oABCD1234567890abcdefgh12345"


def use(app: Flask, **changes: Any) -> None:
    app.extensions["settings"] = replace(app.extensions["settings"], **changes)


def send(app: Flask, name: str, address: str) -> None:
    with app.app_context():
        channel = find_channel(name)
        assert channel is not None
        assert channel.address_problem(address) is None
        channel.send(MESSAGE, address)


@pytest.fixture
def box(app: Flask) -> Iterator[Postbox]:
    with mail_server() as found:
        use(app, mail_url=found.url, mail_from="weike@example.cn")
        yield found


@pytest.fixture
def gateway(app: Flask) -> Iterator[Gateway]:
    with web_server() as found:
        use(
            app,
            sms_url=f"{found.url}/sms",
            sms_secret="s3",
            wechat_app_id="wx1",
            wechat_app_secret="ws",
            wechat_template_id="t1",
            wechat_api=found.url,
        )
        yield found


def test_without_settings_there_is_only_the_site(app: Flask) -> None:
    with app.app_context():
        assert open_channels() == []


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"MAIL_URL": "smtp://h"}, "MAIL_FROM"),
        ({"MAIL_URL": "http://h", "MAIL_FROM": "a@b.cn"}, "smtp://host"),
        ({"MAIL_URL": "smtp:h", "MAIL_FROM": "a@b.cn"}, "smtp://host"),
        ({"SMS_URL": "https://h"}, "SMS_SECRET"),
        ({"WECHAT_APP_ID": "wx"}, "WECHAT_APP_SECRET"),
    ],
)
def test_half_a_setting_is_told(env: dict[str, str], said: str, tmp_path: Any) -> None:
    with pytest.raises(SettingsError, match=said):
        Settings.from_env({"DATA_DIR": str(tmp_path), **env})


def test_a_mail_arrives(app: Flask, box: Postbox) -> None:
    send(app, "mail", "wang@example.cn")
    letter = box.letters[0]
    assert box.receivers == ["wang@example.cn"]
    assert letter["Subject"] == MESSAGE.title
    assert "三师微课堂" in letter["From"]
    assert letter["Message-ID"] == "<sanshi-7@example.cn>"
    text = letter.get_content()
    assert MESSAGE.text in text
    assert MESSAGE.url in text


@pytest.mark.parametrize(
    ("receiver", "letter", "retry", "said"),
    [
        ("550 no such user", "", False, "请核对邮箱"),
        ("450 greylisted", "", True, "450"),
        ("", "554 spam", False, "554"),
        ("", "451 later", True, "451"),
    ],
)
def test_what_a_mail_server_refuses(
    app: Flask, box: Postbox, receiver: str, letter: str, retry: bool, said: str
) -> None:
    box.refuse_receiver, box.refuse_letter = receiver, letter
    with pytest.raises(NotSent, match=said) as caught:
        send(app, "mail", "wang@example.cn")
    assert caught.value.retry is retry
    assert not caught.value.down


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_a_mail_server_that_asks_for_a_password(app: Flask) -> None:
    with mail_server(signed_in=True) as box:
        for password, taken in (("geheim-7", 1), ("wrong", 1)):
            url = box.url.replace("//", f"//weike:{password}@")
            use(app, mail_url=url, mail_from="weike@example.cn")
            if password == "wrong":
                with pytest.raises(NotSent, match="账号或密码"):
                    send(app, "mail", "wang@example.cn")
            else:
                send(app, "mail", "wang@example.cn")
            assert len(box.letters) == taken


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_the_doctor_greets_the_mail_server(app: Flask) -> None:
    def said() -> Health:
        (check,) = [one for one in app.extensions["registers"].health if one.name == "mail"]
        with app.app_context():
            return look_at(check)

    assert "没有设置" in said().sentence
    with mail_server(signed_in=True) as box:
        url = box.url.replace("//", "//weike:geheim-7@")
        use(app, mail_url=url, mail_from="weike@example.cn")
        found = said()
        assert (found.ok, found.warns) == (True, True)
        assert "没有加密" in found.sentence
        use(app, mail_url=url.replace("geheim-7", "wrong"), mail_from="weike@example.cn")
        assert "账号或密码" in said().sentence
        use(app, mail_url=url.replace("smtp:", "smtp+tls:"), mail_from="weike@example.cn")
        assert "不支持要求的方式" in said().sentence, "a server without TLS is not sent to"
        assert box.letters == []
    found = said()
    assert not found.ok
    assert "连不上邮件服务器" in found.sentence


def test_servers_that_are_not_there(app: Flask) -> None:
    port = free_port()
    use(
        app,
        mail_url=f"smtp://127.0.0.1:{port}",
        mail_from="a@b.cn",
        sms_url=f"http://127.0.0.1:{port}",
        sms_secret="s",
    )
    for name, address in (("mail", "a@b.cn"), ("sms", "13812345678")):
        with pytest.raises(NotSent, match="连不上") as caught:
            send(app, name, address)
        assert caught.value.down
        assert caught.value.retry


def test_an_sms_is_signed(app: Flask, gateway: Gateway) -> None:
    send(app, "sms", "13812345678")
    asked = gateway.asked[0]
    assert (asked.method, asked.path) == ("POST", "/sms")
    assert asked.json()["phone"] == "13812345678"
    assert asked.json()["id"] == "sanshi-7"
    signed = asked.headers["x-sanshi-timestamp"].encode() + b"." + asked.body
    expected = hmac.new(b"s3", signed, hashlib.sha256).hexdigest()
    assert asked.headers["x-sanshi-signature"] == expected


@pytest.mark.parametrize(
    ("answer", "retry"),
    [
        ((503, {}), True),
        ((429, b"slow"), True),
        ((400, b"<html>"), False),
        ((302, {}), False),
        ((200, {"ok": False, "message": "余额不足"}), False),
    ],
)
def test_what_a_gateway_refuses(
    app: Flask, gateway: Gateway, answer: tuple[int, Any], retry: bool
) -> None:
    gateway.answers = [answer]
    with pytest.raises(NotSent) as caught:
        send(app, "sms", "13812345678")
    assert caught.value.retry is retry


def test_wechat_asks_for_a_token_once_and_anew_when_it_is_stale(
    app: Flask, gateway: Gateway
) -> None:
    gateway.answers = [(200, {"access_token": "A", "expires_in": 7200}), (200, {"errcode": 0})]
    send(app, "wechat", OPENID)
    assert gateway.asked[0].json()["appid"] == "wx1"
    assert gateway.asked[1].path.endswith("access_token=A")
    told = gateway.asked[1].json()
    assert (told["touser"], told["template_id"]) == (OPENID, "t1")
    assert told["data"]["remark"]["value"] == MESSAGE.text
    gateway.answers = [(200, {"errcode": 42001}), (200, {"access_token": "B"}), (200, {})]
    send(app, "wechat", OPENID)
    assert gateway.asked[-1].path.endswith("access_token=B")
    assert len(gateway.asked) == 5


@pytest.mark.parametrize(
    ("answers", "retry", "said"),
    [
        ([(200, {"errcode": 40164})], True, "白名单"),
        ([(200, {"access_token": "A"}), (200, {"errcode": 43004})], False, "没有关注"),
        ([(200, {"access_token": "A"}), (200, {"errcode": -1})], True, "-1"),
        ([(200, {"access_token": "A"}), (500, {})], True, "500"),
    ],
)
def test_what_wechat_refuses(
    app: Flask, gateway: Gateway, answers: list[tuple[int, Any]], retry: bool, said: str
) -> None:
    gateway.answers = answers
    with pytest.raises(NotSent, match=said) as caught:
        send(app, "wechat", OPENID)
    assert caught.value.retry is retry
