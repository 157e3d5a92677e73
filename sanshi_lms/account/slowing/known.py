"""The cookie of a browser in which somebody has signed in before. It opens nothing by itself."""

import secrets

from flask import Response, after_this_request, current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from sanshi_lms.account.models import User
from sanshi_lms.account.sign_in_events.rules import network_of
from sanshi_lms.account.slowing.queries import ALL_OTHERS
from sanshi_lms.core.settings import settings

COOKIE = "sanshi_known"
DAYS = 180
MOST_PEOPLE = 8
"""A computer of an office has several users; the one who came last comes first."""


def places(person: User | None) -> list[str]:
    """Return where a try at this account is counted for the browser that asks."""
    key = _known().get(str(person.id)) if person else None
    return [f"device:{key}"] if key else [network_of(request.remote_addr), ALL_OTHERS]


def remember_device(person: User) -> None:
    """Let this browser know that `person` has signed in here."""
    known = _known()
    key = known.pop(str(person.id), None) or secrets.token_hex(8)
    kept = dict([(str(person.id), key), *known.items()][:MOST_PEOPLE])
    value = _signer().dumps(kept)

    @after_this_request
    def send(response: Response) -> Response:
        response.set_cookie(
            COOKIE,
            value,
            max_age=DAYS * 24 * 3600,
            httponly=True,
            samesite="Lax",
            secure=settings().secure_cookies,
        )
        return response


def _known() -> dict[str, str]:
    try:
        found = _signer().loads(request.cookies.get(COOKIE, ""), max_age=DAYS * 24 * 3600)
    except BadSignature:
        return {}
    return found if isinstance(found, dict) else {}


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="sanshi known device")
