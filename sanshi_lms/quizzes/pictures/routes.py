"""/quizzes/pictures/<name>: a picture of a question, to people who are signed in."""

from flask import Blueprint, abort, send_file
from werkzeug.wrappers import Response

from sanshi_lms.core.access import signed_in
from sanshi_lms.core.storage import storage
from sanshi_lms.quizzes.pictures.store import picture_key

blueprint = Blueprint("quizzes_pictures", __name__, url_prefix="/quizzes/pictures")


@blueprint.get("/<name>")
@signed_in
def picture(name: str) -> Response:
    """Send a picture. Its name is in the questions that show it, and nowhere else."""
    key = picture_key(name)
    if key is None or not storage().exists(key):
        abort(404)
    response = send_file(storage().path(key), mimetype="image/jpeg", conditional=True)
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
