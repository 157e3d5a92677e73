"""OpenID Connect: the authorization code flow with PKCE, state and nonce, by Authlib and joserfc.

https://openid.net/specs/openid-connect-core-1_0.html 3.1, RFC 7636 (PKCE), RFC 9207 (iss).
"""

import logging
import secrets
import time
from collections.abc import Mapping
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from flask import current_app
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from sanshi_lms.account.outside.errors import BY_PASSWORD, NotArrived, down, refused
from sanshi_lms.account.outside.rules import Arrived, is_good_key
from sanshi_lms.core.settings import settings

WAY = "oidc"
TIMEOUT = (3.0, 8.0)
KEPT_SECONDS = 3600.0
LEEWAY_SECONDS = 60
# Signed by the provider's private key: never "none", nor by a secret that two sides know.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
_KEY = "account.outside.oidc"
_log = logging.getLogger(__name__)


def name() -> str:
    """Return what the button says."""
    return settings().oidc_name


def is_configured() -> bool:
    """Tell whether a provider is named."""
    return settings().oidc_issuer is not None


def begin(back: str, *, prove: bool) -> tuple[str, dict[str, Any]]:
    """Return the provider's address to go to, and what must be kept until somebody comes back.

    `prove` asks the provider to let them prove anew who they are. Raises NotArrived.
    """
    verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
    asked = {"prompt": "login", "max_age": 0} if prove else {}
    with _client(back) as client:
        address, state = client.create_authorization_url(
            _metadata()["authorization_endpoint"],
            code_verifier=verifier,
            nonce=nonce,
            **asked,
        )
    return address, {"state": state, "nonce": nonce, "verifier": verifier}


def arrive(asked: Mapping[str, str], kept: Mapping[str, Any], back: str, at: float) -> Arrived:
    """Return who came back with a code; `kept` is of `begin`, its state compared already.

    Raises NotArrived.
    """
    metadata = _metadata()
    if asked.get("error") == "access_denied":
        raise NotArrived(f"您没有同意用{name()}登录；{BY_PASSWORD}")
    if asked.get("iss", metadata["issuer"]) != metadata["issuer"] or not asked.get("code"):
        _log.warning("sign-in refused: %s", asked.get("error", "no code, or of another issuer"))
        raise refused(name())
    try:
        with _client(back) as client:
            token = client.fetch_token(
                metadata["token_endpoint"],
                code=asked["code"],
                code_verifier=kept["verifier"],
                timeout=TIMEOUT,
                allow_redirects=False,
            )
        claims = _proved(token, str(kept["nonce"]))
    except (requests.ConnectionError, requests.Timeout) as error:
        raise down(name()) from error
    except requests.HTTPError as error:  # Authlib raises it for 500 and above
        raise down(name()) from error
    except (AuthlibBaseError, JoseError, requests.RequestException, ValueError) as error:
        _log.warning("sign-in refused: %s", error)
        raise refused(name()) from error
    issuer, subject, proved = claims["iss"], claims["sub"], claims.get("auth_time")
    if not is_good_key(issuer, subject):
        raise refused(name())
    called = claims.get("name")
    return Arrived(
        WAY,
        issuer,
        subject,
        called[:60] if isinstance(called, str) else "",
        str(kept["next"]),
        at,
        float(proved) if isinstance(proved, int | float) else 0.0,
    )


def _proved(token: Mapping[str, Any], nonce: str) -> CodeIDToken:
    """Return what an id_token says once all of it holds. Raises JoseError, AuthlibBaseError."""
    signed = token.get("id_token")
    if not isinstance(signed, str):
        raise ValueError("no id_token")  # noqa: TRY004 - as any other answer that makes no sense
    try:
        found = jwt.decode(signed, _keys(), algorithms=ALGORITHMS)
    except InvalidKeyIdError:  # they have changed their keys
        found = jwt.decode(signed, _keys(anew=True), algorithms=ALGORITHMS)
    chosen = settings()
    claims = CodeIDToken(
        found.claims,
        found.header,
        {
            "iss": {"essential": True, "value": chosen.oidc_issuer},
            "aud": {"essential": True, "value": chosen.oidc_client_id},
        },
        {
            "nonce": nonce,
            "client_id": chosen.oidc_client_id,
            "access_token": token.get("access_token"),
        },
    )
    claims.validate(leeway=LEEWAY_SECONDS)
    return claims


def _client(back: str) -> OAuth2Session:
    chosen = settings()
    ways = _metadata().get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    basic = "client_secret_basic" in ways
    return OAuth2Session(
        chosen.oidc_client_id,
        chosen.oidc_client_secret,
        token_endpoint_auth_method="client_secret_basic" if basic else "client_secret_post",
        scope="openid profile",
        redirect_uri=back,
        code_challenge_method="S256",
        default_timeout=TIMEOUT,
    )


def _metadata() -> dict[str, Any]:
    """Return what the provider says of itself; kept for an hour, longer while it is down."""
    memory: dict[str, Any] = current_app.extensions.setdefault(_KEY, {})
    if memory.get("until", 0.0) > time.monotonic():
        return dict(memory["metadata"])
    issuer = settings().oidc_issuer or ""
    try:
        found = _fetched(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    except NotArrived:
        if "metadata" not in memory:
            raise
        return dict(memory["metadata"])
    needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    if found.get("issuer") != issuer or not all(isinstance(found.get(one), str) for one in needed):
        _log.error("OIDC_ISSUER and what stands at its address differ: %r", found.get("issuer"))
        raise down(name())
    if issuer.startswith("https:") and any(not found[one].startswith("https:") for one in needed):
        _log.error("the provider of OIDC_ISSUER has addresses without https")
        raise down(name())
    memory |= {"metadata": found, "until": time.monotonic() + KEPT_SECONDS}
    memory.pop("keys", None)
    return found


def _keys(*, anew: bool = False) -> KeySet:
    memory: dict[str, Any] = current_app.extensions.setdefault(_KEY, {})
    if anew or "keys" not in memory:
        memory["keys"] = _fetched(_metadata()["jwks_uri"])
    return KeySet.import_key_set(memory["keys"])


def _fetched(address: str) -> dict[str, Any]:
    try:
        answer = requests.get(address, timeout=TIMEOUT, allow_redirects=False)
        found = answer.json() if answer.status_code == requests.codes.ok else None
    except (requests.RequestException, ValueError) as error:
        _log.warning("the provider of OIDC_ISSUER does not answer: %s", type(error).__name__)
        raise down(name()) from error
    if not isinstance(found, dict):
        _log.warning("the provider of OIDC_ISSUER answers %s", answer.status_code)
        raise down(name())
    return found
