"""The demo: an invented rule of a course, feedback, and corrections that a newcomer can decide."""

from datetime import datetime, timedelta

from sqlalchemy import select

from sanshi_lms.account import User, ensure_person, find_person
from sanshi_lms.core.db import db
from sanshi_lms.courses import Course, Lesson, find_course, find_lesson
from sanshi_lms.learning.actions import enrol
from sanshi_lms.learning.corrections.actions import ask_correction, decide
from sanshi_lms.learning.corrections.models import Correction
from sanshi_lms.learning.feedback.actions import say
from sanshi_lms.learning.ruling import Rule
from sanshi_lms.learning.ruling.actions import add_rule, choose_rule
from sanshi_lms.learning.ruling.queries import newest_rules

COURSE, RULED = "jiazhuang-dianti", "loudao-xiaofang"
RULE = Rule(name="消防课用（示例）", share=1.0, presence_minutes=10, quiz_percent=80)
# name, three taps (useful, level, length), words
LEARNERS = (
    ("周桂兰", (3, 2, 2), "照着登记表问，两天就把 3 栋问完了。（虚构）"),
    ("吴明", (3, 2, 1), ""),
    ("郑小芳", (2, 2, 2), "希望多讲讲一楼住户怎么谈。（虚构）"),
    ("何建平", (3, 1, 2), ""),
    ("罗敏", (3, 2, 2), "表决那一讲最有用。（虚构）"),
    ("谭志强", (1, 3, 3), ""),
)
DECIDED = "停电那天在社区集中看过，有签到表（示例）"
WAITING = "手机坏了没有记上，班长可以证明（示例）"


def load_desk(at: datetime) -> int:
    """Put rule, feedback and corrections in; return how many. Doing it again changes nothing."""
    course, ruled, admin = find_course(COURSE), find_course(RULED), find_person("admin")
    if course is None or admin is None:
        return 0
    people = [
        ensure_person(f"demo-xueyuan-{n}", name, "虚构的学员", "cadre", None)[0]
        for n, (name, _, _) in enumerate(LEARNERS, 1)
    ]
    made = _rule(ruled, admin, at) + _feedback(course, people, at)
    return made + _corrections(people, admin, at)


def _rule(course: Course | None, admin: User, at: datetime) -> int:
    if course is None or any(row.name == RULE.name for row in newest_rules()):
        return 0
    choose_rule(course, add_rule(RULE, admin.id, at), at)
    return 1


def _feedback(course: Course, people: list[User], at: datetime) -> int:
    for number, (person, (_, taps, words)) in enumerate(zip(people, LEARNERS, strict=True)):
        when = at - timedelta(days=9 - number)
        enrol(person.id, course.id, when)
        say(
            person.id,
            course.id,
            dict(zip(("useful", "level", "length"), taps, strict=True)),
            words,
            when,
        )
    return len(people)


def _corrections(people: list[User], admin: User, at: datetime) -> int:
    """One that an administrator asked for and a second one granted, and one that waits."""
    known = set(db.session.scalars(select(Correction.reason)))
    lessons = [find_lesson(COURSE, slug) for slug in ("jungong", "biaojue")]
    second, _ = ensure_person("demo-fuhe", "复核员彭洁", "虚构的第二位管理员", "admin", None)
    if DECIDED in known or not all(isinstance(one, Lesson) for one in lessons):
        return 0
    first, other = (one for one in lessons if one is not None)
    when = at - timedelta(days=2)
    granted = ask_correction(people[0].id, first, "complete", DECIDED, admin.id, when)
    decide(granted, second.id, "签到表已核对（示例）", at - timedelta(days=1), approved=True)
    ask_correction(people[1].id, other, "complete", WAITING, second.id, at)
    return 2
