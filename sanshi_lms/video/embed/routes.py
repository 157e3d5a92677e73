"""/embed/… and /oembed: the player for other people's pages. No cookie is read or set here."""

import io
import time
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote, urlsplit

import segno
from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    jsonify,
    make_response,
    render_template,
    request,
    url_for,
)
from werkzeug.exceptions import HTTPException

from sanshi_lms.core.access import public
from sanshi_lms.core.security import content_policy
from sanshi_lms.core.web import public_address
from sanshi_lms.courses import Playback, lesson_path
from sanshi_lms.video.access import poster_of
from sanshi_lms.video.embed.queries import Shown, shown_lesson, shown_video, sites, sites_of
from sanshi_lms.video.embed.rules import frame_size, framed_by, iframe_code, start_in
from sanshi_lms.video.player import render_player
from sanshi_lms.video.rules import access_until

# Below these nobody is known: setup gives them to core's middleware.
COOKIELESS = ("/embed/", "/oembed")
_REFUSED = {
    400: "请在 url 里写一节课的网址。",
    401: "这段视频只对登录人员开放，不能嵌入。",
    404: "没有找到这个网址对应的视频。",
    501: "这里只提供 JSON 格式（format=json）。",
}

blueprint = Blueprint("video_embed", __name__, template_folder="../templates")


@blueprint.get("/embed/<int:video_id>")
@public
def video(video_id: int) -> Response:
    """Show the player of a video, for a frame; `t` is where to start."""
    return _page(shown_video(video_id))


@blueprint.get("/embed/<course_slug>/<lesson_slug>")
@public
def lesson(course_slug: str, lesson_slug: str) -> Response:
    """Show the player of a lesson, whatever its video is by now."""
    return _page(shown_lesson(course_slug, lesson_slug))


@blueprint.get("/embed/<course_slug>/<lesson_slug>/qr.svg")
@public
def qr(course_slug: str, lesson_slug: str) -> Response:
    """Draw the QR code of a lesson's page, at second `t` if the address has one."""
    shown = shown_lesson(course_slug, lesson_slug) or abort(404)
    start = start_in(request.url)
    drawn = io.BytesIO()
    target = watch_url(shown) + (f"?t={start}" if start else "")
    segno.make(target, error="m", micro=False).save(
        drawn, kind="svg", border=3, scale=8, dark="#1a2626", light="#ffffff"
    )
    return Response(drawn.getvalue(), mimetype="image/svg+xml")


@blueprint.get("/oembed")
@public
def oembed() -> Response | tuple[Response, int]:
    """Tell another site how to embed the page at `url` (oembed.com, version 1.0)."""
    if request.args.get("format", "json") != "json":
        return _refused(501)
    url = request.args.get("url", "")
    if not url:
        return _refused(400)
    try:
        shown, start = _shown_at(url), start_in(url)
    except ValueError:  # no address at all, such as "http://["
        shown, start = None, ""
    if shown is None:
        return _refused(404)
    if not shown.open:
        return _refused(401)
    answer = jsonify(_described(shown, start))
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


def watch_url(shown: Shown) -> str:
    """Return the address of the lesson's own page."""
    return public_address(lesson_path(shown.lesson.course.slug, shown.lesson.slug))


def embed_url(shown: Shown, start: str = "") -> str:
    """Return the address of the player for frames."""
    path = url_for(
        "video_embed.lesson",
        course_slug=shown.lesson.course.slug,
        lesson_slug=shown.lesson.slug,
        t=start or None,
    )
    return public_address(path)


def _page(shown: Shown | None) -> Response:
    allowed = sites_of(shown.video) if shown else sites()
    if shown is not None and shown.open:
        page = render_template(
            "video/embed.html",
            video=shown.video,
            player=render_player(shown.video, Playback(), text=False),
            watch_url=watch_url(shown),
            allowed=framed_by(allowed),
        )
        answer = make_response(page)
    else:
        answer = make_response(
            render_template(
                "video/embed_closed.html", watch_url=watch_url(shown) if shown else None
            ),
            HTTPStatus.FORBIDDEN if shown else HTTPStatus.NOT_FOUND,
        )
    answer.headers["Content-Security-Policy"] = content_policy(framed_by(allowed))
    return answer


def _shown_at(url: str) -> Shown | None:
    """Return what the page at `url` shows; None when it is not a page of ours."""
    asked, ours = urlsplit(url), urlsplit(public_address("/"))
    if asked.scheme not in {"http", "https"} or asked.netloc not in {ours.netloc, request.host}:
        return None
    try:
        endpoint, values = current_app.url_map.bind("").match(unquote(asked.path))
    except HTTPException:
        return None
    if endpoint == "video_embed.video":
        return shown_video(values["video_id"])
    if endpoint in {"courses.lesson", "video_embed.lesson"}:
        return shown_lesson(values["course_slug"], values["lesson_slug"])
    return None


def _described(shown: Shown, start: str) -> dict[str, Any]:
    video, course = shown.video, shown.lesson.course
    most = [request.args.get(name, 0, type=int) for name in ("maxwidth", "maxheight")]
    size = frame_size(video.width, video.height, *most)
    told: dict[str, Any] = {
        "version": "1.0",
        "type": "video",
        "title": f"{shown.lesson.title} · {course.title}",
        "provider_name": "三师微课堂",
        "provider_url": public_address("/"),
        "width": size.width,
        "height": size.height,
        "duration": round(video.seconds or 0),
        "html": iframe_code(embed_url(shown, start), shown.lesson.title, size),
        # The picture's address ends; who keeps the answer no longer sees it to the end.
        "cache_age": access_until(int(time.time())) - int(time.time()),
    }
    if poster := poster_of(video):
        told["thumbnail_url"] = public_address(poster)
        told["thumbnail_width"], told["thumbnail_height"] = video.width, video.height
    return told


def _refused(status: int) -> tuple[Response, int]:
    return jsonify({"error": {"message": _REFUSED[status]}}), status
