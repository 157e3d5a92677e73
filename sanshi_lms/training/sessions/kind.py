"""The lesson kind "event": a lesson that is an offline session; being there completes it."""

from collections.abc import Collection, Mapping

from markupsafe import Markup
from sqlalchemy import or_, select

from sanshi_lms.core.access import current_person
from sanshi_lms.core.clock import local
from sanshi_lms.core.db import db
from sanshi_lms.core.reach import Reach
from sanshi_lms.core.web import render_part
from sanshi_lms.courses import (
    Choice,
    Lesson,
    PackError,
    PackReference,
    Playback,
    TargetSummary,
    Untargeted,
)
from sanshi_lms.training.classes.models import TrainingClass
from sanshi_lms.training.scope import run_by
from sanshi_lms.training.sessions.models import OfflineSession
from sanshi_lms.training.sessions.queries import attended_by, session_for, signup_of

_MOST_CHOICES = 200


class EventKind(Untargeted):
    """线下活动: who checks in, or is entered by the tutor, has done the lesson."""

    name = "event"
    label_zh = "线下活动"
    icon = "place"
    has_target = True

    def render(self, lesson: Lesson, playback: Playback) -> Markup:
        """Return when and where, how the person stands, and the way to the session's page."""
        del playback
        me, target = current_person(), lesson.target_id or 0
        subject = db.session.get(OfflineSession, target)
        return render_part(
            "sessions/_lesson.html",
            subject=subject,
            open=session_for(target, me) is not None,
            came=me is not None and target in attended_by(me.id, [target]),
            signup=signup_of(target, me.id) if me else None,
        )

    def choices(self, reach: Reach) -> list[Choice]:
        """Return the sessions that were not called off, the latest first; those of a class only to
        whoever runs it.
        """
        del reach  # an open session is everybody's, and a class has people who run it
        run = select(TrainingClass.id).where(run_by(current_person()))
        usable = or_(OfflineSession.class_id.is_(None), OfflineSession.class_id.in_(run))
        query = select(OfflineSession).where(OfflineSession.cancelled.is_(False), usable)
        query = query.order_by(OfflineSession.starts_at.desc()).limit(_MOST_CHOICES)
        return [Choice(one.id, f"{one.title}（{_note(one)}）") for one in db.session.scalars(query)]

    def summaries(self, target_ids: Collection[int]) -> Mapping[int, TargetSummary]:
        """Return what lists need of these sessions, in one query."""
        found = db.session.scalars(select(OfflineSession).where(OfflineSession.id.in_(target_ids)))
        return {
            one.id: TargetSummary(
                one.title,
                note_zh=_note(one),
                problem_zh="这次活动取消了，请换一次活动。" if one.cancelled else None,
            )
            for one in found
        }

    def pack_check(self, reference: PackReference) -> list[PackError]:
        """Refuse: sessions are made at the desk."""
        return [reference.fault("线下活动请在网站上添加：先到“培训”里建活动，再在课里选它。")]


def _note(subject: OfflineSession) -> str:
    at = local(subject.starts_at)
    return f"{at.month}月{at.day}日 {at:%H:%M}，{subject.place}"
