"""/search/: one box over everything that everybody may see."""

from collections.abc import Mapping
from typing import Any

from flask import (
    Blueprint,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response

from sanshi_lms.core.access import current_person, public
from sanshi_lms.core.clock import now
from sanshi_lms.core.registers import Document
from sanshi_lms.core.row_numbers import row_number
from sanshi_lms.core.security import limiter
from sanshi_lms.search.facets import DIMENSIONS, SORTS
from sanshi_lms.search.plan import MAX_CHARACTERS
from sanshi_lms.search.queries import Asked, look_up, suggestions
from sanshi_lms.search.relating import related_to, subject
from sanshi_lms.search.rules import audience_of
from sanshi_lms.search.words.actions import count_missed

MAX_VALUE = 60
RELATED_KEPT = 300
blueprint = Blueprint("search", __name__, url_prefix="/search", template_folder="templates")


@blueprint.get("/")
@public
def search() -> str:
    """Show the box and, once something was asked, what was found."""
    asked = asked_of(request.args)
    results = look_up(asked, now(), request.args.get("page", 1, type=int))
    return render_template(
        "search/search.html",
        results=results,
        asked=asked,
        sorts=[
            (word, _address(asked, sort=name), asked.sort == name) for name, word in SORTS.items()
        ],
        address=lambda **changed: _address(asked, **changed),
        suggestions=[] if results.cards else suggestions(),
        page_url=lambda number: _address(asked, page=number),
    )


@blueprint.get("/related")
@public
def related_part() -> Response | tuple[str, int]:
    """Return what else is about the same as `kind` and `ref`, a piece of HTML for its page."""
    found = related_to(_subject_or_404())
    if not found:
        return "", 204
    answer = make_response(render_template("search/_related.html", related=found))
    answer.cache_control.private = True
    answer.cache_control.max_age = RELATED_KEPT
    return answer


@blueprint.get("/related/page")
@public
def related_page() -> str:
    """Show the same list as a page, where no script loads it."""
    own = _subject_or_404()
    return render_template("search/related.html", subject=own, related=related_to(own))


@blueprint.post("/missed")
@public
@limiter.limit("20 per minute")
def missed_post() -> Response:
    """Count a search that found nothing; whether it did is looked up again here."""
    text = request.form.get("q", "").strip()[:MAX_CHARACTERS]
    if text and look_up(Asked(text), now(), size=1).nothing:
        count_missed(text, now())
        if not request.form.get("quietly"):
            flash("记下了。问的人多了，老师会来讲这个。", "success")
    return redirect(url_for(".search", q=text))


def _subject_or_404() -> Document:
    number = row_number(request.args.get("ref", ""))
    return (subject(request.args.get("kind", ""), number) if number else None) or abort(404)


def asked_of(values: Mapping[str, str]) -> Asked:
    """Return what the parameters of an address ask for."""
    person = current_person()
    return Asked(
        text=values.get("q", "").strip()[:MAX_CHARACTERS],
        chosen={name: values.get(name, "").strip()[:MAX_VALUE] for name in DIMENSIONS},
        sort=values.get("sort", ""),
        favour=audience_of(person.role, person.post) if person else "",
    )


def _address(asked: Asked, **changed: object) -> str:
    kept: dict[str, Any] = {"q": asked.text, **asked.chosen, "sort": asked.sort} | changed
    return url_for(".search", **{name: value for name, value in kept.items() if value})
