"""Quizzes: papers, attempts and their marking; the lesson kind "quiz".

For: what is asked, what was answered and what it was worth. An attempt works on a frozen copy of
its paper, so that editing a question never changes what somebody was asked. Correct answers and
explanations stay on the server until an attempt is handed in; only practice, which never counts,
tells them at once. Until when answers are taken is the server's clock alone.
A room above may ask single items of the bank (`bank`, `ask_item`), which are marked here too.
Not for: what a passed quiz leads to. Whoever cares listens to

    attempt_passed      sent as (None, user_id=…, paper_id=…, attempt_id=…, score=0..100) within
                        the transaction of the marking, once for each attempt that is passed
    attempt_marked      sent when a person has marked its short answers, see reviewing/actions.py
    attempt_regraded    sent when a mended key changed an attempt, see regrading/actions.py
"""

from flask import Flask

from sanshi_lms.account import reach_of
from sanshi_lms.core.personal import add_personal
from sanshi_lms.core.registers import MenuEntry, add_menu_entry
from sanshi_lms.core.shared import share
from sanshi_lms.courses import register_lesson_kind
from sanshi_lms.quizzes import admin_routes, api_routes, desk, routes
from sanshi_lms.quizzes.actions import attempt_passed
from sanshi_lms.quizzes.analysis import routes as analysis_routes
from sanshi_lms.quizzes.analysis.queries import (
    Analysis,
    ItemFigures,
    analysed_papers,
    analysis_of,
)
from sanshi_lms.quizzes.asking import Asked, ask_item, bank, item_labels, may_use
from sanshi_lms.quizzes.attempts import jobs as attempt_jobs
from sanshi_lms.quizzes.cli import quizzes
from sanshi_lms.quizzes.exchange import export_routes
from sanshi_lms.quizzes.exchange import routes as import_routes
from sanshi_lms.quizzes.integrity import jobs as integrity_jobs
from sanshi_lms.quizzes.integrity import routes as integrity_routes
from sanshi_lms.quizzes.kind import Quiz
from sanshi_lms.quizzes.mistakes import routes as mistake_routes
from sanshi_lms.quizzes.mistakes.queries import mistakes_due
from sanshi_lms.quizzes.models import Item, Option, Paper
from sanshi_lms.quizzes.papers import bank_list, bank_routes
from sanshi_lms.quizzes.papers import routes as paper_routes
from sanshi_lms.quizzes.passed import (
    may_be_passed_again,
    passed_papers,
    passed_percents,
    passed_since,
    passing_attempts,
)
from sanshi_lms.quizzes.personal import PERSONAL
from sanshi_lms.quizzes.pictures import routes as picture_routes
from sanshi_lms.quizzes.queries import Result, item_keys, results_of
from sanshi_lms.quizzes.regrading import routes as regrade_routes
from sanshi_lms.quizzes.regrading.actions import attempt_regraded
from sanshi_lms.quizzes.reviewing import routes as reviewing_routes
from sanshi_lms.quizzes.reviewing.actions import attempt_marked
from sanshi_lms.quizzes.reviewing.queries import count_waiting
from sanshi_lms.quizzes.wording import option_text

__all__ = [
    "Analysis",
    "Asked",
    "ItemFigures",
    "Paper",
    "Result",
    "analysed_papers",
    "analysis_of",
    "ask_item",
    "attempt_marked",
    "attempt_passed",
    "attempt_regraded",
    "bank",
    "item_keys",
    "item_labels",
    "may_be_passed_again",
    "may_use",
    "mistakes_due",
    "passed_papers",
    "passed_percents",
    "passed_since",
    "passing_attempts",
    "results_of",
]


def setup(app: Flask) -> None:
    """Connect the pages and make the kind known to courses."""
    add_personal(PERSONAL)
    app.register_blueprint(routes.blueprint)
    app.register_blueprint(api_routes.blueprint)
    app.register_blueprint(admin_routes.blueprint)
    share(app, "quizzes", Paper, Item, Option)
    for part in (
        paper_routes,
        bank_routes,
        mistake_routes,
        analysis_routes,
        regrade_routes,
        import_routes,
        export_routes,
        integrity_routes,
        reviewing_routes,
        picture_routes,
        bank_list,
    ):
        app.register_blueprint(part.blueprint)
    register_lesson_kind(app, Quiz())
    app.add_template_filter(option_text)
    attempt_jobs.setup()
    integrity_jobs.setup()
    app.cli.add_command(quizzes)
    desk.setup()
    add_menu_entry(
        MenuEntry("admin", "测验", "quizzes_admin.papers", "quiz", 31, "quizzes.edit", "内容")
    )
    add_menu_entry(
        MenuEntry(
            "admin", "批阅简答题", "quizzes_reviewing.waiting", "edit", 32, "quizzes.mark", "教学",
            lambda person: count_waiting(reach_of(person, "quizzes.mark")),
        )
    )  # fmt: skip
