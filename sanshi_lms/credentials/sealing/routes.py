"""/admin/credentials/signer: the certificate with which PDFs are signed."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.account import asks_who
from sanshi_lms.core.access import needs
from sanshi_lms.core.audit import note
from sanshi_lms.core.clock import now
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.security import limiter, takes
from sanshi_lms.credentials.sealing.signer import (
    MOST_BYTES,
    WARN_DAYS,
    current_signer,
    drop_signer,
    keep_signer,
    signer_file,
)

blueprint = Blueprint(
    "sealing", __name__, url_prefix="/admin/credentials/signer", template_folder="templates"
)
Answer = str | Response | tuple[str, int]


@blueprint.get("/")
@needs("credentials.rules")
def signer() -> Answer:
    """Show which certificate signs, and the form that takes another."""
    return _page()


@blueprint.post("/")
@needs("credentials.rules")
@asks_who
@takes(2 * MOST_BYTES)
@limiter.limit("20 per hour")
def signer_post() -> Answer:
    """Take a certificate in use."""
    file = request.files.get("file")
    data = file.stream.read(MOST_BYTES + 1) if file and file.filename else b""
    if not data:
        return _page("请选择 .p12 或 .pfx 证书文件。"), 422
    try:
        facts = keep_signer(data, request.form.get("passphrase", ""), now())
    except Refusal as refusal:
        return _page(refusal.message), refusal.status
    note("credentials.keep_signer", "signer:pdf", after={"title": facts.subject})
    flash("已启用。从现在起下载的证书 PDF 都带电子签名。", "success")
    return redirect(url_for("sealing.signer"))


@blueprint.post("/remove")
@needs("credentials.rules")
@asks_who
def remove() -> Answer:
    """Sign no more."""
    used = current_signer()
    drop_signer()
    note("credentials.drop_signer", "signer:pdf", {"title": used.facts.subject if used else ""})
    flash("已停用。以前下载的 PDF 上的签名仍然有效。", "success")
    return redirect(url_for("sealing.signer"))


def _page(message: str = "") -> str:
    used = current_signer()
    return render_template(
        "sealing/signer.html",
        facts=used.facts if used else None,
        left=used.facts.days_left(now()) if used else 0,
        warn=WARN_DAYS,
        unreadable=used is None and signer_file().exists(),
        message=message,
    )
