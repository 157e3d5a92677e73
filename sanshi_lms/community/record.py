"""The needs that a 三师 has served, for their record of learning."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from sanshi_lms.community.needs.models import Need
from sanshi_lms.core.clock import local
from sanshi_lms.core.db import db
from sanshi_lms.learning import RecordSection

COLUMNS = ("办结日期", "类别", "社区", "结果")


def served_needs(user_id: int, year: int | None) -> RecordSection | None:
    """Return the needs given to a person that were done, in a year or in all; None without any.

    Nothing of what was asked stands there: a record may be shown to others.
    """
    query = select(Need).where(Need.pro_id == user_id, Need.done_at.is_not(None))
    query = query.options(joinedload(Need.kind), joinedload(Need.community))
    rows = [
        (local(need.done_at).date(), need)
        for need in db.session.scalars(query.order_by(Need.done_at.desc(), Need.id))
        if need.done_at is not None
    ]
    chosen = tuple(
        (day.isoformat(), need.kind.name, need.community.name, need.stage.label)
        for day, need in rows
        if year is None or day.year == year
    )
    if not chosen:
        return None
    return RecordSection("服务过的社区需求", COLUMNS, chosen, f"共 {len(chosen)} 件。")
