"""Sends a photo of a need, to whoever may see that need."""

from flask import abort, send_file
from werkzeug.wrappers import Response

from sanshi_lms.community.needs.models import Need, NeedPhoto
from sanshi_lms.core.db import db
from sanshi_lms.core.storage import storage


def photo_response(need: Need, photo_id: int) -> Response:
    """Send one photo of `need`; 404 for that of another need."""
    photo = db.session.get(NeedPhoto, photo_id)
    if photo is None or photo.need_id != need.id:
        abort(404)
    path = storage().path(photo.key)
    if not path.is_file():
        abort(404)
    response = send_file(path, mimetype="image/jpeg", conditional=True)
    response.headers["Cache-Control"] = "private, max-age=3600"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
