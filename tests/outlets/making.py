"""What the tests of outlets publish."""

import io

from flask import Flask
from PIL import Image

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.courses import Course, Lesson

BODY = """# 先谈钱

加装电梯**最难**的是分钱，见[文件](https://example.cn/a)。

| 楼层 | 系数 |
|---|---|
| 一层 | 0 |

- [ ] 先量宽度
"""


def make_lesson(app: Flask, title: str = "加梯的钱怎么分", status: str = "published") -> int:
    """Return the id of a lesson of a course with this title."""
    with app.app_context(), transaction():
        moment = now()
        course = Course(
            slug="lift", title=title, summary="谁出钱，一张表说清楚。", topic="城市更新",
            kind="技能培训", description_md="讲怎么分钱。", status=status, published_at=moment,
            created_at=moment, updated_at=moment,
        )  # fmt: skip
        db.session.add(course)
        db.session.flush()
        lesson = Lesson(
            course_id=course.id, position=1, slug="one", title=f"{title}第一课", kind="reading",
            minutes=8, body_md=BODY, updated_at=moment,
        )  # fmt: skip
        db.session.add(lesson)
        db.session.flush()
        return lesson.id


def withdraw(app: Flask) -> None:
    """Take all courses from the public."""
    with app.app_context(), transaction():
        for course in db.session.query(Course):
            course.status = "withdrawn"


def noise(width: int, height: int) -> Image.Image:
    """Return a picture that packs badly."""
    return Image.effect_noise((width, height), 120).convert("RGB")


def size_of(data: bytes) -> tuple[int, int]:
    """Return the pixels of a picture."""
    return Image.open(io.BytesIO(data)).size
