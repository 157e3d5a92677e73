"""Who is told what about questions, through notices, in the transaction of the change."""

from datetime import datetime

from sanshi_lms.account import people_who_may_over
from sanshi_lms.core.clock import local
from sanshi_lms.courses import Lesson, get_lesson
from sanshi_lms.learning.questions.models import Question, Reply
from sanshi_lms.learning.questions.rules import State
from sanshi_lms.notices import notify

TOPIC = "questions"
DESK = "/learning/questions/"


def asked(question: Question, lesson: Lesson, at: datetime) -> None:
    """Tell who can answer, or look at it first. One notice a day, however much is asked."""
    day = local(at).date().isoformat()
    if question.state == State.WAITING:
        _tell_moderators(question, at)
        return
    answerers = people_who_may_over("questions.answer", _unit_of(question))
    notify(
        answerers - {question.writer_id},
        TOPIC,
        "有学员提问，等您回答",
        f"《{lesson.title}》里有人提问：{question.text}",
        DESK,
        f"questions.asked:{day}",
    )


def answered(question: Question, answer: Reply, at: datetime) -> None:
    """Tell whoever asked, or who has to look at the answer first."""
    if answer.state == State.WAITING:
        _tell_moderators(question, at)
    elif question.writer_id != answer.writer_id:
        _tell_one(question.writer_id, question, "您的提问有了回答", answer.text, f"a{answer.id}")


def accepted(question: Question, answer: Reply) -> None:
    """Tell whoever wrote the answer."""
    words = f"问题：{question.text}"
    _tell_one(answer.writer_id, question, "您的回答被采纳了", words, f"ok{answer.id}")


def let_through(post: Question | Reply, at: datetime) -> None:
    """Tell the writer; a question's answerers and an answer's asker learn of it only now."""
    question = _question_of(post)
    _tell_one(post.writer_id, question, "您写的内容已经公开", post.text, _mark(post, "open"))
    if isinstance(post, Reply):
        answered(question, post, at)
        return
    lesson = get_lesson(post.lesson_id, drafts=True)
    if lesson is not None:
        asked(post, lesson, at)


def hidden(post: Question | Reply) -> None:
    """Tell the writer why it is not shown."""
    words = f"原因：{post.hidden_reason}"
    _tell_one(post.writer_id, _question_of(post), "您写的内容没有公开", words, _mark(post, "hid"))


def reported(question: Question, at: datetime) -> None:
    """Tell moderators that somebody reported something."""
    _tell_moderators(question, at, "reported", "有内容被举报，请看一看")


def _tell_moderators(
    question: Question,
    at: datetime,
    view: str = "look",
    title: str = "有新写的内容，请先看一看再公开",
) -> None:
    day = local(at).date().isoformat()
    key = f"questions.{view}:{day}"
    words = "居民和新注册的人写的内容，要有人看过才公开。" if view == "look" else ""
    moderators = people_who_may_over("questions.moderate", _unit_of(question))
    notify(moderators, TOPIC, title, words, f"{DESK}?view={view}", key)


def _tell_one(user_id: int, question: Question, title: str, words: str, mark: str) -> None:
    path = f"{DESK}{question.id}"
    notify([user_id], TOPIC, title, words, path, f"questions.{mark}")


def _unit_of(question: Question) -> int | None:
    lesson = get_lesson(question.lesson_id, drafts=True)
    return lesson.course.unit_id if lesson else None


def _question_of(post: Question | Reply) -> Question:
    if isinstance(post, Question):
        return post
    return post.question


def _mark(post: Question | Reply, what: str) -> str:
    return f"{what}:{'q' if isinstance(post, Question) else 'a'}{post.id}"
