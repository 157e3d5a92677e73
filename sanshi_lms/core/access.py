"""Who may call a route. Closed by default: a view without a mark answers 403 to everybody."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

from flask import Flask, abort, current_app, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from sanshi_lms.core.errors import wants_json

View = TypeVar("View", bound=Callable[..., Any])
_MARK = "_access"


class Person(Protocol):
    """What core needs to know of whoever is signed in."""

    id: int

    def may(self, permission: str) -> bool:
        """Tell whether this person's role carries `permission`."""
        ...


def public(view: View) -> View:
    """Mark a view that anyone may call, signed in or not."""
    return _mark(view, "public")


def signed_in(view: View) -> View:
    """Mark a view for anyone who is signed in; what they see is scoped by its queries."""
    return _mark(view, "signed_in")


def needs(permission: str) -> Callable[[View], View]:
    """Mark a view for people whose role carries `permission`, such as "courses.edit"."""

    def mark(view: View) -> View:
        return _mark(view, permission)

    return mark


def declared_access(view: Callable[..., Any]) -> str | None:
    """Return the mark of a view: "public", "signed_in", a permission, or None."""
    return cast("str | None", getattr(view, _MARK, None))


def current_person() -> Any:
    """Return the signed-in person (an account.User) or None for a visitor."""
    # Not the proxy, which would look for them again at every attribute.
    person = current_user._get_current_object()  # noqa: SLF001 - documented
    return person if person.is_authenticated else None


def may(permission: str) -> bool:
    """Tell whether the signed-in person, if any, holds `permission`."""
    person = current_person()
    return person is not None and bool(person.may(permission))


def require(permission: str) -> None:
    """Abort with 403 unless the signed-in person holds `permission`."""
    if not may(permission):
        abort(403)


def setup(app: Flask) -> None:
    """Check the mark of each view before it runs."""
    app.before_request(_check)
    app.add_template_global(may, "may")
    app.add_template_global(current_person, "current_person")


def _mark(view: View, access: str) -> View:
    setattr(view, _MARK, access)
    return view


def _check() -> Response | None:
    if request.endpoint is None or request.endpoint == "static":
        return None
    access = declared_access(current_app.view_functions[request.endpoint])
    if access == "public":
        return None
    if access is None:
        abort(403)
    if current_person() is None:
        return _invite_to_sign_in()
    if access != "signed_in":
        require(access)
    return None


def _invite_to_sign_in() -> Response:
    if wants_json() or request.method != "GET":
        abort(401)
    # Only the path travels, never a host: the way back cannot lead to another site.
    return redirect(url_for("account.sign_in", next=request.full_path.rstrip("?")))
