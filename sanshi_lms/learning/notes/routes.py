"""/learning/notes/…: writing and changing notes, all of them on one page, and as Markdown."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from sanshi_lms.core.access import current_person, signed_in
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import db, rollback
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.row_numbers import row_number
from sanshi_lms.core.web import paginate, public_address
from sanshi_lms.courses import Lesson, drafts_seen, get_lesson
from sanshi_lms.learning.notes import actions, queries, rules
from sanshi_lms.learning.notes.models import Note
from sanshi_lms.learning.notes.panel import has_seconds
from sanshi_lms.learning.wording import clean_text, read_key, read_second

blueprint = Blueprint(
    "learning_notes", __name__, url_prefix="/learning/notes", template_folder="../templates"
)
Answer = str | AnyResponse | tuple[str, int]
PAGE_SIZE = 60


@blueprint.get("/")
@signed_in
def notes() -> Answer:
    """Show all of one's notes, or those of one course."""
    me, course_id, words = current_person().id, _course_id(), _words()
    page = paginate(queries.notes_query(me, course_id, words), PAGE_SIZE)
    courses = queries.courses_with_notes(me)
    asked: dict[str, Any] = {"course": course_id, "q": words or None}
    chips = [("全部", url_for(".notes", q=words or None), course_id is None)]
    chips += [
        (f"{c.title} {n}", url_for(".notes", course=c.id, q=words or None), c.id == course_id)
        for c, n in courses
    ]
    return render_template(
        "notes/notes.html",
        page=page,
        groups=queries.by_course_and_lesson(queries.placed(page.rows)),
        chips=chips if len(courses) > 1 or course_id else [],
        words=words,
        course_id=course_id,
        page_url=lambda number: url_for(".notes", **asked, page=number),
    )


@blueprint.get("/export.md")
@signed_in
def export() -> Response:
    """Send one's notes as a Markdown file, each with a link back to its second."""
    me, today = current_person(), local(now()).date()
    found = queries.placed(db.session.scalars(queries.notes_query(me.id, _course_id())))
    lines = [
        rules.NoteLine(
            one.course_title,
            one.lesson_title,
            one.note.second,
            one.note.text,
            public_address(one.path) if one.path else "",
        )
        for one in found
    ]
    text = rules.as_markdown(f"{me.display_name}的学习笔记（{today.isoformat()}）", lines)
    answer = Response(text, mimetype="text/markdown")
    answer.headers["Content-Disposition"] = f'attachment; filename="{_file_name(today)}"'
    return answer


@blueprint.post("/lessons/<int:lesson_id>")
@signed_in
def write(lesson_id: int) -> Answer:
    """Keep a note or a bookmark that came from the form; a script uses the API instead."""
    subject = _lesson_or_404(lesson_id)
    given = request.form
    actions.write_note(
        current_person().id,
        subject,
        read_key(given.get("key")),
        read_second(given.get("at")) if has_seconds(subject) else None,
        clean_text(given.get("text")),
        now(),
        bookmark="bookmark" in given,
    )
    flash("笔记已保存。", "success")
    return redirect(queries.path_to(subject, None) + "#notes")


@blueprint.get("/<int:note_id>")
@signed_in
def note(note_id: int) -> Answer:
    """Show a note to be changed."""
    subject = _note_or_404(note_id)
    return _note_page(subject, subject.text, subject.second)


@blueprint.post("/<int:note_id>")
@signed_in
def note_post(note_id: int) -> Answer:
    """Change a note."""
    subject, given = _note_or_404(note_id), request.form
    text, second = clean_text(given.get("text")), subject.second
    if "at" in given:
        second = read_second(given["at"])
    try:
        actions.change_note(subject, given.get("version", 0, type=int), second, text, now())
    except Refusal as refusal:
        rollback()
        page = _note_page(_note_or_404(note_id), text, second, refusal.message)
        return page, refusal.status
    flash("笔记已改好。", "success")
    return redirect(_home(subject))


@blueprint.post("/<int:note_id>/delete")
@signed_in
def delete(note_id: int) -> Answer:
    """Delete a note."""
    subject = _note_or_404(note_id)
    home = _home(subject)
    actions.delete_note(subject)
    flash("笔记已删除。", "success")
    return redirect(home)


def _note_page(subject: Note, text: str, second: int | None, message: str = "") -> str:
    return render_template(
        "notes/note.html",
        note=subject,
        place=queries.placed([subject])[0],
        text=text,
        second=second,
        message=message,
        longest=rules.LONGEST,
        home=_home(subject),
    )


def _home(subject: Note) -> str:
    """Return where a note is seen in its place: its lesson, else the page of all notes."""
    (place,) = queries.placed([subject], drafts=drafts_seen())
    return queries.path_to(place.lesson, None) + "#notes" if place.lesson else url_for(".notes")


def _note_or_404(note_id: int) -> Note:
    return queries.find_note(current_person().id, note_id) or abort(404)


def _lesson_or_404(lesson_id: int) -> Lesson:
    return get_lesson(lesson_id, drafts=drafts_seen()) or abort(404)


def _course_id() -> int | None:
    return row_number(request.args.get("course"))


def _words() -> str:
    return request.args.get("q", "").strip()[:50]


def _file_name(day: date) -> str:
    return f"notes-{day.isoformat()}.md"
