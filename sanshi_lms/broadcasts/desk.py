"""What the administrator's desk shows of broadcasts: words for the audit trail."""

from collections.abc import Collection, Mapping

from flask import url_for
from sqlalchemy import select

from sanshi_lms.broadcasts.models import Broadcast
from sanshi_lms.core.db import db
from sanshi_lms.core.registers import (
    Subject,
    SubjectKind,
    Words,
    add_subject_kind,
    add_words,
    ids_in,
)

WORDS = Words(
    label="直播",
    verbs={
        "broadcasts.add": "新建直播",
        "broadcasts.change": "修改直播",
        "broadcasts.give": "改直播归属",
        "broadcasts.delete": "删除直播",
    },
    fields={
        "title": "名称",
        "unit_id": "单位编号",
        "starts_at": "开始时间",
        "ends_at": "结束时间",
        "url": "直播网址",
        "replay_url": "回放网址",
    },
)


def setup() -> None:
    """Enter the words."""
    add_subject_kind(SubjectKind("broadcast", "直播", "courses.edit", _broadcasts))
    add_words("broadcasts", WORDS)


def _broadcasts(keys: Collection[str]) -> Mapping[str, Subject]:
    found = db.session.scalars(select(Broadcast).where(Broadcast.id.in_(ids_in(keys))))
    return {
        str(one.id): Subject(one.title, url_for("broadcasts_admin.broadcast", broadcast_id=one.id))
        for one in found
    }
