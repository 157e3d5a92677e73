"""/outlets/posters/…: posters with a QR code, for whoever makes courses or runs a class."""

from typing import Any

from flask import Blueprint, Response, abort, render_template, request, url_for

from sanshi_lms.core.access import current_person, needs, signed_in
from sanshi_lms.core.errors import Refusal
from sanshi_lms.outlets.cards.drawing import NoChineseFontError
from sanshi_lms.outlets.cards.posters import Poster, poster_of
from sanshi_lms.outlets.cards.subjects import (
    Subject,
    class_subject,
    course_subject,
    lesson_subject,
    story_subject,
)
from sanshi_lms.training import class_of, runs

blueprint = Blueprint(
    "posters", __name__, url_prefix="/outlets/posters", template_folder="../templates"
)
FILES = {"poster.png": ("png", "image/png"), "poster.pdf": ("pdf", "application/pdf")}
EDIT = "courses.edit"


@blueprint.get("/course/<int:course_id>")
@needs(EDIT)
def course(course_id: int) -> str:
    """Show the poster of a published course."""
    return _page(course_subject(course_id))


@blueprint.get("/course/<int:course_id>/<name>")
@needs(EDIT)
def course_file(course_id: int, name: str) -> Response:
    """Send it."""
    return _file(course_subject(course_id), name)


@blueprint.get("/lesson/<int:lesson_id>")
@needs(EDIT)
def lesson(lesson_id: int) -> str:
    """Show the poster of a lesson; `t` is the second at which its code opens the lecture."""
    return _page(lesson_subject(lesson_id))


@blueprint.get("/lesson/<int:lesson_id>/<name>")
@needs(EDIT)
def lesson_file(lesson_id: int, name: str) -> Response:
    """Send it."""
    return _file(lesson_subject(lesson_id), name)


@blueprint.get("/story/<int:story_id>")
@needs(EDIT)
def story(story_id: int) -> str:
    """Show the poster of a published case or piece."""
    return _page(story_subject(story_id))


@blueprint.get("/story/<int:story_id>/<name>")
@needs(EDIT)
def story_file(story_id: int, name: str) -> Response:
    """Send it."""
    return _file(story_subject(story_id), name)


@blueprint.get("/class/<int:class_id>")
@signed_in
def training_class(class_id: int) -> str:
    """Show the poster of a class that takes people, to whoever runs it."""
    return _page(_own_class(class_id))


@blueprint.get("/class/<int:class_id>/<name>")
@signed_in
def training_class_file(class_id: int, name: str) -> Response:
    """Send it."""
    return _file(_own_class(class_id), name)


def _own_class(class_id: int) -> Subject:
    found = class_of(class_id)
    if found is None or not runs(class_id, current_person()):
        abort(404)
    if not found.takes_people:
        raise Refusal("这个班现在不接受报名，海报上的码扫了也报不了名。请先开放报名。", 409)
    return class_subject(found)


def _made(subject: Subject | None) -> Poster:
    return poster_of(subject or abort(404), request.args.get("t"))


def _page(subject: Subject | None) -> str:
    made = _made(subject)
    here, values = request.endpoint or "", request.view_args or {}
    asked: dict[str, Any] = {"t": made.second} if made.second else {}
    return render_template(
        "posters/poster.html",
        poster=made,
        subject=made.subject,
        files={
            name.rpartition(".")[2]: url_for(f"{here}_file", name=name, **values, **asked)
            for name in FILES
        },
        from_the_beginning=url_for(here, **values),
        starts=[
            (
                f"{one.label} {one.title}",
                url_for(here, **values, t=one.second),
                one.second == made.second,
            )
            for one in made.starts
        ],
    )


def _file(subject: Subject | None, name: str) -> Response:
    kind, mimetype = FILES.get(name) or abort(404)
    made = _made(subject)
    try:
        answer = Response(made.drawn(kind), mimetype=mimetype)
    except NoChineseFontError:
        raise Refusal("服务器上没有中文字体，暂时画不了海报。", 503) from None
    # Looked at and then downloaded: the browser need not have it drawn twice.
    answer.headers["Cache-Control"] = "private, max-age=300"
    return answer
