"""/admin/video/<id>/clips: the 视频号 kit of a video; choose, watch it being made, take it away."""

from collections.abc import Iterator

from flask import Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from sanshi_lms.core.access import current_person, needs
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import rollback
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.nonces import new_nonce, read_nonce
from sanshi_lms.core.refusing import refusals_told
from sanshi_lms.core.sending import keep_as, send_stored
from sanshi_lms.core.storage import storage
from sanshi_lms.courses import Playback, lessons_using
from sanshi_lms.video.admin_routes import blueprint
from sanshi_lms.video.clips import rules
from sanshi_lms.video.clips.actions import ask_for_clip, closed_reason, remove_clip, retry_clip
from sanshi_lms.video.clips.forms import ClipForm
from sanshi_lms.video.clips.making import CLIP, COVER
from sanshi_lms.video.clips.models import VideoClip
from sanshi_lms.video.clips.packing import packed
from sanshi_lms.video.clips.queries import all_clips, caption_lines, find_clip, standings
from sanshi_lms.video.finding import own_video
from sanshi_lms.video.models import Video
from sanshi_lms.video.player import render_player

__all__ = ["blueprint"]


@blueprint.get("/<int:video_id>/clips")
@needs("video.upload", within=True)
def clips(video_id: int) -> str:
    """Show the clips of a video and the form for another, filled in from its lesson."""
    video = own_video(video_id)
    lesson = next(iter(lessons_using("video", video_id)), None)
    names = [lesson.course.topic, lesson.course.title] if lesson else []
    form = ClipForm(
        nonce=new_nonce(),
        title=rules.fitting(lesson.title if lesson else video.title),
        topics=rules.suggested_topics(names),
    )
    return _page(video, form)


@blueprint.post("/<int:video_id>/clips")
@needs("video.upload", within=True)
def clips_post(video_id: int) -> str | Answer | tuple[str, int]:
    """Ask for a clip."""
    video, form = own_video(video_id), ClipForm()
    form.offer(caption_lines(video_id)[1])
    if not form.validate():
        return _page(video, form), 422
    nonce, wanted = read_nonce(form.nonce.data) or new_nonce(), form.wanted(video.seconds or 0.0)
    try:
        ask_for_clip(video, wanted, nonce=nonce, person_id=current_person().id, moment=now())
    except Refusal as refusal:
        rollback()
        form.form_errors.append(refusal.message)
        return _page(own_video(video_id), form), refusal.status
    flash("已开始制作，做好后在“已有的素材”里下载，可以先离开这一页。", "success")
    return _back(video_id)


@blueprint.post("/<int:video_id>/clips/<int:clip_id>/retry")
@needs("video.upload", within=True)
def clip_retry_post(video_id: int, clip_id: int) -> Answer:
    """Make a clip once more that failed."""
    with refusals_told():
        retry_clip(_find_clip(video_id, clip_id))
        flash("已重新排队。", "success")
    return _back(video_id)


@blueprint.post("/<int:video_id>/clips/<int:clip_id>/delete")
@needs("video.upload", within=True)
def clip_delete_post(video_id: int, clip_id: int) -> Answer:
    """Delete a clip."""
    clip = _find_clip(video_id, clip_id)
    title = clip.title
    remove_clip(clip)
    flash(f"素材“{title}”已删除。", "success")
    return _back(video_id)


@blueprint.get("/<int:video_id>/clips/<int:clip_id>/clip.mp4")
@needs("video.upload", within=True)
def clip_file(video_id: int, clip_id: int) -> Response:
    """Send the MP4 under its title."""
    clip = _find_made(video_id, clip_id)
    response = send_stored(f"{clip.folder}/{CLIP}", "video/mp4")
    return keep_as(response, rules.file_name(clip.title, clip.shape, ".mp4"))


@blueprint.get("/<int:video_id>/clips/<int:clip_id>/cover.jpg")
@needs("video.upload", within=True)
def clip_cover(video_id: int, clip_id: int) -> Response:
    """Send the cover: to look at, or with ?save=1 as a file."""
    clip = _find_made(video_id, clip_id)
    response = send_stored(f"{clip.folder}/{COVER}", "image/jpeg")
    if "save" not in request.args:
        response.headers["Cache-Control"] = "private, no-cache"
        return response
    return keep_as(response, rules.file_name(clip.title, clip.shape, "封面.jpg"))


@blueprint.get("/<int:video_id>/clips/<int:clip_id>/kit.zip")
@needs("video.upload", within=True)
def clip_kit(video_id: int, clip_id: int) -> Response:
    """Send MP4, cover and the words to paste in one zip."""
    clip = _find_made(video_id, clip_id)
    store, named = storage(), {CLIP: ".mp4", COVER: "封面.jpg"}
    text = rules.pasted_text(clip.title, clip.topics).encode()
    parts: list[tuple[str, int, Iterator[bytes]]] = [
        (rules.file_name(clip.title, clip.shape, "标题和话题.txt"), len(text), iter([text]))
    ]
    for name, ending in named.items():
        key = f"{clip.folder}/{name}"
        if not store.exists(key):
            abort(404)
        size = store.size(key)
        saved = rules.file_name(clip.title, clip.shape, ending)
        parts.append((saved, size, store.read(key, 0, size)))
    response = Response(packed(parts, clip.made_at or clip.asked_at), mimetype="application/zip")
    return keep_as(response, rules.file_name(clip.title, clip.shape, ".zip"))


def _find_clip(video_id: int, clip_id: int) -> VideoClip:
    return find_clip(own_video(video_id).id, clip_id) or abort(404)


def _find_made(video_id: int, clip_id: int) -> VideoClip:
    clip = _find_clip(video_id, clip_id)
    return clip if clip.made_at is not None else abort(404)


def _back(video_id: int) -> Answer:
    return redirect(url_for("video_admin.clips", video_id=video_id, _anchor="made"))


def _page(video: Video, form: ClipForm) -> str:
    made = all_clips(video.id)
    track, lines = caption_lines(video.id)
    form.offer(lines)
    return render_template(
        "video/clips.html",
        video=video,
        form=form,
        clips=made,
        standings=standings(made),
        track=track,
        lines=lines,
        reason=closed_reason(video),
        signs=rules.TITLE_SIGNS,
        longest={key: rules.longest(one) for key, one in rules.PURPOSES.items()},
        player=render_player(video, Playback(), text=False) if video.shown_key else None,
    )
