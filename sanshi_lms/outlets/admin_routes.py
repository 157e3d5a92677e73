"""/admin/outlets/…: publish a piece to all outlets from one page, and keep the ledger."""

from datetime import date, timedelta

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as Answer

from sanshi_lms.account import User, unit_paths
from sanshi_lms.core.access import current_person, needs
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.nonces import new_nonce, read_nonce
from sanshi_lms.core.refusing import refusals_told
from sanshi_lms.core.row_numbers import row_number
from sanshi_lms.core.sending import keep_as
from sanshi_lms.core.web import paginate, public_address
from sanshi_lms.outlets.desk import PUBLISH
from sanshi_lms.outlets.drafts.actions import remove_account, save_account, send_draft
from sanshi_lms.outlets.drafts.models import OfficialAccount
from sanshi_lms.outlets.drafts.queries import accounts as accounts_in_use
from sanshi_lms.outlets.drafts.queries import drafts_of
from sanshi_lms.outlets.kits.article import article_of
from sanshi_lms.outlets.kits.package import archive, as_page, make_kit
from sanshi_lms.outlets.ledger import (
    publications,
    publications_of,
    record,
    take_down,
    to_take_down,
)
from sanshi_lms.outlets.ledger.models import Publication
from sanshi_lms.outlets.links import links_of, make_link, visits_since
from sanshi_lms.outlets.links.rules import CHANNELS
from sanshi_lms.outlets.pieces import Piece, find_piece
from sanshi_lms.outlets.queries import offered
from sanshi_lms.outlets.routes import address_for

LATELY = timedelta(days=30)
# The preview carries its looks inline and is shown in a frame of ours; nothing in it may run.
_ARTICLE_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
)
blueprint = Blueprint(
    "outlets_admin", __name__, url_prefix="/admin/outlets", template_folder="templates"
)


@blueprint.get("/")
@needs(PUBLISH)
def desk() -> str:
    """Show what can be published, what must come down, the ledger, and visits by channel."""
    return render_template(
        "outlets/desk.html",
        offered=offered(),
        down=to_take_down(),
        page=paginate(publications(), 20),
        visits=visits_since(now() - LATELY),
        channels=CHANNELS,
        page_of=lambda number: url_for(".desk", page=number),
    )


@blueprint.get("/<kind>/<int:ref>")
@needs(PUBLISH)
def piece(kind: str, ref: int) -> str:
    """Show every outlet of a piece."""
    subject = _piece_or_404(kind, ref)
    kit = make_kit(subject, address_for(subject, "gzh"), transcript=_transcript())
    return render_template(
        "outlets/piece.html",
        piece=subject,
        kit=kit,
        transcript=_transcript(),
        links=links_of(kind, ref),
        channels=CHANNELS,
        publications=publications_of(kind, ref),
        accounts=accounts_in_use(),
        drafts=drafts_of(kind, ref),
        nonce=new_nonce(),
        today=local(now()).date(),
        address=lambda link: public_address(url_for("links.go", code=link.code)),
    )


@blueprint.get("/<kind>/<int:ref>/article")
@needs(PUBLISH)
def article(kind: str, ref: int) -> Response:
    """Show the article as the editor will, to look at and to copy."""
    subject = _piece_or_404(kind, ref)
    made = article_of(subject, transcript=_transcript())
    html = made.with_pictures(
        lambda number: public_address(
            url_for("outlets.picture", kind=kind, ref=ref, picture_number=number)
        )
    )
    answer = Response(as_page(made.title, html), mimetype="text/html")
    answer.headers["Content-Security-Policy"] = _ARTICLE_POLICY
    return answer


@blueprint.get("/<kind>/<int:ref>/kit.zip")
@needs(PUBLISH)
def kit(kind: str, ref: int) -> Response:
    """Send the kit as one archive."""
    subject = _piece_or_404(kind, ref)
    address = address_for(subject, "gzh")
    data = archive(make_kit(subject, address, transcript=_transcript()), subject, address)
    return keep_as(Response(data, mimetype="application/zip"), f"公众号素材-{subject.title}.zip")


