"""/credentials/hours: my credit hours; /credentials/statements/…: the year on paper."""

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.account import led_units, may_over
from sanshi_lms.core.access import current_person, signed_in
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.security import limiter
from sanshi_lms.core.web import public_address
from sanshi_lms.credentials.ledger import statements
from sanshi_lms.credentials.ledger.attainment import attained, scope_of
from sanshi_lms.credentials.ledger.attainment_pages import asked_of, list_page, sheet_answer
from sanshi_lms.credentials.ledger.models import Statement
from sanshi_lms.credentials.ledger.year import year_of
from sanshi_lms.credentials.press import NoChineseFontError
from sanshi_lms.credentials.rules import normalise_number

blueprint = Blueprint("ledger", __name__, url_prefix="/credentials", template_folder="templates")
Answer = str | Response | tuple[str, int]
FIRST_YEAR = 2000


@blueprint.get("/hours")
@signed_in
def hours() -> Answer:
    """Show one's own credit hours of a year, what is missing, and why something did not count."""
    today = local(now()).date()
    year = request.args.get("year", today.year, type=int)
    if not FIRST_YEAR <= year <= today.year:
        year = today.year
    me = current_person()
    return render_template(
        "ledger/hours.html", mine=year_of(me, year, today), leads=bool(led_units(me.id))
    )


@blueprint.get("/people")
@signed_in
def people() -> Answer:
    """List how the people of the units that one leads stand with their hours."""
    return list_page("ledger/people.html", _led_or_403(), "ledger.people")


@blueprint.get("/people.xlsx")
@signed_in
def people_xlsx() -> Answer:
    """Send the same list as an Excel file."""
    allowed = _led_or_403()
    asked = asked_of(allowed)
    rows = attained(scope_of(asked.unit_id, allowed), asked.year, asked.today, asked.state)
    return sheet_answer(rows, asked.year)


@blueprint.post("/hours/statement")
@signed_in
@limiter.limit("60 per hour")
def statement_post() -> Answer:
    """Issue the statement of a year; the same year with the same lines is the same statement."""
    year = request.form.get("year", 0, type=int)
    if not FIRST_YEAR <= year <= local(now()).year:
        raise Refusal("请从“我的学时”里选一个年度，再生成证明。")
    issued = statements.issue_statement(current_person(), year, now())
    return redirect(url_for("ledger.statement", statement_number=issued.number))


@blueprint.get("/statements/<statement_number>")
@signed_in
def statement(statement_number: str) -> Answer:
    """Show a statement page by page, since WeChat cannot show PDFs well."""
    subject = _statement_or_404(statement_number)
    known = statements.look_at(subject)
    pages = len(_pages(subject, "png")) if known.intact else 0
    return render_template("ledger/statement.html", known=known, statement=subject, pages=pages)


@blueprint.get("/statements/<statement_number>/statement.pdf")
@signed_in
@limiter.limit("60 per minute")
def statement_pdf(statement_number: str) -> Answer:
    """Send the statement as PDF."""
    subject = _statement_or_404(statement_number)
    return _file(subject, _pages(subject, "pdf")[0], "application/pdf", f"{subject.number}.pdf")


@blueprint.get("/statements/<statement_number>/<int:page>.png")
@signed_in
@limiter.limit("120 per minute")
def statement_png(statement_number: str, page: int) -> Answer:
    """Send a page of the statement as a picture."""
    subject = _statement_or_404(statement_number)
    pages = _pages(subject, "png")
    if not 1 <= page <= len(pages):
        abort(404)
    return _file(subject, pages[page - 1], "image/png", f"{subject.number}-{page}.png")


def _led_or_403() -> set[int]:
    return led_units(current_person().id) or abort(403)


def _statement_or_404(statement_number: str) -> Statement:
    """Return the statement if the person may see it; a stranger learns nothing, not even 403."""
    known = statements.statement_by_number(normalise_number(statement_number) or "")
    me = current_person()
    if known is None or not (
        known.user_id == me.id or may_over(me, "credentials.view_all", known.user_id)
    ):
        abort(404)
    return known


def _pages(subject: Statement, kind: str) -> list[bytes]:
    url = public_address(url_for("credentials.verify", number=subject.number))
    data = statements.statement_data(subject, url)
    try:
        return statements.press().pages(data, "pdf" if kind == "pdf" else "png")
    except NoChineseFontError:
        raise Refusal(
            "服务器上没有中文字体，暂时不能生成证明文件。请联系管理员安装字体。", 503
        ) from None


def _file(subject: Statement, data: bytes, mimetype: str, name: str) -> Response:
    response = make_response(data)
    response.headers["Content-Type"] = mimetype
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.set_etag(subject.seal[:32])
    response.cache_control.private = True
    return response
