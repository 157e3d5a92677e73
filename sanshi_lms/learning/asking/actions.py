"""Writes of questions inside a video: placing them, and answering."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.refusing import taken_means
from sanshi_lms.core.web import mmss
from sanshi_lms.courses import Lesson, target_summaries
from sanshi_lms.learning.actions import complete_watched
from sanshi_lms.learning.asking import rules
from sanshi_lms.learning.asking.models import QuestionTry, VideoQuestion
from sanshi_lms.learning.asking.queries import asked, find_try, next_number, questions_of
from sanshi_lms.quizzes import Asked, item_labels


@dataclass(frozen=True)
class Verdict:
    """What an answer came to. `explanation` is only there once the answer was right."""

    right: bool
    asked: Asked
    lesson_complete: bool = False
    course_complete: bool = False


def place_question(lesson: Lesson, item_id: int, clock: str, at: datetime) -> VideoQuestion:
    """Put an item of the bank at a second of a lecture. Raises Refusal for an impossible place."""
    summary = target_summaries([lesson]).get(lesson.id)
    if lesson.kind != "video" or summary is None or not summary.seconds:
        raise Refusal("只有做好了的视频才能放弹题。")
    present = questions_of(lesson.id)
    second = rules.read_clock(clock)
    wrong = rules.place_problem(second, summary.seconds, [row.second for row in present])
    if wrong or second is None:
        raise Refusal(wrong or "")
    if item_id not in item_labels([item_id]):
        raise Refusal("请从题库里选一道题。")
    row = VideoQuestion(lesson_id=lesson.id, second=second, item_id=item_id, created_at=at)
    with taken_means("这道题在这个视频里已经放过了，请换一道。"):
        db.session.add(row)
    note("learning.place_question", f"lesson:{lesson.id}", after={"second": mmss(second)})
    return row


def take_out(question: VideoQuestion) -> None:
    """Take a question out of its lecture; what was answered is kept."""
    second = mmss(question.second)
    note("learning.take_out_question", f"lesson:{question.lesson_id}", before={"second": second})
    db.session.delete(question)
    db.session.flush()


def answer(
    question: VideoQuestion,
    lesson: Lesson,
    user_id: int,
    number: int,
    places: Sequence[int],
    at: datetime,
) -> Verdict:
    """Mark what the person chose at their try `number`; a right answer may complete the lesson.

    The same try sent twice is marked once. Raises Refusal for what cannot be an answer.
    """
    kept = find_try(user_id, question, number)
    shown = asked(user_id, question, number)
    if shown is None:
        raise Refusal("这道题已经从题库里撤下，不用再答了。请刷新页面。", 410)
    if kept is None:
        chosen = shown.numbers(places)
        if number != next_number(user_id, question) or chosen is None:
            raise Refusal("这个答案和题目对不上，请重新打开这道题再选。")
        kept = QuestionTry(
            user_id=user_id,
            lesson_id=question.lesson_id,
            item_id=question.item_id,
            number=number,
            chosen=chosen,
            is_right=shown.is_right(chosen),
            at=at,
        )
        with taken_means("这道题刚刚在别处答过，请刷新页面。", 409):
            db.session.add(kept)
    if not kept.is_right:
        return Verdict(right=False, asked=shown)
    return Verdict(True, shown, *complete_watched(user_id, lesson, at))
