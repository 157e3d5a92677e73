"""Reads of programmes and classes. Whoever looks is an argument: nobody sees a foreign class."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select

from sanshi_lms.account import User
from sanshi_lms.core.db import db
from sanshi_lms.core.reach import Reach
from sanshi_lms.courses import Course, courses_by_id
from sanshi_lms.learning import progress_of
from sanshi_lms.training.classes.models import (
    HOLDS_SEAT,
    ClassCourse,
    Exemption,
    Member,
    Post,
    Programme,
    ProgrammeCourse,
    TrainingClass,
    Tutor,
)
from sanshi_lms.training.rules import Part, PlanCourse, Record, graduates, lacks
from sanshi_lms.training.scope import run_by, runs
from sanshi_lms.training.sessions.queries import attended_of_class

NO_COURSE = 0


@dataclass(frozen=True)
class Standing:
    """How one member of a class stands against its rule."""

    member: Member
    record: Record
    parts: tuple[Part, ...]

    @property
    def meets(self) -> bool:
        """Tell whether they graduate."""
        return graduates(self.parts)

    @property
    def lacks(self) -> list[str]:
        """Return in words what is missing."""
        return lacks(self.parts)


def find_programme(programme_id: int) -> Programme | None:
    """Return a programme with its courses."""
    return db.session.get(Programme, programme_id)


def programmes() -> Sequence[Programme]:
    """Return all programmes by title."""
    return db.session.scalars(select(Programme).order_by(Programme.title)).all()


def all_classes(reach: Reach) -> Sequence[TrainingClass]:
    """Return the classes of units within reach, the latest first."""
    query = select(TrainingClass).order_by(TrainingClass.starts_on.desc(), TrainingClass.id.desc())
    if reach.units is not None:
        query = query.where(TrainingClass.unit_id.in_(reach.units))
    return db.session.scalars(query).all()


def classes_of(programme_id: int, reach: Reach) -> Sequence[TrainingClass]:
    """Return the classes of a programme within reach, the latest first."""
    return [one for one in all_classes(reach) if one.programme_id == programme_id]


def class_for_staff(class_id: int, person: User) -> TrainingClass | None:
    """Return a class that `person` runs: an administrator all, a tutor their own."""
    found = db.session.get(TrainingClass, class_id)
    return found if found is not None and runs(found.id, person) else None


def class_for_member(class_id: int, person: User) -> TrainingClass | None:
    """Return a class that `person` is in, has applied to or runs."""
    found = db.session.get(TrainingClass, class_id)
    if found is None or runs(found.id, person):
        return found
    mine = member_of(class_id, person.id)
    known = mine is not None and mine.state != "left" and found.status != "draft"
    return found if known else None


def class_by_code(code: str) -> TrainingClass | None:
    """Return the class with this code that is not a draft."""
    query = select(TrainingClass).where(TrainingClass.code == code.upper())
    return db.session.scalar(query.where(TrainingClass.status != "draft"))


def staff_classes(person: User) -> Sequence[TrainingClass]:
    """Return the classes that `person` runs, the latest first."""
    query = select(TrainingClass).order_by(TrainingClass.starts_on.desc(), TrainingClass.id.desc())
    return db.session.scalars(query.where(run_by(person))).all()


def memberships(user_id: int) -> list[tuple[TrainingClass, Member]]:
    """Return the classes a person belongs to or waits for, those under way first."""
    query = (
        select(TrainingClass, Member)
        .join(Member, Member.class_id == TrainingClass.id)
        .where(Member.user_id == user_id, Member.state.not_in(("left", "declined")))
        .where(TrainingClass.status != "draft")
        .order_by(TrainingClass.status.desc(), TrainingClass.starts_on.desc(), Member.id)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def open_classes(user_id: int | None) -> Sequence[TrainingClass]:
    """Return the classes that take people and that `user_id` is not in."""
    query = select(TrainingClass).where(TrainingClass.status == "open", TrainingClass.joining)
    if user_id is not None:
        mine = select(Member.class_id).where(Member.user_id == user_id, Member.state != "left")
        query = query.where(TrainingClass.id.not_in(mine))
    return db.session.scalars(query.order_by(TrainingClass.starts_on)).all()


def member_of(class_id: int, user_id: int) -> Member | None:
    """Return a person's place in a class, whatever its state."""
    query = select(Member).where(Member.class_id == class_id, Member.user_id == user_id)
    return db.session.scalar(query)


