"""Connects what stands beside watching: notes, questions, and what else people write."""

from collections.abc import Collection, Mapping

from flask import Flask, url_for
from sqlalchemy import select

from sanshi_lms.core.changes import follow
from sanshi_lms.core.db import db
from sanshi_lms.core.registers import (
    MenuEntry,
    Subject,
    SubjectKind,
    Words,
    add_menu_entry,
    add_search_source,
    add_subject_kind,
    add_words,
    ids_in,
)
from sanshi_lms.learning import cli
from sanshi_lms.learning.archive import routes as archive_routes
from sanshi_lms.learning.feedback import admin_routes as feedback_admin_routes
from sanshi_lms.learning.feedback import routes as feedback_routes
from sanshi_lms.learning.notes import api_routes as notes_api_routes
from sanshi_lms.learning.notes import routes as notes_routes
from sanshi_lms.learning.questions import routes as questions_routes
from sanshi_lms.learning.questions.models import Question
from sanshi_lms.learning.questions.queries import waits_at_desk
from sanshi_lms.learning.questions.source import (
    QuestionSource,
    documents_of_lesson,
    shortened,
)
from sanshi_lms.learning.questions.telling import TOPIC
from sanshi_lms.notices import add_topic

WORDS = Words(
    label="学员问答",
    verbs={
        "questions.ask": "提问",
        "questions.answer": "回答提问",
        "questions.accept_answer": "采纳回答",
        "questions.withdraw_post": "撤回自己写的",
        "questions.let_through": "公开提问或回答",
        "questions.hide_post": "隐藏提问或回答",
    },
    fields={"state": "状态", "reason": "原因"},
    values={"state": {"open": "已公开", "waiting": "等查看", "hidden": "已隐藏"}},
)


def setup(app: Flask) -> None:
    """Register routes, menus, search sources and words of the sub-rooms."""
    for part in (
        notes_routes,
        notes_api_routes,
        questions_routes,
        feedback_routes,
        feedback_admin_routes,
        archive_routes,
    ):
        app.register_blueprint(part.blueprint)
    app.cli.add_command(cli.learning)
    add_search_source(QuestionSource())
    follow("lesson", documents_of_lesson)
    add_topic(TOPIC, "学员问答")
    add_subject_kind(SubjectKind("question", "学员提问", "questions.moderate", _questions))
    add_words("questions", WORDS)
    for entry in (
        MenuEntry(
            "admin",
            "学员提问",
            "learning_questions.desk",
            "info",
            20,
            "questions.answer",
            "教学",
            waits_at_desk,
        ),
        MenuEntry(
            "admin",
            "课程评价",
            "learning_feedback_admin.courses",
            "star",
            41,
            "courses.edit",
            "内容",
        ),
    ):
        add_menu_entry(entry)


def _questions(keys: Collection[str]) -> Mapping[str, Subject]:
    found = db.session.scalars(select(Question).where(Question.id.in_(ids_in(keys))))
    return {
        str(one.id): Subject(
            shortened(one.text), url_for("learning_questions.question", question_id=one.id)
        )
        for one in found
    }
