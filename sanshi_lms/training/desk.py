"""What the administrator's desk shows of training: figures, tasks, words for the audit trail."""

from collections.abc import Collection, Mapping

from flask import url_for
from sqlalchemy import select

from sanshi_lms.core.db import db
from sanshi_lms.core.registers import (
    DeskTask,
    DeskTile,
    Subject,
    SubjectKind,
    Words,
    add_desk_task,
    add_desk_tile,
    add_subject_kind,
    add_words,
    ids_in,
)
from sanshi_lms.training.classes.models import Programme, TrainingClass
from sanshi_lms.training.classes.queries import count_running
from sanshi_lms.training.scope import MANAGE
from sanshi_lms.training.sessions.models import OfflineSession

_YES = {"true": "是", "false": "否", "True": "是", "False": "否"}
WORDS = Words(
    label="培训",
    verbs={
        "training.add_programme": "新建培训项目",
        "training.change_programme": "修改培训项目",
        "training.change_courses": "调整培训项目的课程",
        "training.add_class": "新建培训班",
        "training.change_class": "修改培训班",
        "training.refresh_plan": "按培训项目更新课程和结业条件",
        "training.set_due_days": "修改课程日程",
        "training.open_class": "开班",
        "training.close_class": "结班",
        "training.run_again": "再办一期",
        "training.add_tutor": "指定带班老师",
        "training.drop_tutor": "移除带班老师",
        "training.post": "发布班级公告",
        "training.drop_post": "删除班级公告",
        "training.member": "学员进出",
        "training.exempt": "登记免修",
        "training.drop_exemption": "取消免修",
        "training.extend": "给学员延期",
        "training.graduate": "颁发结业证书",
        "training.set_term": "修改结业证书有效期",
        "training.add_session": "新建线下活动",
        "training.change_session": "修改线下活动",
        "training.cancel_session": "取消线下活动",
        "training.attend": "登记到场",
        "training.take_back_attendance": "取消到场登记",
    },
    fields={
        "title": "名称",
        "summary": "简介",
        "about": "说明",
        "elective_hours": "选修学时",
        "attend_times": "到课次数",
        "in_order": "按顺序学",
        "credit_hours": "结业另计学时",
        "months": "证书有效期（月）",
        "starts_on": "开始日期",
        "ends_on": "结束日期",
        "capacity": "名额",
        "approval": "报名要审批",
        "joining": "可以报名",
        "status": "状态",
        "course": "课程",
        "required": "必修",
        "remove": "移出的课程",
        "step": "位置",
        "person": "姓名",
        "user": "人员编号",
        "state": "状态",
        "reason": "原因",
        "until": "延到",
        "number": "证书编号",
        "from": "原班编号",
        "post": "公告编号",
        "place": "地点",
        "starts_at": "开始时间",
        "ends_at": "结束时间",
        "seats": "座位",
        "how": "登记方式",
    },
    values={
        "status": {"draft": "筹备中", "open": "进行中", "closed": "已结班"},
        "state": {
            "applied": "待审批",
            "waiting": "候补",
            "in": "在班",
            "done": "已结业",
            "declined": "未通过",
            "left": "不在班",
        },
        "in_order": _YES,
        "approval": _YES,
        "joining": _YES,
        "required": _YES,
        "how": {"scan": "扫码签到", "tutor": "老师登记", "sheet": "纸质签到表"},
    },
)


def setup() -> None:
    """Enter tile, task, kinds of subjects and words."""
    add_desk_tile(
        DeskTile(
            label="进行中的培训班",
            unit="个",
            endpoint="training_admin.programmes",
            permission=MANAGE,
            order=55,
            count=count_running,
            lately=count_running,
            lately_label="新开",
        )
    )
    add_desk_task(DeskTask("新建培训项目", "calendar", "training_admin.new_programme", MANAGE, 35))
    add_subject_kind(SubjectKind("programme", "培训项目", MANAGE, _programmes))
    add_subject_kind(SubjectKind("class", "培训班", MANAGE, _classes))
    add_subject_kind(SubjectKind("session", "线下活动", MANAGE, _sessions))
    add_words("training", WORDS)


def _programmes(keys: Collection[str]) -> Mapping[str, Subject]:
    found = db.session.scalars(select(Programme).where(Programme.id.in_(ids_in(keys))))
    return {
        str(one.id): Subject(one.title, url_for("training_admin.programme", programme_id=one.id))
        for one in found
    }


def _classes(keys: Collection[str]) -> Mapping[str, Subject]:
    found = db.session.scalars(select(TrainingClass).where(TrainingClass.id.in_(ids_in(keys))))
    return {
        str(one.id): Subject(one.title, url_for("training_desk.class_page", class_id=one.id))
        for one in found
    }


def _sessions(keys: Collection[str]) -> Mapping[str, Subject]:
    found = db.session.scalars(select(OfflineSession).where(OfflineSession.id.in_(ids_in(keys))))
    return {
        str(one.id): Subject(
            one.title, url_for("training_sessions_desk.session", session_id=one.id)
        )
        for one in found
    }
