"""What a course still lacks before it can be shown, lesson by lesson."""

from collections.abc import Sequence
from dataclasses import dataclass

from sanshi_lms.courses.kinds import find_kind, target_summaries
from sanshi_lms.courses.models import Course, Lesson
from sanshi_lms.courses.queries import lessons_with_files
from sanshi_lms.courses.rules import LessonFacts, publish_problems


@dataclass(frozen=True)
class DeskRow:
    """A lesson as its editors see it; `problem_zh` says what it still lacks."""

    lesson: Lesson
    kind_label: str
    target_label: str
    problem_zh: str | None


def desk_rows(lessons: Sequence[Lesson]) -> list[DeskRow]:
    """Return the rows of `lessons`, asking every kind once."""
    summaries = target_summaries(lessons)
    filled = lessons_with_files(x.id for x in lessons if x.kind == "files")
    rows = []
    for lesson in lessons:
        kind, summary = find_kind(lesson.kind), summaries.get(lesson.id)
        problem = summary.problem_zh if summary else None
        if kind is None:
            problem = "这种课现在不能用，请换一种，或联系管理员。"
        elif kind.has_target and summary is None:
            problem = f"还没有选{kind.label_zh}，请打开这一课选一个。"
        elif lesson.kind == "files" and lesson.id not in filled:
            problem = "还没有资料，请打开这一课上传附件。"
        label = kind.label_zh if kind else lesson.kind
        rows.append(DeskRow(lesson, label, summary.label_zh if summary else "", problem))
    return rows


def what_is_missing(course: Course, rows: Sequence[DeskRow]) -> list[str]:
    """Return, in plain words, all that keeps a course from being published."""
    facts = []
    for row in rows:
        kind = find_kind(row.lesson.kind)
        has_content = bool(row.lesson.body_md.strip()) or (kind is not None and kind.has_target)
        facts.append(LessonFacts(row.lesson.title, has_content, row.problem_zh))
    return publish_problems(course.summary, [a.name for a in course.audiences], facts)
