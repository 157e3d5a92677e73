"""Reads of the editorial flow: where a course stands, what waits for whom, versions and steps."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from sanshi_lms.account import User, owned, people_by_id, reach_of
from sanshi_lms.core.db import db
from sanshi_lms.core.reach import Reach
from sanshi_lms.courses.editorial import rules
from sanshi_lms.courses.editorial.freezing import digest_of, snapshot
from sanshi_lms.courses.editorial.models import CourseVersion, EditorialFlow, EditorialStep
from sanshi_lms.courses.editorial.rules import Facts, Hand, Stage, State, Step
from sanshi_lms.courses.editorial.switch import three_reviews_on
from sanshi_lms.courses.models import Course

WRITE, REVIEW, PUBLISH = "courses.edit", "courses.review", "courses.publish"
_HANDS = {WRITE: Hand.WRITER, REVIEW: Hand.REVIEWER, PUBLISH: Hand.CHIEF}
_IN_REVIEW = [stage.value for stage in Stage if stage is not Stage.WRITING]


@dataclass(frozen=True)
class ToldStep:
    """A step as people read it; `number` is that of the version it was about."""

    at: datetime
    told: str
    who: User | None
    words: str
    number: int | None


@dataclass(frozen=True)
class Standing:
    """Where a course stands for one person: told in a line, and what they may do next, as what.

    `changed`: it no longer reads like the version under review, or the one that was published.
    """

    state: State
    line: str
    reviews: bool
    version: int
    publish_at: datetime | None
    steps: Sequence[Step]
    last: ToldStep | None
    frozen: CourseVersion | None
    changed: bool
    submitted: bool
    locked: str
    hands: frozenset[Hand]

    @property
    def writes(self) -> bool:
        """Whether the person may change the words of this course, when it is not locked."""
        return Hand.WRITER in self.hands

    @property
    def publishes(self) -> bool:
        """Whether the person may publish this course."""
        return Hand.CHIEF in self.hands

    @property
    def word(self) -> str:
        """The state in a word."""
        return rules.STATES[self.state][0]

    @property
    def tone(self) -> str | None:
        """The tone of that word."""
        return rules.STATES[self.state][1]


@dataclass(frozen=True)
class Waiting:
    """A course that is on its way, and whether it waits for the person who looks."""

    course: Course
    state: State
    mine: bool
    since: datetime
    publish_at: datetime | None

    @property
    def word(self) -> str:
        """The state in a word."""
        return rules.STATES[self.state][0]


def reaches_of(person: User) -> Mapping[Hand, Reach]:
    """Return over which units `person` may act as what."""
    return {hand: reach_of(person, permission) for permission, hand in _HANDS.items()}


def hands_over(course: Course, reaches: Mapping[Hand, Reach]) -> frozenset[Hand]:
    """Return as what somebody with these reaches may act on a course."""
    return frozenset(hand for hand, reach in reaches.items() if reach.covers(course.unit_id))


def flow_of(course_id: int) -> EditorialFlow:
    """Return the flow of a course; one that nobody has begun has version 0."""
    return db.session.get(EditorialFlow, course_id) or EditorialFlow(
        course_id=course_id, stage=Stage.WRITING.value, version=0
    )


def facts_of(
    course: Course, flow: EditorialFlow, steps: Iterable[EditorialStep], person: User, *,
    reviews: bool, reaches: Mapping[Hand, Reach] | None = None,
) -> Facts:  # fmt: skip
    """Return what decides which steps `person` may take; lists give their `reaches` once."""
    hands = hands_over(course, reaches or reaches_of(person))
    submitted, passed = rules.round_of((step.verb, step.person_id) for step in steps)
    timed = flow.publish_at is not None
    state = rules.state_of(course.status, flow.stage, timed=timed, reviews=reviews)
    return Facts(state, hands, person.id in submitted, person.id in passed, reviews=reviews)


def rows_of(course_ids: Iterable[int]) -> dict[int, list[EditorialStep]]:
    """Return the steps of several courses, oldest first, in one query."""
    found: dict[int, list[EditorialStep]] = {number: [] for number in course_ids}
    if not found:
        return found
    query = select(EditorialStep).where(EditorialStep.course_id.in_(found))
    for step in db.session.scalars(query.order_by(EditorialStep.id)):
        found[step.course_id].append(step)
    return found


def standing_of(course: Course, person: User) -> Standing:
    """Return where a course stands for `person`."""
    flow, reviews = flow_of(course.id), three_reviews_on()
    steps = rows_of([course.id])[course.id]
    facts = facts_of(course, flow, steps, person, reviews=reviews)
    frozen = db.session.get(CourseVersion, flow.frozen_id) if flow.frozen_id else None
    compares = frozen is not None and facts.state not in rules.WRITABLE
    changed = compares and frozen is not None and frozen.sha256 != digest_of(snapshot(course.id))
    return Standing(
        state=facts.state,
        line=rules.line_of(facts.state, reviews=reviews),
        reviews=reviews,
        version=flow.version,
        publish_at=flow.publish_at if facts.state is State.SCHEDULED else None,
        steps=rules.possible(facts),
        last=told(steps[-1:])[0] if steps else None,
        frozen=frozen,
        changed=changed,
        submitted=facts.submitted,
        locked=rules.locked(facts.state, facts.hands, reviews=reviews),
        hands=facts.hands,
    )


def why_locked(course: Course, person: User) -> str:
    """Return why `person` must not change the words of a course now, or nothing."""
    reviews = three_reviews_on()
    if not reviews:
        return ""
    flow = flow_of(course.id)
    timed = flow.publish_at is not None
    state = rules.state_of(course.status, flow.stage, timed=timed, reviews=reviews)
    return rules.locked(state, hands_over(course, reaches_of(person)), reviews=reviews)


def told(steps: Sequence[EditorialStep]) -> list[ToldStep]:
    """Return steps as people read them."""
    people = people_by_id(step.person_id for step in steps if step.person_id is not None)
    ids = {step.version_id for step in steps if step.version_id is not None}
    query = select(CourseVersion.id, CourseVersion.number).where(CourseVersion.id.in_(ids))
    numbers = {row.id: row.number for row in db.session.execute(query)} if ids else {}
    return [
        ToldStep(
            step.at, rules.TOLD.get(step.verb, step.verb), people.get(step.person_id or 0),
            step.words, numbers.get(step.version_id or 0),
        )
        for step in steps
    ]  # fmt: skip


def under_way(person: User) -> list[Waiting]:
    """Return the courses between submission and publication, what waits for `person` first.

    Only those that they may review or publish.
    """
    reviews, reaches = three_reviews_on(), reaches_of(person)
    judged = or_(*(owned(Course.unit_id, reaches[hand]) for hand in (Hand.REVIEWER, Hand.CHIEF)))
    stages = _IN_REVIEW if reviews else []
    on_way = or_(EditorialFlow.publish_at.is_not(None), EditorialFlow.stage.in_(stages))
    query = (
        select(EditorialFlow, Course).join(Course, Course.id == EditorialFlow.course_id)
        .where(on_way, judged).order_by(EditorialFlow.changed_at, Course.id)
    )  # fmt: skip
    rows = db.session.execute(query).all()
    steps = rows_of(flow.course_id for flow, _ in rows)
    found = []
    for flow, course in rows:
        facts = facts_of(course, flow, steps[course.id], person, reviews=reviews, reaches=reaches)
        if facts.state not in {State.DRAFT, State.WITHDRAWN, State.PUBLISHED}:
            mine = rules.waits_for(facts)
            timed = flow.publish_at if facts.state is State.SCHEDULED else None
            found.append(Waiting(course, facts.state, mine, flow.changed_at, timed))
    return sorted(found, key=lambda one: not one.mine)


def count_waiting(person: User) -> int:
    """Return how many courses wait for this very person."""
    return sum(one.mine for one in under_way(person))


def versions_of(course_id: int) -> list[CourseVersion]:
    """Return the versions of a course, the newest first."""
    query = select(CourseVersion).where(CourseVersion.course_id == course_id)
    return list(db.session.scalars(query.order_by(CourseVersion.number.desc())))


def find_version(course_id: int, number: int) -> CourseVersion | None:
    """Return a version of this very course."""
    query = select(CourseVersion).where(CourseVersion.course_id == course_id)
    return db.session.scalar(query.where(CourseVersion.number == number))


def due(moment: datetime) -> list[int]:
    """Return the courses whose moment of publication has come."""
    query = select(EditorialFlow.course_id).where(EditorialFlow.publish_at <= moment)
    return list(db.session.scalars(query.order_by(EditorialFlow.publish_at)))
