"""/admin/video/uploads/…: forms of the page of videos about unfinished uploads."""

from flask import Blueprint, abort, flash, redirect, url_for
from werkzeug.wrappers import Response

from sanshi_lms.core.access import current_person, needs
from sanshi_lms.core.db import db
from sanshi_lms.video.uploads import actions
from sanshi_lms.video.uploads.models import Upload

blueprint = Blueprint("video_uploads_admin", __name__, url_prefix="/admin/video/uploads")


@blueprint.post("/<upload_id>/delete")
@needs("video.upload")
def delete_post(upload_id: str) -> Response:
    """Forget an unfinished upload of one's own."""
    upload = db.session.get(Upload, upload_id, with_for_update=True)
    if upload is None or upload.person_id != current_person().id:
        abort(404)
    actions.give_up(upload)
    flash(f"没传完的“{upload.file_name}”已删除。", "success")
    return redirect(url_for("video_admin.videos"))
