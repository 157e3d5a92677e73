"""/notices/…: a person's messages."""

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.core.access import current_person, signed_in
from sanshi_lms.core.clock import now
from sanshi_lms.core.web import paginate
from sanshi_lms.notices.actions import mark_all_read, mark_read
from sanshi_lms.notices.queries import count_unread, notice_of, notices_query
from sanshi_lms.notices.rules import told_count, topic_label

blueprint = Blueprint("notices", __name__, url_prefix="/notices", template_folder="templates")
Answer = str | Response


def unread_notices() -> str:
    """Return the number of unread messages for the head of a page; "" when there are none."""
    person = current_person()
    if person is None:
        return ""
    if "unread_notices" not in g:
        g.unread_notices = count_unread(person.id)
    return told_count(g.unread_notices) if g.unread_notices else ""


@blueprint.get("/")
@signed_in
def messages() -> Answer:
    """Show one's messages, newest first."""
    unread = request.args.get("show") == "unread"
    page = paginate(notices_query(current_person().id, unread=unread), size=20)
    return render_template(
        "notices/messages.html", page=page, only_unread=unread, topic_label=topic_label
    )


@blueprint.post("/<int:notice_id>/open")
@signed_in
def open_post(notice_id: int) -> Answer:
    """Mark a message as read and go where it leads."""
    notice = notice_of(current_person().id, notice_id) or abort(404)
    mark_read(notice, now())
    return redirect(notice.path)


@blueprint.post("/read")
@signed_in
def read_post() -> Answer:
    """Mark all messages as read."""
    count = mark_all_read(current_person().id, now())
    flash(f"已把 {count} 条消息标为已读。" if count else "没有未读的消息。", "success")
    return redirect(url_for("notices.messages"))
