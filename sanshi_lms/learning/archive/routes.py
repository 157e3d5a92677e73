"""/learning/record: the record of learning as page and PDF; everybody sees their own only."""

from flask import Blueprint, Response, make_response, render_template, request, url_for

from sanshi_lms.core.access import current_person, signed_in
from sanshi_lms.core.clock import now
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.security import limiter
from sanshi_lms.credentials import NoChineseFontError
from sanshi_lms.learning.archive.pdf import record_pdf
from sanshi_lms.learning.archive.queries import Record, record_of

blueprint = Blueprint(
    "learning_archive", __name__, url_prefix="/learning", template_folder="../templates"
)


@blueprint.get("/record")
@signed_in
def record() -> str:
    """Show one's record of all years or of one."""
    found = _record()
    chips = [("历年", url_for(".record"), found.year is None)]
    chips += [(f"{y} 年", url_for(".record", year=y), y == found.year) for y in found.years]
    return render_template("archive/record.html", record=found, chips=chips)


@blueprint.get("/record.pdf")
@signed_in
@limiter.limit("30 per minute")
def record_file() -> Response:
    """Send the same as PDF."""
    found = _record()
    try:
        data = record_pdf(found)
    except NoChineseFontError:
        raise Refusal(
            "服务器上没有中文字体，暂时不能生成文件。请联系管理员安装字体。", 503
        ) from None
    answer = make_response(data)
    answer.headers["Content-Type"] = "application/pdf"
    name = f"learning-record-{found.year or 'all'}.pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _record() -> Record:
    text = request.args.get("year", "")
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else None
    return record_of(current_person(), year, now())
