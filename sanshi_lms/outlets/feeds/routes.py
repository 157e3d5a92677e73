"""/sitemap.xml and /feeds/…: what machines read of us. No cookie is read or set here.

These addresses stand in other people's programs and never change.
"""

from datetime import datetime
from email.utils import parseaddr
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Response, abort, request, send_file, url_for

from sanshi_lms.core.access import public
from sanshi_lms.core.sending import send_stored
from sanshi_lms.core.settings import settings
from sanshi_lms.core.web import public_address
from sanshi_lms.courses import SERIES, TOPICS, lesson_path
from sanshi_lms.outlets.feeds import queries, rules
from sanshi_lms.outlets.feeds.queries import Listed, Told
from sanshi_lms.video import SOUND_TYPE

# Below these nobody is known: setup gives them to core's middleware.
COOKIELESS = ("/feeds/", "/sitemap")
SITE = "三师微课堂"
ABOUT = "规划师、建筑师、工程师讲给社区听：城市更新、加装电梯、议事协商，每节几分钟。"
RSS = "application/rss+xml"
XML = "application/xml"
COVER = Path(__file__).with_name("cover.jpg")
# What is withdrawn is gone from other people's programs after that many seconds.
KEPT = 600
# Pages for everybody that list things; what they list stands in the other parts.
_LISTS = (
    "site.home",
    "courses.catalogue",
    "courses.all_series",
    "training_paths.paths",
    "stories.cases",
    "stories.pieces",
    "services.services",
    "directory.pros",
    "events.events",
    "meetings.meetings",
    "stars.stars",
)

blueprint = Blueprint("feeds", __name__)


@blueprint.get("/sitemap.xml")
@public
def sitemap() -> Response:
    """List the parts of the sitemap."""
    named = [("pages", 1), *queries.parts()]
    lists_lessons = {"pages", "course", "lesson"}
    changed = queries.changed_at()
    found = [
        (
            _full(url_for("feeds.sitemap_part", source=kind, part=number)),
            changed if kind in lists_lessons else None,
        )
        for kind, number in named
    ]
    return _answer(rules.sitemap_index(found), XML, None)


@blueprint.get("/sitemap-<source>-<int:part>.xml")
@public
def sitemap_part(source: str, part: int) -> Response:
    """List the pages of one kind, 2,000 in each part, with their videos."""
    if (source, part) == ("pages", 1):
        paths = [url_for(endpoint) for endpoint in _LISTS]
        paths += [url_for("courses.series", series_slug=slug) for slug in SERIES]
        pages = [Listed(path) for path in paths]
    else:
        found = queries.pages_of(source, part)
        pages = abort(404) if found is None else found
    return _answer(rules.sitemap(map(_entry, pages)), XML, None)


@blueprint.get("/feeds/lessons.xml")
@public
def lessons() -> Response:
    """Tell of the newest lessons."""
    return _feed(f"{SITE}：新课", ABOUT, url_for("courses.catalogue"), queries.newest())


@blueprint.get("/feeds/series/<series_slug>.xml")
@public
def series(series_slug: str) -> Response:
    """Tell of the newest lessons of a series."""
    kind = SERIES.get(series_slug) or abort(404)
    page = url_for("courses.series", series_slug=series_slug)
    return _feed(f"{SITE}：{kind}", f"“{kind}”系列的新课。", page, queries.newest(kind=kind))


@blueprint.get("/feeds/topics/<topic>.xml")
@public
def topic(topic: str) -> Response:
    """Tell of the newest lessons of a topic."""
    if topic not in TOPICS:
        abort(404)
    page = url_for("courses.catalogue", topic=topic)
    return _feed(f"{SITE}：{topic}", f"“{topic}”的新课。", page, queries.newest(topic=topic))


@blueprint.get("/feeds/podcast.xml")
@public
def podcast() -> Response:
    """Tell of the newest lessons that can be heard, for podcast clients."""
    episodes = []
    for one in queries.heard():
        url = _full(url_for("feeds.audio", lesson_id=one.told.lesson.id))
        sound = rules.Sound(url, one.size, SOUND_TYPE, one.video.seconds)
        episodes.append((_item(one.told), sound))
    show = rules.Show(SITE, parseaddr(settings().mail_from)[1], _full(url_for("feeds.cover")))
    channel = rules.Channel(SITE, _full(url_for("courses.catalogue")), _own(), ABOUT)
    return _answer(rules.podcast(channel, show, episodes), RSS, queries.changed_at())


@blueprint.get("/feeds/audio/<int:lesson_id>.m4a")
@public
def audio(lesson_id: int) -> Response:
    """Send the sound of a lesson, whole or in ranges, as it is by now."""
    video = queries.open_video_of(lesson_id)
    return _file(video.sound_key if video else None, SOUND_TYPE)


@blueprint.get("/feeds/posters/<int:lesson_id>.jpg")
@public
def poster(lesson_id: int) -> Response:
    """Send the picture that stands for a lesson, as it is by now."""
    video = queries.open_video_of(lesson_id)
    return _file(video.poster_key if video else None, "image/jpeg")


@blueprint.get("/feeds/cover.jpg")
@public
def cover() -> Response:
    """Send the square picture of the podcast."""
    return _kept(send_file(COVER, "image/jpeg", conditional=True), 24 * 3600)


def _feed(title: str, about: str, page: str, told: list[Told]) -> Response:
    channel = rules.Channel(title, _full(page), _own(), about)
    return _answer(rules.rss(channel, [_item(one) for one in told]), RSS, queries.changed_at())


def _item(told: Told) -> rules.Item:
    lesson, course = told.lesson, told.lesson.course
    return rules.Item(
        guid=rules.guid_of(lesson.id),
        title=f"{lesson.title} · {course.title}",
        link=_full(lesson_path(course.slug, lesson.slug)),
        description=told.words,
        at=course.published_at or lesson.updated_at,
        categories=(course.kind, course.topic),
    )


def _entry(page: Listed) -> rules.Entry:
    return rules.Entry(_full(page.path), page.changed, _film(page))


def _film(page: Listed) -> rules.Film | None:
    """Return the video of a page; search engines want none without a picture."""
    lesson, video = page.lesson, page.video
    if lesson is None or video is None or video.poster_key is None:
        return None
    course, slug = lesson.course, lesson.slug
    player = url_for("video_embed.lesson", course_slug=course.slug, lesson_slug=slug)
    return rules.Film(
        thumbnail=_full(url_for("feeds.poster", lesson_id=lesson.id)),
        title=lesson.title,
        description=f"{course.title}：{course.summary or lesson.title}",
        player=_full(player),
        seconds=video.seconds,
    )


def _own() -> str:
    return _full(url_for(request.endpoint or "", **(request.view_args or {})))


def _full(path: str) -> str:
    return public_address(path)


def _answer(body: bytes, kind: str, changed: datetime | None) -> Response:
    """Return a document that whoever has it already need not fetch again (304)."""
    answer = Response(body, mimetype=kind)
    answer.set_etag(sha256(body).hexdigest()[:32])
    answer.last_modified = changed
    _kept(answer, KEPT).make_conditional(request)
    return answer


def _file(key: str | None, kind: str) -> Response:
    return _kept(send_stored(key, kind), KEPT) if key else abort(404)


def _kept(answer: Response, seconds: int) -> Response:
    answer.cache_control.public = True
    answer.cache_control.no_cache = None
    answer.cache_control.max_age = seconds
    return answer
