"""The ticket with which pages are signed for WeChat: asked for by the worker, read by everybody.

WeChat gives few of them a day, and a page that is only read must not write; so the worker renews
the one in the table before it ends, and web processes only look.
https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/JS-SDK.html (appendix 1)
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from sanshi_lms.core import queue
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, insert_or_update, transaction
from sanshi_lms.core.registers import Health, HealthCheck, add_health_check
from sanshi_lms.core.sealing import seal, unseal
from sanshi_lms.core.wechat import WeChatError, own_account, read
from sanshi_lms.outlets.cards.models import ShareTicket

WAKER = "outlets.ticket"
USUAL_SECONDS = 7200
MARGIN = timedelta(minutes=5)
"""A ticket counts as over so long before it is: the page is signed before WeChat looks."""
AHEAD = timedelta(minutes=10)
"""So long before that a new one is asked for."""
PAUSE = timedelta(minutes=5)
_PURPOSE = b"outlets.ticket"
_log = logging.getLogger(__name__)


def setup() -> None:
    """Let the worker's ticker renew the ticket, and the health page tell of it."""
    queue.on_wake(WAKER, run=renew, due=is_due)
    if own_account() is not None:
        add_health_check(HealthCheck("wechat_share", "微信分享", _look))


def present_ticket(moment: datetime) -> str | None:
    """Return the ticket of our account; None when there is none that is still good."""
    account = own_account()
    row = db.session.get(ShareTicket, account.app_id) if account else None
    if row is None or row.expires_at <= moment:
        return None
    return unseal(row.sealed, _PURPOSE)


def renew() -> None:
    """Ask WeChat for a ticket and keep it; after a refusal the old one stays until it ends."""
    account = own_account()
    if account is None:
        return
    moment, problem, ticket, seconds = now(), "", "", USUAL_SECONDS
    try:
        answer = read(account, "/cgi-bin/ticket/getticket", type="jsapi")
        ticket = str(answer.get("ticket") or "")
        given = answer.get("expires_in")
        seconds = given if isinstance(given, int) else USUAL_SECONDS
        problem = "" if ticket else "微信没有给出票据。"
    except WeChatError as error:
        problem = error.sentence
    if problem:
        _log.warning("no ticket for sharing: %s", problem)
    until = moment + max(timedelta(seconds=seconds) - MARGIN, timedelta(minutes=1))
    values: dict[str, Any] = {"asked_at": moment, "problem": problem[:200]}
    key: dict[str, Any] = {"app_id": account.app_id}
    with transaction():
        if ticket:
            sealed = seal(ticket, _PURPOSE)
            insert_or_update(ShareTicket, key, **values, sealed=sealed, expires_at=until)
        else:
            none: dict[str, Any] = {"sealed": "", "expires_at": moment}
            insert_or_update(ShareTicket, key, none, **values)


def is_due() -> bool:
    """Tell whether the ticket ends soon and WeChat was not asked just now."""
    account = own_account()
    if account is None:
        return False
    row, moment = db.session.get(ShareTicket, account.app_id), now()
    due = row is None or (row.expires_at - moment <= AHEAD and moment - row.asked_at >= PAUSE)
    db.session.rollback()
    return due


def _look() -> Health:
    """Never ill: a page that cannot be shared with a picture is no reason to restart anything."""
    account = own_account()
    row = db.session.get(ShareTicket, account.app_id) if account else None
    if row is None:
        return Health(ok=True, sentence="正在向微信申请，稍等一分钟再看。")
    if row.problem:
        return Health(ok=True, sentence=f"暂时不能带图分享：{row.problem}")
    return Health(ok=True, sentence="正常")
