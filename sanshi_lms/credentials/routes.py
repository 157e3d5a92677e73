"""/credentials/… for the holder, /v/… for anyone who holds a number in their hand."""

import hashlib
from collections.abc import Callable

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.account import mask_name, may_over
from sanshi_lms.core.access import current_person, public, signed_in
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.security import limiter
from sanshi_lms.credentials import queries, rules
from sanshi_lms.credentials.ledger.queries import credit_hours_earned
from sanshi_lms.credentials.ledger.statements import look_at, statement_by_number
from sanshi_lms.credentials.models import Certificate
from sanshi_lms.credentials.pdf import Printer, Sheet, design_version, printer
from sanshi_lms.credentials.press import NoChineseFontError
from sanshi_lms.credentials.sealing.signer import signer_for
from sanshi_lms.credentials.sheets import sheet_of, verify_url
from sanshi_lms.credentials.signing.payload import read_address

blueprint = Blueprint("credentials", __name__, template_folder="templates")
Answer = str | Response | tuple[str, int]
CACHE_SECONDS = 3600


@blueprint.get("/credentials/")
@signed_in
def my_certificates() -> Answer:
    """Show one's own certificates and credit hours."""
    me = current_person().id
    return render_template(
        "credentials/my_certificates.html",
        certificates=queries.certificates_of(me),
        hours=rules.hours_text(credit_hours_earned(me)),
        today=local(now()).date(),
    )


@blueprint.get("/credentials/<number>")
@signed_in
def certificate(number: str) -> Answer:
    """Show a certificate as a picture, since WeChat cannot show PDFs well."""
    subject = _certificate_or_404(number)
    earlier, later = queries.neighbours_of(subject)
    return render_template(
        "credentials/certificate.html",
        earlier=earlier,
        later=later,
        certificate=subject,
        hours=rules.hours_text(subject.credit_hours),
        verify_url=verify_url(subject),
        mine=subject.user_id == current_person().id,
    )


@blueprint.get("/credentials/<number>/certificate.pdf")
@signed_in
@limiter.limit("60 per minute")
def certificate_pdf(number: str) -> Answer:
    """Send the certificate as PDF."""
    subject = _certificate_or_404(number)
    return _printed(subject, "application/pdf", Printer.pdf)


@blueprint.get("/credentials/<number>/certificate.png")
@signed_in
@limiter.limit("60 per minute")
def certificate_png(number: str) -> Answer:
    """Send the certificate as a picture."""
    subject = _certificate_or_404(number)
    return _printed(subject, "image/png", Printer.png)


@blueprint.get("/v/")
@public
def find() -> Answer:
    """Ask for a number; a well-formed one leads on to its own address."""
    typed = request.args.get("number", "").strip()
    number = rules.normalise_number(typed)
    if number:
        address = read_address(typed)
        mark = address.mark if address else None
        return redirect(url_for("credentials.verify", number=number, s=mark))
    if not typed:
        return _unlisted(render_template("credentials/find.html"))
    return _verification(typed)


@blueprint.get("/v/<number>")
@public
@limiter.limit("30 per minute", deduct_when=lambda answer: answer.status_code == 404)
def verify(number: str) -> Answer:
    """Tell anyone whether a certificate is genuine, without giving the holder away.

    Only wrong numbers count against the limit: a whole office may check from one address.
    """
    return _verification(number)


def _verification(typed: str) -> Response:
    found = queries.verify(typed, local(now()).date(), request.args.get("s"))
    unknown = found.number if found.verdict == "unknown" else None
    statement = statement_by_number(unknown) if unknown else None
    if statement is not None:
        known = look_at(statement)
        page = render_template(
            "credentials/verify_statement.html",
            known=known,
            statement=statement,
            masked_name=mask_name(statement.holder_name),
        )
        return _unlisted(page, 200 if known.intact else 404)
    ours = found.certificate
    earlier, later = queries.neighbours_of(ours) if ours else (None, None)
    page = render_template(
        "credentials/verify.html",
        # Exchanged for a name that changed: neither paper leads a stranger to the other.
        earlier=None if earlier and earlier.reissued else earlier,
        later=None if ours and ours.reissued else later,
        found=found,
        typed=typed[: rules.TYPED_LENGTH_LIMIT],
        certificate=found.certificate,
        masked_name=mask_name(found.certificate.holder_name) if found.certificate else "",
        hours=rules.hours_text(found.certificate.credit_hours) if found.certificate else "",
    )
    return _unlisted(page, 200 if found.certificate else 404)


def _unlisted(page: str, status: int = 200) -> Response:
    response = make_response(page, status)
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = "no-store"
    return response


def _certificate_or_404(number: str) -> Certificate:
    """Return the certificate if the person may see it; a stranger learns nothing, not even 403."""
    known = queries.certificate_by_number(rules.normalise_number(number) or "")
    me = current_person()
    if known is None or not (
        known.user_id == me.id or may_over(me, "credentials.view_all", known.user_id)
    ):
        abort(404)
    return known


def _printed(
    subject: Certificate, mimetype: str, draw: Callable[[Printer, Sheet], bytes]
) -> Response:
    if subject.revoked_at is not None:
        raise Refusal("这张证书已经撤销，不再提供证书文件。", 410)
    if not queries.is_genuine(subject):
        raise Refusal("证书记录与签发时不一致，不能生成证书文件，请联系管理员。", 409)
    sheet = sheet_of(subject)
    response = make_response()
    signer = signer_for(now())
    signed_by = signer.facts.fingerprint if signer else ""
    mark = f"{subject.signature}:{design_version()}:{sheet.verify_url}:{signed_by}"
    response.set_etag(hashlib.sha256(mark.encode()).hexdigest()[:32])
    response.cache_control.private = True
    response.cache_control.max_age = CACHE_SECONDS
    suffix = mimetype.partition("/")[2]
    response.headers["Content-Type"] = mimetype
    response.headers["Content-Disposition"] = f'inline; filename="{subject.number}.{suffix}"'
    if response.make_conditional(request).status_code != 304:
        drawn = _draw(draw, sheet)
        is_pdf = mimetype == "application/pdf"
        response.set_data(signer.sign(drawn) if signer and is_pdf else drawn)
    return response


def _draw(draw: Callable[[Printer, Sheet], bytes], sheet: Sheet) -> bytes:
    try:
        return draw(printer(), sheet)
    except NoChineseFontError:
        raise Refusal(
            "服务器上没有中文字体，暂时不能生成证书文件；证书本身有效。请联系管理员安装字体。", 503
        ) from None
