"""Questions inside a video as a pack writes them: `asks: ["1:20 xiaofang-01"]`.

The name is the `id` of a question in a quiz of the same course. A pack that names any is the only
one who says which there are; one that names none leaves those placed on the website alone.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete

from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.courses import Lesson, lessons_of
from sanshi_lms.learning.asking.models import VideoQuestion
from sanshi_lms.learning.asking.queries import questions_of
from sanshi_lms.learning.asking.rules import MOST_QUESTIONS, read_clock
from sanshi_lms.quizzes import item_keys


class PackQuestions:
    """Implements courses.PackExtra."""

    name = "asks"

    def problem(self, text: str, kind: str) -> str | None:
        """Return what is wrong with "1:20 xiaofang-01", or None."""
        if kind != "video":
            return "只有视频课才能放弹题。"
        clock, _, key = text.partition(" ")
        if not read_clock(clock) or not key.strip():
            return "请写成“分:秒 题目编号”，例如“1:20 xiaofang-01”，编号是测验里这道题的 id。"
        return None

    def load(self, lesson: Lesson, texts: Sequence[str], at: datetime) -> None:
        """Let the lecture have these questions and no others."""
        papers = [x.target_id for x in lessons_of(lesson.course_id) if x.kind == "quiz"]
        items = item_keys([number for number in papers if number is not None])
        wanted: dict[int, int] = {}
        for text in texts[:MOST_QUESTIONS]:
            clock, _, key = text.partition(" ")
            item, second = items.get(key.strip()), read_clock(clock)
            if item is None or second is None:
                raise Refusal(f"《{lesson.title}》的弹题“{text}”：这门课的测验里没有这道题。")
            if second in wanted or item in wanted.values():
                raise Refusal(f"《{lesson.title}》的弹题“{text}”：同一秒或同一道题写了两次。")
            wanted[second] = item
        present = {row.second: row.item_id for row in questions_of(lesson.id)}
        if present == wanted:
            return
        db.session.execute(delete(VideoQuestion).where(VideoQuestion.lesson_id == lesson.id))
        db.session.add_all(
            VideoQuestion(lesson_id=lesson.id, second=second, item_id=item, created_at=at)
            for second, item in wanted.items()
        )
        db.session.flush()
