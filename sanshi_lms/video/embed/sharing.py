"""What leads to a video from elsewhere: the box with link, code and QR, and the hint to oEmbed."""

from flask import request, url_for
from markupsafe import Markup

from sanshi_lms.core.access import may
from sanshi_lms.core.shared import shared
from sanshi_lms.core.web import public_address, render_part
from sanshi_lms.courses import Lesson
from sanshi_lms.video.embed.queries import Shown, shown_lesson, shown_video, sites_of
from sanshi_lms.video.embed.routes import embed_url, watch_url
from sanshi_lms.video.embed.rules import ANYWHERE, frame_size, iframe_code
from sanshi_lms.video.models import Video


def share_box(shown: Shown) -> Markup:
    """Return the box "分享与嵌入"; the code is only there when another site may use it."""
    course, lesson = shown.lesson.course.slug, shown.lesson.slug
    allowed = tuple(sites_of(shown.video))
    return _box(
        course, lesson, allowed, public_address(""), request.script_root, may("video.embed")
    )


@shared("video", "courses")
def _box(
    course: str, lesson: str, allowed: tuple[str, ...], site: str, root: str, may_embed: bool
) -> Markup:
    del site, root
    shown = shown_lesson(course, lesson)
    if shown is None:
        return Markup()
    video = shown.video
    size = frame_size(video.width, video.height)
    code = iframe_code(embed_url(shown), shown.lesson.title, size)
    return render_part(
        "video/_share.html",
        shown=shown,
        may_embed=may_embed,
        link=watch_url(shown),
        code=code if shown.open and allowed else None,
        anywhere=ANYWHERE in allowed,
        allowed=[one.removeprefix("https://") for one in allowed],
    )


def share_box_of(video_id: int) -> Markup | None:
    """Return the box for a video of the desk; None while no published lesson shows it."""
    shown = shown_video(video_id)
    return share_box(shown) if shown else None


def lesson_head(lesson: Lesson, video: Video | None) -> Markup:
    """Return the hint by which other sites find out how to embed the page of `lesson`."""
    if (
        video is None
        or not video.shown_key
        or video.signed_in_only
        or not lesson.course.is_published
    ):
        return Markup()
    page = url_for("courses.lesson", course_slug=lesson.course.slug, lesson_slug=lesson.slug)
    address = public_address(url_for("video_embed.oembed", url=public_address(page), format="json"))
    return Markup(
        '<link rel="alternate" type="application/json+oembed" href="{}" title="{}">'
    ).format(address, lesson.title)
