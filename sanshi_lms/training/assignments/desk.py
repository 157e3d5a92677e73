"""What the desk shows of required training: menu, tile, task, words for the audit trail."""

from collections.abc import Collection, Mapping

from flask import url_for
from sqlalchemy import select

from sanshi_lms.core.db import db
from sanshi_lms.core.registers import (
    DeskTask,
    DeskTile,
    MenuEntry,
    Subject,
    SubjectKind,
    Words,
    add_desk_task,
    add_desk_tile,
    add_menu_entry,
    add_subject_kind,
    add_words,
    ids_in,
)
from sanshi_lms.training.assignments.models import Assignment
from sanshi_lms.training.assignments.queries import count_overdue

MANAGE = "training.manage"
WORDS = Words(
    label="必修任务",
    verbs={
        "assignments.assign": "布置必修",
        "assignments.withdraw": "撤回必修",
        "assignments.extend": "给个人延期",
        "assignments.exempt": "免修",
        "assignments.end_exemption": "取消免修",
        "assignments.save_policy": "修改提醒规则",
    },
    fields={
        "title": "名称",
        "due_on": "截止日期",
        "count": "人数",
        "reason": "原因",
        "person": "人员编号",
        "until": "截止日期",
        "days_before": "截止前几天提醒",
        "overdue_every": "逾期后每隔几天",
        "most_overdue": "逾期最多几次",
        "join_days": "后来加入至少几天",
        "digest_weekday": "汇总发送日（0 是星期一）",
    },
)


def setup() -> None:
    """Enter menu, tile, task and words."""
    add_menu_entry(
        MenuEntry("admin", "必修任务", "assignments_admin.assignments", "check", 11, MANAGE, "教学")
    )
    add_menu_entry(
        MenuEntry("admin", "必修完成情况", "duty_sheet_admin.sheet", "list", 12, MANAGE, "教学")
    )
    add_desk_tile(
        DeskTile(
            label="必修逾期",
            unit="人",
            endpoint="duty_sheet_admin.sheet",
            permission=MANAGE,
            order=41,
            count=count_overdue,
            values={"state": "overdue"},
        )
    )
    add_desk_task(DeskTask("布置必修", "check", "assignments_admin.new", MANAGE, 36))
    add_subject_kind(SubjectKind("assignment", "必修任务", MANAGE, _assignments))
    add_words("assignments", WORDS)


def _assignments(keys: Collection[str]) -> Mapping[str, Subject]:
    found = db.session.scalars(select(Assignment).where(Assignment.id.in_(ids_in(keys))))
    told = {
        str(one.id): Subject(
            one.title, url_for("assignments_admin.assignment", assignment_id=one.id)
        )
        for one in found
    }
    if "all" in keys:
        told["all"] = Subject("提醒规则", url_for("assignments_admin.policy"))
    return told
