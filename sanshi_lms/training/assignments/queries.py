"""Reads of required training."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Select, func, select

from sanshi_lms.account import Unit, User, unit_paths, units_below, within
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import db
from sanshi_lms.core.reach import EVERYTHING, Reach
from sanshi_lms.courses import Course, courses_by_id
from sanshi_lms.learning import Progress, progress_of
from sanshi_lms.training.assignments.models import (
    AssignedPerson,
    Assignment,
    ReminderPolicy,
)
from sanshi_lms.training.assignments.rules import Audience, has_left, state_of

_NOTHING = Progress(0.0, None)
_IDS_AT_ONCE = 500


@dataclass(frozen=True)
class Cell:
    """One person with one course of an assignment."""

    assignment: Assignment
    person: User
    course: Course
    due_on: date
    share: float
    completed_at: datetime | None
    state: str
    remark: str
    added_at: datetime

    @property
    def open(self) -> bool:
        """Tell whether it is still to be done."""
        return self.state not in {"done", "exempt", "left"}


def policy_row() -> ReminderPolicy:
    """Return the row that an administrator edits."""
    return db.session.get_one(ReminderPolicy, 1)


def expand(audience: Audience) -> Audience:
    """Return the audience with all units below those chosen."""
    units = frozenset(number for chosen in audience.unit_ids for number in units_below(chosen))
    return replace(audience, unit_ids=units or audience.unit_ids)


def people_of(audience: Audience) -> list[User]:
    """Return the active people whom an audience means now, by name."""
    wide = expand(audience)
    found: dict[int, User] = {}
    if wide.has_rule:
        query = select(User).where(User.active)
        if wide.roles:
            query = query.where(User.role.in_(wide.roles))
        if wide.posts:
            query = query.where(User.post.in_(wide.posts))
        for person in db.session.scalars(query):
            if wide.fits(person.unit_id, person.role, person.post):
                found[person.id] = person
    for person in _people(sorted(wide.user_ids)):
        if person.active:
            found[person.id] = person
    return sorted(found.values(), key=lambda person: (person.display_name, person.id))


def done_by(user_ids: Collection[int], course_ids: Collection[int]) -> set[int]:
    """Return who of these people has completed all of these courses."""
    progress = _progress(user_ids, course_ids)
    return {
        user_id
        for user_id in user_ids
        if all(progress.get((user_id, c), _NOTHING).completed_at for c in course_ids)
    }


def running(user_id: int | None = None) -> list[Assignment]:
    """Return the assignments that stand, all or those that hit one person."""
    query = select(Assignment).where(Assignment.withdrawn_at.is_(None))
    if user_id is not None:
        mine = select(AssignedPerson.assignment_id).where(AssignedPerson.user_id == user_id)
        query = query.where(Assignment.id.in_(mine))
    return list(db.session.scalars(query.order_by(Assignment.due_on, Assignment.id)))


def running_within(reach: Reach) -> list[Assignment]:
    """Return the assignments that stand and hit somebody within reach."""
    query = assignments_query(reach).where(Assignment.withdrawn_at.is_(None))
    return list(db.session.scalars(query.order_by(None).order_by(Assignment.due_on, Assignment.id)))


def published_courses() -> Sequence[Course]:
    """Return the courses that can be assigned, by title."""
    query = select(Course).where(Course.status == "published").order_by(Course.title, Course.id)
    return db.session.scalars(query).all()


def units_to_choose(most: int, reach: Reach) -> list[tuple[int, str]]:
    """Return active units within reach with their paths; too many are without communities."""
    found = db.session.scalars(select(Unit).where(Unit.active)).all()
    units = [unit for unit in found if reach.covers(unit.id)]
    if len(units) > most:
        units = [unit for unit in units if unit.kind != "社区"]
    paths = unit_paths()
    return sorted(((unit.id, paths[unit.id]) for unit in units), key=lambda pair: pair[1])


def assignments_query(reach: Reach) -> Select[Assignment]:
    """Return the query of the assignments that hit somebody within reach, the newest first."""
    query = select(Assignment).order_by(Assignment.id.desc())
    if reach.everything:
        return query
    hit = select(AssignedPerson.assignment_id).join(User, User.id == AssignedPerson.user_id)
    return query.where(Assignment.id.in_(hit.where(within(reach))))


def assigned(assignment_id: int, user_id: int) -> AssignedPerson | None:
    """Return how an assignment hits a person."""
    return db.session.get(AssignedPerson, (assignment_id, user_id))


def hit_by(
    assignment_ids: Collection[int],
    user_ids: Collection[int] | None = None,
    reach: Reach = EVERYTHING,
) -> list[tuple[AssignedPerson, User]]:
    """Return whom of these people (None: of all) these assignments hit, with rows, by name.

    Only people within reach.
    """
    query = (
        select(AssignedPerson, User)
        .join(User, User.id == AssignedPerson.user_id)
        .where(AssignedPerson.assignment_id.in_(assignment_ids), within(reach))
        .order_by(User.display_name, User.id)
    )
    if user_ids is not None:
        query = query.where(AssignedPerson.user_id.in_(user_ids))
    return [(row[0], row[1]) for row in db.session.execute(query)]


def cells(
    assignments: Sequence[Assignment],
    today: date,
    *,
    user_ids: Collection[int] | None = None,
    unit_ids: Collection[int] | None = None,
    reach: Reach = EVERYTHING,
) -> list[Cell]:
    """Return who × course of these assignments, narrowed to people or units; active people only.

    Only people within reach.

    A fixed number of queries, whatever is asked.
    """
    rows = [
        (row, person)
        for row, person in hit_by([one.id for one in assignments], user_ids, reach)
        if person.active and (unit_ids is None or person.unit_id in unit_ids)
    ]
    course_ids = {number for one in assignments for number in one.course_ids}
    progress = _progress({person.id for _, person in rows}, course_ids)
    courses = courses_by_id(course_ids)
    by_id = {one.id: one for one in assignments}
    wide = {one.id: expand(one.audience) for one in assignments if one.follows}
    found = []
    for row, person in rows:
        assignment = by_id[row.assignment_id]
        left = assignment.id in wide and is_out(wide[assignment.id], person)
        for course_id in assignment.course_ids:
            if course_id in courses:
                known = progress.get((person.id, course_id), _NOTHING)
                course = courses[course_id]
                found.append(_cell(assignment, row, person, course, known, today, left=left))
    return found


def is_out(wide: Audience, person: User) -> bool:
    """Tell whether a person is no longer of those whom an assignment follows (expanded)."""
    return has_left(wide, person.id, person.unit_id, person.role, person.post, follows=True)


def count_overdue(since: datetime | None = None) -> int:
    """Return how many people have something overdue today; what was long ago counts too."""
    del since
    today = local_today()
    late = [cell for cell in cells(running(), today) if cell.state == "overdue"]
    return len({cell.person.id for cell in late})


def count_people(assignment_ids: Collection[int], reach: Reach) -> dict[int, int]:
    """Return how many people within reach each of these assignments hits."""
    query = select(AssignedPerson.assignment_id, func.count())
    query = query.join(User, User.id == AssignedPerson.user_id)
    query = query.where(AssignedPerson.assignment_id.in_(assignment_ids), within(reach))
    rows = db.session.execute(query.group_by(AssignedPerson.assignment_id))
    return {row[0]: row[1] for row in rows}


def local_today(moment: datetime | None = None) -> date:
    """Return the local day of a moment, today without one."""
    return local(moment or now()).date()


def _people(ids: Sequence[int]) -> Iterable[User]:
    for start in range(0, len(ids), _IDS_AT_ONCE):
        some = ids[start : start + _IDS_AT_ONCE]
        yield from db.session.scalars(select(User).where(User.id.in_(some)))


def _progress(
    user_ids: Collection[int], course_ids: Collection[int]
) -> dict[tuple[int, int], Progress]:
    found: dict[tuple[int, int], Progress] = {}
    ids = sorted(user_ids)
    for start in range(0, len(ids), _IDS_AT_ONCE):
        found |= progress_of(ids[start : start + _IDS_AT_ONCE], course_ids)
    return found


def _cell(
    assignment: Assignment,
    row: AssignedPerson,
    person: User,
    course: Course,
    known: Progress,
    today: date,
    *,
    left: bool,
) -> Cell:
    due = row.due_on or assignment.due_on
    exempt = row.exempt_at is not None
    done = known.completed_at is not None
    state = state_of(due, today, known.share, done=done, exempt=exempt, left=left)
    remark = f"免修：{row.exempt_reason}" if exempt else ""
    if not exempt and row.due_on is not None:
        remark = f"延期：{row.due_reason}"
    return Cell(
        assignment,
        person,
        course,
        due,
        known.share,
        known.completed_at,
        state,
        remark,
        row.added_at,
    )
