"""The kind "video": a lesson that shows a video."""

from collections.abc import Collection, Mapping, Sequence

from flask import render_template
from markupsafe import Markup

from sanshi_lms.core.access import may
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db
from sanshi_lms.core.reach import Reach
from sanshi_lms.core.registers import Cue
from sanshi_lms.core.web import render_part
from sanshi_lms.courses import (
    Choice,
    Lesson,
    PackError,
    PackReference,
    Playback,
    TargetSummary,
    usable,
)
from sanshi_lms.video import packs
from sanshi_lms.video.access import may_watch, poster_of
from sanshi_lms.video.embed.queries import Shown
from sanshi_lms.video.embed.sharing import lesson_head, share_box
from sanshi_lms.video.models import Video
from sanshi_lms.video.player import render_player
from sanshi_lms.video.queries import (
    closed_ids,
    cues_of,
    find_video,
    standings,
    videos_by_id,
    videos_query,
)

MOST_CHOICES = 500


class VideoLesson:
    """视频: the player stands on top of the lesson's text."""

    name = "video"
    label_zh = "视频"
    icon = "video"
    has_target = True
    alone_zh = ""

    def render(self, lesson: Lesson, playback: Playback) -> Markup:
        """Return the player, or a word on why there is none yet."""
        video = find_video(lesson.target_id) if lesson.target_id else None
        if video is None or video.shown_key is None:
            standing = standings([video], now())[video.id] if video else None
            return Markup(  # noqa: S704 -- a rendered template, escaped by Jinja
                render_template(
                    "video/_not_ready.html",
                    video=video,
                    standing=standing,
                    expert=may("video.upload"),
                )
            )
        if not may_watch(video):
            return render_part("video/_sign_in.html", lesson=lesson)
        box = share_box(Shown(video, lesson)) if lesson.course.is_published else ""
        return render_player(video, playback) + box

    def head(self, lesson: Lesson) -> Markup:
        """Return where other sites learn how to embed the lesson."""
        video = find_video(lesson.target_id) if lesson.target_id else None
        return lesson_head(lesson, video)

    def choices(self, reach: Reach) -> list[Choice]:
        """Return the videos that an author may use, newest first."""
        allowed = usable(self.name, Video.id, Video.unit_id, reach)
        videos = db.session.scalars(videos_query().where(allowed).limit(MOST_CHOICES)).all()
        found = standings(videos, now())
        return [
            Choice(
                video.id,
                video.title
                if found[video.id].state == "ready"
                else f"{video.title}（{found[video.id].label}）",
            )
            for video in videos
        ]

    def summaries(self, target_ids: Collection[int]) -> Mapping[int, TargetSummary]:
        """Return posters, lengths and what keeps a video from being shown."""
        videos = videos_by_id(target_ids)
        unmade = [video for video in videos.values() if video.made_at is None]
        problems = {
            video_id: (
                f"视频没有成功：{standing.message or '请打开视频查看原因。'}"
                if standing.state == "failed"
                else "视频还没有转码完，请等它完成。"
            )
            for video_id, standing in (standings(unmade, now()) if unmade else {}).items()
        }
        return {
            video.id: TargetSummary(
                label_zh=video.title,
                poster_url=poster_of(video),
                seconds=video.seconds,
                note_zh="登录后观看" if video.signed_in_only else "",
                signed_in_only=video.signed_in_only,
                problem_zh=problems.get(video.id),
                kind_zh="音频" if video.made_at and not video.width else "",
            )
            for video in videos.values()
        }

    def cues(self, target_ids: Collection[int]) -> Mapping[int, Sequence[Cue]]:
        """Return what is said in these videos, for search: nothing of what is not for all."""
        return cues_of(set(target_ids) - set(closed_ids()))

    def words(self, target_ids: Collection[int]) -> Mapping[int, str]:
        """Return nothing: what is said are cues."""
        del target_ids
        return {}

    def pack_check(self, reference: PackReference) -> list[PackError]:
        """Return all that is wrong with a video named in a pack."""
        return packs.check(reference)

    def pack_load(self, reference: PackReference, target_id: int | None) -> int:
        """Create the video that a pack names, or bring it up to date."""
        return packs.load(reference, target_id)
