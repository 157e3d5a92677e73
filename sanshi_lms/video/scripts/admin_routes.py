"""/admin/video/…: write a lecture as text, preview its slides, make the video; change it later."""

from uuid import uuid4

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.account import OwnerForm
from sanshi_lms.core.access import current_person, needs, own_reach
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import rollback
from sanshi_lms.core.errors import Refusal
from sanshi_lms.video.admin_routes import blueprint
from sanshi_lms.video.finding import own_video
from sanshi_lms.video.models import Video
from sanshi_lms.video.scripts.actions import SOURCE_NAME, change_script, make_from_script
from sanshi_lms.video.scripts.rules import EXAMPLE, TOKEN, Checked, check, clean, fingerprint

__all__ = ["blueprint"]
Answer = str | Response | tuple[str, int]


@blueprint.get("/script")
@needs("video.upload", within=True)
def script_new() -> str:
    """Show the editor with an example filled in."""
    return _page(None, EXAMPLE, check(EXAMPLE))


@blueprint.post("/script")
@needs("video.upload", within=True)
def script_new_post() -> Answer:
    """Preview a script, or make a video of it."""
    (text, checked), owner = _typed(), OwnerForm().over(own_reach())
    if checked.lecture is None or not owner.validate():
        return _page(None, text, checked, owner), 422
    if "preview" in request.form:
        return _page(None, text, checked, owner)
    made = make_from_script(
        text,
        checked.lecture,
        token=_token(),
        person_id=current_person().id,
        moment=now(),
        unit_id=owner.unit_id,
    )
    flash(f"正在生成“{made.title}”，一般几分钟。可以离开本页，做好后就能播放。", "success")
    return redirect(url_for("video_admin.video", video_id=made.id))


@blueprint.get("/<int:video_id>/script")
@needs("video.upload", within=True)
def script_edit(video_id: int) -> str:
    """Show the script of a video."""
    subject, script = _find(video_id)
    return _page(subject, script, check(script))


@blueprint.post("/<int:video_id>/script")
@needs("video.upload", within=True)
def script_edit_post(video_id: int) -> Answer:
    """Preview a changed script, or make the video anew from it."""
    subject, _ = _find(video_id)
    text, checked = _typed()
    if checked.lecture is None:
        return _page(subject, text, checked), 422
    if "preview" in request.form:
        return _page(subject, text, checked)
    try:
        changed = change_script(
            subject,
            text,
            checked.lecture,
            seen=request.form.get("seen", ""),
            token=_token(),
            person_id=current_person().id,
        )
    except Refusal as refusal:
        rollback()
        return _page(subject, text, Checked((refusal.message,), None)), refusal.status
    told = "正在按新讲稿重新生成，做好之前照常播放原来的。" if changed else "讲稿没有变化。"
    flash(told, "success")
    return redirect(url_for("video_admin.video", video_id=video_id))


@blueprint.get("/<int:video_id>/script.md")
@needs("video.upload", within=True)
def script_file(video_id: int) -> Response:
    """Download the script that a video was made from."""
    video = own_video(video_id)
    if video.script is None:
        abort(404)
    answer = Response(video.script, mimetype="text/markdown")
    answer.headers.set("Content-Disposition", "attachment", filename=SOURCE_NAME)
    return answer


def _find(video_id: int) -> tuple[Video, str]:
    """Return a video and its script, if it is one that is kept here and not in a course pack."""
    video = own_video(video_id)
    if video.script is None or video.pack_key is not None:
        abort(404)
    return video, video.script


def _typed() -> tuple[str, Checked]:
    text = clean(request.form.get("script", ""))
    return text, check(text)


def _token() -> str:
    """Return what makes two clicks on one form the same; a form without one is one by itself."""
    token = request.form.get("token", "")
    return token if TOKEN.fullmatch(token) else uuid4().hex


def _page(
    subject: Video | None, text: str, checked: Checked, owner: OwnerForm | None = None
) -> str:
    begun = request.form.get("seen") or fingerprint(subject.script or "") if subject else ""
    token = request.form.get("token", "")
    return render_template(
        "video/script.html",
        video=subject,
        owner=owner or OwnerForm(formdata=None).over(own_reach()),
        text=text,
        checked=checked,
        seen=begun,
        token=token if TOKEN.fullmatch(token) else uuid4().hex,
    )
