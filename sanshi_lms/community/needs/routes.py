"""/c/<code> on a poster: a resident reports. /n/<code>: they follow it and have the last word."""

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

from sanshi_lms.community import rules as community_rules
from sanshi_lms.community.models import Community
from sanshi_lms.community.needs import codes, queries, rules
from sanshi_lms.community.needs.actions import By, perform
from sanshi_lms.community.needs.filing import Report
from sanshi_lms.community.needs.forms import (
    FormMark,
    ReportForm,
    given_of,
    issue_token,
    read_token,
    receive,
    seen_of,
)
from sanshi_lms.community.needs.models import Need
from sanshi_lms.community.needs.rules import Actor, State
from sanshi_lms.community.needs.serving import photo_response
from sanshi_lms.community.queries import communities_query, find_community, kinds
from sanshi_lms.core.access import current_person, public
from sanshi_lms.core.clock import now
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.security import limiter
from sanshi_lms.core.web import paginate

blueprint = Blueprint("needs", __name__, template_folder="templates")
Answer = str | Response | tuple[str, int]
_WRONG_CODES = "30 per minute; 200 per hour"


@blueprint.get("/c/")
@public
def communities() -> Answer:
    """Let somebody without the poster find their community."""
    words = request.args.get("q", "").strip()[:30]
    page = paginate(communities_query(words), size=30)
    return render_template("needs/communities.html", page=page, words=words)


@blueprint.get("/c/<community_code>")
@public
def report(community_code: str) -> Answer:
    """Show the form that the community's QR code leads to."""
    community = _community_or_404(community_code)
    form = ReportForm()
    form.offer(kinds("resident"))
    form.token.data = issue_token(now())
    return _unlisted(_report_page(community, form))


@blueprint.post("/c/<community_code>")
@public
@limiter.limit("200 per hour")  # each may cost a second of work on photos
@limiter.limit(
    "30 per hour; 100 per day",
    deduct_when=lambda answer: answer.status_code == 302,
    error_message="这个网络今天提交得太多了。请过一会儿再试，您写的内容还在这部手机上。",
)
def report_post(community_code: str) -> Answer:
    """Take in what a resident reports, once, however often the button was tapped."""
    community = _community_or_404(community_code)
    community_id = community.id
    form = ReportForm()
    form.offer(kinds("resident"))

    def report_of(mark: FormMark) -> Report:
        return Report(
            community_id=community_id,
            kind_id=form.kind.data,
            text=form.text.data,
            place=form.place.data,
            concerns=tuple(form.concerns.data or ()),
            phone=codes.read_phone(form.phone.data),
            origin="resident",
            nonce=mark.nonce,
        )

    need = receive(form, now(), report_of)
    if need is None:
        if read_token(form.token.data or "", now()) is None:
            form.token.data = issue_token(now())
        return _unlisted(_report_page(community, form), 422)
    return redirect(url_for("needs.follow", need_code=need.code, new=1))


@blueprint.get("/n/")
@public
def find() -> Answer:
    """Ask for the code of a need; a well-formed one leads on to its page."""
    typed = request.args.get("code", "").strip()
    code = codes.read_code(typed)
    if code:
        return redirect(url_for("needs.follow", need_code=code))
    return _unlisted(render_template("needs/find.html", typed=typed[:60]), 404 if typed else 200)


@blueprint.get("/n/<need_code>")
@public
@limiter.limit(_WRONG_CODES, deduct_when=lambda answer: answer.status_code == 404)
def follow(need_code: str) -> Answer:
    """Show whoever holds the code how far their need is. Only wrong codes count as guessing."""
    need = _need_or_none(need_code)
    if need is None:
        return _unlisted(render_template("needs/find.html", typed=need_code[:60]), 404)
    return _unlisted(_follow_page(need))


@blueprint.post("/n/<need_code>/steps")
@public
@limiter.limit(_WRONG_CODES, deduct_when=lambda answer: answer.status_code == 404)
@limiter.limit("60 per hour", deduct_when=lambda answer: answer.status_code == 302)
def step_post(need_code: str) -> Answer:
    """Take a step of whoever asked: add, answer, confirm, or say that it is not solved."""
    need = _need_or_none(need_code)
    if need is None:
        abort(404)
    person, verb = current_person(), request.form.get("verb", "")
    given, seen = given_of(request.form), seen_of(request.form)
    mine = person is not None and need.filed_by_id == person.id
    by = By(person.id if mine else None, frozenset({Actor.ASKER}), now())
    try:
        _check_asker(need, verb)
        perform(need, verb, by, given, seen)
    except Refusal as refusal:
        page = _follow_page(need, message=refusal.message, verb=verb, words=given.words)
        return _unlisted(page, refusal.status)
    flash("已提交。", "success")
    return redirect(url_for("needs.follow", need_code=need.code))


@blueprint.get("/n/<need_code>/photos/<int:photo_id>")
@public
@limiter.limit(_WRONG_CODES, deduct_when=lambda answer: answer.status_code == 404)
def photo(need_code: str, photo_id: int) -> Response:
    """Send a photo of the need to whoever holds its code."""
    need = _need_or_none(need_code)
    if need is None:
        abort(404)
    return photo_response(need, photo_id)


def _check_asker(need: Need, verb: str) -> None:
    """Whoever handles a need cannot be content in the asker's place, even if they hold the code."""
    person = current_person()
    if person is not None and queries.actors_on(need, person):
        raise Refusal("您是办理这件需求的人。请让提出人自己来说，或者登记电话回访。", 403)
    if verb == "add" and queries.count_additions(need) > rules.ADDITIONS:
        raise Refusal("补充得太多了，请等社区回应，或者直接联系社区。")


def _report_page(community: Community, form: ReportForm) -> str:
    return render_template(
        "needs/report.html", community=community, form=form, most_photos=rules.PHOTOS
    )


def _follow_page(need: Need, message: str = "", verb: str = "", words: str = "") -> str:
    state = State(need.state)
    return render_template(
        "needs/follow.html",
        need=need,
        code=codes.spoken_code(need.code),
        steps=queries.steps_of(need, for_asker=True),
        photos=queries.photos_of(need),
        possible={step.verb: step for step in rules.possible(state, {Actor.ASKER})},
        main=queries.main_of(need),
        new="new" in request.args,
        message=message,
        verb=verb,
        words=words,
    )


def _community_or_404(typed: str) -> Community:
    community = find_community(community_rules.read_code(typed) or "")
    if community is None:
        abort(404)
    return community


def _need_or_none(typed: str) -> Need | None:
    code = codes.read_code(typed)
    return queries.need_by_code(code) if code else None


def _unlisted(page: str, status: int = 200) -> Response:
    response = make_response(page, status)
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = "no-store"
    return response
