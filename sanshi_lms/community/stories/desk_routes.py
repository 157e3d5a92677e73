"""/community/stories/…: where cases and media pieces are written and reviewed."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.community.lessons.queries import proposed_lessons
from sanshi_lms.community.needs import queries as needs_queries
from sanshi_lms.community.queries import districts, kinds
from sanshi_lms.community.stories import actions, pictures, queries, rules
from sanshi_lms.community.stories.forms import (
    BeginForm,
    PictureForm,
    StoryForm,
    filled,
    seen_of,
)
from sanshi_lms.community.stories.models import Story
from sanshi_lms.community.stories.routes import public_url
from sanshi_lms.community.stories.rules import State
from sanshi_lms.core.access import current_person, needs
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import release_connection, rollback
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.nonces import new_nonce, read_nonce
from sanshi_lms.core.pictures import encode, private_folder, put_away
from sanshi_lms.core.refusing import refusals_told
from sanshi_lms.core.web import paginate
from sanshi_lms.courses import Lesson, get_lesson, lesson_path

blueprint = Blueprint(
    "stories_desk", __name__, url_prefix="/community/stories", template_folder="templates"
)
Answer = str | Response | tuple[str, int]
WRITE = queries.WRITE


@blueprint.get("/")
@needs(WRITE)
def desk() -> str:
    """Show the stories that one works on, what waits for a review first."""
    me, state = current_person(), request.args.get("state", "")
    state = state if state in set(State) else ""
    counts = queries.state_counts(me)
    tabs = [(f"全部 {sum(counts.values())}", url_for("stories_desk.desk"), not state)]
    for one in State:
        label = f"{rules.STATES[one][0]} {counts.get(one.value, 0)}"
        tabs.append((label, url_for("stories_desk.desk", state=one.value), one == state))
    return render_template(
        "stories/desk.html",
        page=paginate(queries.desk_query(me, state, "")),
        page_url=lambda n: url_for("stories_desk.desk", state=state or None, page=n),
        state_tabs=tabs,
    )


@blueprint.get("/new")
@needs(WRITE)
def new() -> str:
    """Show the kinds of stories to choose from."""
    form = BeginForm()
    form.nonce.data = new_nonce()
    kind = request.args.get("kind", "")
    form.kind.data = kind if kind in rules.KINDS else None
    return render_template("stories/new.html", form=form)


@blueprint.post("/new")
@needs(WRITE)
def new_post() -> Answer:
    """Begin a story with the template of its kind."""
    form = BeginForm()
    nonce = read_nonce(form.nonce.data)
    if not form.validate() or nonce is None:
        form.nonce.data = new_nonce()
        return render_template("stories/new.html", form=form), 422
    story = actions.begin(form.kind.data, form.title.data, nonce, current_person().id, now())
    if queries.find_own(story.id, current_person()) is None:
        abort(404)
    return redirect(url_for("stories_desk.story", story_id=story.id))


@blueprint.post("/from-need/<int:need_id>")
@needs(WRITE)
def from_need(need_id: int) -> Response:
    """Begin a case with what is known of a closed need."""
    me = current_person()
    need = needs_queries.find_need(need_id, me) or abort(404)
    story, new_one = actions.draft_from_need(need, me, now())
    if new_one:
        flash("案例草稿建好了。请检查有没有居民的姓名和住址，补上照片和费用。", "success")
    return redirect(url_for("stories_desk.story", story_id=story.id))


@blueprint.get("/<int:story_id>")
@needs(WRITE)
def story(story_id: int) -> Answer:
    """Show one story: its form while it is a draft, what can be done, its way so far."""
    return _page(_own_or_404(story_id))


@blueprint.post("/<int:story_id>")
@needs(WRITE)
def story_post(story_id: int) -> Answer:
    """Save a draft."""
    subject = _own_or_404(story_id)
    form = StoryForm()
    form.offer(_lessons_for(subject))
    if not form.validate():
        return _page(subject, form=form), 422
    try:
        seen = seen_of(form.version.data)
        actions.save(subject, form.values(), seen, current_person(), now())
    except Refusal as refusal:
        return _again(story_id, refusal, form)
    flash("已保存。", "success")
    return redirect(url_for("stories_desk.story", story_id=story_id))


@blueprint.post("/<int:story_id>/steps")
@needs(WRITE)
def step_post(story_id: int) -> Answer:
    """Take a step: submit, publish, return, withdraw …"""
    subject, verb = _own_or_404(story_id), request.form.get("verb", "")
    words = request.form.get("words", "").replace("\r\n", "\n").strip()
    try:
        given = actions.Given(
            words, seen_of(request.form.get("version")), "checked" in request.form
        )
        actions.take_step(subject, verb, given, current_person(), now())
    except Refusal as refusal:
        return _again(story_id, refusal, words=words, verb=verb)
    flash("已办好这一步。", "success")
    return redirect(url_for("stories_desk.story", story_id=story_id))


@blueprint.post("/<int:story_id>/pictures")
@needs(WRITE)
def pictures_post(story_id: int) -> Answer:
    """Take in pictures: decoded under limits in a child process, encoded anew."""
    subject, form = _own_or_404(story_id), PictureForm()
    if not form.validate():
        return _page(subject, picture_form=form), 422
    release_connection()
    folder = private_folder()
    try:
        made = encode(form.chosen(), folder, rules.PICTURES)
        subject, me = _own_or_404(story_id), current_person()
        pictures.add_pictures(subject, form.part.data, made, form.caption.data, me, now())
    except Refusal as refusal:
        form.files.errors = [refusal.message]
        rollback()
        return _page(_own_or_404(story_id), picture_form=form), refusal.status
    finally:
        put_away(folder)
    flash("图片已经放好。", "success")
    return redirect(url_for("stories_desk.story", story_id=story_id, _anchor="pictures"))


@blueprint.post("/<int:story_id>/photos/<int:photo_id>")
@needs(WRITE)
def take_over_post(story_id: int, photo_id: int) -> Response:
    """Use a photo of the need as the picture before."""
    subject, me = _own_or_404(story_id), current_person()
    need = needs_queries.find_need(subject.need_id, me) if subject.need_id else None
    photos = needs_queries.photos_of(need) if need is not None else []
    photo = next((one for one in photos if one.id == photo_id), None) or abort(404)
    with refusals_told():
        pictures.take_over(subject, photo, me, now())
        flash("已经用作整治前的照片。请看清楚有没有拍到人和门牌。", "success")
    return redirect(url_for("stories_desk.story", story_id=story_id, _anchor="pictures"))


@blueprint.post("/<int:story_id>/pictures/<int:picture_id>/delete")
@needs(WRITE)
def picture_delete(story_id: int, picture_id: int) -> Response:
    """Take a picture away."""
    subject = _own_or_404(story_id)
    picture = next((one for one in subject.pictures if one.id == picture_id), None) or abort(404)
    with refusals_told():
        pictures.remove_picture(subject, picture, current_person(), now())
    return redirect(url_for("stories_desk.story", story_id=story_id, _anchor="pictures"))


def _own_or_404(story_id: int) -> Story:
    return queries.find_own(story_id, current_person()) or abort(404)


def _again(
    story_id: int, refusal: Refusal, form: StoryForm | None = None, **more: Any
) -> tuple[str, int]:
    """Show the page as it is now, with what was refused and what was typed."""
    rollback()
    subject = _own_or_404(story_id)
    if form is not None:
        form.version.data = str(subject.version)
    return _page(subject, form=form, message=refusal.message, **more), refusal.status


def _page(
    subject: Story,
    form: StoryForm | None = None,
    picture_form: PictureForm | None = None,
    **more: Any,
) -> str:
    me = current_person()
    if form is None:
        form = filled(subject, _video_url(subject))
        form.offer(_lessons_for(subject))
    need = needs_queries.find_need(subject.need_id, me) if subject.need_id else None
    return render_template(
        "stories/story.html",
        **{"message": "", "words": "", "verb": "", **more},
        story=subject,
        form=form,
        picture_form=picture_form or PictureForm(formdata=None),
        steps=rules.possible(
            State(subject.state),
            queries.hands_of(subject, me),
            wrote=(wrote := queries.wrote_on(subject, me.id)),
        ),
        wrote=wrote,
        problems=actions.problems_of(subject),
        way=queries.steps_of(subject),
        need=need,
        need_photos=needs_queries.photos_of(need) if need is not None else [],
        public_url=public_url(subject),
        districts=districts(),
        matters=[kind.name for kind in kinds("resident")],
    )


def _lessons_for(subject: Story) -> list[Lesson]:
    """Return the lessons to choose from: those linked, then those that are like the story."""
    linked = queries.lessons_of(subject)
    words = f"{subject.title} {subject.matter} {subject.topic} {subject.body_md[:2000]}"
    likely = proposed_lessons(words)
    return list({lesson.id: lesson for lesson in (*linked, *likely)}.values())


def _video_url(subject: Story) -> str:
    lesson = get_lesson(subject.video_lesson_id) if subject.video_lesson_id else None
    return lesson_path(lesson.course.slug, lesson.slug) if lesson else ""
