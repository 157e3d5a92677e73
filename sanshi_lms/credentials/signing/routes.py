"""Public keys, the page that checks without us, and the state of a number for machines."""

import base64
from pathlib import Path
from typing import Annotated, Literal, NotRequired, TypedDict

from flask import Blueprint, jsonify, make_response, render_template, request
from msgspec import Meta
from werkzeug.wrappers import Response

from sanshi_lms.account import mask_name
from sanshi_lms.core.access import public
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.openapi import described
from sanshi_lms.core.security import limiter
from sanshi_lms.core.web import PACKAGE
from sanshi_lms.credentials import queries, rules
from sanshi_lms.credentials.cli import STANDING_ZH
from sanshi_lms.credentials.signing.keys import key_ring

blueprint = Blueprint("signing", __name__, template_folder="templates")
_CHECK = Path(__file__).parents[1] / "static" / "check.js"
_CURVE = PACKAGE / "static" / "vendor" / "noble" / "ed25519.js"
Verdict = Literal["valid", "expired", "revoked", "replaced", "altered", "unknown", "mistyped"]


class FromCode(TypedDict):
    """What a QR code says besides the number."""

    s: NotRequired[Annotated[str, Meta(description="the signature of a QR code")]]


class Nothing(TypedDict):
    """A number that is no certificate's; null when it cannot be one."""

    number: str | None
    state: Verdict
    message: str


class CertificateTold(Nothing):
    """How a certificate stands; the name is masked."""

    holder: str
    title: str
    credit_hours: str
    issuer: str
    issued_on: str
    expires_on: str | None
    reason: str | None


@blueprint.get("/credentials/keys.json")
@public
def keys() -> Response:
    """List the public keys, as a JSON Web Key Set."""
    answer = jsonify({"keys": key_ring().public()})
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


@blueprint.get("/v/offline")
@public
def offline() -> Response:
    """Send a page of one file that checks certificates anywhere, without any server."""
    page = render_template(
        "signing/offline.html",
        keys=key_ring().public(),
        check=_inlined(_CHECK),
        curve=_inlined(_CURVE),
        day=now(),
    )
    answer = make_response(page)
    answer.headers.set("Content-Disposition", "attachment", filename="zhengshu-heyan.html")
    return answer


@blueprint.get("/api/v1/credentials/<number>")
@public
@described(answer=CertificateTold, query=FromCode, others={404: Nothing})
@limiter.limit("30 per minute", deduct_when=lambda answer: answer.status_code == 404)
def state(number: str) -> Response:
    """Tell how a certificate stands: valid, expired, revoked, replaced, altered or unknown.

    The name is masked as on the page. With `?s=` the signature of a QR code is compared too.
    """
    found = queries.verify(number, local(now()).date(), request.args.get("s"))
    told: dict[str, object] = {
        "number": found.number,
        "state": found.verdict,
        "message": STANDING_ZH[found.verdict],
    }
    ours = found.certificate
    if ours is not None:
        told |= {
            "holder": mask_name(ours.holder_name),
            "title": ours.title,
            "credit_hours": rules.hours_text(ours.credit_hours),
            "issuer": ours.issuer,
            "issued_on": local(ours.issued_at).date().isoformat(),
            "expires_on": ours.expires_on.isoformat() if ours.expires_on else None,
            "reason": ours.revoked_reason,
        }
    answer = jsonify(told)
    answer.status_code = 200 if ours else 404
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _inlined(script: Path) -> str:
    """Return a script as an address that holds it: what is downloaded stays one file."""
    return "data:text/javascript;base64," + base64.b64encode(script.read_bytes()).decode()
