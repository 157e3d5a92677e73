"""The official account's API: a token per account, and each refusal as a sentence.

A thin client, because wechatpy (2022) brings requests and xmltodict for six calls and asks for the
token in a way that lets two processes take it from each other; `stable_token` does not.
https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/getStableAccessToken.html
"""

import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import urllib3
from flask import current_app

from sanshi_lms.core.settings import settings

TIMEOUT_SECONDS = 15.0
BUSY, BAD_SECRET, QUOTA, NOT_ALLOWED, NOT_LISTED = -1, 40125, 45009, 48001, 40164
_KEY = "core.wechat"
_STALE_TOKEN = {40001, 40014, 42001}
_SENTENCES = {
    BUSY: "微信现在太忙，请过几分钟再试",
    40013: "AppID 不对，请核对公众号后台的“开发接口管理”",
    BAD_SECRET: "AppSecret 不对，请在公众号后台重置后重新填写",
    40009: "图片太大，微信没有收",
    40113: "图片格式不对，微信没有收",
    NOT_LISTED: "服务器的地址不在公众号的 IP 白名单里，请在“开发接口管理”里加上",
    40243: "公众号冻结了 AppSecret，请在公众号后台解冻",
    QUOTA: "今天调用公众号接口的次数用完了，明天会恢复；也可以在公众号后台清零一次",
    45002: "文章太长，微信没有收",
    45003: "标题太长，微信没有收",
    45004: "摘要太长，微信没有收",
    45166: "文章里有微信不接受的内容",
    NOT_ALLOWED: "这个公众号没有这项接口的权限，请先完成认证",
    50002: "这个公众号被限制使用接口",
    40029: "微信登录已经过期，请再点一次登录按钮",
    40163: "微信登录已经过期，请再点一次登录按钮",
    40226: "微信认为这个微信号有风险，不能用来登录",
    45011: "点得太快了，请过一分钟再试",
    53401: "封面图片不能用，请换一张",
}
_LATER = {BUSY, QUOTA}


@dataclass(frozen=True)
class Account:
    """An official account as its back office names it."""

    app_id: str
    secret: str


class WeChatError(Exception):
    """The platform refused; `sentence` says why in Chinese and what to do, `code` is its number.

    `retry` says that the same may go through later, `down` that nobody answered.
    """

    def __init__(
        self, sentence: str, code: int = 0, *, retry: bool = False, down: bool = False
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code
        self.retry = retry
        self.down = down


def own_account() -> Account | None:
    """Return the account that the settings of the installation name."""
    chosen = settings()
    if not chosen.wechat_app_id or not chosen.wechat_app_secret:
        return None
    return Account(chosen.wechat_app_id, chosen.wechat_app_secret)


def api(account: Account, path: str, **options: Any) -> dict[str, Any]:
    """Post to the API and return its answer; `options` (`fields`, `json`) go to urllib3.

    Raises WeChatError.
    """
    return _called("POST", account, path, {}, options)


def read(account: Account, path: str, **asked: str) -> dict[str, Any]:
    """Read from the API and return its answer. Raises WeChatError."""
    return _called("GET", account, path, asked, {})


def _called(
    method: str, account: Account, path: str, asked: dict[str, str], options: dict[str, Any]
) -> dict[str, Any]:
    """Call with a token; one that the platform calls stale is asked for anew, once."""
    for last in (False, True):
        answer = _asked(method, path, {"access_token": _token(account), **asked}, **options)
        code = int(answer.get("errcode") or 0)
        if code not in _STALE_TOKEN or last:
            break
        _tokens().pop(account.app_id, None)
    if code:
        raise refused(code)
    return answer


def who_came(account: Account, code: str) -> dict[str, Any]:
    """Return who a code that WeChat sent along belongs to: openid, sometimes unionid.

    Each code serves once. Raises WeChatError.
    """
    asked = {
        "appid": account.app_id,
        "secret": account.secret,
        "code": code,
        "grant_type": "authorization_code",
    }
    found = _asked("GET", "/sns/oauth2/access_token", asked)
    if found.get("errcode"):
        raise refused(int(found["errcode"]))
    return found


def refused(code: int) -> WeChatError:
    """Return the platform's refusal as an error with a sentence."""
    known = _SENTENCES.get(code, "微信没有接受")
    return WeChatError(f"{known}（{code}）。", code, retry=code in _LATER)


def _token(account: Account) -> str:
    kept = _tokens().get(account.app_id)
    if kept and kept[1] > time.monotonic():
        return kept[0]
    asked = {
        "grant_type": "client_credential",
        "appid": account.app_id,
        "secret": account.secret,
    }
    answer = _asked("POST", "/cgi-bin/stable_token", {}, json=asked)
    token, life = answer.get("access_token"), answer.get("expires_in")
    if not isinstance(token, str):
        raise refused(int(answer.get("errcode") or BUSY))
    seconds = float(life) if isinstance(life, int) else 7200.0
    _tokens()[account.app_id] = (token, time.monotonic() + max(seconds - 300, 60))
    return token


def _tokens() -> dict[str, tuple[str, float]]:
    kept: dict[str, tuple[str, float]] = current_app.extensions.setdefault(_KEY, {})
    return kept


def _asked(method: str, path: str, asked: dict[str, str], **options: Any) -> dict[str, Any]:
    url = f"{settings().wechat_api}{path}"
    url += f"{'&' if '?' in url else '?'}{urlencode(asked)}" if asked else ""
    if "json" in options:
        # The platform shows the escapes of plain JSON (\\u8001) as they are in an article.
        body = json.dumps(options.pop("json"), ensure_ascii=False).encode()
        options |= {"body": body, "headers": {"Content-Type": "application/json; charset=utf-8"}}
    try:
        answer = urllib3.request(
            method, url, timeout=TIMEOUT_SECONDS, retries=False, redirect=False, **options
        )
    except urllib3.exceptions.HTTPError as error:
        raise WeChatError(
            f"连不上微信（{type(error).__name__}），请过一会儿再试。", retry=True, down=True
        ) from error
    if answer.status >= 300:
        raise WeChatError(f"微信没有接受，回答是 {answer.status}。", retry=answer.status >= 500)
    try:
        found = json.loads(answer.data or b"{}")
    except ValueError as error:
        raise WeChatError("微信的回答看不懂，请过一会儿再试。", retry=True) from error
    return found if isinstance(found, dict) else {}
