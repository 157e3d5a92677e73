"""What loading packs would do: compared with the database, changing nothing.

The same plan is printed by a dry run and carried out by `pack_apply`. A lesson or course that was
edited on the website since the last load is spared; what the website added itself is never
removed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from sanshi_lms.core.db import db
from sanshi_lms.courses.editorial.switch import three_reviews_on
from sanshi_lms.courses.learner import learner_side
from sanshi_lms.courses.models import Course, Lesson
from sanshi_lms.courses.pack import PackCourse
from sanshi_lms.courses.pack_lesson import PackLesson
from sanshi_lms.courses.pack_yaml import PackError
from sanshi_lms.courses.queries import lessons_of_courses
from sanshi_lms.courses.rules import Status

_HELD = "发布前要三审：没有发布，请在后台提交审核"
_EDITED = "在网站上改过，保留网站上的；要换成课程包的请加 --overwrite"


class Verb(Enum):
    """What happens to a row; the value is the sign in front of the report's line."""

    ADD = "+"
    CHANGE = "~"
    KEEP = "="
    SPARE = "!"
    REMOVE = "-"


@dataclass(frozen=True)
class LessonPlan:
    """What happens to one lesson. `detail` is for the report."""

    verb: Verb
    slug: str
    title: str
    pack: PackLesson | None
    row: Lesson | None
    detail: str = ""


@dataclass(frozen=True)
class CoursePlan:
    """What happens to one course. `status` is the one to be given now, None leaves it."""

    verb: Verb
    pack: PackCourse
    row: Course | None
    status: Status | None
    lessons: tuple[LessonPlan, ...]
    detail: str = ""

    @property
    def changes(self) -> bool:
        """Tell whether carrying out the plan would change anything."""
        verbs = {self.verb, *(lesson.verb for lesson in self.lessons)}
        return self.status is not None or bool(verbs & {Verb.ADD, Verb.CHANGE, Verb.REMOVE})


@dataclass(frozen=True)
class Plan:
    """What loading would do, or the conflicts that forbid it."""

    courses: tuple[CoursePlan, ...]
    errors: tuple[PackError, ...]


def plan(packs: Sequence[PackCourse], *, overwrite: bool = False) -> Plan:
    """Compare `packs` with the database.

    `overwrite` lets the packs win over edits made on the website.
    """
    slugs = [pack.slug for pack in packs]
    query = select(Course).where(Course.slug.in_(slugs)).options(selectinload(Course.audiences))
    rows = {course.slug: course for course in db.session.scalars(query)}
    lessons = lessons_of_courses(course.id for course in rows.values())
    plans, errors = [], []
    for pack in packs:
        row = rows.get(pack.slug)
        own = lessons[row.id] if row else []
        errors.extend([] if overwrite else _conflicts(pack, row, own))
        plans.append(_course_plan(pack, row, own, overwrite=overwrite))
    return Plan(tuple(plans), tuple(errors))


def _conflicts(pack: PackCourse, row: Course | None, own: Sequence[Lesson]) -> list[PackError]:
    """Name what the website made itself under an address that the pack uses too."""
    if row is None:
        return []
    if row.pack_version is None:
        sentence = "网站上已有同一网址名的课程，不是课程包里来的：请改文件夹名，或加 --overwrite。"
        return [PackError(pack.file, 1, sentence)]
    made_here = {lesson.slug for lesson in own if lesson.pack_version is None}
    sentence = "网站上已有同一网址名的课，不是课程包里来的：请改文件名，或加 --overwrite。"
    return [PackError(x.file, 1, sentence) for x in pack.lessons if x.slug in made_here]


