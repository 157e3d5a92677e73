"""/courses/…: the catalogue, a course, a lesson, its attachments. Nobody needs an account."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.core.access import current_person, public
from sanshi_lms.core.markdown import render_markdown
from sanshi_lms.core.sending import send_stored
from sanshi_lms.core.web import public_address
from sanshi_lms.courses import rules
from sanshi_lms.courses.body import body_html
from sanshi_lms.courses.editorial.praises import praise_word, praises_of
from sanshi_lms.courses.kinds import find_kind, target_summaries
from sanshi_lms.courses.learner import learner_side
from sanshi_lms.courses.models import Lesson
from sanshi_lms.courses.outline import outline_of
from sanshi_lms.courses.paths import lesson_path
from sanshi_lms.courses.queries import Filters, find_course, find_lesson
from sanshi_lms.courses.queries import catalogue as catalogue_page
from sanshi_lms.courses.series import counts_by_kind, seasons_of
from sanshi_lms.courses.sheets import sheet_of
from sanshi_lms.courses.sight import drafts_seen

blueprint = Blueprint("courses", __name__, url_prefix="/courses", template_folder="templates")


@blueprint.get("/")
@public
def catalogue() -> str:
    """Show the published courses, narrowed by what the address asks for."""
    chosen = _filters()
    band = rules.find_length(chosen.length)
    lengths = [(band.name, band.label_zh) for band in rules.LENGTHS]
    return render_template(
        "courses/catalogue.html",
        page=catalogue_page(chosen),
        chosen=chosen,
        chosen_words=[word for word in (chosen.topic, chosen.kind, band and band.label_zh) if word],
        audience_chips=_chips(chosen, "audience", [(w, w) for w in rules.AUDIENCES]),
        other_chips=[
            ("主题", _chips(chosen, "topic", [(w, w) for w in rules.TOPICS])),
            ("类别", _chips(chosen, "kind", [(w, w) for w in rules.KINDS])),
            ("时长", _chips(chosen, "length", lengths)),
        ],
        page_url=lambda number: _catalogue_url(chosen, page=number),
    )


@blueprint.get("/series/")
@public
def all_series() -> str:
    """Show the four series of the 微课堂."""
    counts = counts_by_kind()
    found = [(s, n, rules.SERIES_WORDS[s], counts.get(n, 0)) for s, n in rules.SERIES.items()]
    return render_template("courses/all_series.html", all_series=found)


@blueprint.get("/series/<series_slug>")
@public
def series(series_slug: str) -> str:
    """Show one series: its courses by season, in the order of their issues."""
    kind = rules.SERIES.get(series_slug) or abort(404)
    return render_template(
        "courses/series.html",
        series=series_slug,
        kind=kind,
        words=rules.SERIES_WORDS[series_slug],
        seasons=seasons_of(kind),
        others=[(s, n) for s, n in rules.SERIES.items() if s != series_slug],
    )


@blueprint.get("/<slug>")
@public
def course(slug: str) -> str:
    """Show what a course is about, its lessons and the next step."""
    subject = find_course(slug, drafts=drafts_seen()) or abort(404)
    outline = outline_of(subject.id, current_person())
    praises = praises_of([subject.id])[subject.id] if subject.is_published else []
    return render_template(
        "courses/course.html",
        course=subject,
        outline=outline,
        next_step=outline.next(),
        praises=praises,
        praise=praise_word(praises),
        description=render_markdown(subject.description_md),
        panel=learner_side().course_panel(subject, current_person()),
    )


@blueprint.get("/<course_slug>/<lesson_slug>")
@public
def lesson(course_slug: str, lesson_slug: str) -> str:
    """Show a lesson; `t` in the address is the second at which to begin."""
    subject = find_lesson(course_slug, lesson_slug, drafts=drafts_seen()) or abort(404)
    person, side = current_person(), learner_side()
    # First of all: what it reads of all lessons at once, the parts of the page find read already.
    outline = outline_of(subject.course_id, person)
    playback = side.playback(subject, person)
    begin = rules.start_seconds(request.args.get("t"))
    if begin is not None:
        playback = replace(playback, start_seconds=begin)
    kind = find_kind(subject.kind)
    before, after = outline.neighbours(subject)
    return render_template(
        "courses/lesson.html",
        lesson=subject,
        course=subject.course,
        kind=kind,
        kind_word=_kind_word(subject),
        screen=kind.render(subject, playback) if kind else "",
        kind_head=kind.head(subject) if kind else "",
        body=body_html(subject.body_md, course_slug, lesson_slug, subject.attachments),
        panel=side.lesson_panel(subject, person),
        below=side.below_lesson(subject, person),
        sheet=sheet_of(subject.body_md),
        outline=outline,
        before=before,
        after=after,
    )


def _kind_word(lesson: Lesson) -> str:
    """Return what people call a lesson of this kind, or this one of it."""
    kind, summary = find_kind(lesson.kind), target_summaries([lesson]).get(lesson.id)
    return (summary.kind_zh if summary else "") or (kind.label_zh if kind else lesson.kind)


@blueprint.get("/<course_slug>/<lesson_slug>/sheet")
@public
def sheet(course_slug: str, lesson_slug: str) -> str:
    """Show the checklist or the practice sheet of a lesson, to be printed on A4."""
    drafts = drafts_seen()
    subject = find_lesson(course_slug, lesson_slug, drafts=drafts) or abort(404)
    found = sheet_of(subject.body_md, _audience_of(course_slug)) or abort(404)
    return render_template(
        "courses/sheet.html",
        lesson=subject,
        course=subject.course,
        sheet=found,
        text=body_html(found.text, course_slug, lesson_slug, subject.attachments),
        note=render_markdown(found.note),
        address=public_address(lesson_path(course_slug, lesson_slug)),
    )


def _audience_of(course_slug: str) -> frozenset[str]:
    course = find_course(course_slug, drafts=drafts_seen())
    return frozenset(row.name for row in course.audiences) if course else frozenset()


@blueprint.get("/<course_slug>/<lesson_slug>/files/<int:attachment_id>")
@public
def attachment(course_slug: str, lesson_slug: str, attachment_id: int) -> Response:
    """Send an attachment to be saved; it is never opened as a page of ours."""
    subject = find_lesson(course_slug, lesson_slug, drafts=drafts_seen()) or abort(404)
    found = next((row for row in subject.attachments if row.id == attachment_id), None)
    if found is None:
        abort(404)
    answer = send_stored(
        found.key,
        found.content_type,
        as_attachment=True,
        download_name=found.filename,
        etag=found.sha256,
    )
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.cache_control.private = True
    return answer


def _filters() -> Filters:
    """Read the filters of the address; a word that is not ours narrows nothing."""
    asked = request.args
    band = rules.find_length(asked.get("length", ""))
    return Filters(
        audience=_known(asked.get("audience"), rules.AUDIENCES),
        topic=_known(asked.get("topic"), rules.TOPICS),
        kind=_known(asked.get("kind"), rules.KINDS),
        length=band.name if band else "",
    )


def _known(word: str | None, words: tuple[str, ...]) -> str:
    return word if word in words else ""


def _chips(
    chosen: Filters, name: str, choices: list[tuple[str, str]]
) -> list[tuple[str, str, bool]]:
    """Return (label, address, is chosen) for one row of filters; the chosen one leads back."""
    present = getattr(chosen, name)
    chips = [("全部", _catalogue_url(replace(chosen, **{name: ""})), not present)]
    for value, label in choices:
        chips.append((label, _catalogue_url(replace(chosen, **{name: value})), value == present))
    return chips


def _catalogue_url(chosen: Filters, page: int = 1) -> str:
    asked: dict[str, Any] = {key: value for key, value in vars(chosen).items() if value}
    if page > 1:
        asked["page"] = page
    return url_for("courses.catalogue", **asked)
