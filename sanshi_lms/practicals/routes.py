"""/practicals/…: handing in one's work, and looking at it."""

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

from sanshi_lms.account import User
from sanshi_lms.core.access import current_person, held_reach, signed_in
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, release_connection, rollback
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.markdown import render_markdown
from sanshi_lms.core.pictures import PHOTO_BYTES, is_picture, private_folder, put_away
from sanshi_lms.core.security import limiter, takes
from sanshi_lms.core.storage import storage
from sanshi_lms.courses import MAX_BYTES, Lesson, drafts_seen, get_lesson
from sanshi_lms.practicals import actions, rules
from sanshi_lms.practicals.files import prepare
from sanshi_lms.practicals.models import HandIn
from sanshi_lms.practicals.queries import hand_ins_of, visible_hand_in

blueprint = Blueprint("practicals", __name__, url_prefix="/practicals", template_folder="templates")
MOST_TOGETHER = 64 * 1024**2
"""Bytes of one hand-in with all its photos and files."""
Answer = str | Response | tuple[str, int]


@blueprint.get("/lessons/<int:practical_id>")
@signed_in
def practical(practical_id: int) -> Answer:
    """Show what is asked, what was handed in, and the form when it is one's turn."""
    return _page(_lesson_or_404(practical_id), "", "")


@blueprint.post("/lessons/<int:practical_id>")
@takes(MOST_TOGETHER)
@signed_in
@limiter.limit("30 per hour")  # each may cost seconds of work on photos
def hand_in(practical_id: int) -> Answer:
    """Take work in. Files are worked on before the database is asked: nobody waits for them."""
    lesson = _lesson_or_404(practical_id)
    text = rules.text_of(request.form.get("text", ""))
    given = _files()
    photos = sum(is_picture(data) for _, data in given)
    problem = rules.hand_in_problem(text, photos, len(given) - photos)
    if problem:
        return _page(lesson, text, problem), 422
    me = current_person().id
    release_connection()
    folder = private_folder()
    try:
        ready = prepare(given, folder)
        person = db.session.get_one(User, me)
        actions.hand_in(person, _lesson_or_404(practical_id), text, ready, _nonce(), now())
    except Refusal as refusal:
        rollback()
        return _page(_lesson_or_404(practical_id), text, refusal.message), refusal.status
    finally:
        put_away(folder)
    flash("作业交上去了，老师看过会通知您。", "success")
    return redirect(url_for(".practical", practical_id=practical_id))


@blueprint.post("/<int:hand_in_id>/withdraw")
@signed_in
def withdraw(hand_in_id: int) -> Answer:
    """Take one's own work back."""
    subject = _hand_in_or_404(hand_in_id)
    actions.withdraw(subject, current_person())
    flash("已收回，可以改好再交。", "success")
    return redirect(url_for(".practical", practical_id=subject.lesson_id))


@blueprint.get("/<int:hand_in_id>/files/<int:file_id>")
@signed_in
def file(hand_in_id: int, file_id: int) -> Answer:
    """Send a file. What is no photo of ours is only ever downloaded, never shown in our page."""
    subject = _hand_in_or_404(hand_in_id)
    found = next((one for one in subject.files if one.id == file_id), None) or abort(404)
    path = storage().path(found.key)
    if not path.is_file():
        abort(404)
    response = make_response(
        send_file(
            path,
            mimetype=found.content_type,
            as_attachment=not found.is_photo,
            download_name=found.filename,
        )
    )
    response.headers["Cache-Control"] = "private, max-age=3600"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _files() -> list[tuple[str, bytes]]:
    """Return (name, bytes) of what was chosen."""
    found = []
    for field, most in (("photos", PHOTO_BYTES), ("files", MAX_BYTES)):
        for one in request.files.getlist(field)[: rules.MOST_PHOTOS + rules.MOST_FILES]:
            data = one.read(most + 1)
            if data:
                found.append((one.filename or "", data))
    return found


def _nonce() -> str:
    given = request.form.get("nonce", "")
    sound = len(given) == 32 and given.isalnum() and given.isascii()
    return given if sound else secrets.token_hex(16)


def _lesson_or_404(lesson_id: int) -> Lesson:
    found = get_lesson(lesson_id, drafts=drafts_seen())
    return found if found is not None and found.kind == "practical" else abort(404)


def _hand_in_or_404(hand_in_id: int) -> HandIn:
    reach = held_reach("practicals.review")
    return visible_hand_in(hand_in_id, current_person().id, reach) or abort(404)


def _page(lesson: Lesson, text: str, message: str) -> str:
    mine = hand_ins_of(lesson.id, current_person().id)
    return render_template(
        "practicals/practical.html",
        lesson=lesson,
        body=render_markdown(lesson.body_md, top_heading=3),
        mine=mine,
        states=rules.STATES,
        open=not any(one.state in rules.STANDING for one in mine),
        text=text,
        message=message,
        nonce=secrets.token_hex(16),
        most_photos=rules.MOST_PHOTOS,
        most_files=rules.MOST_FILES,
        longest=rules.LONGEST_TEXT,
    )