def _course_plan(
    pack: PackCourse, row: Course | None, own: Sequence[Lesson], *, overwrite: bool
) -> CoursePlan:
    by_slug = {lesson.slug: lesson for lesson in own}
    lessons = [_lesson_plan(x, by_slug.get(x.slug), overwrite=overwrite) for x in pack.lessons]
    in_pack = {lesson.slug for lesson in pack.lessons}
    lessons += [_leftover(x) for x in own if x.pack_version is not None and x.slug not in in_pack]
    # Publishing is decided on the website, until the author changes the word in the pack.
    fresh = row is None or (pack.status.value not in {row.pack_status, row.status})
    status = pack.status if fresh else None
    held = ""
    if status is Status.PUBLISHED and three_reviews_on():
        status, held = None, _HELD
    if row is None:
        return CoursePlan(Verb.ADD, pack, None, status, tuple(lessons), held)
    verb, detail = Verb.CHANGE, "、".join(_course_differences(pack, row))
    if row.pack_hash == pack.fingerprint():
        verb, detail = Verb.KEEP, ""
    elif row.version != row.pack_version and not overwrite:
        verb, detail = (
            Verb.SPARE,
            f"课程信息{_EDITED}",
        )
    told = "；".join(words for words in (detail, held) if words)
    return CoursePlan(verb, pack, row, status, tuple(lessons), told)


def _lesson_plan(pack: PackLesson, row: Lesson | None, *, overwrite: bool) -> LessonPlan:
    if row is None:
        return LessonPlan(Verb.ADD, pack.slug, pack.title, pack, None)
    if row.pack_hash == pack.fingerprint():
        return LessonPlan(Verb.KEEP, pack.slug, row.title, pack, row)
    if row.version != row.pack_version and not overwrite:
        detail = _EDITED
        return LessonPlan(Verb.SPARE, pack.slug, row.title, pack, row, detail)
    detail = "、".join(_lesson_differences(pack, row)) or "引用的文件"
    return LessonPlan(Verb.CHANGE, pack.slug, pack.title, pack, row, detail)


def _leftover(row: Lesson) -> LessonPlan:
    """Judge a lesson that came from a pack and is no longer in it."""
    detail = ""
    if row.version != row.pack_version:
        detail = "课程包里没有了，但在网站上改过：保留，请在后台删除"
    elif learner_side().people_with_records(None, [row.id]):
        detail = "课程包里没有了，但已经有人学过：保留，请在后台处理"
    verb = Verb.SPARE if detail else Verb.REMOVE
    return LessonPlan(verb, row.slug, row.title, None, row, detail)


def _course_differences(pack: PackCourse, row: Course) -> list[str]:
    pairs = [
        ("标题", pack.title, row.title),
        ("简介", pack.summary, row.summary),
        ("介绍", pack.description_md, row.description_md),
        ("适合谁学", list(pack.audience), [a.name for a in row.audiences]),
        ("主题", pack.topic, row.topic),
        ("类别", pack.kind, row.kind),
        ("学时", pack.credit_hours, row.credit_hours),
        ("学时类别", pack.category, row.category),
        ("按顺序学", pack.in_order, row.in_order),
    ]
    return [label for label, new, old in pairs if new != old]


def _lesson_differences(pack: PackLesson, row: Lesson) -> list[str]:
    pairs = [
        ("标题", pack.title, row.title),
        ("类型", pack.kind, row.kind),
        ("时长", pack.minutes, row.minutes),
        ("必修", pack.required, row.required),
        ("正文", pack.body_md, row.body_md),
    ]
    return [label for label, new, old in pairs if new != old]


def report(plan: Plan) -> list[str]:
    """Return the lines that tell what the plan does, a line for every row it would change."""
    lines = []
    for course in plan.courses:
        words = [course.detail]
        if course.status is not None:
            words.append(f"状态改为“{course.status.label_zh}”")
        lines.append(_line("", course.verb, course.pack.slug, course.pack.title, words))
        lines.extend(
            _line("    ", lesson.verb, lesson.slug, lesson.title, [lesson.detail])
            for lesson in course.lessons
            if lesson.verb is not Verb.KEEP
        )
    return lines


def totals(plan: Plan) -> str:
    """Return the plan's sums in a sentence."""
    verbs = [course.verb for course in plan.courses]
    verbs += [lesson.verb for course in plan.courses for lesson in course.lessons]
    count = {verb: verbs.count(verb) for verb in Verb}
    return (
        f"新增 {count[Verb.ADD]}，更新 {count[Verb.CHANGE]}，删除 {count[Verb.REMOVE]}，"
        f"保留网站上的 {count[Verb.SPARE]}，没有变化 {count[Verb.KEEP]}"
    )


def _line(indent: str, verb: Verb, slug: str, title: str, words: list[str]) -> str:
    detail = "；".join(word for word in words if word)
    return f"{indent}{verb.value} {slug}  {title}" + (f"（{detail}）" if detail else "")
