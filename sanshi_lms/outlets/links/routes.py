"""/go/<code>: to a piece, by a channel. Visits are told by the page, since a GET never writes."""

from flask import Blueprint, Response, abort, redirect, request
from werkzeug.wrappers import Response as Answer

from sanshi_lms.core.access import public
from sanshi_lms.core.clock import now
from sanshi_lms.core.security import limiter
from sanshi_lms.outlets.links.actions import count_arrival, count_visit
from sanshi_lms.outlets.links.queries import find_link
from sanshi_lms.outlets.links.rules import CHANNELS
from sanshi_lms.outlets.pieces import find_piece, piece_at

blueprint = Blueprint("links", __name__)


@blueprint.get("/go/<code>")
@public
def go(code: str) -> Answer:
    """Lead to the piece, while everybody may see it."""
    link = find_link(code)
    if link is None or find_piece(link.kind, link.ref) is None:
        abort(404)
    return redirect(f"{link.path}?via={link.code}")


@blueprint.post("/outlets/visits")
@public
@limiter.limit("60 per minute")
def visits_post() -> Response:
    """Count a visit; the page sends it once, and nothing of the visitor is kept.

    It names the `code` of a link, or the `channel` that its address names and its `path`.
    """
    form = request.form
    if not count_visit(form.get("code", ""), now()):
        piece = piece_at(form.get("path", "")) if form.get("channel") in CHANNELS else None
        if piece is not None:
            count_arrival(piece, form["channel"], now())
    return Response(status=204)
