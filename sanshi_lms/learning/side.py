"""The learner's side of course pages: marks, panels, where to resume."""

from collections.abc import Collection, Mapping
from datetime import datetime

from flask import url_for
from markupsafe import Markup

from sanshi_lms.account import User
from sanshi_lms.core.access import held_reach, may
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.web import render_part
from sanshi_lms.courses import (
    Course,
    Lesson,
    LessonMark,
    Playback,
    get_lesson,
    lessons_of,
    target_summaries,
)
from sanshi_lms.credentials import all_newest, chosen_line, latest_certificate, months_of
from sanshi_lms.learning import queries, tokens
from sanshi_lms.learning.asking.queries import asks_anything, placed
from sanshi_lms.learning.awarding import certificate_ref
from sanshi_lms.learning.corrections.queries import is_taken_back
from sanshi_lms.learning.feedback.panel import feedback_panel
from sanshi_lms.learning.gates import lock_of
from sanshi_lms.learning.notes.panel import notes_panel
from sanshi_lms.learning.questions.panel import questions_panel
from sanshi_lms.learning.reading.page import reading_of
from sanshi_lms.learning.renewing.queries import renewal_of
from sanshi_lms.learning.rules import resume_at
from sanshi_lms.learning.ruling import newest_rules, rule_for
from sanshi_lms.learning.ruling.queries import choice_of
from sanshi_lms.learning.ruling.rules import TICKS, frontier
from sanshi_lms.quizzes import bank


class Learner:
    """Answers for the person in front of a course page; implements courses.LearnerSide."""

    def marks(self, person: User | None, lesson_ids: Collection[int]) -> Mapping[int, LessonMark]:
        """Return the marks of the lessons with a record."""
        return queries.marks_of(person.id, lesson_ids) if person else {}

    def course_panel(self, course: Course, person: User | None) -> Markup:
        """Return progress and certificate for the course page."""
        enrolment = queries.enrolment_of(person.id, course.id) if person else None
        certificate = None
        if person and enrolment and enrolment.completed_at:
            certificate = latest_certificate(certificate_ref(person.id, course.id))
        lessons = lessons_of(course.id)[:1] if person and not certificate else []
        first = get_lesson(lessons[0].id, drafts=True) if lessons else None
        progress = render_part(
            "learning/_course_panel.html",
            locked=lock_of(person.id, first) if person and first else None,
            course=course,
            person=person,
            enrolment=enrolment,
            certificate=certificate,
            renewal=renewal_of(certificate, course.id, local(now()).date())
            if certificate and certificate.expires_on
            else None,
            rule=rule_for(person.id if person else None, course.id),
            asked=asks_anything(course.id),
        )
        return progress + feedback_panel(course, person)

    def course_desk(self, course: Course) -> Markup:
        """Return the course's rule of learning, and the form that chooses another."""
        choice = choice_of(course.id)
        return render_part(
            "learning_rules/_course_desk.html",
            course=course,
            rule=rule_for(None, course.id),
            asked=asks_anything(course.id),
            own=choice.chosen if choice else None,
            months=months_of(f"course:{course.id}"),
            designs=all_newest() if may("credentials.rules") else [],
            own_design=chosen_line(f"course:{course.id}"),
            offered=newest_rules() if may("learning.rules") else [],
            may_choose=may("learning.rules"),
        )

    def lesson_desk(self, lesson: Lesson) -> Markup:
        """Return the questions inside the lesson's video, for its author."""
        if lesson.kind != "video":
            return Markup()
        return render_part(
            "learning_asking/_lesson_desk.html",
            lesson=lesson,
            questions=placed(lesson.id, None),
            bank=bank(held_reach("courses.edit")),
        )

    def lesson_panel(self, lesson: Lesson, person: User | None) -> Markup:
        """Return what the lesson page says of the person's progress."""
        record = queries.stands(person.id, [lesson.id])[lesson.id] if person else None
        done = bool(record and record.done)
        summary = target_summaries([lesson]).get(lesson.id)
        rule = rule_for(person.id if person else None, lesson.course_id)
        locked = lock_of(person.id, lesson) if person and not done else None
        if locked is not None:
            notice = render_part("learning/_locked.html", locked=locked)
            return notice + notes_panel(lesson, person)
        progress = render_part(
            "learning/_lesson_panel.html",
            lesson=lesson,
            person=person,
            done=done,
            share=queries.share_of(record),
            saved_ago=_seconds_since(record.updated_at if record else None),
            rule=rule,
            tick=TICKS.get(lesson.kind),
            too_early=bool(summary and summary.opens_at and now() < summary.opens_at),
            taken_back=bool(person and not done and is_taken_back(person.id, lesson.id)),
            reach_seconds=frontier(queries.stretches_of(record)) / 1000,
            questions=placed(lesson.id, person.id) if person and lesson.kind == "video" else [],
            reading=reading_of(person, lesson) if person and not done else None,
            course_url=url_for("courses.course", slug=lesson.course.slug),
            asked_above=lesson.kind == "quiz" or bool(summary and summary.signed_in_only),
        )
        return progress + notes_panel(lesson, person)

    def below_lesson(self, lesson: Lesson, person: User | None) -> Markup:
        """Return what was asked in the lesson."""
        return questions_panel(lesson, person)

    def playback(self, lesson: Lesson, person: User | None) -> Playback:
        """Return where to start and whom to report to."""
        summary = target_summaries([lesson]).get(lesson.id)
        if person is None or summary is None or not summary.seconds:
            return Playback()
        record = queries.stands(person.id, [lesson.id])[lesson.id]
        if not record.done and lock_of(person.id, lesson) is not None:
            return Playback()  # it plays, and nobody counts
        duration_ms = round(summary.seconds * 1000)
        start_ms = resume_at(record.position_ms, duration_ms)
        return Playback(
            start_seconds=start_ms / 1000,
            report_url=url_for("learning_api.reports"),
            session_token=tokens.issue(person.id, lesson.id, duration_ms),
        )

    def people_with_records(self, course_id: int | None, lesson_ids: Collection[int]) -> int:
        """Return how many people have records that a deletion would destroy."""
        return queries.people_with_records(course_id, lesson_ids)


def _seconds_since(moment: datetime | None) -> float | None:
    return None if moment is None else round((now() - moment).total_seconds(), 1)