@blueprint.post("/<kind>/<int:ref>/links")
@needs(PUBLISH)
def links_post(kind: str, ref: int) -> Answer:
    """Make the link of a channel."""
    subject, form = _piece_or_404(kind, ref), request.form
    with refusals_told():
        make_link(subject, form.get("channel", ""), _me(), now(), form.get("label", ""))
        flash("链接做好了，复制就能用。", "success")
    return _back(subject, "links")


@blueprint.post("/<kind>/<int:ref>/publications")
@needs(PUBLISH)
def publications_post(kind: str, ref: int) -> Answer:
    """Write down that the piece was published somewhere."""
    subject, form = _piece_or_404(kind, ref), request.form
    with refusals_told():
        record(
            subject,
            nonce=_nonce(),
            channel=form.get("channel", ""),
            place=form.get("place", ""),
            url=form.get("url", ""),
            day=_day(form.get("day", "")),
            person=_me(),
            moment=now(),
        )
        flash("已登记。", "success")
    return _back(subject, "ledger")


@blueprint.post("/<kind>/<int:ref>/drafts")
@needs(PUBLISH)
def drafts_post(kind: str, ref: int) -> Answer:
    """Send the article to an official account as a draft."""
    subject = _piece_or_404(kind, ref)
    number = row_number(request.form.get("account_id"))
    account = db.session.get(OfficialAccount, number) if number else None
    if account is None or not account.active:
        abort(404)
    with refusals_told():
        address = public_address(
            url_for("links.go", code=make_link(subject, "gzh", _me(), now()).code)
        )
        send_draft(
            subject,
            account,
            nonce=_nonce(),
            address=address,
            site=public_address(""),
            person=_me(),
            moment=now(),
        )
        flash(f"正在发到“{account.name}”的草稿箱，刷新页面看结果。", "success")
    return _back(subject, "gzh")


@blueprint.post("/publications/<int:publication_id>/down")
@needs(PUBLISH)
def down_post(publication_id: int) -> Answer:
    """Write down that a publication was taken down."""
    row = db.get_or_404(Publication, publication_id)
    take_down(row, request.form.get("words", ""), _me(), now())
    flash("已记下。", "success")
    return redirect(url_for(".desk"))


@blueprint.get("/accounts")
@needs(PUBLISH)
def accounts() -> str:
    """Show the official accounts of units."""
    return _accounts_page({}, "")


@blueprint.post("/accounts")
@needs(PUBLISH)
def accounts_post() -> str | Answer | tuple[str, int]:
    """Save an official account."""
    form = request.form
    try:
        save_account(
            form.get("name", ""),
            form.get("app_id", ""),
            form.get("secret", ""),
            _unit(form.get("unit_id", "")),
            now(),
        )
    except Refusal as refusal:
        return _accounts_page(form.to_dict(), refusal.message), 422
    flash("已保存。密钥加密存放，以后不再显示。", "success")
    return redirect(url_for(".accounts"))


@blueprint.post("/accounts/<int:account_id>/remove")
@needs(PUBLISH)
def account_remove_post(account_id: int) -> Answer:
    """Take an account out of use."""
    remove_account(db.get_or_404(OfficialAccount, account_id))
    flash("已停用，密钥已经删除。", "success")
    return redirect(url_for(".accounts"))


def _accounts_page(given: dict[str, str], problem: str) -> str:
    units = sorted(unit_paths().items(), key=lambda one: one[1])
    return render_template(
        "outlets/accounts.html",
        rows=accounts_in_use(),
        units=units,
        paths=dict(units),
        given=given,
        problem=problem,
    )


def _piece_or_404(kind: str, ref: int) -> Piece:
    return find_piece(kind, ref) or abort(404)


def _transcript() -> bool:
    return request.args.get("transcript", "1") != "0"


def _nonce() -> str:
    return read_nonce(request.form.get("nonce")) or abort(400)


def _unit(text: str) -> int | None:
    number = row_number(text)
    return number if number in unit_paths() else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _me() -> User:
    person: User | None = current_person()
    return person or abort(401)


def _back(subject: Piece, part: str) -> Answer:
    return redirect(url_for(".piece", kind=subject.kind, ref=subject.ref, _anchor=part))
