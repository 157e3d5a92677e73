"""/outlets/…: pictures of a kit, for the editor that copies them from us."""

from flask import Blueprint, Response, abort, url_for

from sanshi_lms.core.access import public
from sanshi_lms.core.security import limiter
from sanshi_lms.core.web import public_address
from sanshi_lms.outlets.kits.article import QR, article_of
from sanshi_lms.outlets.kits.drawing import encoded, qr_card
from sanshi_lms.outlets.links import links_of
from sanshi_lms.outlets.pieces import Piece, find_piece

blueprint = Blueprint("outlets", __name__, url_prefix="/outlets", template_folder="templates")
_KEPT_SECONDS = 600


@blueprint.get("/pictures/<kind>/<int:ref>/<int:picture_number>")
@public
@limiter.limit("120 per minute")
def picture(kind: str, ref: int, picture_number: int) -> Response:
    """Send a picture of the article about a public piece, as the kit has it."""
    piece = find_piece(kind, ref) or abort(404)
    pictures = article_of(piece).pictures
    if not 1 <= picture_number <= len(pictures):
        abort(404)
    wanted = pictures[picture_number - 1]
    drawn = wanted.path == QR
    data = qr_card(address_for(piece, "gzh")) if drawn else encoded(wanted)
    if data is None:
        abort(404)
    answer = Response(data, mimetype="image/png" if drawn else "image/jpeg")
    answer.headers["Cache-Control"] = f"public, max-age={_KEPT_SECONDS}"
    return answer


def address_for(piece: Piece, channel: str) -> str:
    """Return the address that a channel shows: its link if it has one, else the page's own."""
    links = (one.link for one in links_of(piece.kind, piece.ref))
    link = next((one for one in links if one.channel == channel), None)
    return public_address(url_for("links.go", code=link.code) if link else piece.path)
