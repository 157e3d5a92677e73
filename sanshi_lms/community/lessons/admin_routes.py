"""/admin/community/lessons/…: what people ask for and no lesson answers."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.community.lessons.actions import give_back, link_course, take_up
from sanshi_lms.community.lessons.models import TakenWish
from sanshi_lms.community.lessons.wishes import find_wish, wishes_since
from sanshi_lms.core.access import current_person, needs
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.refusing import refusals_told
from sanshi_lms.core.row_numbers import row_number
from sanshi_lms.courses import course_titles

blueprint = Blueprint(
    "lessons_admin", __name__, url_prefix="/admin/community/lessons", template_folder="templates"
)
PERIODS = {30: "近 30 天", 90: "近 90 天", 365: "近一年"}
_USUAL = 90


@blueprint.get("/")
@needs("courses.edit")
def wishes() -> str:
    """Show what lessons people would need."""
    days = _days(request.args.get("days"))
    return render_template(
        "lessons/wishes.html",
        rows=wishes_since(now() - timedelta(days=days)),
        days=days,
        periods=PERIODS,
        courses=course_titles(),
    )


@blueprint.post("/take")
@needs("courses.edit")
def take() -> Response:
    """Take a wish up."""
    key, moment = request.form.get("key", ""), now()
    longest = moment - timedelta(days=max(PERIODS))
    with refusals_told():
        wish = find_wish(key, moment - timedelta(days=_days(request.form.get("days"))))
        wish = wish or find_wish(key, longest)
        if wish is None:
            raise Refusal("现在没有人要这个了，请刷新页面。")
        take_up(wish, current_person(), moment)
        flash("已认领。课做好以后，回到这里选上它。", "success")
    return _back()


@blueprint.post("/<int:wish_id>/back")
@needs("courses.edit")
def back(wish_id: int) -> Response:
    """Give a wish back."""
    row = db.get_or_404(TakenWish, wish_id)
    with refusals_told():
        give_back(row, current_person())
        flash("已退回，别人可以认领。", "success")
    return _back()


@blueprint.post("/<int:wish_id>/course")
@needs("courses.edit")
def course(wish_id: int) -> Response:
    """Link the course that was made."""
    row = db.get_or_404(TakenWish, wish_id)
    with refusals_told():
        link_course(row, row_number(request.form.get("course")), current_person())
        flash("已记下做成的课。", "success")
    return _back()


def _days(text: str | None) -> int:
    asked = row_number(text)
    return asked if asked in PERIODS else _USUAL


def _back() -> Response:
    return redirect(url_for("lessons_admin.wishes", days=_days(request.form.get("days"))))
