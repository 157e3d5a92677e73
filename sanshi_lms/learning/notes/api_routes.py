"""/api/v1/learning/notes: notes from the page's script, which keeps them until we have them."""

from typing import Annotated, NotRequired, TypedDict

from flask import Blueprint, Response, abort, jsonify, request
from msgspec import Meta

from sanshi_lms.core.access import current_person, signed_in
from sanshi_lms.core.clock import now
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.openapi import described
from sanshi_lms.courses import drafts_seen, get_lesson
from sanshi_lms.learning.notes.actions import write_note
from sanshi_lms.learning.notes.panel import has_seconds, notes_list
from sanshi_lms.learning.wording import clean_text, read_key, read_second

blueprint = Blueprint("learning_notes_api", __name__, url_prefix="/api/v1/learning/notes")


class NoteGiven(TypedDict):
    """A note at a second of a lesson; the same `key` twice is the same note."""

    lesson: Annotated[int, Meta(ge=1, lt=2**31)]
    text: str
    key: NotRequired[Annotated[str, Meta(pattern="^[A-Za-z0-9-]{8,36}$")]]
    second: NotRequired[float | str | None]
    bookmark: NotRequired[bool]


class NotesTold(TypedDict):
    """The note's key, and all my notes of the lesson as HTML."""

    key: str
    list: str


@blueprint.post("/")
@signed_in
@described(answer=NotesTold, body=NoteGiven)
def write() -> Response:
    """Take a note {lesson, key, second, text, bookmark}; the form token comes in a header.

    Answers {key, list}: the notes of the lesson as the page shows them. Sent again under the same
    key it changes nothing.
    """
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise Refusal("笔记的内容没有看懂，请刷新页面。", 400)
    lesson_id = body.get("lesson")
    if isinstance(lesson_id, bool) or not isinstance(lesson_id, int) or not 0 < lesson_id < 2**31:
        raise Refusal("没有说明是哪一课的笔记，请刷新页面。", 400)
    lesson = get_lesson(lesson_id, drafts=drafts_seen())
    if lesson is None:
        abort(404)
    key = read_key(body.get("key"))
    write_note(
        current_person().id,
        lesson,
        key,
        read_second(body.get("second")) if has_seconds(lesson) else None,
        clean_text(body.get("text")),
        now(),
        bookmark=body.get("bookmark") is True,
    )
    return jsonify(key=key, list=notes_list(lesson, current_person()))
