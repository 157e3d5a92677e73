"""/admin/video/uploads/…: forms of the page of videos: unfinished uploads, the inbox."""

from flask import Blueprint, abort, flash, redirect, url_for
from werkzeug.wrappers import Response

from sanshi_lms.core.access import current_person, needs, own_reach
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db
from sanshi_lms.core.refusing import refusals_told
from sanshi_lms.video.uploads import actions
from sanshi_lms.video.uploads.imports import begin_import
from sanshi_lms.video.uploads.models import Upload

blueprint = Blueprint("video_uploads_admin", __name__, url_prefix="/admin/video")


@blueprint.post("/uploads/<upload_id>/delete")
@needs("video.upload", within=True)
def delete_post(upload_id: str) -> Response:
    """Forget an unfinished upload of one's own, or an import, since the inbox is everybody's."""
    reach = own_reach()
    upload = db.session.get(Upload, upload_id, with_for_update=True)
    if upload is None:
        abort(404)
    own = upload.person_id == current_person().id
    if not (own if upload.inbox_key is None else reach.everything):
        abort(404)
    actions.give_up(upload)
    if upload.inbox_key is None:
        flash(f"没传完的“{upload.file_name}”已删除。", "success")
    else:
        flash(f"不再导入“{upload.file_name}”，收件箱里的原文件没有动。", "success")
    return redirect(url_for("video_admin.videos"))


@blueprint.post("/inbox/<key>/import")
@needs("video.upload")
def import_post(key: str) -> Response:
    """Take a file from the server's inbox."""
    with refusals_told():
        upload = begin_import(key, current_person().id, now())
        flash(f"正在导入“{upload.file_name}”，不用等在这里，完成后会出现在视频列表里。", "success")
    return redirect(url_for("video_admin.videos", _anchor="inbox"))
