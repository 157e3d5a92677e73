"""/admin/video/<id>/poster: choose the picture that stands for a video, or give one."""

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.core.access import needs
from sanshi_lms.core.refusing import refusals_told
from sanshi_lms.video import posters
from sanshi_lms.video.engine.pictures import PICTURE_BYTES
from sanshi_lms.video.finding import own_video

blueprint = Blueprint("video_posters", __name__, url_prefix="/admin/video")


@blueprint.post("/<int:video_id>/poster")
@needs("video.upload", within=True)
def poster_post(video_id: int) -> Response:
    """Take the chosen name, or the picture that came with the form."""
    video = own_video(video_id)
    given = request.files.get("picture")
    with refusals_told():
        if given is not None and given.filename:
            posters.give(video, given.stream.read(PICTURE_BYTES + 1))
        else:
            posters.choose(video, request.form.get("choice", ""))
        flash("封面已更换。", "success")
    return redirect(url_for("video_admin.video", video_id=video_id, _anchor="poster-title"))
