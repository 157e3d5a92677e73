"""Refusals and error pages: every failure ends in a plain Chinese sentence, JSON under /api/."""

import errno
import logging
from dataclasses import dataclass
from http import HTTPStatus

from flask import Flask, Response, current_app, g, jsonify, render_template, request
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from sanshi_lms.core.storage import StorageDown

DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_log = logging.getLogger(__name__)


class Refusal(Exception):
    """A request that is refused, with a sentence the person can act on.

    `status` is the HTTP answer; the transaction is rolled back.
    """

    def __init__(self, message: str, status: int = HTTPStatus.UNPROCESSABLE_ENTITY) -> None:
        super().__init__(message)
        self.message = message
        self.status = int(status)


@dataclass(frozen=True)
class Explanation:
    """What an error page says: a title, what happened, what to do."""

    title: str
    sentence: str
    what_to_do: str


EXPLANATIONS: dict[int, Explanation] = {
    400: Explanation(
        "这个请求没有看懂", "网页发来的内容不完整或格式不对。", "请返回上一页，刷新后再试一次。"
    ),
    401: Explanation("请先登录", "这一页需要登录后才能看。", "登录以后会自动回到这里。"),
    403: Explanation(
        "您没有权限看这一页", "这一页只对有相应权限的人开放。", "如果工作需要，请联系管理员开通。"
    ),
    404: Explanation(
        "没有找到这一页",
        "网址可能抄错了，或者内容已经下架。",
        "可以回首页，或者用搜索找找看。",
    ),
    405: Explanation("不能这样打开", "这个网址不是用来直接打开的。", "请从首页重新进入。"),
    409: Explanation(
        "内容刚刚被改动过", "您看到的不是最新内容。", "请刷新页面，看过最新内容后再操作。"
    ),
    413: Explanation("文件太大了", "上传的内容超过了允许的大小。", "请把文件压缩或分开后再上传。"),
    415: Explanation("不支持这种内容", "发来的内容类型不对。", "请换成页面上说明的格式。"),
    422: Explanation(
        "填写的内容有问题", "有些内容没有通过检查。", "请按提示修改后再提交，已填的内容不会丢。"
    ),
    429: Explanation("操作太快了", "短时间内请求太多。", "请稍等一两分钟再试。"),
    500: Explanation(
        "系统出了点问题",
        "这是我们的问题，不是您的错。已经记录下来。",
        "请稍后再试。如果一直这样，请把下面的编号告诉管理员。",
    ),
    503: Explanation(
        "系统正忙", "现在用的人多，或者正在维护，这一步没有做成。", "请稍等一会儿再试一次。"
    ),
    507: Explanation(
        "服务器空间不足", "服务器磁盘快满了，暂时不能接收文件。", "请联系管理员清理空间后再试。"
    ),
}


def setup(app: Flask) -> None:
    """Answer every refusal and failure in plain Chinese."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(RateLimitExceeded, _too_fast)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _our_fault)


def wants_json() -> bool:
    """Tell whether the caller is a script of ours or another program, not a page load."""
    return request.path.startswith("/api/") or request.path == "/healthz"


def explain(status: int, sentence: str | None = None) -> tuple[Response | str, int]:
    """Return the error answer for `status`, with `sentence` in place of the usual one."""
    usual = EXPLANATIONS.get(status) or EXPLANATIONS[400 if status < 500 else 500]
    message = sentence or usual.sentence
    if wants_json():
        code = HTTPStatus(status).name.lower()
        body = {"error": {"code": code, "message": message, "request_id": g.get("request_id")}}
        return jsonify(body), status
    page = render_template(
        "errors/error.html",
        code=status,
        title=usual.title,
        sentence=message,
        what_to_do=usual.what_to_do,
        request_id=g.get("request_id"),
    )
    return page, status


def _refused(refusal: Refusal) -> tuple[Response | str, int]:
    return explain(refusal.status, refusal.message)


def _stale_form(error: CSRFError) -> tuple[Response | str, int]:
    _log.info("form token refused: %s", error.description)
    return explain(400, "页面放得太久，安全校验已过期。请刷新页面后再提交一次。")


def _too_fast(error: RateLimitExceeded) -> tuple[Response | str, int]:
    own = error.limit.error_message
    return explain(429, own if isinstance(own, str) else None)


def _http_error(error: HTTPException) -> tuple[Response | str, int] | Response | HTTPException:
    if error.code is None or error.code < 400:
        return error  # a redirect travels as an exception too
    cause = getattr(error, "original_exception", None)
    if cause is not None:  # what broke after the view: at the commit
        return _our_fault(cause)
    answer, status = explain(error.code)
    if error.code == 405 and not isinstance(answer, str):
        answer.headers.extend(error.get_headers())
        answer.headers["Content-Type"] = "application/json"
    return answer, status


def _our_fault(error: Exception) -> tuple[Response | str, int]:
    status = status_of(error)
    _log.error("unhandled error", exc_info=error)
    try:
        # A page of ours would ask the busy database once more, and wait once more.
        if status == 503 and not wants_json():
            return _last_resort(status), status
        return explain(status)
    except Exception:
        _log.exception("the error page failed too")
        return _last_resort(status), status


def status_of(error: Exception) -> int:
    """Tell a fault of ours (500) from a full disk, a busy database and an impossible value."""
    said = str(error)
    if isinstance(error, StorageDown):
        return 503
    if isinstance(error, OSError):
        return 507 if error.errno in DISK_FULL else 500
    if isinstance(error, OperationalError) and "no such" not in said:
        return 507 if "disk is full" in said or "No space left" in said else 503
    if isinstance(error, PoolTimeout):
        return 503
    return 422 if isinstance(error, DataError) else 500


def _last_resort(status: int) -> str:
    """Return a page that asks nothing of the database; context processors do not run for it."""
    usual = EXPLANATIONS[status]
    return current_app.jinja_env.get_template("errors/plain.html").render(
        code=status,
        title=usual.title,
        sentence=usual.sentence,
        what_to_do=usual.what_to_do,
        request_id=g.get("request_id"),
    )
