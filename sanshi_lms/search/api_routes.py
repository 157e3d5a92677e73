"""/api/v1/search: what /search/ shows, as JSON.

    {"query", "total", "page", "pages", "counts": {kind: n}, "relaxed", "meant", "notice",
     "results": […]}

A result is {"kind", "title", "snippet", "url"}; title is plain text, snippet is HTML with <mark>
and everything else escaped. `total` and `counts` count documents (courses, lessons). A lesson in
whose video the words are said is followed by up to three results of kind "caption": their url has
`t=` with the second where it is said, which stands in "seconds" too. `relaxed` is true when no
document has all the words; `meant` is a likelier query or null; `notice` is a sentence for people
or null.
"""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from sanshi_lms.core.access import public
from sanshi_lms.core.errors import Refusal
from sanshi_lms.search.plan import MAX_CHARACTERS
from sanshi_lms.search.queries import Card, Results, look_up

MAX_LIMIT = 50
REPAIRING = "搜索索引正在自动修复，请过几分钟再试。"
RELAXED = "没有找到包含全部词语的内容，下面是部分相符的。"
blueprint = Blueprint("search_api", __name__, url_prefix="/api/v1")


@blueprint.get("/search")
@public
def search() -> Response:
    """Answer `q`, optionally with `kind`, `page` (from 1) and `limit` (1 to 50, else 10)."""
    query = request.args.get("q", "").strip()[:MAX_CHARACTERS]
    results = look_up(
        query,
        request.args.get("kind", ""),
        _number("page", 1, 10_000),
        _number("limit", 10, MAX_LIMIT),
    )
    return jsonify(
        {
            "query": query,
            "total": results.total,
            "page": results.number,
            "pages": results.pages,
            "counts": {kind: count for kind, _, count in results.counts},
            "relaxed": results.relaxed,
            "meant": results.meant or None,
            "notice": _notice(results),
            "results": [entry for card in results.cards for entry in _entries(card)],
        }
    )


def _entries(card: Card) -> list[dict[str, Any]]:
    own = {"kind": card.kind, "title": card.title, "snippet": str(card.snippet), "url": card.url}
    return [own] + [
        {
            "kind": "caption",
            "title": card.title,
            "snippet": str(moment.text),
            "url": card.url_at(moment),
            "seconds": moment.seconds,
        }
        for moment in card.moments
    ]


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
