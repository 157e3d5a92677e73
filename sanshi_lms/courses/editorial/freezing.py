"""A course frozen as JSON, and what is different between two of them."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import select

from sanshi_lms.core.db import db
from sanshi_lms.core.refusing import taken_means
from sanshi_lms.courses.editorial.models import CourseVersion
from sanshi_lms.courses.editorial.wording import Piece, counted, pieces, shortened
from sanshi_lms.courses.models import Attachment, Course, CourseAudience, Lesson
from sanshi_lms.courses.rules import hours_text

Frozen = Mapping[str, Any]
_COURSE = {
    "title": "标题", "summary": "一句话简介", "description_md": "课程介绍", "audience": "适合谁学",
    "topic": "主题", "kind": "类别", "credit_hours": "学时", "category": "学时类别",
    "in_order": "按顺序学", "season": "季", "issue": "期", "slug": "网址名",
}  # fmt: skip
_LESSON = {
    "title": "标题", "kind": "放什么", "target_id": "所用内容的编号", "minutes": "时长（分钟）",
    "required": "必修", "body_md": "正文", "files": "附件", "slug": "网址名",
}  # fmt: skip
_OVERTAKEN = "慢了一步：别人刚刚也提交了这门课程。请看过最新的情况再办。"


@dataclass(frozen=True)
class Change:
    """A field that differs: its name and how its text became another."""

    label: str
    pieces: Sequence[Piece]


@dataclass(frozen=True)
class Section:
    """What is different in the course itself or in one lesson. `note` says what became of it."""

    title: str
    note: str
    changes: Sequence[Change]

    @property
    def counted(self) -> tuple[int, int]:
        """How many characters were taken out and put in."""
        sums = [counted(change.pieces) for change in self.changes]
        return sum(one for one, _ in sums), sum(one for _, one in sums)


def snapshot(course_id: int) -> str:
    """Return a course with its lessons as it stands now, as JSON that depends on it alone."""
    course = db.session.get_one(Course, course_id)
    lessons = select(Lesson).where(Lesson.course_id == course_id).order_by(Lesson.position)
    names = select(CourseAudience.name).where(CourseAudience.course_id == course_id)
    files = select(Attachment.lesson_id, Attachment.filename, Attachment.sha256).join(
        Lesson, Lesson.id == Attachment.lesson_id
    )
    by_lesson: dict[int, list[list[str]]] = {}
    found = db.session.execute(files.where(Lesson.course_id == course_id).order_by(Attachment.id))
    for lesson_id, filename, digest in found:
        by_lesson.setdefault(lesson_id, []).append([filename, digest])
    plain = ("slug", "title", "summary", "description_md", "topic", "kind", "category", "in_order")
    numbers = ("season", "issue")
    body = {
        **{name: getattr(course, name) for name in (*plain, *numbers)},
        "credit_hours": hours_text(course.credit_hours),
        "audience": list(db.session.scalars(names.order_by(CourseAudience.id))),
        "lessons": [
            {
                **{name: getattr(lesson, name) for name in _LESSON if name != "files"},
                "id": lesson.id,
                "files": by_lesson.get(lesson.id, []),
            }
            for lesson in db.session.scalars(lessons)
        ],
    }
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(body: str) -> str:
    """Return the SHA-256 of a frozen course."""
    return hashlib.sha256(body.encode()).hexdigest()


def freeze(course_id: int, person_id: int | None, moment: datetime) -> CourseVersion:
    """Keep the course as it stands now; what reads like the newest version is that version."""
    db.session.flush()
    body = snapshot(course_id)
    newest = newest_version(course_id)
    if newest is not None and newest.sha256 == digest_of(body):
        return newest
    version = CourseVersion(
        course_id=course_id, number=(newest.number if newest else 0) + 1, at=moment,
        person_id=person_id, body=body, sha256=digest_of(body),
    )  # fmt: skip
    with taken_means(_OVERTAKEN, 409):
        db.session.add(version)
    return version


def newest_version(course_id: int) -> CourseVersion | None:
    """Return the version that was frozen last."""
    query = select(CourseVersion).where(CourseVersion.course_id == course_id)
    return db.session.scalar(query.order_by(CourseVersion.number.desc()).limit(1))


def read_frozen(body: str) -> Frozen:
    """Return what a frozen course says."""
    return cast("Frozen", json.loads(body))


def differences(old: Frozen, new: Frozen, kinds: Mapping[str, str]) -> list[Section]:
    """Return what is different, the course first, then its lessons in their new order.

    `kinds` says what kinds of lesson are called. A lesson is known by its number, not its place.
    """
    first = {one["id"]: (place, one) for place, one in enumerate(old["lessons"], 1)}
    second = {one["id"]: (place, one) for place, one in enumerate(new["lessons"], 1)}
    sections = [Section("课程信息", "", _changes(old, new, _COURSE, kinds={}))]
    for number, (place, lesson) in second.items():
        before = first.get(number)
        title = f"第 {place} 课“{lesson['title']}”"
        note = "新加的一课" if before is None else _moved(before[0], place, first, second)
        had = before[1] if before else {}
        sections.append(Section(title, note, _changes(had, lesson, _LESSON, kinds)))
    for number, (place, lesson) in first.items():
        if number not in second:
            title = f"原来的第 {place} 课“{lesson['title']}”"
            sections.append(Section(title, "删掉的一课", _changes(lesson, {}, _LESSON, kinds)))
    return [section for section in sections if section.note or section.changes]


def _moved(was: int, place: int, first: Mapping[int, Any], second: Mapping[int, Any]) -> str:
    """Tell of another place only where the order of what stayed is another one."""
    stayed = [number for number in first if number in second]
    same_order = stayed == [number for number in second if number in first]
    return "" if same_order or was == place else f"原来是第 {was} 课"


def _changes(
    old: Frozen, new: Frozen, labels: Mapping[str, str], kinds: Mapping[str, str]
) -> list[Change]:
    found = []
    for name, label in labels.items():
        before, after = (_text(name, one.get(name), kinds) for one in (old, new))
        if before != after:
            found.append(Change(label, shortened(pieces(before, after))))
    return found


def _text(name: str, value: Any, kinds: Mapping[str, str]) -> str:
    """Return a value of a frozen course as people read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if name == "files":
        return "\n".join(f"{filename}（指纹 {digest[:8]}）" for filename, digest in value)
    if isinstance(value, list):
        return "、".join(value)
    return kinds.get(value, value) if name == "kind" else str(value)
