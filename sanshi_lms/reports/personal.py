"""What the room keeps of a person (core/personal)."""

from functools import partial

from sqlalchemy import select

from sanshi_lms.core.db import after_commit, db
from sanshi_lms.core.personal import Personal
from sanshi_lms.core.storage import storage
from sanshi_lms.reports.models import ReportFile


def drop_bytes(user_id: int) -> None:
    """Delete the bytes of a person's files, whose rows are about to go."""
    for key in db.session.scalars(select(ReportFile.key).where(ReportFile.owner_id == user_id)):
        if key:
            after_commit(partial(storage().delete, key))


PERSONAL = (
    Personal("reports_people", "user_id", "报表里的学习汇总"),
    Personal("reports_schedules", "owner_id", "定时生成的报表"),
    Personal("reports_views", "owner_id", "保存的报表视图"),
    Personal("reports_files", "owner_id", "生成的报表文件", without=("key",), becomes=drop_bytes),
)
