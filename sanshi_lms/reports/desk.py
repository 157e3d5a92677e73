"""What the desk shows of reports: menu, health, words for the audit trail."""

from collections.abc import Collection, Mapping

from flask import url_for
from sqlalchemy import select

from sanshi_lms.core.db import db
from sanshi_lms.core.registers import (
    Health,
    HealthCheck,
    MenuEntry,
    Subject,
    SubjectKind,
    Words,
    add_health_check,
    add_menu_entry,
    add_subject_kind,
    add_words,
    ids_in,
)
from sanshi_lms.reports.counting import waiting
from sanshi_lms.reports.marks import missing
from sanshi_lms.reports.models import SavedView
from sanshi_lms.reports.reach import RIGHT
from sanshi_lms.reports.rules import REPORTS

WORDS = Words(
    label="报表",
    verbs={
        "reports.ask_file": "申请生成报表文件",
        "reports.take_file": "下载报表",
        "reports.save_view": "保存报表视图",
        "reports.delete_view": "删除报表视图",
        "reports.schedule": "设定定时报表",
        "reports.end_schedule": "停止定时报表",
    },
    fields={
        "format": "格式",
        "file": "文件编号",
        "rows": "行数",
        "name": "名字",
        "shared": "是否共享",
        "every": "多久一次",
        "why": "原因",
    },
    values={"every": {"week": "每周", "month": "每月"}},
)


def setup() -> None:
    """Enter menu, health check and words."""
    add_menu_entry(MenuEntry("admin", "报表", "reports.index", "list", 1, RIGHT))
    add_subject_kind(SubjectKind("report", "报表", RIGHT, _reports))
    add_subject_kind(SubjectKind("report_view", "报表视图", RIGHT, _views))
    add_words("reports", WORDS)
    add_health_check(HealthCheck("reports", "报表汇总", _sums))


def _sums() -> Health:
    if missing():
        sentence = (
            "数据库里记录变化的触发器不全，报表的汇总会过时。"
            "请维护人员运行 flask --app app reports check --mend。"
        )
        return Health(ok=False, sentence=sentence)
    left = waiting()
    return Health(ok=True, sentence=f"正常，还有 {left} 处变化正在计入" if left else "正常")


def _reports(keys: Collection[str]) -> Mapping[str, Subject]:
    return {
        key: Subject(REPORTS[key].title, url_for(f"reports.{key}"))
        for key in keys
        if key in REPORTS
    }


def _views(keys: Collection[str]) -> Mapping[str, Subject]:
    found = db.session.scalars(select(SavedView).where(SavedView.id.in_(ids_in(keys))))
    return {str(one.id): Subject(one.name) for one in found}
