"""What follows when a result changed or was marked: completion, certificate, a notice."""

from datetime import datetime
from typing import Any

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db
from sanshi_lms.courses import lessons_using
from sanshi_lms.learning.corrections.effects import take_back
from sanshi_lms.learning.models import Completion
from sanshi_lms.learning.ruling import rule_for
from sanshi_lms.notices import add_topic, notify
from sanshi_lms.quizzes import attempt_marked, attempt_regraded, passed_percents

TOPIC = "quizzes.regraded"
MARKED = "quizzes.marked"


def setup() -> None:
    """Listen to regrades and name their notices."""
    add_topic(TOPIC, "重新评分")
    attempt_regraded.connect(_on_regraded)
    add_topic(MARKED, "批阅结果")
    attempt_marked.connect(_on_marked)


def _on_regraded(sender: object, **told: Any) -> None:
    del sender
    moment = now()
    lost = (
        told["was_passed"]
        and not told["passed"]
        and _take_back(told["user_id"], told["paper_id"], told["before"], told["reason"], moment)
    )
    _tell(told, moment, lost=bool(lost))


def _on_marked(sender: object, **told: Any) -> None:
    del sender
    verdict = "及格了" if told["passed"] else "没有及格"
    notify(
        [told["user_id"]],
        MARKED,
        f"《{told['title']}》批阅好了：{told['percent']} 分",
        f"您的简答题已经批阅，这次{verdict}。点开可以看每道题的得分和讲解。",
        f"/quizzes/attempts/{told['attempt_id']}/result",
        f"quizzes.marked:{told['attempt_id']}",
        now(),
    )


def _take_back(user_id: int, paper_id: int, before: int, reason: str, at: datetime) -> bool:
    """Open the lessons that were completed by a result which is no longer enough."""
    best = passed_percents(user_id, [paper_id]).get(paper_id, -1)
    lost = False
    for lesson in lessons_using("quiz", paper_id):
        enough = rule_for(user_id, lesson.course_id).quiz_percent
        done = db.session.get(Completion, (user_id, lesson.id))
        if done is not None and done.reason == "passed" and before >= enough > best:
            lost = take_back(user_id, lesson, f"重新评分：{reason}", at) is not None or lost
    return lost


def _tell(told: dict[str, Any], at: datetime, *, lost: bool) -> None:
    before, after = told["before"], told["after"]
    verdict = ""
    if told["passed"] != told["was_passed"]:
        verdict = "，现在及格了" if told["passed"] else "，现在没有及格"
    change = f"您的成绩由 {before} 分改为 {after} 分{verdict}。"
    text = f"《{told['title']}》的答案有更正：{told['reason']} {change}"
    if lost:
        text += "这门课的测验需要再做一次，证书也要等再次及格后重发。给您添麻烦了。"
    notify(
        [told["user_id"]],
        TOPIC,
        f"您的测验重新评分：{before} 分 → {after} 分",
        text,
        f"/quizzes/attempts/{told['attempt_id']}/result",
        f"quizzes.regraded:{told['attempt_id']}:{before}:{after}:{int(at.timestamp())}",
        at,
    )
