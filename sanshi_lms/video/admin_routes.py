"""/admin/video/…: all videos, uploading, one video with its captions and its evidence."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.account import MoveForm, owned, owner_path
from sanshi_lms.core.access import current_person, may, needs, own_reach
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import after_commit
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.refusing import refusals_told
from sanshi_lms.core.settings import settings
from sanshi_lms.core.web import paginate
from sanshi_lms.courses import Playback, drafts_seen, lessons_using
from sanshi_lms.video import actions, posters
from sanshi_lms.video.access import forget_closed_videos, media_url, poster_address, poster_of
from sanshi_lms.video.captions import digest
from sanshi_lms.video.captions.actions import remove_captions, set_captions
from sanshi_lms.video.captions.queries import COVERAGE_ZH, coverage, covered
from sanshi_lms.video.captions.speech import can_listen, listening_of
from sanshi_lms.video.embed.sharing import share_box_of
from sanshi_lms.video.finding import own_video
from sanshi_lms.video.forms import AudienceForm, CaptionForm, RenameForm
from sanshi_lms.video.models import Video
from sanshi_lms.video.player import render_player
from sanshi_lms.video.queries import find_track, standings, videos_query
from sanshi_lms.video.remaking import ask_for_remake, may_remake, remaking_of
from sanshi_lms.video.rules import rendition_zh
from sanshi_lms.video.uploads.panel import panel_of
from sanshi_lms.video.viewing.queries import playing_sentence, troubles_count

blueprint = Blueprint(
    "video_admin",
    __name__,
    url_prefix="/admin/video",
    template_folder="templates",
)
Answer = str | Response | tuple[str, int]


@blueprint.get("/")
@needs("video.upload", within=True)
def videos() -> Answer:
    """Show the videos of one's units, newest first, and the place to upload more."""
    reach = own_reach()
    wanted = request.args.get("captions", "")
    wanted = wanted if wanted in COVERAGE_ZH else ""
    page = paginate(covered(videos_query().where(owned(Video.unit_id, reach)), wanted), size=20)
    return render_template(
        "video/videos.html",
        page=page,
        standings=standings(page.rows, now()),
        posters={video.id: poster_of(video) for video in page.rows},
        coverage=coverage([video.id for video in page.rows]),
        coverage_zh=COVERAGE_ZH,
        wanted=wanted,
        upload=panel_of(current_person().id, now(), reach),
    )


@blueprint.get("/<int:video_id>")
@needs("video.upload", within=True)
def video(video_id: int) -> Answer:
    """Show one video: player, captions, lessons, technical evidence."""
    subject = own_video(video_id)
    return _page(subject, RenameForm(obj=subject), CaptionForm())


@blueprint.post("/<int:video_id>/title")
@needs("video.upload", within=True)
def title_post(video_id: int) -> Answer:
    """Give a video another name."""
    subject, form = own_video(video_id), RenameForm()
    if not form.validate():
        return _page(subject, form, CaptionForm(formdata=None)), 422
    actions.rename(subject, form.title.data)
    flash("名称已保存。", "success")
    return _back(video_id)


@blueprint.post("/<int:video_id>/unit")
@needs("video.upload")
def give(video_id: int) -> Answer:
    """Give a video to another unit; only whoever has all videos."""
    subject, form = own_video(video_id), MoveForm().over(own_reach())
    if not form.validate():
        rename, caption = RenameForm(formdata=None, obj=subject), CaptionForm(formdata=None)
        return _page(subject, rename, caption, form), 422
    actions.give(subject, form.unit_id)
    flash(f"这个视频现在属于{owner_path(form.unit_id)}。", "success")
    return _back(video_id)


@blueprint.post("/<int:video_id>/audience")
@needs("video.upload", within=True)
def audience_post(video_id: int) -> Answer:
    """Say who may watch a video."""
    form = AudienceForm()
    actions.set_audience(
        own_video(video_id),
        signed_in_only=form.signed_in_only.data,
        shows_viewer=form.shows_viewer.data,
    )
    after_commit(forget_closed_videos)
    flash("已保存，马上生效。", "success")
    return _back(video_id)


