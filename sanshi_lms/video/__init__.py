"""Video: from an uploaded file to a lecture that plays on any phone.

For: uploading, transcoding, captions, the player and its media. Not for: what a person has watched
(learning: it listens to the player's events), nor courses. Registers the lesson kind "video".

Media addresses are signed and end after hours: take them from here, never store them.
"""

from flask import Flask

from sanshi_lms.core.personal import add_personal
from sanshi_lms.core.registers import (
    Health,
    HealthCheck,
    MenuEntry,
    add_health_check,
    add_menu_entry,
)
from sanshi_lms.core.security import NoCookies, csrf
from sanshi_lms.core.settings import settings
from sanshi_lms.core.shared import share
from sanshi_lms.courses import register_lesson_kind
from sanshi_lms.video import api_routes, desk, jobs, poster_routes, routes, tidying, uploads
from sanshi_lms.video.access import poster_key, poster_url
from sanshi_lms.video.captions import CueText
from sanshi_lms.video.captions import admin_routes as caption_routes
from sanshi_lms.video.captions import api_routes as caption_api_routes
from sanshi_lms.video.clips import MadeClip, clips_of
from sanshi_lms.video.clips import admin_routes as clip_admin_routes
from sanshi_lms.video.clips import jobs as clip_jobs
from sanshi_lms.video.embed import admin_routes as embed_admin_routes
from sanshi_lms.video.embed import routes as embed_routes
from sanshi_lms.video.embed.models import EmbedSite
from sanshi_lms.video.engine import NoFfmpeg, find_ffmpeg
from sanshi_lms.video.lesson_kind import VideoLesson
from sanshi_lms.video.models import CaptionCue, CaptionTrack, Chapter, Rendition, Video
from sanshi_lms.video.outward import (
    SOUND_TYPE,
    OpenVideo,
    last_made,
    open_videos,
    stored_size,
)
from sanshi_lms.video.personal import PERSONAL
from sanshi_lms.video.queries import closed_ids, duration_seconds, find_video
from sanshi_lms.video.rules import rendition_zh
from sanshi_lms.video.scripts import admin_routes as script_admin_routes
from sanshi_lms.video.viewing import admin_routes as viewing_admin_routes
from sanshi_lms.video.viewing import jobs as viewing_jobs
from sanshi_lms.video.viewing import routes as viewing_routes
from sanshi_lms.video.viewing.reading import megabytes

# Of a build's filters those that not every build has, and what cannot be made without them.
_FILTERS = {"ass": "视频号素材里的字幕", "zscale": "HDR 视频的颜色"}

__all__ = [
    "SOUND_TYPE",
    "CueText",
    "MadeClip",
    "OpenVideo",
    "Video",
    "clip_jobs",
    "clips_of",
    "closed_ids",
    "duration_seconds",
    "find_video",
    "jobs",
    "last_made",
    "open_videos",
    "poster_key",
    "poster_url",
    "stored_size",
]


def setup(app: Flask) -> None:
    """Connect routes, jobs, the lesson kind, menu and health check."""
    add_personal(PERSONAL)
    blueprints = (
        routes.blueprint,
        embed_admin_routes.blueprint,
        script_admin_routes.blueprint,
        clip_admin_routes.blueprint,
        poster_routes.blueprint,
        api_routes.blueprint,
        embed_routes.blueprint,
        viewing_routes.blueprint,
        viewing_admin_routes.blueprint,
        caption_routes.blueprint,
        caption_api_routes.blueprint,
    )
    for blueprint in dict.fromkeys(blueprints):  # the desk's pages of sub-rooms share one
        app.register_blueprint(blueprint)
    app.wsgi_app = NoCookies(app.wsgi_app, embed_routes.COOKIELESS)  # type: ignore[method-assign]  # the documented way
    uploads.setup(app)
    app.add_template_filter(megabytes)
    app.add_template_filter(rendition_zh)
    csrf.exempt(viewing_routes.blueprint)  # an address that only our player was given
    viewing_jobs.setup()
    tidying.setup()
    share(app, "video", Video, Rendition, CaptionTrack, CaptionCue, Chapter, EmbedSite)
    register_lesson_kind(app, VideoLesson())
    add_menu_entry(
        MenuEntry("admin", "视频", "video_admin.videos", "video", 30, "video.upload", "内容")
    )
    add_health_check(HealthCheck("ffmpeg", "视频转码程序", _ffmpeg))
    desk.setup()


def _ffmpeg() -> Health:
    try:
        found = find_ffmpeg(settings().ffmpeg)
    except NoFfmpeg:
        sentence = (
            "没有找到转码程序 ffmpeg，上传的视频不能播放。请维护人员安装 ffmpeg，然后重新启动系统。"
        )
        return Health(ok=False, sentence=sentence)
    version = found.version.lstrip("n").partition("-")[0]
    lacks = [words for name, words in _FILTERS.items() if name not in found.filters]
    if lacks:
        told = f"ffmpeg {version} 能转码，但做不了：{'、'.join(lacks)}"
        sentence = f"{told}。可以请维护人员换一个完整的 ffmpeg。"
        return Health(ok=True, warns=True, sentence=sentence)
    return Health(ok=True, sentence=f"正常，ffmpeg {version}（H.264、AAC、字幕、HDR）")
