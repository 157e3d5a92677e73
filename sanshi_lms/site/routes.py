"""/ and /site/…: home, pages of explanation, the edition switch, robots, the style guide."""

from datetime import timedelta
from typing import Any

from flask import (
    Blueprint,
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response

from sanshi_lms.account import choose_edition
from sanshi_lms.core.access import current_person, needs, public
from sanshi_lms.core.addresses import static_url
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.web import Page, public_address
from sanshi_lms.learning import standings
from sanshi_lms.site.forms import SampleForm
from sanshi_lms.site.queries import find_page, front_door, page_titles
from sanshi_lms.site.rules import EDITIONS, ELDER, edition_for, own_path

blueprint = Blueprint("site", __name__, template_folder="templates")
EDITION_COOKIE = "edition"
EDITION_KEPT = timedelta(days=365)
ROBOTS = """User-agent: *
Disallow: /admin/
Disallow: /account/
Disallow: /api/
Disallow: /search/related
"""


def reader() -> dict[str, Any]:
    """Return what every template knows of its reader: the edition they want."""
    person = current_person()
    chosen = request.cookies.get(EDITION_COOKIE)
    return {"edition": edition_for(chosen, bool(person and person.elder_edition))}


@blueprint.get("/")
@public
def home() -> str:
    """Show the front door."""
    person = current_person()
    mine = standings(person.id) if person else []
    return render_template(
        "site/home.html",
        door=front_door(local(now()).date()),
        carry_on=next((one for one in mine if one.next_lesson), None),
        shares={one.course.id: one.share for one in mine},
    )


@blueprint.get("/site/<slug>")
@public
def page(slug: str) -> str:
    """Show a page of explanation from content/pages."""
    found = find_page(slug)
    if found is None:
        abort(404)
    others = [(title, url_for("site.page", slug=s), s == slug) for s, title in page_titles()]
    return render_template("site/page.html", page=found, others=others)


@blueprint.post("/site/edition")
@public
def switch_edition() -> Response:
    """Change between 标准版 and 长辈版, and go back to where the reader was."""
    edition = request.form.get("edition", "")
    if edition not in EDITIONS:
        abort(400)
    answer = redirect(own_path(request.form.get("next", "")) or url_for("site.home"), 303)
    answer.set_cookie(
        EDITION_COOKIE,
        edition,
        max_age=EDITION_KEPT,
        httponly=True,
        samesite="Lax",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )
    person = current_person()
    if person is not None:
        choose_edition(person, elder=edition == ELDER)
    return answer


@blueprint.get("/site/style-guide")
@needs("courses.edit")
def style_guide() -> str:
    """Show every shared component once, for those who build pages."""
    form = SampleForm(formdata=None)
    form.title.errors = ["请填写标题，学员靠它认课。"]
    sample: Page[int] = Page(rows=[], number=2, size=20, total=90)
    return render_template(
        "site/style_guide.html", form=form, pager=sample, page_url=lambda n: f"?page={n}"
    )


@blueprint.get("/robots.txt")
@public
def robots() -> Response:
    """Tell search engines which parts are nobody's public page."""
    sitemap = f"\nSitemap: {public_address('/sitemap.xml')}\n"
    answer = make_response(ROBOTS + sitemap)
    answer.mimetype = "text/plain"
    return answer


@blueprint.get("/favicon.ico")
@public
def favicon() -> Response:
    """Lead browsers that ask by habit to the drawing."""
    return redirect(static_url("img/logo.svg"), 302)
