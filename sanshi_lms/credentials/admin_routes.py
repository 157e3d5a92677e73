"""/admin/credentials/…: the list of certificates, and declaring one void."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.account import asks_who, person_within
from sanshi_lms.core.access import needs, own_reach
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.web import paginate
from sanshi_lms.credentials import queries, rules
from sanshi_lms.credentials.actions import reissue_certificate, revoke_certificate
from sanshi_lms.credentials.models import Certificate

blueprint = Blueprint(
    "credentials_admin", __name__, url_prefix="/admin/credentials", template_folder="templates"
)
Answer = str | Response | tuple[str, int]


@blueprint.get("/")
@needs("credentials.view_all", within=True)
def certificates() -> Answer:
    """Show all certificates, newest first; search by number, name or course."""
    words = request.args.get("q", "").strip()
    page = paginate(queries.certificates_query(words, own_reach()), size=30)
    return render_template(
        "credentials/certificates.html",
        page=page,
        words=words,
        page_url=lambda number: url_for(".certificates", q=words or None, page=number),
    )


@blueprint.get("/<number>")
@needs("credentials.view_all", within=True)
def record(number: str) -> Answer:
    """Show one certificate's record with the form that revokes it."""
    subject = _or_404(number)
    if not own_reach().everything and person_within(own_reach(), subject.user_id) is None:
        abort(404)
    verdict = queries.verify(subject.number, local(now()).date()).verdict
    hours = rules.hours_text(subject.credit_hours)
    earlier, later = queries.neighbours_of(subject)
    return render_template(
        "credentials/record.html",
        certificate=subject,
        hours=hours,
        verdict=verdict,
        earlier=earlier,
        later=later,
    )


@blueprint.post("/<number>/revoke")
@needs("credentials.revoke")
@asks_who
def revoke(number: str) -> Answer:
    """Declare a certificate void, with the reason that everybody will see."""
    subject = _or_404(number)
    revoke_certificate(subject, request.form.get("reason", ""), now())
    flash("证书已撤销，核验页面会显示撤销原因。", "success")
    return redirect(url_for("credentials_admin.record", number=subject.number))


@blueprint.post("/<number>/reissue")
@needs("credentials.revoke")
@asks_who
def reissue(number: str) -> Answer:
    """Exchange a certificate for one with the right name."""
    subject = _or_404(number)
    name, reason = request.form.get("name", ""), request.form.get("reason", "")
    fresh = reissue_certificate(subject, name, reason, now())
    flash("已换发新证，旧证的核验页面会显示“已换发”。请把新证交给本人。", "success")
    return redirect(url_for("credentials_admin.record", number=fresh.number))


def _or_404(number: str) -> Certificate:
    known = queries.certificate_by_number(rules.normalise_number(number) or "")
    if known is None:
        abort(404)
    return known
