"""/api/v1/wechat/signature: what a page of ours needs to be shared well inside WeChat.

    GET ?url=<address of the page>  →  {"appId", "timestamp", "nonceStr", "signature"}

204 when no official account is set up, or WeChat gave no ticket: then the page stays as it is.
"""

import secrets
from typing import Annotated, TypedDict
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, request
from msgspec import Meta

from sanshi_lms.core.access import public
from sanshi_lms.core.clock import now
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.openapi import described
from sanshi_lms.core.web import public_address
from sanshi_lms.core.wechat import own_account
from sanshi_lms.outlets.cards import rules
from sanshi_lms.outlets.cards.tickets import present_ticket

blueprint = Blueprint("wechat_api", __name__, url_prefix="/api/v1/wechat")


class PageAddress(TypedDict):
    """The page that is to be shared."""

    url: Annotated[str, Meta(description="an address of this site")]


class Signature(TypedDict):
    """What wx.config takes."""

    appId: str
    timestamp: int
    nonceStr: str
    signature: str


@blueprint.get("/signature")
@public
@described(answer=Signature, query=PageAddress, others={204: None})
def signature() -> Response:
    """Sign the address of a page of ours."""
    account = own_account()
    if account is None:
        return Response(status=204)
    host = urlsplit(public_address("/")).netloc
    url = rules.signable(request.args.get("url", ""), host)
    if url is None:
        raise Refusal("只能签名本网站的网址。", 400)
    moment = now()
    ticket = present_ticket(moment)
    if ticket is None:
        return Response(status=204)
    nonce, timestamp = secrets.token_hex(8), int(moment.timestamp())
    answer = jsonify(
        appId=account.app_id,
        timestamp=timestamp,
        nonceStr=nonce,
        signature=rules.signature(ticket, nonce, timestamp, url),
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
