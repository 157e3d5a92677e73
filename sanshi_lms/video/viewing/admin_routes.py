"""/admin/video/troubles: what browsers said when a video did not play."""

from flask import render_template, request, url_for

from sanshi_lms.core.access import needs, own_reach
from sanshi_lms.core.clock import now
from sanshi_lms.core.web import paginate
from sanshi_lms.video.admin_routes import blueprint
from sanshi_lms.video.queries import videos_by_id
from sanshi_lms.video.viewing.queries import troubles_query
from sanshi_lms.video.viewing.rules import CAUSES, PATHS, browser_name, shown_code, typed_code

__all__ = ["blueprint"]


@blueprint.get("/troubles")
@needs("video.upload", within=True)
def troubles() -> str:
    """Show reports of trouble, newest first; ?code= finds the one that a person reads out."""
    typed = request.args.get("code", "").strip()[:40]
    video_id = request.args.get("video", type=int)
    code = typed_code(typed) or typed  # what cannot be a code finds nothing
    query = troubles_query(now(), code=code, video_id=video_id, reach=own_reach())
    page = paginate(query, size=20)

    def page_url(number: int) -> str:
        return url_for(".troubles", page=number, code=typed or None, video=video_id)

    return render_template(
        "video/troubles.html",
        page=page,
        page_url=page_url,
        typed=typed,
        video_id=video_id,
        videos=videos_by_id({trouble.video_id for trouble in page.rows}),
        causes=CAUSES,
        paths=PATHS,
        browser_name=browser_name,
        shown_code=shown_code,
    )
