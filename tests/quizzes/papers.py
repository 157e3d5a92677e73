"""Papers and courses for the tests of this room."""

from datetime import UTC, datetime

from flask import Flask

from sanshi_lms.core.db import db, transaction
from sanshi_lms.courses import Course, Lesson
from sanshi_lms.quizzes.editing import add_item, add_paper
from sanshi_lms.quizzes.question_file import ItemDraft, OptionDraft

WHEN = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)
SECRET_WHY = "因为专有部分面积要过三分之二"


def options(*texts: str, right: tuple[int, ...] = (0,)) -> tuple[OptionDraft, ...]:
    """Return options of which those at the places `right` are correct."""
    return tuple(OptionDraft(text, place in right) for place, text in enumerate(texts))


SINGLE = ItemDraft("single", "谁来**表决**？", options("业主", "租客", "物业"), SECRET_WHY, "kan")
MULTIPLE = ItemDraft("multiple", "要看哪些？", options("面积", "人数", "楼层", right=(0, 1)))
TRUE_FALSE = ItemDraft("true_false", "一楼不用问。", options("正确", "错误", right=(1,)))
ITEMS = (SINGLE, MULTIPLE, TRUE_FALSE)


def make_paper(
    app: Flask,
    items: tuple[ItemDraft, ...] = ITEMS,
    pass_percent: int = 60,
    attempts: int = 0,
    *,
    shuffle: bool = True,
) -> int:
    """Return the id of a paper with `items`."""
    with app.app_context(), transaction():
        paper = add_paper("加装电梯测验", pass_percent, attempts, shuffle=shuffle, at=WHEN)
        for draft in items:
            add_item(paper, draft, WHEN)
        return paper.id


def show_in_course(app: Flask, paper_id: int, status: str = "published") -> None:
    """Make a course with a reading and a lesson that shows the paper."""
    with app.app_context(), transaction():
        course = Course(
            slug="dianti", title="加装电梯", topic="城市更新", kind="技能培训", status=status
        )
        course.published_at = course.created_at = course.updated_at = WHEN
        db.session.add(course)
        db.session.flush()
        shown = (("kan", "怎么表决", "reading", None), ("ceyan", "测一测", "quiz", paper_id))
        for position, (slug, title, kind, target) in enumerate(shown, 1):
            db.session.add(
                Lesson(
                    course_id=course.id,
                    position=position,
                    slug=slug,
                    title=title,
                    kind=kind,
                    target_id=target,
                    minutes=5,
                    body_md="正文",
                    updated_at=WHEN,
                )
            )
