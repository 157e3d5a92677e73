"""/community/needs/…: the desk of whoever must answer, on a phone: cadre, 三师, administrator."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.community.directory.candidates import MOST_PROPOSED, candidates_for
from sanshi_lms.community.lessons.queries import proposed_lessons
from sanshi_lms.community.matching import propose
from sanshi_lms.community.needs import queries, rules
from sanshi_lms.community.needs.actions import By, perform, reveal_phone
from sanshi_lms.community.needs.filing import ORIGINS
from sanshi_lms.community.needs.forms import given_of, seen_of
from sanshi_lms.community.needs.listing import MOST_ROWS, needs_xlsx
from sanshi_lms.community.needs.models import Need
from sanshi_lms.community.needs.narrowing import VIEWS, narrowed_by
from sanshi_lms.community.needs.rules import State
from sanshi_lms.community.needs.serving import photo_response
from sanshi_lms.community.queries import (
    communities_of,
    communities_query,
    find_professional,
    weights,
)
from sanshi_lms.core.access import current_person, may, needs
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import db, rollback
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.security import limiter
from sanshi_lms.core.table_pages import xlsx_response
from sanshi_lms.core.web import paginate
from sanshi_lms.courses import newest_courses

blueprint = Blueprint(
    "needs_desk", __name__, url_prefix="/community/needs", template_folder="templates"
)
Answer = str | Response | tuple[str, int]
COURSES_SHOWN = 60
LESSONS_PROPOSED = 5


@blueprint.get("/")
@needs("needs.work")
def desk() -> Answer:
    """Show what waits for the person who looks, the most urgent first."""
    me, moment = current_person(), now()
    narrowed = narrowed_by(request.args)
    page = paginate(queries.needs_query(me, narrowed, moment), size=20)
    asked = {key: value for key, value in request.args.items() if value and key != "page"}
    counts = {view: queries.count_needs(me, queries.Narrowed(view=view), moment) for view in VIEWS}
    return render_template(
        "needs/desk.html",
        page=page,
        narrowed=narrowed,
        views=[(view, label, counts[view]) for view, label in VIEWS.items()],
        standings={need.id: _standing(need) for need in page.rows},
        communities=communities_of(me.id),
        profile=find_professional(me.id) if may("needs.serve") else None,
        page_url=lambda number: url_for("needs_desk.desk", **{**asked, "page": number}),
        special=bool(set(asked) - {"view"}),
        table_url=url_for("needs_desk.table", **asked) if may("needs.see_all") else None,  # type: ignore[arg-type]
    )


@blueprint.get("/needs.xlsx")
@needs("needs.see_all")
@limiter.limit("30 per hour")
def table() -> Answer:
    """Send the needs that the page is narrowed to as a spreadsheet, without codes and phones."""
    moment = now()
    query = queries.needs_query(current_person(), narrowed_by(request.args), moment)
    found = db.session.scalars(query.limit(MOST_ROWS)).all()
    return xlsx_response(needs_xlsx(found), f"群众需求-{local(moment):%Y%m%d-%H%M}.xlsx")


@blueprint.get("/<int:need_id>")
@needs("needs.work")
def need(need_id: int) -> Answer:
    """Show one need with its way so far and what can be done now."""
    return _need_page(_need_or_404(need_id))


@blueprint.post("/<int:need_id>/steps")
@needs("needs.work")
def step_post(need_id: int) -> Answer:
    """Take a step."""
    subject, me = _need_or_404(need_id), current_person()
    given, verb = given_of(request.form), request.form.get("verb", "")
    by = By(me.id, queries.actors_on(subject, me), now())
    try:
        perform(subject, verb, by, given, seen_of(request.form))
    except Refusal as refusal:
        rollback()
        again = _need_or_404(need_id)
        page = _need_page(again, message=refusal.message, verb=verb, given=given)
        return page, refusal.status
    flash("已办好这一步。", "success")
    if queries.find_need(need_id, me) is None:  # it went to another community
        return redirect(url_for("needs_desk.desk"))
    return redirect(url_for("needs_desk.need", need_id=need_id))


@blueprint.post("/<int:need_id>/phone")
@needs("needs.work")
def phone_post(need_id: int) -> Answer:
    """Show the phone of whoever asked, once; that somebody looked is noted."""
    subject, me = _need_or_404(need_id), current_person()
    number = reveal_phone(subject, By(me.id, queries.actors_on(subject, me), now()))
    return _need_page(subject, phone=number)


@blueprint.get("/<int:need_id>/photos/<int:photo_id>")
@needs("needs.work")
def photo(need_id: int, photo_id: int) -> Response:
    """Send a photo of a need within one's scope."""
    return photo_response(_need_or_404(need_id), photo_id)


def _need_or_404(need_id: int) -> Need:
    found = queries.find_need(need_id, current_person())
    if found is None:
        abort(404)
    return found


def _need_page(subject: Need, **more: Any) -> str:
    me = current_person()
    actors = queries.actors_on(subject, me)
    steps = rules.possible(State(subject.state), actors)
    return render_template(
        "needs/need.html",
        **{"message": "", "verb": "", "given": None, "phone": None, **more},
        need=subject,
        origin=ORIGINS[subject.origin],
        actors={actor.value for actor in actors},
        steps=steps,
        standing=_standing(subject),
        way=queries.steps_of(subject, for_asker=False),
        photos=queries.photos_of(subject),
        main=queries.main_of(subject),
        mine=subject.filed_by_id == me.id,
        **_choices(subject, {step.asks_for for step in steps}),
    )


def _choices(subject: Need, asked: set[str]) -> dict[str, Any]:
    """Return what the forms of the possible steps offer to choose from."""
    found: dict[str, Any] = {}
    if "pro" in asked:
        candidates, people = candidates_for(subject)
        place, kind = subject.community.district, subject.kind.name
        best = propose(candidates, place, kind, MOST_PROPOSED, weights())
        found["proposals"] = [(one, people[one.person_id]) for one in best]
    if "course" in asked:
        found["lessons"] = proposed_lessons(f"{subject.kind.name} {subject.text}", LESSONS_PROPOSED)
        cards = newest_courses(COURSES_SHOWN)
        found["courses"] = sorted(
            (card.course for card in cards), key=lambda c: subject.kind.name not in c.title
        )
    if "community" in asked:
        # Who took the wrong poster lives next door; only an administrator sends farther.
        district = "" if may(queries.SEE_ALL) else subject.community.district
        near = db.session.scalars(communities_query("", district))
        found["communities"] = [c for c in near if c.id != subject.community_id]
    if "need" in asked:
        found["targets"] = queries.merge_targets(subject)
    return found


def _standing(subject: Need) -> rules.Standing | None:
    if not subject.is_open:
        return None
    return rules.standing(subject.due, now(), for_call_back=subject.state == State.DONE)
