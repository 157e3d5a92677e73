"""The lesson kind "broadcast"."""

from collections.abc import Collection, Mapping

from markupsafe import Markup
from sqlalchemy import select

from sanshi_lms.broadcasts.models import Broadcast
from sanshi_lms.broadcasts.rules import phase
from sanshi_lms.core.clock import local, now
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
    usable,
)

_MOST_CHOICES = 200


class BroadcastKind(Untargeted):
    """直播: held live at an hour; afterwards its replay."""

    name = "broadcast"
    label_zh = "直播"
    icon = "play"
    has_target = True

    def render(self, lesson: Lesson, playback: Playback) -> Markup:
        """Return when it is, and the link while there is something to see behind it."""
        del playback
        subject = db.session.get(Broadcast, lesson.target_id or 0)
        where = phase(subject.starts_at, subject.ends_at, now()) if subject else None
        return render_part("broadcasts/_lesson.html", subject=subject, phase=where, lesson=lesson)

    def choices(self, reach: Reach) -> list[Choice]:
        """Return the broadcasts that an author may use, the latest first."""
        allowed = usable(self.name, Broadcast.id, Broadcast.unit_id, reach)
        query = select(Broadcast).where(allowed).order_by(Broadcast.starts_at.desc())
        found = db.session.scalars(query.limit(_MOST_CHOICES))
        return [Choice(one.id, f"{one.title}（{_note(one)}）") for one in found]

    def summaries(self, target_ids: Collection[int]) -> Mapping[int, TargetSummary]:
        """Return what lists need of these broadcasts, in one query."""
        found = db.session.scalars(select(Broadcast).where(Broadcast.id.in_(target_ids)))
        return {
            one.id: TargetSummary(one.title, note_zh=_note(one), opens_at=one.starts_at)
            for one in found
        }

    def pack_check(self, reference: PackReference) -> list[PackError]:
        """Refuse: broadcasts are made at the desk."""
        return [reference.fault("直播请在网站上添加：先在“直播”里建好，再在课里选它。")]


def _note(subject: Broadcast) -> str:
    at = local(subject.starts_at)
    return f"{at.month}月{at.day}日 {at:%H:%M}"
