"""Addresses and drawings that pages repeat: worked out once, then remembered by this process.

A page asks for some hundred and fifty addresses, most of them the same on every page.
"""

from typing import Any

from flask import Flask, current_app, has_request_context, request, url_for
from markupsafe import Markup

_MOST_KNOWN = 4096  # of a hundred bytes or two each
_STATIC, _DRAWINGS = "addresses.static", "addresses.drawings"


class Addresses:
    """`app.url_for` with a memory for plain addresses within a request."""

    def __init__(self, app: Flask) -> None:
        """Remember what `app` builds."""
        self._build = app.url_for
        self._known: dict[tuple[object, ...], str] = {}

    def __call__(self, endpoint: str, /, **values: Any) -> str:
        """Return the address of a view, as Flask's own `url_for` does."""
        values = {name: value for name, value in values.items() if value is not None}
        if not has_request_context() or endpoint[0] == "." or not _plain(values):
            return self._build(endpoint, **values)
        key = (request.environ.get("SCRIPT_NAME", ""), endpoint, *values.items())
        found = self._known.get(key)
        if found is None:
            found = self._build(endpoint, **values)
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[key] = found
        return found


def setup(app: Flask) -> None:
    """Let the application remember addresses; give templates `static_url` and `drawn_icon`."""
    app.extensions |= {_STATIC: {}, _DRAWINGS: {}}
    app.url_for = Addresses(app)  # type: ignore[method-assign, assignment]  # what flask.url_for calls
    app.add_template_global(app.url_for, "url_for")
    app.add_template_global(static_url)
    app.add_template_global(drawn_icon)


def static_url(name: str) -> str:
    """Return the address of a static file such as "css/base.css" or "video/player.js".

    The version covers all static files, so that modules find their neighbours by relative paths
    and a browser may keep each of them for a year.
    """
    known: dict[tuple[str, str], str] = current_app.extensions[_STATIC]
    key = (request.environ.get("SCRIPT_NAME", "") if has_request_context() else "", name)
    found = known.get(key)
    if found is None:
        found = url_for("static", version=current_app.extensions["static_version"], name=name)
        if len(known) < _MOST_KNOWN:
            known[key] = found
    return found


def drawn_icon(name: str, label: str | None = None, large: bool = False) -> Markup:
    """Return a drawing of static/img/icons.svg. Decoration, or alone with a `label`."""
    sheet = static_url("img/icons.svg")
    known: dict[tuple[object, ...], Markup] = current_app.extensions[_DRAWINGS]
    key = (sheet, name, large)
    found = known.get(key) if label is None else None
    if found is None:
        spoken = Markup('role="img" aria-label="{}"').format(label) if label else None
        found = Markup(
            '<svg class="icon{}" viewBox="0 0 24 24" {}><use href="{}#{}"></use></svg>'
        ).format(
            " icon--large" if large else "", spoken or Markup('aria-hidden="true"'), sheet, name
        )
        if label is None and len(known) < _MOST_KNOWN:
            known[key] = found
    return found


def _plain(values: dict[str, Any]) -> bool:
    """Tell whether equal keys mean equal addresses: True equals 1 and reads otherwise."""
    return all(
        name[0] != "_" and (type(value) is str or type(value) is int)
        for name, value in values.items()
    )
