"""The video that an address of the desk names, if it is of one of the person's units."""

from flask import abort

from sanshi_lms.core.access import own_reach
from sanshi_lms.video.models import Video
from sanshi_lms.video.queries import find_video


def own_video(video_id: int) -> Video:
    """Return a video within the reach of the view's right. Aborts with 404."""
    found = find_video(video_id)
    return found if found is not None and own_reach().covers(found.unit_id) else abort(404)
