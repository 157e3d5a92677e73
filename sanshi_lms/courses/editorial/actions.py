"""Writes of the editorial flow: each step of a course's way, and praise. Nothing here commits."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import selectinload

from sanshi_lms.account import User
from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db, insert_missing, row_count
from sanshi_lms.core.errors import Refusal
from sanshi_lms.courses.actions import publish_course, withdraw_course
from sanshi_lms.courses.editorial import queries, rules
from sanshi_lms.courses.editorial.freezing import digest_of, freeze, snapshot
from sanshi_lms.courses.editorial.models import CourseVersion, EditorialFlow, Excellent
from sanshi_lms.courses.editorial.record import write_down
from sanshi_lms.courses.editorial.rules import Stage, State, Step
from sanshi_lms.courses.editorial.switch import three_reviews_on
from sanshi_lms.courses.models import Course
from sanshi_lms.courses.queries import get_lesson, lessons_of
from sanshi_lms.courses.readiness import desk_rows, what_is_missing

CONFLICT = 409
_OVERTAKEN = "慢了一步：别人刚刚办过这门课程。请看过最新的情况再办。"
_OTHERWISE = "提交以后课程又改过了，审的不是现在的样子。请退回（或收回），改好后再提交。"


@dataclass(frozen=True)
class Given:
    """What came with a step: its verb, the version that was seen, words, and a moment."""

    verb: str
    seen: int
    words: str = ""
    publish_at: datetime | None = None


def take_step(course: Course, given: Given, person: User, moment: datetime) -> None:
    """Take a step; sent twice it is taken once.

    Raises Refusal when it is not theirs, not possible, too late, or something is missing.
    """
    reviews, flow = three_reviews_on(), queries.flow_of(course.id)
    steps = queries.rows_of([course.id])[course.id]
    if any(
        (row.verb, row.seen, row.person_id) == (given.verb, given.seen, person.id) for row in steps
    ):
        return
    facts = queries.facts_of(course, flow, steps, person, reviews=reviews)
    try:
        step = rules.step_of(given.verb, facts)
    except rules.NotAllowed as refused:
        raise Refusal(str(refused), CONFLICT if given.seen != flow.version else 422) from refused
    _check(course, flow, step, given, moment, reviews=reviews)
    flow = _claim(flow, given.seen, moment)
    if step.verb in {"publish", "withdraw"}:
        _carry_out(course, step, given, person, moment)
        return
    version_id = flow.frozen_id
    if step.verb == "submit" or (step.verb == "schedule" and not reviews):
        version_id = freeze(course.id, person.id, moment).id
    timed = given.publish_at if step.end is State.SCHEDULED else None
    stage = rules.stage_after(step, flow.stage, reviews=reviews)
    flow.stage, flow.publish_at, flow.frozen_id = stage, timed, version_id
    write_down(
        course.id, step.verb, person.id, moment,
        version_id=version_id, seen=given.seen, words=given.words,
    )  # fmt: skip
    note(
        "courses.review",
        f"course:{course.id}",
        {"state": facts.state.value},
        {"state": step.end.value, "step": step.verb, **_audited(timed, version_id)},
    )


def publish_due(course_id: int, moment: datetime) -> None:
    """Publish a course whose moment has come; where it cannot be, say why and ask no more."""
    query = select(EditorialFlow).where(EditorialFlow.course_id == course_id).with_for_update()
    flow = db.session.scalar(query.execution_options(populate_existing=True))
    if flow is None or flow.publish_at is None or flow.publish_at > moment:
        return
    whole = selectinload(Course.audiences)
    course = db.session.get_one(Course, course_id, options=[whole])
    flow = _claim(flow, flow.version, moment)
    problem = _why_not(course, flow)
    if not problem:
        publish_course(course, moment=moment, words="到了定好的时间，自动发布")
        return
    flow.publish_at = None
    write_down(course_id, rules.MISSED, None, moment, version_id=flow.frozen_id, words=problem)
    note("courses.missed", f"course:{course_id}", after={"reason": problem})


def praise(course: Course, lesson_id: int | None, reason: str, by: User, moment: datetime) -> None:
    """Name a published course or one of its lessons 优秀微课; sent twice it is named once."""
    if not course.is_published:
        raise Refusal("只有已发布的课程才能评为优秀微课，请先发布。")
    if not reason:
        raise Refusal("请写明为什么是优秀微课，这句话会公开显示。")
    if len(reason) > rules.REASON_LENGTH:
        raise Refusal(f"理由太长了，请不要超过 {rules.REASON_LENGTH} 个字。")
    if lesson_id is not None:
        lesson = get_lesson(lesson_id)
        if lesson is None or lesson.course_id != course.id:
            raise Refusal("这一课不在这门课程里，请重新选。")
    subject = f"lesson:{lesson_id}" if lesson_id else f"course:{course.id}"
    if db.session.scalar(select(Excellent.id).where(Excellent.subject == subject)):
        return
    insert_missing(
        Excellent, subject=subject, course_id=course.id, lesson_id=lesson_id, reason=reason,
        by_id=by.id, at=moment,
    )  # fmt: skip
    note("courses.praise", f"course:{course.id}", after={"lesson": lesson_id, "reason": reason})


def unpraise(course: Course, praise_id: int) -> None:
    """Take the name 优秀微课 back; what it was given for stays in the audit trail."""
    row = db.session.get(Excellent, praise_id)
    if row is None or row.course_id != course.id:
        return
    before = {"lesson": row.lesson_id, "reason": row.reason}
    note("courses.unpraise", f"course:{course.id}", before=before)
    db.session.delete(row)
    db.session.flush()


def _carry_out(course: Course, step: Step, given: Given, person: User, moment: datetime) -> None:
    """Publish or withdraw: the step is written by whoever hears of it (record), and told of what
    was seen, so that a second click finds it.
    """
    if step.verb == "publish":
        publish_course(course, person.id, moment=moment)
    else:
        withdraw_course(course, given.words, person.id, moment=moment)
    queries.rows_of([course.id])[course.id][-1].seen = given.seen


def _check(
    course: Course, flow: EditorialFlow, step: Step, given: Given, moment: datetime, *,
    reviews: bool,
) -> None:  # fmt: skip
    if step.words and not given.words:
        raise Refusal(f"“{step.label}”要写明原因，别人才知道为什么。")
    if len(given.words) > rules.WORDS_LENGTH:
        raise Refusal(f"写得太长了，请不要超过 {rules.WORDS_LENGTH} 个字。")
    if step.verb == "schedule":
        if given.publish_at is None:
            raise Refusal("请选择定时发布的日期和时间。")
        if wrong := rules.moment_problem(given.publish_at, moment):
            raise Refusal(wrong)
    if step.whole and (missing := what_is_missing(course, desk_rows(lessons_of(course.id)))):
        raise Refusal(f"还不能{step.label}。{missing[0]}")
    if reviews and step.same and not _reads_as_submitted(course, flow):
        raise Refusal(_OTHERWISE)


def _why_not(course: Course, flow: EditorialFlow) -> str:
    """Return why a course cannot be published by the round, or nothing."""
    if course.is_published:
        return "课程已经发布了。"
    if missing := what_is_missing(course, desk_rows(lessons_of(course.id))):
        return f"到了定好的时间，还不能发布。{missing[0]}"
    if three_reviews_on():
        if flow.stage != Stage.PASSED:
            return "到了定好的时间，三审还没有通过。请先提交审核。"
        if not _reads_as_submitted(course, flow):
            return _OTHERWISE
    return ""


def _reads_as_submitted(course: Course, flow: EditorialFlow) -> bool:
    frozen = db.session.get(CourseVersion, flow.frozen_id) if flow.frozen_id else None
    return frozen is not None and frozen.sha256 == digest_of(snapshot(course.id))


def _claim(flow: EditorialFlow, seen: int, moment: datetime) -> EditorialFlow:
    """Take the state's next version; of two people at once the second is told."""
    if seen == 0:
        insert_missing(
            EditorialFlow, course_id=flow.course_id, stage=flow.stage, version=0, changed_at=moment
        )
    mine = update(EditorialFlow).where(
        EditorialFlow.course_id == flow.course_id, EditorialFlow.version == seen
    )
    if row_count(db.session.execute(mine.values(version=seen + 1, changed_at=moment))) != 1:
        raise Refusal(_OVERTAKEN, CONFLICT)
    return db.session.get_one(EditorialFlow, flow.course_id, populate_existing=True)


def _audited(timed: datetime | None, version_id: int | None) -> dict[str, object]:
    sha256 = db.session.get_one(CourseVersion, version_id).sha256 if version_id else None
    return {"sha256": sha256} | ({"publish_at": timed} if timed else {})
