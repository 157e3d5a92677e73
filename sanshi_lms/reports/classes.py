"""How far classes, programmes and assignments are: of their people within reach."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select

from sanshi_lms.account import User
from sanshi_lms.core.clock import local
from sanshi_lms.core.db import db
from sanshi_lms.core.reach import Reach
from sanshi_lms.learning import Enrolment
from sanshi_lms.reports.people import conditions, count
from sanshi_lms.reports.reach import Units
from sanshi_lms.reports.rules import FEWEST_PEOPLE, Filters
from sanshi_lms.reports.tables import Table, of_rows
from sanshi_lms.training import (
    LearningGroup,
    graduates_of_group,
    learning_groups,
    people_of_group,
)


@dataclass(frozen=True)
class GroupStanding:
    """Of a group's people: who has not begun, who did all required courses, who graduated.

    `share` is the part of all required courses of all people that is done.
    """

    group: LearningGroup
    people: int
    idle: int
    finished: int
    graduates: int | None
    share: float

    @property
    def few(self) -> bool:
        """Tell whether its share is chance."""
        return self.people < FEWEST_PEOPLE


def groups(filters: Filters, units: Units) -> list[LearningGroup]:
    """Return the groups asked for: one, or all that have people in these units."""
    return [one for one in learning_groups(Reach(units)) if filters.group in {"", one.key}]


def standings(
    wanted: Sequence[LearningGroup], filters: Filters, units: Units
) -> list[GroupStanding]:
    """Return how these groups stand, in a fixed number of queries each."""
    return [_standing(one, filters, units) for one in wanted]


def classes_table(filters: Filters, units: Units, moment: datetime) -> Table:
    """Return all groups that have people within reach, for a file."""
    head = (
        "名称", "种类", "培训项目", "到哪天", "人数", "必修课程数", "课程完成率", "还没开始的人",
        "必修都学完的人", "结业的人",
    )  # fmt: skip
    rows = [
        [
            one.group.title, one.group.kind, one.group.under,
            one.group.ends_on.isoformat() if one.group.ends_on else "", one.people,
            len(one.group.course_ids), round(one.share, 4), one.idle, one.finished, one.graduates,
        ]
        for one in standings(groups(filters, units), filters, units)
        if one.people or units is None
    ]  # fmt: skip
    return of_rows("培训班进度", head, rows, f"培训班进度，{local(moment):%Y-%m-%d %H:%M} 导出")


def _standing(group: LearningGroup, filters: Filters, units: Units) -> GroupStanding:
    here = conditions(filters, units)
    people = select(User.id).where(*here, User.id.in_(people_of_group(group.key)))
    done = func.sum(case((Enrolment.completed_at.is_not(None), 1), else_=0))
    each = (
        select(Enrolment.user_id, done.label("done"))
        .where(Enrolment.course_id.in_(group.course_ids), Enrolment.user_id.in_(people))
        .group_by(Enrolment.user_id)
        .subquery()
    )
    whole = case((each.c.done >= len(group.course_ids), 1), else_=0)
    begun, finished, courses = db.session.execute(
        select(func.count(), func.sum(whole), func.sum(each.c.done)).select_from(each)
    ).one()
    number = count(people)
    left = None
    if group.kind != "必修任务":
        left = count(select(User.id).where(*here, User.id.in_(graduates_of_group(group.key))))
    asked = number * len(group.course_ids)
    return GroupStanding(
        group, number, number - begun, int(finished or 0), left,
        int(courses or 0) / asked if asked else 0.0,
    )  # fmt: skip
