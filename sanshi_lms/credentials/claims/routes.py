"""/credentials/claims/…: claiming outside learning, and deciding claims of one's people."""

import secrets

from flask import (
    Blueprint,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from werkzeug.wrappers import Response

from sanshi_lms.account import User, people_by_id, unit_paths
from sanshi_lms.core.access import current_person, signed_in
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import db, release_connection, rollback
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.pictures import PHOTO_BYTES, private_folder, put_away
from sanshi_lms.core.security import limiter
from sanshi_lms.core.storage import storage
from sanshi_lms.core.web import paginate
from sanshi_lms.credentials.claims import actions, queries, rules
from sanshi_lms.credentials.claims.models import Claim, ClaimProof
from sanshi_lms.credentials.claims.proofs import prepare

blueprint = Blueprint(
    "claims", __name__, url_prefix="/credentials/claims", template_folder="templates"
)
Answer = str | Response | tuple[str, int]


@blueprint.get("/")
@signed_in
def claims() -> Answer:
    """Show one's own claims."""
    me = current_person()
    return render_template(
        "claims/claims.html",
        claims=queries.claims_of(me.id),
        states=rules.STATES,
        decides=queries.decides_at_all(me),
    )


@blueprint.get("/new")
@signed_in
def claim_new() -> Answer:
    """Show the form of a claim."""
    return _form({"nonce": secrets.token_hex(16), "category": rules.CATEGORIES[0]}, {}, "")


@blueprint.post("/")
@signed_in
@limiter.limit("60 per hour")  # each may cost a second of work on photos
def claim_post() -> Answer:
    """Take a claim in. Files are worked on before the database is asked: nobody waits for them."""
    given = {name: value[:2000] for name, value in request.form.items()}
    found = rules.read_claim(given, local(now()).date())
    nonce = given.get("nonce", "")
    if len(nonce) != 32 or not nonce.isalnum() or not nonce.isascii():
        nonce = given["nonce"] = secrets.token_hex(16)
    if isinstance(found, rules.ClaimFaults):
        return _form(given, found.by_field, ""), 422
    files = [file.read(PHOTO_BYTES + 1) for file in request.files.getlist("proofs")]
    me = current_person().id
    release_connection()
    folder = private_folder()
    try:
        proofs = prepare([data for data in files if data], folder)
        person = db.session.get_one(User, me)
        claim = actions.submit_claim(person, found, proofs, nonce, now())
    except Refusal as refusal:
        rollback()
        return _form(given, {}, refusal.message), refusal.status
    finally:
        put_away(folder)
    flash("已提交，审核以后会通知您。", "success")
    return redirect(url_for("claims.claim", claim_id=claim.id))


@blueprint.get("/waiting")
@signed_in
def waiting() -> Answer:
    """List the claims that this person decides."""
    me = current_person()
    if not queries.decides_at_all(me):
        abort(403)
    state = request.args.get("state", "")
    state = state if state in {"approved", "refused"} else "submitted"
    page = paginate(queries.to_decide_query(me, state), size=30)
    return render_template(
        "claims/waiting.html",
        page=page,
        people=people_by_id(claim.user_id for claim in page.rows),
        units=unit_paths(),
        state=state,
        states=rules.STATES,
        page_url=lambda number: url_for("claims.waiting", state=state, page=number),
    )


@blueprint.get("/<int:claim_id>")
@signed_in
def claim(claim_id: int) -> Answer:
    """Show a claim with its proofs, to its owner and to whoever decides it."""
    return _claim_page(_claim_or_404(claim_id), "")


@blueprint.post("/<int:claim_id>/withdraw")
@signed_in
def withdraw(claim_id: int) -> Answer:
    """Take one's own claim back."""
    actions.withdraw_claim(_claim_or_404(claim_id), current_person())
    flash("已撤回。", "success")
    return redirect(url_for("claims.claim", claim_id=claim_id))


@blueprint.post("/<int:claim_id>/approve")
@signed_in
def approve(claim_id: int) -> Answer:
    """Accept a claim; its hours are entered at once."""
    line = actions.approve_claim(_claim_or_404(claim_id), current_person(), now())
    flash(f"已通过，记入 {line.hours.normalize():f} 学时。{line.why}", "success")
    return redirect(url_for("claims.waiting"))


@blueprint.post("/<int:claim_id>/refuse")
@signed_in
def refuse(claim_id: int) -> Answer:
    """Turn a claim down with a reason."""
    subject = _claim_or_404(claim_id)
    try:
        actions.refuse_claim(subject, current_person(), request.form.get("reason", ""), now())
    except Refusal as refusal:
        rollback()
        return _claim_page(_claim_or_404(claim_id), refusal.message), refusal.status
    flash("已退回，对方会看到原因。", "success")
    return redirect(url_for("claims.waiting"))


@blueprint.get("/<int:claim_id>/proofs/<int:proof_id>")
@signed_in
def proof(claim_id: int, proof_id: int) -> Answer:
    """Send a proof. A PDF of a stranger is only ever downloaded, never shown in our page."""
    subject = _claim_or_404(claim_id)
    found = db.session.get(ClaimProof, proof_id)
    if found is None or found.claim_id != subject.id:
        abort(404)
    path = storage().path(found.key)
    if not path.is_file():
        abort(404)
    pdf = found.kind == "pdf"
    response = make_response(
        send_file(
            path,
            mimetype="application/pdf" if pdf else "image/jpeg",
            as_attachment=pdf,
            download_name=f"claim-{subject.id}-{found.id}.{'pdf' if pdf else 'jpg'}",
        )
    )
    response.headers["Cache-Control"] = "private, max-age=3600"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _form(given: dict[str, str], faults: dict[str, str], message: str) -> str:
    return render_template(
        "claims/claim_new.html",
        given=given,
        faults=faults,
        message=message,
        categories=rules.CATEGORIES,
        most_proofs=rules.MOST_PROOFS,
        today=local(now()).date(),
    )


def _claim_page(subject: Claim, message: str) -> str:
    me = current_person()
    proofs = queries.proofs_of(subject.id)
    decides = queries.may_decide(me, subject)
    hashes = [one.sha256 for one in proofs]
    twins = queries.same_files(hashes, besides=subject.id) if decides else []
    people = people_by_id(
        [subject.user_id, subject.decided_by_id or 0, *(twin.user_id for twin in twins)]
    )
    return render_template(
        "claims/claim.html",
        claim=subject,
        proofs=proofs,
        people=people,
        states=rules.STATES,
        mine=subject.user_id == me.id,
        decides=decides,
        twins=[
            (people[one.user_id].display_name if queries.may_see(me, one) else "另一位学员", one)
            for one in twins
        ],
        message=message,
    )


def _claim_or_404(claim_id: int) -> Claim:
    """Return the claim if the person may see it; a stranger learns nothing, not even 403."""
    found = db.session.get(Claim, claim_id)
    if found is None or not queries.may_see(current_person(), found):
        abort(404)
    return found
