"""The demo: one running class with invented learners, by real actions, so that no page is empty."""

from datetime import datetime, time, timedelta
from decimal import Decimal

from sqlalchemy import func, select

from sanshi_lms.account import User, ensure_person, find_person
from sanshi_lms.core.clock import LOCAL_ZONE, local
from sanshi_lms.core.db import db
from sanshi_lms.courses import find_course
from sanshi_lms.training.classes.actions import (
    ClassValues,
    add_class,
    add_tutor,
    open_class,
    post,
    set_due_days,
)
from sanshi_lms.training.classes.models import TrainingClass
from sanshi_lms.training.classes.programmes import (
    ProgrammeValues,
    add_course,
    add_programme,
)
from sanshi_lms.training.classes.roster import add_person, exempt, join
from sanshi_lms.training.formkeys import new_key
from sanshi_lms.training.sessions.actions import SessionValues, add_session, set_attendance

REQUIRED = ("sanshi-jin-shequ", "laojiu-xiaoqu-gengxin")
ELECTIVE = ("jiazhuang-dianti", "loudao-xiaofang")
LEARNERS = ("陈桂芳", "李建平", "周晓燕", "吴大勇", "郑秀梅", "冯国强")
APPLICANT, WAITING = ("蒋丽华", "秦德明"), ("唐文静",)
SEATS = 7


def load_demo(moment: datetime) -> bool:
    """Put the invented class in; False when it is there already or its courses are not."""
    if db.session.scalar(select(func.count(TrainingClass.id)).where(TrainingClass.invented)):
        return False
    found = {slug: find_course(slug) for slug in REQUIRED + ELECTIVE}
    courses = {slug: course.id for slug, course in found.items() if course is not None}
    tutor = find_person("pro")
    if len(courses) < len(found) or tutor is None:
        return False
    subject = _class(courses, tutor, moment)
    people = _people(subject, tutor, moment)
    _sessions(subject, people, tutor, moment)
    return True


def _class(courses: dict[str, int], tutor: User, moment: datetime) -> TrainingClass:
    values = ProgrammeValues(
        title="社区干部城市更新能力提升（示例）",
        summary="给社区、街道干部：会请三师，会牵头办一件难事。示例数据，人物都是虚构的。",
        elective_hours=Decimal("0.5"),
        attend_times=1,
        in_order=True,
        credit_hours=Decimal(0),
    )
    programme = add_programme(values, new_key(), moment, invented=True)
    for slug in REQUIRED + ELECTIVE:
        add_course(programme, courses[slug], required=slug in REQUIRED)
    today = local(moment).date()
    about = ClassValues(
        title="社区干部城市更新培训班（虚构示例）",
        about="请先学完必修课再来参加现场观摩。有问题在公告栏里找老师。",
        starts_on=today - timedelta(days=21),
        ends_on=today + timedelta(days=40),
        capacity=SEATS,
        approval=True,
        joining=True,
    )
    subject = add_class(programme, about, new_key(), moment - timedelta(days=25), invented=True)
    add_tutor(subject, tutor.username)
    days = dict(zip((courses[slug] for slug in REQUIRED), (7, 24), strict=True))
    set_due_days(subject, {number: today + timedelta(days=later) for number, later in days.items()})
    open_class(subject)
    post(subject, tutor, "大家好，现场观摩改在上午，请带好笔记本，穿平底鞋。", new_key(), moment)
    return subject


def _people(subject: TrainingClass, tutor: User, moment: datetime) -> list[int]:
    inside = []
    cadre = find_person("cadre")
    if cadre is not None:
        inside.append(add_person(subject, cadre.username, moment).user_id)
    for number, name in enumerate(LEARNERS, 1):
        inside.append(_learner(number, name).id)
        add_person(subject, f"xueyuan-{number:02}", moment)
    exempt(subject, inside[1], subject.courses[0].course_id, "去年已参加同类培训", tutor, moment)
    for number, name in enumerate(WAITING, 21):
        _learner(number, name)
        add_person(subject, f"xueyuan-{number:02}", moment)
    for number, name in enumerate(APPLICANT, 31):
        join(subject, _learner(number, name).id, "负责小区改造，想来学学。", moment)
    return inside


def _learner(number: int, name: str) -> User:
    person, _ = ensure_person(f"xueyuan-{number:02}", name, "虚构街道社区", "cadre", None)
    return person


def _sessions(subject: TrainingClass, people: list[int], tutor: User, moment: datetime) -> None:
    today = local(moment).date()

    def at(days: int, hour: int) -> datetime:
        return datetime.combine(today + timedelta(days=days), time(hour), LOCAL_ZONE)

    begun = SessionValues(
        "开班座谈：社区最难的三件事", "示范街道办事处 3 楼会议室", "", at(-14, 9), at(-14, 11), 0
    )
    visit = SessionValues(
        "老旧小区改造现场观摩", "石板坡社区党群服务中心门口集合", "请穿平底鞋。",
        at(10, 9), at(10, 12), 0,
    )  # fmt: skip
    talk = SessionValues(
        "公开讲座：加装电梯怎样谈得拢（虚构示例）", "示范区图书馆报告厅", "谁都可以来。",
        at(17, 14), at(17, 16), 60,
    )  # fmt: skip
    first = add_session(subject.id, begun, new_key(), moment, invented=True)
    came = people[: len(people) - 2]
    set_attendance(first, came, came, tutor.id, moment - timedelta(days=14))
    add_session(subject.id, visit, new_key(), moment, invented=True)
    add_session(None, talk, new_key(), moment, invented=True)
