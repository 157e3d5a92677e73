"""The switch: whether this installation asks for three reviews before publishing."""

from datetime import datetime

from sqlalchemy import update

from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db, row_count
from sanshi_lms.core.errors import Refusal
from sanshi_lms.courses.editorial.models import EditorialSwitch

_OVERTAKEN = "慢了一步：别人刚刚改过这个开关。请看现在是开还是关。"


def find_switch() -> EditorialSwitch:
    """Return the switch; where its row is missing it is off."""
    return db.session.get(EditorialSwitch, 1) or EditorialSwitch(
        id=1, three_reviews=False, version=0
    )


def three_reviews_on() -> bool:
    """Tell whether a course must be reviewed three times before it is published."""
    return find_switch().three_reviews


def turn(seen: int, person_id: int, moment: datetime, *, on: bool) -> None:
    """Turn the switch; sent twice it is turned once. Raises Refusal when somebody was faster."""
    switch = find_switch()
    if switch.three_reviews == on:
        return
    if switch.version == 0:
        db.session.add(switch)
        db.session.flush()
    mine = update(EditorialSwitch).where(EditorialSwitch.version == seen)
    values = {"changed_at": moment, "changed_by_id": person_id, "version": seen + 1}
    if row_count(db.session.execute(mine.values(three_reviews=on, **values))) != 1:
        raise Refusal(_OVERTAKEN, 409)
    note("courses.reviews", "editorial:1", {"three_reviews": not on}, {"three_reviews": on})
    db.session.refresh(switch)
