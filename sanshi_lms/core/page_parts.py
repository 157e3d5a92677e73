"""Places in pages that rooms above fill: a page names a place, the register says what goes there.

A room below cannot import the one above that has something to add to its pages. So the layout
calls `page_part("head")`, a page may call `page_part("tools")`, and whoever is above enters in its
setup what stands there, by the page's endpoint:

    add_page_part(app, "head", "courses.lesson", lesson_head)

A part gets the names that the page was rendered with. The page of an error is rendered under the
endpoint that failed and has none of them: a part then returns nothing.
"""

from collections.abc import Callable
from typing import Any, Protocol

from flask import Flask, current_app, has_request_context, request
from jinja2 import pass_context
from markupsafe import Markup

_KEY = "core.page_parts"


class PageNames(Protocol):
    """The names that a page was rendered with."""

    def get(self, key: str, default: Any = None) -> Any:
        """Return what stands under a name."""


Part = Callable[[PageNames], Markup]


def setup(app: Flask) -> None:
    """Give pages their places."""
    app.extensions[_KEY] = {}
    app.add_template_global(page_part)


def add_page_part(app: Flask, place: str, endpoint: str, part: Part) -> None:
    """Let `part` stand at `place` of the page of `endpoint`, behind those entered before."""
    app.extensions[_KEY].setdefault((place, endpoint), []).append(part)


@pass_context
def page_part(names: PageNames, place: str) -> Markup:
    """Return all that stands at `place` of the present page."""
    endpoint = request.endpoint if has_request_context() else None
    parts: list[Part] = current_app.extensions[_KEY].get((place, endpoint), [])
    return Markup().join(part(names) for part in parts)
