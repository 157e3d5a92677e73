"""/admin/search/words: which words mean the same, and what nobody found."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.core.access import needs
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db
from sanshi_lms.core.refusing import refusals_told
from sanshi_lms.search.words import actions
from sanshi_lms.search.words.models import SynonymGroup
from sanshi_lms.search.words.queries import listed_groups, missed_words

LATELY = timedelta(days=90)
blueprint = Blueprint(
    "search_words_admin", __name__, url_prefix="/admin/search", template_folder="templates"
)


@blueprint.get("/words")
@needs("courses.edit")
def words() -> str:
    """Show the groups of synonyms and what was not found lately."""
    missed = missed_words(now() - LATELY)
    return render_template("search_words/words.html", groups=listed_groups(), missed=missed)


@blueprint.post("/words")
@needs("courses.edit")
def words_post() -> Response:
    """Add a group."""
    with refusals_told():
        actions.add_group(request.form.get("words", ""), now())
        flash("已添加，搜索马上按它来。", "success")
    return _back()


@blueprint.post("/words/<int:group_id>")
@needs("courses.edit")
def change_post(group_id: int) -> Response:
    """Change a group, or remove it."""
    group = db.get_or_404(SynonymGroup, group_id)
    with refusals_told():
        if request.form.get("act") == "remove":
            actions.remove_group(group)
            flash("已删除。" if group.origin is None else "已恢复成自带的。", "success")
        else:
            off = request.form.get("act") == "off"
            line = request.form.get("words", group.words)
            actions.change_group(group, line, off=off, moment=now())
            flash("已停用。" if off else "已保存，搜索马上按它来。", "success")
    return _back()


@blueprint.post("/words/shipped")
@needs("courses.edit")
def shipped_post() -> Response:
    """Change a shipped group."""
    origin, line = request.form.get("origin", ""), request.form.get("words", "")
    with refusals_told():
        off = request.form.get("act") == "off"
        actions.change_shipped(origin, line, off=off, moment=now())
        flash("已停用。" if off else "已保存，搜索马上按它来。", "success")
    return _back()


def _back() -> Response:
    return redirect(url_for("search_words_admin.words"))
