"""What a day's tick sends: reminders to whoever still has to do something, digests to leaders.

A tick may run any number of times: each message has a key that says which turn of which deadline
it is, and nobody is told of the same key twice.
"""

from collections import defaultdict
from datetime import date, datetime

from sanshi_lms.account import User, unit_leaders
from sanshi_lms.notices import notify
from sanshi_lms.training.assignments import queries
from sanshi_lms.training.assignments.actions import MY_DUTIES, TOPIC, take_in_everybody
from sanshi_lms.training.assignments.queries import Cell
from sanshi_lms.training.assignments.rules import (
    Ladder,
    days_words,
    digest_week,
    rung_today,
    spread,
)

UNIT_DUTIES = "/training/duties/unit"


def remind(at: datetime) -> int:
    """Send what is due on the day of `at`; returns how many messages are new."""
    take_in_everybody(at)
    today, ladder = queries.local_today(at), queries.policy_row().ladder()
    open_cells = [cell for cell in queries.cells(queries.running(), today) if cell.open]
    told = _remind_people(open_cells, today, ladder, at)
    week = digest_week(today, ladder)
    late = [cell for cell in open_cells if cell.due_on < today]
    return told + (_tell_leaders(late, week, at) if week else 0)


def _remind_people(cells: list[Cell], today: date, ladder: Ladder, at: datetime) -> int:
    """Remind each person of each assignment once a turn, naming what is left."""
    left: dict[tuple[int, int], list[Cell]] = defaultdict(list)
    for cell in cells:
        left[cell.assignment.id, cell.person.id].append(cell)
    alike: dict[tuple[int, date, str, tuple[str, ...]], list[Cell]] = defaultdict(list)
    for own in left.values():
        first = own[0]
        begun = queries.local_today(first.added_at)
        rung = rung_today(first.due_on, today, begun, ladder)
        if rung is not None:
            titles = tuple(cell.course.title for cell in own)
            alike[first.assignment.id, first.due_on, rung, titles].append(first)
    told = 0
    for (number, due, rung, titles), people in alike.items():
        told += notify(
            [cell.person.id for cell in people],
            TOPIC,
            f"{days_words(due, today)}：{people[0].assignment.title}",
            f"还没学完：{'、'.join(titles)}。截止日期是 {due.month} 月 {due.day} 日。",
            MY_DUTIES,
            f"duty:{number}:{due}:{rung}",
            at,
        )
    return told


def _tell_leaders(late: list[Cell], week: str, at: datetime) -> int:
    """Tell each leader once a week who of their people is overdue."""
    leaders: dict[int, list[User]] = {}
    theirs: dict[int, dict[int, str]] = defaultdict(dict)
    for cell in late:
        unit_id = cell.person.unit_id
        if unit_id is None:
            continue
        if unit_id not in leaders:
            leaders[unit_id] = unit_leaders(unit_id)
        for leader in leaders[unit_id]:
            theirs[leader.id][cell.person.id] = cell.person.display_name
    return sum(
        notify(
            [leader_id],
            TOPIC,
            f"本单位有 {len(people)} 人必修逾期",
            f"{spread(list(people.values()))}。点“查看”看每个人的情况。",
            UNIT_DUTIES,
            f"duty:digest:{week}",
            at,
        )
        for leader_id, people in theirs.items()
    )
