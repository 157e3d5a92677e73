"""Who may call a route, and over which units. Closed by default: a view without a mark answers 403.

A right may extend to everything or only to some units (a street's administrator). A view that can
keep to units says so by `@needs("people.manage", within=True)` and asks for `own_reach()`; one that
says nothing stays closed to whoever holds the right for some units only, and one that says so and
does not ask answers 403 instead of what it found.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol, TypeVar, cast

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from sanshi_lms.core.errors import wants_json
from sanshi_lms.core.reach import EVERYTHING, NOWHERE, Reach

View = TypeVar("View", bound=Callable[..., Any])
_MARK = "_access"
_WITHIN = "_within"
_ASKED = "reach_asked"
_FINDER = "core.reach"


FindReach = Callable[[Any, str], Reach]


class Person(Protocol):
    """What core needs to know of whoever is signed in."""

    id: int

    def may(self, permission: str) -> bool:
        """Tell whether this person holds `permission` over everything."""
        ...

    def may_somewhere(self, permission: str) -> bool:
        """Tell whether this person holds `permission`, be it for some units only."""
        ...


def public(view: View) -> View:
    """Mark a view that anyone may call, signed in or not."""
    return _mark(view, "public")


def signed_in(view: View) -> View:
    """Mark a view for anyone who is signed in; what they see is scoped by its queries."""
    return _mark(view, "signed_in")


def needs(permission: str, *, within: bool = False) -> Callable[[View], View]:
    """Mark a view for people who hold `permission`, such as "courses.edit".

    `within` opens it also to those who hold it for some units; the view keeps to `own_reach()`.
    """

    def mark(view: View) -> View:
        return _mark(_keeping(view), permission) if within else _mark(view, permission)

    return mark


def keeps_within(view: Callable[..., Any]) -> bool:
    """Tell whether a view is open to those who hold its right for some units only."""
    return bool(getattr(view, _WITHIN, False))


def own_reach() -> Reach:
    """Return over which units the person may do what this view does.

    Aborts with 403 when it is over none.
    """
    view = current_app.view_functions[request.endpoint or ""]
    return reach_for(declared_access(view) or "")


def reach_for(permission: str) -> Reach:
    """Return over which units the person holds `permission`; aborts with 403 when over none."""
    person = current_person()
    if person is None or not person.may_somewhere(permission):
        abort(403)
    asked: dict[str, Reach] = g.setdefault(_ASKED, {})
    if permission not in asked:
        find: FindReach = current_app.extensions[_FINDER]
        asked[permission] = EVERYTHING if person.may(permission) else find(person, permission)
    return asked[permission]


def held_reach(permission: str) -> Reach:
    """Return over which units whoever asks holds `permission`; mostly none, and no fault."""
    return reach_for(permission) if may_somewhere(permission) else NOWHERE


def finds_reach(app: Flask, find: FindReach) -> None:
    """Let a room say over which units somebody holds a right that does not extend to everything."""
    app.extensions[_FINDER] = find


def declared_access(view: Callable[..., Any]) -> str | None:
    """Return the mark of a view: "public", "signed_in", a permission, or None."""
    return cast("str | None", getattr(view, _MARK, None))


def current_person() -> Any:
    """Return the signed-in person (an account.User) or None for a visitor."""
    # Not the proxy, which would look for them again at every attribute.
    person = current_user._get_current_object()  # noqa: SLF001 - documented
    return person if person.is_authenticated else None


def may_call(endpoint: str) -> bool:
    """Tell whether the signed-in person may call a view that has a right as its mark."""
    view = current_app.view_functions[endpoint]
    permission = declared_access(view) or ""
    return may(permission) or (keeps_within(view) and may_somewhere(permission))


def may_somewhere(permission: str) -> bool:
    """Tell whether the signed-in person holds `permission`, be it for some units only."""
    person = current_person()
    return person is not None and bool(person.may_somewhere(permission))


def may(permission: str) -> bool:
    """Tell whether the signed-in person, if any, holds `permission` over everything."""
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
    app.add_template_global(may_call, "may_call")
    app.add_template_global(current_person, "current_person")


def _mark(view: View, access: str) -> View:
    setattr(view, _MARK, access)
    return view


def _keeping(view: View) -> View:
    @wraps(view)
    def kept(*args: Any, **values: Any) -> Any:
        answer = view(*args, **values)
        permission = declared_access(kept) or ""
        if permission not in g.get(_ASKED, ()):
            require(permission)
        return answer

    setattr(kept, _WITHIN, True)
    return cast("View", kept)


def _check() -> Response | None:
    if request.endpoint is None or request.endpoint == "static":
        return None
    view = current_app.view_functions[request.endpoint]
    access = declared_access(view)
    if access == "public":
        return None
    if access is None:
        abort(403)
    if current_person() is None:
        return _invite_to_sign_in()
    if access != "signed_in" and not (keeps_within(view) and may_somewhere(access)):
        require(access)
    return None


def _invite_to_sign_in() -> Response:
    if wants_json() or request.method != "GET":
        abort(401)
    # Only the path travels, never a host: the way back cannot lead to another site.
    return redirect(url_for("account.sign_in", next=request.full_path.rstrip("?")))
