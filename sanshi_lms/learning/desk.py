"""What the administrator's desk shows of learning: figures, menu, words for the audit trail."""

from collections.abc import Collection, Mapping

from flask import url_for

from sanshi_lms.core.registers import (
    DeskTile,
    MenuEntry,
    Subject,
    SubjectKind,
    Words,
    add_desk_tile,
    add_menu_entry,
    add_subject_kind,
    add_words,
    ids_in,
)
from sanshi_lms.learning.corrections.actions import TOPIC
from sanshi_lms.learning.corrections.queries import count_for
from sanshi_lms.learning.corrections.rules import KINDS
from sanshi_lms.learning.queries import count_completed
from sanshi_lms.learning.ruling.queries import rules_by_id
from sanshi_lms.notices import add_topic

WORDS = Words(
    label="学习",
    verbs={
        "learning.set_term": "修改证书有效期",
        "learning.add_rule": "保存学习规则",
        "learning.choose_rule": "给课程选学习规则",
        "learning.choose_default": "设定全站默认的学习规则",
        "learning.ask_correction": "申请更正学习记录",
        "learning.decide_correction": "审批学习记录更正",
        "learning.place_question": "在视频里放弹题",
        "learning.take_out_question": "取下视频里的弹题",
    },
    fields={
        "rule": "规则",
        "second": "视频里的时间",
        "months": "证书有效期（月）",
        "kind": "更正",
        "reason": "原因",
        "approved": "审批",
    },
    values={"kind": KINDS, "approved": {"true": "同意", "false": "退回"}},
)


def setup() -> None:
    """Enter tile, menu and words."""
    add_desk_tile(
        DeskTile(
            label="学完人次",
            unit="人次",
            endpoint="credentials_admin.certificates",  # whoever completes a course holds one
            permission="credentials.view_all",
            order=60,
            count=count_completed,
            lately=count_completed,
            lately_label="学完",
        )
    )
    add_menu_entry(
        MenuEntry(
            "admin", "学习规则", "learning_rules_admin.rules", "check", 30, "learning.rules", "教学"
        )
    )
    add_menu_entry(
        MenuEntry(
            "admin",
            "未计入的观看",
            "learning_admin.uncounted",
            "clock",
            40,
            "learning.view_all",
            "教学",
        )
    )
    add_menu_entry(
        MenuEntry(
            "admin",
            "记录更正",
            "learning_corrections_admin.corrections",
            "edit",
            35,
            "learning.correct",
            "教学",
            count_for,
        )
    )
    add_topic(TOPIC, "学习记录更正")
    add_subject_kind(SubjectKind("learning_rule", "学习规则", "learning.rules", _rules))
    add_words("learning", WORDS)


def _rules(keys: Collection[str]) -> Mapping[str, Subject]:
    return {
        str(number): Subject(row.rule.label, url_for("learning_rules_admin.rule", rule_id=number))
        for number, row in rules_by_id(ids_in(keys)).items()
    }
