"""Person × course × status: who is how far with which course."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, func, select

from sanshi_lms.account import User, unit_paths
from sanshi_lms.core.clock import local
from sanshi_lms.core.db import db
from sanshi_lms.courses import Course, courses_by_id
from sanshi_lms.learning import Enrolment, Progress, progress_of
from sanshi_lms.reports.people import conditions, count, role_word
from sanshi_lms.reports.reach import Units
from sanshi_lms.reports.rules import MOST_COURSES, Filters, bounds, cell_words
from sanshi_lms.reports.tables import Row, Table
from sanshi_lms.training import learning_group

USUAL_COURSES = 4
DRAFT = "draft"
_PEOPLE_AT_ONCE = 500


@dataclass(frozen=True)
class Line:
    """A person with how far they are, a word for each course."""

    person: User
    unit: str
    role: str
    cells: list[str]


def columns(filters: Filters) -> list[Course]:
    """Return the courses of the columns: those chosen, those of the group, else the newest."""
    wanted: Sequence[int] = filters.courses
    if not wanted and filters.group:
        group = learning_group(filters.group)
        wanted = group.course_ids[:MOST_COURSES] if group else ()
    if not wanted:
        newest = select(Course.id).where(Course.status == "published")
        newest = newest.order_by(Course.published_at.desc(), Course.id.desc())
        wanted = list(db.session.scalars(newest.limit(USUAL_COURSES)))
    found = courses_by_id(wanted, drafts=True)
    known = [found[number] for number in wanted if number in found]
    return [one for one in known if one.status != DRAFT]


def course_choices() -> list[tuple[int, str]]:
    """Return the courses to choose from, the newest first; a draft is its authors' affair."""
    query = select(Course.id, Course.title).where(Course.status != DRAFT)
    return [(row[0], row[1]) for row in db.session.execute(query.order_by(Course.id.desc()))]


def people_query(filters: Filters, units: Units, course_ids: Collection[int]) -> Select[int]:
    """Return the query of the ids of a sheet's people, by name."""
    query = select(User.id).where(*conditions(filters, units))
    query = query.where(*_learnt(filters, course_ids))
    return query.order_by(User.display_name, User.id)


def page_of(
    filters: Filters, units: Units, course_ids: Collection[int], number: int, size: int
) -> tuple[Sequence[int], int]:
    """Return the ids of a page of the sheet's people, and how many there are in all.

    What asks for everybody's courses is asked once: their ids are few beside that work.
    """
    query, start = people_query(filters, units, course_ids), (number - 1) * size
    if filters.status or filters.since or filters.until:
        everybody = db.session.scalars(query).all()
        return everybody[start : start + size], len(everybody)
    return db.session.scalars(query.limit(size).offset(start)).all(), count(query)


def lines(user_ids: Sequence[int], course_ids: Sequence[int]) -> list[Line]:
    """Return the lines of these people in this order, in a fixed number of queries."""
    people = {p.id: p for p in db.session.scalars(select(User).where(User.id.in_(user_ids)))}
    known = progress_of(user_ids, course_ids)
    paths = unit_paths()
    return [
        Line(
            people[number],
            paths.get(people[number].unit_id or 0, ""),
            role_word(people[number].role),
            [_word(known, number, course_id) for course_id in course_ids],
        )
        for number in user_ids
        if number in people
    ]


def sheet_table(filters: Filters, units: Units, moment: datetime) -> Table:
    """Return the whole sheet."""
    courses = columns(filters)
    # Plain values: between two parts whoever writes them commits, and rows are forgotten.
    course_ids, titles = [one.id for one in courses], [one.title for one in courses]
    query = people_query(filters, units, course_ids)

    def parts() -> Iterator[list[Row]]:
        ids = list(db.session.scalars(query))  # the order is read once, so nobody is left out
        for start in range(0, len(ids), _PEOPLE_AT_ONCE):
            yield [_row(line) for line in lines(ids[start : start + _PEOPLE_AT_ONCE], course_ids)]

    return Table(
        title="人员课程表",
        head=("姓名", "账号", "单位", "身份", "岗位", *titles),
        total=count(query),
        parts=parts,
        note=f"人员课程表，{local(moment):%Y-%m-%d %H:%M} 导出",
    )


def _row(line: Line) -> Row:
    person = line.person
    return [
        person.display_name, person.username, line.unit, line.role, person.post, *line.cells
    ]  # fmt: skip


def _word(known: Mapping[tuple[int, int], Progress], user_id: int, course_id: int) -> str:
    found = known.get((user_id, course_id))
    if found is None:
        return cell_words(None, None)
    return cell_words(found.share, local(found.completed_at).date() if found.completed_at else None)


def _learnt(filters: Filters, course_ids: Collection[int]) -> list[ColumnElement[bool]]:
    """Return what status and period ask of a person."""
    mine = and_(Enrolment.user_id == User.id, Enrolment.course_id.in_(course_ids))
    done, open_ = Enrolment.completed_at.is_not(None), Enrolment.completed_at.is_(None)
    number = select(func.count(Enrolment.id)).where(mine).correlate(User)
    found: list[ColumnElement[bool]] = []
    within = _within(filters)
    if not course_ids:
        return []
    if filters.status == "none":
        found.append(number.scalar_subquery() < len(course_ids))
    elif filters.status == "doing":
        found.append(exists().where(mine, open_))
    elif filters.status == "done":
        found.append(exists().where(mine, done, *within))
    elif filters.status == "all":
        found.append(number.where(done).scalar_subquery() == len(course_ids))
    elif filters.status == "open":
        found.append(number.where(done).scalar_subquery() < len(course_ids))
    if within and filters.status != "done":
        found.append(exists().where(mine, *within))
    return found


def _within(filters: Filters) -> list[ColumnElement[bool]]:
    """Return when somebody learnt: a course that is done counts on its last day alone."""
    since, until = bounds(filters)
    at = func.coalesce(Enrolment.completed_at, Enrolment.active_at, type_=Enrolment.active_at.type)
    found: list[ColumnElement[bool]] = []
    if since is not None:
        found.append(at >= since)
    if until is not None:
        found.append(at < until)
    return found
