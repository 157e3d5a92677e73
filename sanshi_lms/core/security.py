"""Headers, CSRF, cookies and rate limits for every answer."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, TypeVar

from flask import Flask, Response, after_this_request, current_app, g, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from sanshi_lms.core.access import current_person
from sanshi_lms.core.settings import MEGABYTE, Settings

View = TypeVar("View", bound=Callable[..., Any])
csrf = CSRFProtect()
limiter = Limiter(key_func=get_remote_address, default_limits=[])

# hls.js hands the video element blob: addresses and runs its demuxer in a blob: worker.
CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'self'"
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
FORM_BYTES = 16 * MEGABYTE
_FRAMES = "frame-ancestors"
_SAME = "SAMEORIGIN"
_LARGE_MARK = "_most_bytes"


def content_policy(framed_by: str) -> str:
    """Return the policy of a page that others may frame: `framed_by` is a list of CSP sources.

    For a page that shows nothing personal and changes nothing; all others keep CONTENT_POLICY.
    """
    return f"{CONTENT_POLICY.partition(_FRAMES)[0]}{_FRAMES} {framed_by}"


def let_scripts_in(origin: str) -> None:
    """Let the page of this request take scripts from one host more, such as "https://res.x.com"."""

    @after_this_request
    def widen(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = (
            f"script-src 'self' {origin}; {CONTENT_POLICY}"
        )
        response.headers["X-Frame-Options"] = _SAME
        return response


def api_headers(length: int) -> list[tuple[str, str]]:
    """Return the headers of a JSON answer of `length` bytes that the framework does not make."""
    return [
        ("Content-Type", "application/json"),
        ("Content-Length", str(length)),
        ("Cache-Control", "no-store"),
        *_HEADERS.items(),
        ("X-Frame-Options", _SAME),
    ]


class NoCookies:
    """WSGI middleware: below `prefixes` nobody is known, because no cookie arrives or leaves.

    For pages inside other people's pages. Were the reader's session at hand there, a framed page
    could show something of theirs, or write a cookie that a stranger's site brought about.
    """

    def __init__(self, app: Callable[..., Iterable[bytes]], prefixes: tuple[str, ...]) -> None:
        """Wrap `app`; a prefix such as "/embed/" ends where its last segment does."""
        self.app, self.prefixes = app, prefixes

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Drop cookies where they have no business."""
        if not environ.get("PATH_INFO", "").startswith(self.prefixes):
            return self.app(environ, start_response)
        environ.pop("HTTP_COOKIE", None)

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            kept = [(name, value) for name, value in headers if name.lower() != "set-cookie"]
            told = [(n, _but_cookie(v) if n.lower() == "vary" else v) for n, v in kept]
            return start_response(status, [(n, v) for n, v in told if v], *more)

        return self.app(environ, start)


def _but_cookie(vary: str) -> str:
    """Return what else an answer depends on: on a cookie that never arrives none does."""
    return ", ".join(one for one in vary.split(", ") if one.lower() != "cookie")


def setup(app: Flask, chosen: Settings) -> None:
    """Turn on CSRF checks, limits, safe cookies and the security headers."""
    app.config.update(
        SECRET_KEY=chosen.secret_key,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=chosen.secure_cookies,
        SESSION_COOKIE_NAME="sanshi",
        REMEMBER_COOKIE_HTTPONLY=True,
        REMEMBER_COOKIE_SAMESITE="Lax",
        REMEMBER_COOKIE_SECURE=chosen.secure_cookies,
        # How long a sign-in lasts is said by its row (account/devices); cookies only outlive it.
        PERMANENT_SESSION_LIFETIME=timedelta(days=180),
        REMEMBER_COOKIE_DURATION=timedelta(days=180),
        WTF_CSRF_TIME_LIMIT=24 * 3600,
        MAX_CONTENT_LENGTH=FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=2 * MEGABYTE,
        RATELIMIT_ENABLED=True,
        RATELIMIT_STORAGE_URI=chosen.redis_url or "memory://",
        RATELIMIT_HEADERS_ENABLED=False,
        # Without Redis each process counts by itself; a limit is no reason to turn people away.
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=True,
        RATELIMIT_SWALLOW_ERRORS=True,
        RATELIMIT_STORAGE_OPTIONS={"socket_connect_timeout": 2} if chosen.redis_url else {},
    )
    if chosen.proxies:
        hops = chosen.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, hops, hops, hops)  # type: ignore[method-assign]  # the documented way
    app.before_request(_let_large_bodies_in)  # before the form token is looked for in the body
    csrf.init_app(app)
    limiter.init_app(app)
    app.after_request(_headers)


def takes(most_bytes: int) -> Callable[[View], View]:
    """Mark a view whose form may be larger than FORM_BYTES, for people who are signed in."""

    def mark(view: View) -> View:
        setattr(view, _LARGE_MARK, most_bytes)
        return view

    return mark


def _let_large_bodies_in() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    most = getattr(view, _LARGE_MARK, None)
    if most is not None and current_person() is not None:
        request.max_content_length = most


def _headers(response: Response) -> Response:
    if not response.headers.get("Cache-Control"):
        # What a signed-in person saw is not shown to the next one at a shared computer.
        person = g.get("_login_user")
        # Not is_authenticated: after the rollback of a read it would ask the database once more.
        personal = person is not None and not person.is_anonymous
        response.headers["Cache-Control"] = "no-store" if personal else "private, no-cache"
    # This header knows no list of sites, so a page that names its own leaves it out.
    if _FRAMES not in response.headers.get("Content-Security-Policy", ""):
        response.headers.setdefault("X-Frame-Options", _SAME)
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response
