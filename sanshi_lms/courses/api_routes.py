"""/api/v1/courses/…: what our own scripts call."""

from typing import Annotated, TypedDict

from flask import Blueprint, jsonify, request
from msgspec import Meta
from werkzeug.wrappers import Response

from sanshi_lms.core.access import needs, own_reach
from sanshi_lms.core.db import release_connection
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.markdown import render_markdown
from sanshi_lms.core.openapi import described
from sanshi_lms.courses.rules import MAX_MARKDOWN

blueprint = Blueprint("courses_api", __name__, url_prefix="/api/v1/courses")


class Written(TypedDict):
    """A text as an author writes it."""

    text: Annotated[str, Meta(max_length=MAX_MARKDOWN, description="Markdown")]


class Rendered(TypedDict):
    """The same as the page will show it."""

    html: str


@blueprint.post("/preview")
@needs("courses.edit", within=True)
@described(answer=Rendered, body=Written)
def preview() -> Response:
    """Return {"html": …} for {"text": Markdown}: what the editor's text will look like."""
    own_reach()  # what comes is only turned into HTML
    release_connection()  # nothing is written: others should not wait for the write lock
    body = request.get_json(silent=True)
    text = body.get("text") if isinstance(body, dict) else None
    if not isinstance(text, str):
        raise Refusal("没有收到要预览的正文，请刷新页面后再试。", 400)
    if len(text) > MAX_MARKDOWN:
        raise Refusal(f"正文太长，最多 {MAX_MARKDOWN} 字。")
    return jsonify({"html": str(render_markdown(text))})
