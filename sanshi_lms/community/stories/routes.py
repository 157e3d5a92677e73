"""/community/cases/… and /community/pieces/…: what everybody may read, without an account."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.community.stories import queries, rules
from sanshi_lms.community.stories.models import Story
from sanshi_lms.community.stories.pictures import body_html
from sanshi_lms.community.stories.tiles import COLUMNS, ROWS, TILE, short_name, tiles
from sanshi_lms.core.access import current_person, public
from sanshi_lms.core.sending import send_stored
from sanshi_lms.core.web import Page, paginate
from sanshi_lms.courses import get_lesson

blueprint = Blueprint("stories", __name__, url_prefix="/community", template_folder="templates")
Answer = str | Response
PAGE_SIZE = 12
LABELS = {"district": "区县", "topic": "专项工作", "matter": "哪一类事", "year": "哪一年"}


@blueprint.get("/cases/")
@public
def cases() -> str:
    """Show the library of cases, narrowed by words and facets, with the map of districts."""
    words, chosen = _asked()
    shelf = queries.shelf(words, chosen)
    number = max(1, min(request.args.get("page", 1, type=int), 100_000))
    start = (number - 1) * PAGE_SIZE
    rows = queries.published(shelf.ids[start : start + PAGE_SIZE])

    def address(**changed: Any) -> str:
        kept = {"q": words, **chosen, **changed}
        return url_for("stories.cases", **{key: value for key, value in kept.items() if value})

    return render_template(
        "stories/cases.html",
        page=Page(rows, number, PAGE_SIZE, len(shelf.ids)),
        page_url=lambda n: address(page=n),
        words=words,
        chosen=chosen,
        facets=[(name, LABELS[name], shelf.facets[name]) for name in queries.DIMENSIONS],
        tiles=tiles(shelf.by_district),
        off_the_map=[f for f in shelf.facets["district"] if not short_name(f.value)],
        map_size=(COLUMNS * TILE, ROWS * TILE, TILE),
        address=address,
        any_at_all=shelf.total > 0 or bool(words),
    )


@blueprint.get("/cases/<int:story_id>")
@public
def case(story_id: int) -> Answer:
    """Show a case; whoever works on it sees it before it is published."""
    return _story_page(story_id, case=True)


@blueprint.get("/pieces/")
@public
def pieces() -> str:
    """Show the media pieces, of one kind or all."""
    kind, counts = request.args.get("kind", ""), queries.kind_counts()
    kind = kind if kind in rules.PIECES else ""
    total = sum(counts.get(name, 0) for name in rules.PIECES)
    tabs = [(f"全部 {total}", url_for("stories.pieces"), not kind)]
    for name in rules.PIECES:
        label = f"{rules.KINDS[name].label} {counts.get(name, 0)}"
        tabs.append((label, url_for("stories.pieces", kind=name), name == kind))
    return render_template(
        "stories/pieces.html",
        page=paginate(queries.pieces_query(kind), PAGE_SIZE),
        page_url=lambda n: url_for("stories.pieces", kind=kind or None, page=n),
        kind_tabs=tabs,
    )


@blueprint.get("/pieces/<int:story_id>")
@public
def piece(story_id: int) -> Answer:
    """Show a media piece; whoever works on it sees it before it is published."""
    return _story_page(story_id, case=False)


@blueprint.get("/stories/<int:story_id>/pictures/<int:picture_id>")
@public
def picture(story_id: int, picture_id: int) -> Response:
    """Send a picture of a story to whoever may read the story."""
    story = queries.find_story(story_id, current_person())
    found = queries.find_picture(picture_id, story_id) if story is not None else None
    if found is None:
        abort(404)
    response = send_stored(found.key, "image/jpeg", etag=found.key.rpartition("/")[2])
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


def public_url(story: Story) -> str:
    """Return the address of a story's public page."""
    return url_for("stories.case" if story.is_case else "stories.piece", story_id=story.id)


def _story_page(story_id: int, *, case: bool) -> Answer:
    story = queries.find_story(story_id, current_person())
    if story is None:
        abort(404)
    if story.is_case != case:
        return redirect(public_url(story))
    video = get_lesson(story.video_lesson_id) if story.video_lesson_id else None
    return render_template(
        "stories/case.html" if case else "stories/piece.html",
        story=story,
        body=body_html(story, url_for("stories.picture", story_id=story.id, picture_id=0)),
        lessons=queries.lessons_of(story),
        video=video,
        own=current_person() is not None
        and queries.find_own(story_id, current_person()) is not None,
    )


def _asked() -> tuple[str, dict[str, str]]:
    """Return the words and the facets that the address asks for."""
    words = " ".join(request.args.get("q", "").split())[:60]
    return words, {name: request.args.get(name, "")[:40] for name in queries.DIMENSIONS}