def members_query(class_id: int, states: Collection[str] = HOLDS_SEAT) -> Select[Member]:
    """Return the members in these states, by their turn."""
    query = select(Member).where(Member.class_id == class_id, Member.state.in_(states))
    return query.order_by(Member.queued_at, Member.id)


def members(class_id: int, states: Collection[str] = HOLDS_SEAT) -> Sequence[Member]:
    """Return the members in these states, by their turn."""
    return db.session.scalars(members_query(class_id, states)).all()


def count_by_state(class_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """Return how many people each class has in each state."""
    query = (
        select(Member.class_id, Member.state, func.count())
        .where(Member.class_id.in_(class_ids))
        .group_by(Member.class_id, Member.state)
    )
    found: dict[int, dict[str, int]] = {class_id: {} for class_id in class_ids}
    for class_id, state, number in db.session.execute(query):
        found[class_id][state] = number
    return found


def count_applied() -> int:
    """Return how many people applied to a class that runs and wait for a decision."""
    query = select(func.count(Member.id)).join(TrainingClass, Member.class_id == TrainingClass.id)
    query = query.where(Member.state == "applied", TrainingClass.status == "open")
    return db.session.scalar(query) or 0


def place_in_queue(member: Member) -> int:
    """Return how many people wait up to and with `member`."""
    earlier = or_(
        Member.queued_at < member.queued_at,
        (Member.queued_at == member.queued_at) & (Member.id <= member.id),
    )
    query = select(func.count(Member.id)).where(
        Member.class_id == member.class_id, Member.state == "waiting", earlier
    )
    return db.session.scalar(query) or 0


def tutors_of(class_id: int) -> Sequence[User]:
    """Return who runs the class."""
    query = select(User).join(Tutor, Tutor.user_id == User.id)
    return db.session.scalars(query.where(Tutor.class_id == class_id).order_by(User.id)).all()


def posts_of(class_id: int, limit: int = 30) -> Sequence[Post]:
    """Return the latest notices of the board."""
    query = select(Post).where(Post.class_id == class_id).order_by(Post.id.desc()).limit(limit)
    return db.session.scalars(query).all()


def plan_of(rows: Sequence[ClassCourse] | Sequence[ProgrammeCourse]) -> list[PlanCourse]:
    """Return the courses of a class or programme in order, with titles and hours."""
    known = courses_by_id([row.course_id for row in rows], drafts=True)
    return [
        PlanCourse(
            row.course_id,
            known[row.course_id].title,
            known[row.course_id].credit_hours,
            row.required,
            row.needs,
        )
        for row in rows
        if row.course_id in known
    ]


def courses_of(rows: Iterable[ClassCourse]) -> dict[int, Course]:
    """Return the courses of a class by id, those that are not published too."""
    return courses_by_id([row.course_id for row in rows], drafts=True)


def exemptions_of(class_id: int) -> Sequence[Exemption]:
    """Return who need not do what in a class."""
    return db.session.scalars(select(Exemption).where(Exemption.class_id == class_id)).all()


def records_of(subject: TrainingClass, user_ids: Collection[int]) -> dict[int, Record]:
    """Return what these people have done for the class, in a fixed number of queries."""
    course_ids = [row.course_id for row in subject.courses]
    progress = progress_of(user_ids, course_ids)
    attended = attended_of_class(subject.id)
    excused: dict[int, set[int]] = {}
    for one in exemptions_of(subject.id):
        excused.setdefault(one.user_id, set()).add(one.course_id)
    done: dict[int, set[int]] = {}
    for (user_id, course_id), standing in progress.items():
        if standing.completed_at is not None:
            done.setdefault(user_id, set()).add(course_id)
    return {
        user_id: Record(
            completed=frozenset(done.get(user_id, ())),
            excused=frozenset(excused.get(user_id, set()) - {NO_COURSE}),
            attended=attended.get(user_id, 0),
            excused_from_attending=NO_COURSE in excused.get(user_id, ()),
        )
        for user_id in user_ids
    }


def standings(subject: TrainingClass, people: Sequence[Member]) -> list[Standing]:
    """Return how `people` stand against the rule of the class."""
    plan = plan_of(subject.courses)
    records = records_of(subject, [member.user_id for member in people])
    return [
        Standing(member, records[member.user_id], subject.rule.parts(plan, records[member.user_id]))
        for member in people
    ]


def count_running(since: datetime | None = None) -> int:
    """Return how many classes are open, or how many of them were made since a moment."""
    query = select(func.count(TrainingClass.id)).where(TrainingClass.status == "open")
    if since is not None:
        query = query.where(TrainingClass.created_at >= since)
    return db.session.scalar(query) or 0
