"""/api/v1/search: what /search/ shows, as JSON; /api/v1/search/suggest: titles while typing.

    {"query", "total", "page", "pages", "counts": {kind: n}, "facets": {dimension: {value: n}},
     "relaxed", "meant", "notice", "results": […]}

A result is {"kind", "title", "snippet", "url"}; title is plain text, snippet is HTML with <mark>
and everything else escaped. `total` and `counts` count documents (courses, lessons). A lesson in
whose video the words are said is followed by up to three results of kind "caption": their url has
`t=` with the second where it is said, which stands in "seconds" too; for words on a page of a
paper the kind is "page", and the number stands in "page". A facet counts what choosing its value
instead would show. `relaxed` is true when no document has all the words; `meant` is a likelier
query or null; `notice` is a sentence for people or null.
"""

from typing import Annotated, Any, NotRequired, TypedDict

from flask import Blueprint, Response, jsonify, request
from msgspec import Meta

from sanshi_lms.core.access import public
from sanshi_lms.core.clock import now
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.openapi import described
from sanshi_lms.search.highlight import Moment
from sanshi_lms.search.plan import MAX_CHARACTERS
from sanshi_lms.search.queries import Card, Results, look_up
from sanshi_lms.search.routes import asked_of
from sanshi_lms.search.suggesting import suggest

MAX_LIMIT = 50
REPAIRING = "搜索索引正在自动修复，请过几分钟再试。"
RELAXED = "没有找到包含全部词语的内容，下面是部分相符的。"
Kind = Annotated[str, Meta(description="course, lesson, paper, …: as in `facets`")]


class Query(TypedDict):
    """What is looked for. What a facet does not know finds nothing."""

    q: NotRequired[Annotated[str, Meta(description="words, also pinyin")]]
    kind: NotRequired[str]
    audience: NotRequired[str]
    topic: NotRequired[str]
    series: NotRequired[str]
    length: NotRequired[str]
    district: NotRequired[str]
    year: NotRequired[str]
    sort: NotRequired[Annotated[str, Meta(description="newest, shortest; else what fits best")]]
    page: NotRequired[Annotated[int, Meta(ge=1, le=10_000)]]
    limit: NotRequired[Annotated[int, Meta(ge=1, le=MAX_LIMIT)]]


class Entry(TypedDict):
    """A document, or a place inside the one before it (kinds "caption" and "page")."""

    kind: Kind
    title: str
    snippet: Annotated[str, Meta(description="HTML: <mark>, all else escaped")]
    url: str
    seconds: NotRequired[float]
    page: NotRequired[int]
    file: NotRequired[str | None]


class Found(TypedDict):
    """A page of results."""

    query: str
    total: int
    page: int
    pages: int
    counts: dict[str, int]
    facets: dict[str, dict[str, int]]
    relaxed: bool
    meant: str | None
    notice: str | None
    results: list[Entry]


class Typed(TypedDict):
    """What was typed so far."""

    q: NotRequired[str]


class SuggestionTold(TypedDict):
    """A title that may be meant."""

    text: str
    label: str
    url: str


class Suggestions(TypedDict):
    """Titles that may be meant."""

    suggestions: list[SuggestionTold]


blueprint = Blueprint("search_api", __name__, url_prefix="/api/v1")


@blueprint.get("/search")
@public
@described(answer=Found, query=Query)
def search() -> Response:
    """Answer `q`, with facets' values, `sort`, `page` (from 1) and `limit` (1 to 50, else 10)."""
    asked = asked_of(request.args)
    page, limit = _number("page", 1, 10_000), _number("limit", 10, MAX_LIMIT)
    results = look_up(asked, now(), page, limit)
    facets = {name: {one.value: one.count for one in found} for name, _, found in results.facets}
    return jsonify(
        {
            "query": asked.text,
            "total": results.total,
            "page": results.number,
            "pages": results.pages,
            "counts": facets.get("kind", {}),
            "facets": facets,
            "relaxed": results.relaxed,
            "meant": results.meant or None,
            "notice": _notice(results),
            "results": [entry for card in results.cards for entry in _entries(card)],
        }
    )


@blueprint.get("/search/suggest")
@public
@described(answer=Suggestions, query=Typed)
def suggest_titles() -> Response:
    """Return {"suggestions": [{"text", "label", "url"}]} for what was typed so far in `q`."""
    found = suggest(request.args.get("q", "").strip()[:MAX_CHARACTERS])
    told = [{"text": one.text, "label": one.label, "url": one.url} for one in found]
    return jsonify({"suggestions": told})


def _entries(card: Card) -> list[dict[str, Any]]:
    own = {"kind": card.kind, "title": card.title, "snippet": str(card.snippet), "url": card.url}
    return [own] + [
        {"title": card.title, "snippet": str(moment.text), "url": card.url_at(moment)}
        | _place(moment)
        for moment in card.moments
    ]


def _place(moment: Moment) -> dict[str, Any]:
    if moment.page is not None:
        return {"kind": "page", "page": moment.page, "file": moment.label or None}
    return {"kind": "caption", "seconds": moment.seconds}


def _notice(results: Results) -> str | None:
    if results.damaged:
        return REPAIRING
    return RELAXED if results.relaxed and results.cards else None


def _number(name: str, default: int, most: int) -> int:
    given = request.args.get(name)
    if given is None:
        return default
    if not given.isascii() or not given.isdigit() or not 1 <= int(given[:9]) <= most:
        raise Refusal(f"参数 {name} 应是 1 到 {most} 的整数。", status=400)
    return int(given)
