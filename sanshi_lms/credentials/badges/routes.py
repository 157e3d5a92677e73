"""/credentials/<number>/badge.json for the holder; issuer and status lists for everybody."""

from flask import Blueprint, abort, jsonify, url_for
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from sanshi_lms.account import may_over
from sanshi_lms.core.access import current_person, public, signed_in
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.security import limiter
from sanshi_lms.core.web import public_address
from sanshi_lms.credentials import queries, rules
from sanshi_lms.credentials.badges import documents
from sanshi_lms.credentials.badges.documents import LIST_LENGTH, Addresses, place_of
from sanshi_lms.credentials.badges.proofs import Document, signed
from sanshi_lms.credentials.designs.rules import USUAL_ISSUER
from sanshi_lms.credentials.models import Certificate
from sanshi_lms.credentials.signing.keys import key_ring

blueprint = Blueprint("badges", __name__)
_STATUS_SECONDS = 300


@blueprint.get("/credentials/<number>/badge.json")
@signed_in
@limiter.limit("60 per minute")
def badge(number: str) -> Response:
    """Send a certificate as an Open Badge to its holder."""
    known = queries.certificate_by_number(rules.normalise_number(number) or "")
    me = current_person()
    if known is None or not (
        known.user_id == me.id or may_over(me, "credentials.view_all", known.user_id)
    ):
        abort(404)
    if known.revoked_at is not None:
        raise Refusal("这张证书已经撤销或换发，不再提供数字徽章。", 410)
    if not queries.is_genuine(known):
        raise Refusal("证书记录与签发时不一致，不能生成数字徽章，请联系管理员。", 409)
    at = _addresses(place_of(known.id)[0], known.number)
    answer = _document(documents.badge(known, at), at)
    answer.headers.set("Content-Disposition", "attachment", filename=f"{known.number}.json")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blueprint.get("/credentials/issuer.json")
@public
def issuer() -> Response:
    """Tell who issues, and with which keys."""
    return _shared(jsonify(documents.issuer(key_ring(), _addresses(), USUAL_ISSUER)))


@blueprint.get("/credentials/status/<int:number>")
@public
@limiter.limit("120 per minute")
def status(number: int) -> Response:
    """Tell which certificates of a list are void; one bit each, no number, no name."""
    newest = db.session.scalar(select(func.max(Certificate.id))) or 0
    if number > place_of(newest)[0]:
        abort(404)
    ids = select(Certificate.id).where(
        Certificate.id.between(number * LIST_LENGTH, (number + 1) * LIST_LENGTH - 1),
        Certificate.revoked_at.is_not(None),
    )
    void = [place_of(one)[1] for one in db.session.scalars(ids)]
    at = _addresses(number)
    return _shared(_document(documents.status_list(void, at, now()), at))


def _document(document: Document, at: Addresses) -> Response:
    return jsonify(signed(document, key_ring(), at.issuer, now()))


def _shared(answer: Response) -> Response:
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cache-Control"] = f"public, max-age={_STATUS_SECONDS}"
    return answer


def _addresses(status_list: int = 0, number: str = "") -> Addresses:
    return Addresses(
        site=public_address("/"),
        issuer=public_address(url_for("badges.issuer")),
        badge=public_address(url_for("badges.badge", number=number)) if number else "",
        status_list=public_address(url_for("badges.status", number=status_list)),
    )
