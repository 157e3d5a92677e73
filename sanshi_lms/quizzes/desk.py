"""What the administrator's desk shows of quizzes: figures, tasks, words for the audit trail."""

from collections.abc import Collection, Mapping

from flask import url_for

from sanshi_lms.core.markdown import plain_text
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
from sanshi_lms.quizzes.papers.rules import COUNTING_ZH
from sanshi_lms.quizzes.queries import (
    count_papers,
    handed_in_since,
    items_by_id,
    papers_by_id,
    papers_of_attempts,
)

LONGEST_SHOWN = 30
WORDS = Words(
    label="测验",
    verbs={
        "quizzes.add_paper": "新建测验",
        "quizzes.give_paper": "改测验归属",
        "quizzes.edit_paper": "修改测验设置",
        "quizzes.set_conditions": "修改测验的时间和次数",
        "quizzes.mark": "批阅简答题",
        "quizzes.set_posttest": "修改课前测和课后测",
        "quizzes.set_blueprint": "修改测验的抽题",
        "quizzes.tag_items": "修改题目的主题和难度",
        "quizzes.regrade": "重新评分",
        "quizzes.give_back": "系统中断后延长交卷时间",
        "quizzes.delete_paper": "删除测验",
        "quizzes.add_item": "新增题目",
        "quizzes.edit_item": "修改题目",
        "quizzes.delete_item": "删除题目",
        "quizzes.import": "导入题目",
        "quizzes.hand_in": "交卷",
    },
    fields={
        "unit_id": "单位编号",
        "title": "名称",
        "pass_percent": "及格线（百分制）",
        "attempts_allowed": "最多作答次数",
        "shuffle": "打乱顺序",
        "stem": "题目",
        "options": "选项",
        "percent": "得分（百分制）",
        "items": "题数",
        "limit_minutes": "答题时间（分钟）",
        "grace_seconds": "到时宽限（秒）",
        "opens_at": "开放时间",
        "closes_at": "结束时间",
        "cooldown_hours": "两次之间至少隔（小时）",
        "counting": "几次测验怎么算",
        "practice": "可以先练习",
        "blueprint": "抽题",
        "reason": "原因",
        "regraded": "成绩有变化的作答",
        "tagged": "改了几道题",
        "seconds": "延长（秒）",
    },
    values={
        "attempts_allowed": {"0": "不限"},
        "shuffle": {"true": "打乱", "false": "不打乱"},
        "limit_minutes": {"0": "不限"},
        "counting": {str(name): word for name, word in COUNTING_ZH.items()},
        "practice": {"true": "可以", "false": "不可以"},
    },
)


def setup() -> None:
    """Enter tile, task and words."""
    add_desk_tile(
        DeskTile(
            label="测验",
            unit="份",
            endpoint="quizzes_admin.papers",
            permission="quizzes.edit",
            order=40,
            count=count_papers,
            lately=handed_in_since,
            lately_label="交卷",
        )
    )
    add_desk_task(DeskTask("新建测验", "quiz", "quizzes_admin.new_paper", "quizzes.edit", 30))
    add_subject_kind(SubjectKind("paper", "测验", "quizzes.edit", _papers))
    add_subject_kind(SubjectKind("item", "题目", "quizzes.edit", _items))
    add_subject_kind(SubjectKind("attempt", "作答", "quizzes.edit", _attempts))
    add_words("quizzes", WORDS)


def _papers(keys: Collection[str]) -> Mapping[str, Subject]:
    return {
        str(number): Subject(paper.title, url_for("quizzes_admin.paper", paper_id=number))
        for number, paper in papers_by_id(ids_in(keys)).items()
    }


def _items(keys: Collection[str]) -> Mapping[str, Subject]:
    return {
        str(number): Subject(
            _shortened(plain_text(item.stem_md)),
            url_for("quizzes_admin.item", paper_id=item.paper_id, item_id=number),
        )
        for number, item in items_by_id(ids_in(keys)).items()
    }


def _attempts(keys: Collection[str]) -> Mapping[str, Subject]:
    return {
        str(number): Subject(paper.title, url_for("quizzes_admin.paper", paper_id=paper.id))
        for number, paper in papers_of_attempts(ids_in(keys)).items()
    }


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
