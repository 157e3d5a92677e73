"""/admin/video/…: the caption editor, downloads, default and checked captions, chapters."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from sanshi_lms.core.access import needs
from sanshi_lms.core.clock import now
from sanshi_lms.core.settings import settings
from sanshi_lms.courses import Playback
from sanshi_lms.video.captions import CueText, actions, chapters, to_srt, to_vtt
from sanshi_lms.video.captions.languages import LANGUAGES
from sanshi_lms.video.captions.speech import can_listen
from sanshi_lms.video.captions.speech.actions import ask_for_captions
from sanshi_lms.video.finding import own_video
from sanshi_lms.video.models import CaptionTrack, Video
from sanshi_lms.video.player import render_player
from sanshi_lms.video.queries import find_track

blueprint = Blueprint("video_captions_admin", __name__, url_prefix="/admin/video")
_WRITERS = {"srt": (to_srt, "application/x-subrip"), "vtt": (to_vtt, "text/vtt")}


@blueprint.get("/<int:video_id>/captions/edit")
@needs("video.upload", within=True)
def new_captions(video_id: int) -> Answer:
    """Open the editor for the language that a form chose."""
    language = request.args.get("language", "")
    if language not in LANGUAGES:
        abort(404)
    return redirect(
        url_for("video_captions_admin.edit_captions", video_id=video_id, language=language)
    )


@blueprint.get("/<int:video_id>/captions/<language>/edit")
@needs("video.upload", within=True)
def edit_captions(video_id: int, language: str) -> str:
    """Show the editor, with the video beside the words; the words come by the API."""
    video = own_video(video_id)
    if language not in LANGUAGES:
        abort(404)
    track = next((one for one in video.captions if one.language == language), None)
    return render_template(
        "video/edit_captions.html",
        video=video,
        track=track,
        language=language,
        label=track.label if track else LANGUAGES[language],
        player=_player(video),
    )


@blueprint.get("/<int:video_id>/captions/<language>.<any(srt, vtt):kind>")
@needs("video.upload", within=True)
def download(video_id: int, language: str, kind: str) -> Response:
    """Send captions as a file."""
    video, track = _find_track(video_id, language)
    write, media_type = _WRITERS[kind]
    text = write([CueText(cue.start, cue.end, cue.text) for cue in track.cues])
    response = Response(text, mimetype=media_type)
    response.headers.set(
        "Content-Disposition", "attachment", filename=f"{video.id}-{language}.{kind}"
    )
    return response


@blueprint.post("/<int:video_id>/captions/<language>/default")
@needs("video.upload", within=True)
def default_post(video_id: int, language: str) -> Answer:
    """Show these captions first."""
    video, track = _find_track(video_id, language)
    actions.choose_default(video, track)
    flash(f"“{track.label}”已设为默认字幕。", "success")
    return redirect(url_for("video_admin.video", video_id=video_id))


@blueprint.post("/<int:video_id>/captions/<language>/checked")
@needs("video.upload", within=True)
def checked_post(video_id: int, language: str) -> Answer:
    """Say that a person has read what a machine wrote."""
    video, track = _find_track(video_id, language)
    version = request.form.get("version", 0, type=int)
    actions.mark_checked(video, track, version, now())
    flash(f"“{track.label}”已标为人工核对过。", "success")
    return redirect(url_for("video_admin.video", video_id=video_id))


@blueprint.post("/<int:video_id>/captions/recognise")
@needs("video.upload", within=True)
def recognise_post(video_id: int) -> Answer:
    """Let the listener write captions, where there is one."""
    if not can_listen(settings().whisper_model):
        abort(404)
    ask_for_captions(own_video(video_id))
    flash("已开始生成字幕，完成后会出现在这里，请记得核对。", "success")
    return redirect(url_for("video_admin.video", video_id=video_id, _anchor="captions"))


@blueprint.get("/<int:video_id>/chapters")
@needs("video.upload", within=True)
def edit_chapters(video_id: int) -> str:
    """Show the chapters as the text that made them."""
    video = own_video(video_id)
    given = actions.chapters_of(video)
    return _chapters_page(video, chapters.write_chapters(given), chapters.fingerprint(given), [])


@blueprint.post("/<int:video_id>/chapters")
@needs("video.upload", within=True)
def chapters_post(video_id: int) -> Answer | tuple[str, int]:
    """Take chapters, or say in which lines they are wrong; what was typed stays."""
    video = own_video(video_id)
    text, seen = request.form.get("text", ""), request.form.get("seen", "")
    found, faults = chapters.read_chapters(text, video.seconds)
    if faults:
        return _chapters_page(video, text, seen, [str(fault) for fault in faults]), 422
    present = actions.chapters_of(video)
    if seen != chapters.fingerprint(present) and found != present:
        told = "别人刚刚保存了这个视频的章节，下面还是您填写的内容。再点一次保存会替换对方的章节。"
        return _chapters_page(video, text, chapters.fingerprint(present), [told], present), 409
    actions.set_chapters(video, found)
    flash(f"章节已保存，共 {len(found)} 个。" if found else "章节已清空。", "success")
    return redirect(url_for("video_admin.video", video_id=video_id))


def _chapters_page(
    video: Video,
    text: str,
    seen: str,
    faults: list[str],
    theirs: list[chapters.ChapterText] | None = None,
) -> str:
    return render_template(
        "video/edit_chapters.html",
        video=video,
        text=text,
        seen=seen,
        faults=faults,
        theirs=chapters.write_chapters(theirs) if theirs else None,
        shown=chapters.read_chapters(text, video.seconds)[0],
        player=_player(video),
    )


def _player(video: Video) -> str | None:
    return render_player(video, Playback(), text=False) if video.shown_key else None


def _find_track(video_id: int, language: str) -> tuple[Video, CaptionTrack]:
    video = own_video(video_id)
    wanted = (track.id for track in video.captions if track.language == language)
    return video, find_track(video_id, next(wanted, 0)) or abort(404)