@blueprint.post("/<int:video_id>/retry")
@needs("video.upload", within=True)
def retry_post(video_id: int) -> Answer:
    """Make a video that failed once more."""
    actions.retry(own_video(video_id))
    flash("已重新排队，马上开始转码。", "success")
    return _back(video_id)


@blueprint.post("/<int:video_id>/again")
@needs("video.upload", within=True)
def again_post(video_id: int) -> Answer:
    """Make everything of a video anew that an older recipe made."""
    with refusals_told():
        actions.retry(own_video(video_id))
        flash("已排队重新转码，做好之前照常播放。", "success")
    return _back(video_id)


@blueprint.post("/<int:video_id>/renditions/<name>/again")
@needs("video.upload", within=True)
def rendition_again_post(video_id: int, name: str) -> Answer:
    """Make one rendition anew."""
    with refusals_told():
        ask_for_remake(own_video(video_id), name)
        flash(f"已排队重做“{rendition_zh(name)}”，做好之前照常播放。", "success")
    return _back(video_id)


@blueprint.post("/<int:video_id>/stop")
@needs("video.upload", within=True)
def stop_post(video_id: int) -> Answer:
    """Stop the work on a video."""
    with refusals_told():
        actions.stop(own_video(video_id))
        flash("已停止转码，原文件还在。想继续时点“开始转码”。", "success")
    return _back(video_id)


@blueprint.post("/<int:video_id>/delete")
@needs("video.upload", within=True)
def delete_post(video_id: int) -> Answer:
    """Delete a video that no lesson shows."""
    subject = own_video(video_id)
    try:
        actions.remove(subject)
    except Refusal as refusal:
        flash(refusal.message, "error")
        return _back(video_id)
    flash(f"视频“{subject.title}”已删除。", "success")
    return redirect(url_for("video_admin.videos"))


@blueprint.post("/<int:video_id>/captions")
@needs("video.upload", within=True)
def captions_post(video_id: int) -> Answer:
    """Take a caption file."""
    subject, form = own_video(video_id), CaptionForm()
    if not form.validate():
        return _page(subject, RenameForm(formdata=None, obj=subject), form), 422
    language = form.language.data
    track = set_captions(
        subject,
        language=language,
        cues=form.cues,
        sha256=digest(form.data_bytes),
        moment=now(),
        person_id=current_person().id,
    )
    flash(f"“{track.label}”字幕已上传，共 {len(form.cues)} 句。", "success")
    return _back(video_id)


@blueprint.post("/<int:video_id>/captions/<int:track_id>/delete")
@needs("video.upload", within=True)
def captions_delete_post(video_id: int, track_id: int) -> Answer:
    """Take captions away."""
    subject, track = own_video(video_id), find_track(video_id, track_id)
    if track is None:
        abort(404)
    label = track.label
    remove_captions(subject, track)
    flash(f"“{label}”字幕已删除。", "success")
    return _back(video_id)


def _back(video_id: int) -> Response:
    return redirect(url_for("video_admin.video", video_id=video_id))


def _page(
    subject: Video,
    rename_form: RenameForm,
    caption_form: CaptionForm,
    moving: MoveForm | None = None,
) -> str:
    plays, ready = subject.shown_key is not None, subject.made_at is not None
    return render_template(
        "video/video.html",
        video=subject,
        standing=standings([subject], now())[subject.id],
        player=render_player(subject, Playback()) if plays else None,
        plain=media_url(subject, "plain.mp4") if ready else None,
        lessons=lessons_using("video", subject.id, drafts=drafts_seen()),
        remaking=remaking_of(subject),
        may_remake=may_remake(subject),
        posters=_posters(subject),
        share=share_box_of(subject.id),
        playing=playing_sentence(subject.id, local(now()).date()),
        troubles=troubles_count(subject.id, now()),
        rename_form=rename_form,
        audience_form=AudienceForm(formdata=None, obj=subject),
        caption_form=caption_form,
        owner=owner_path(subject.unit_id),
        moving=moving or (MoveForm.of(subject.unit_id) if may("video.upload") else None),
        listening=listening_of(subject) if can_listen(settings().whisper_model) else None,
    )


def _posters(subject: Video) -> list[dict[str, object]]:
    shown = subject.poster or posters.FIRST
    return [
        {"name": name, "url": poster_address(subject, name), "chosen": name == shown}
        for name in posters.choices(subject)
    ]
