"""Writes of the end: who meets the rule graduates, with a certificate, once."""

from collections.abc import Collection
from datetime import datetime

from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db
from sanshi_lms.credentials import award_certificate
from sanshi_lms.training.classes.models import Member, TrainingClass
from sanshi_lms.training.classes.queries import members, standings
from sanshi_lms.training.classes.roster import locked
from sanshi_lms.training.telling import tell


def certificate_ref(class_id: int, user_id: int) -> str:
    """Return what the certificate of a member is for."""
    return f"class:{class_id}:user:{user_id}"


def graduate(subject: TrainingClass, member_ids: Collection[int], at: datetime) -> list[Member]:
    """Let those of `member_ids` graduate who meet the rule now. Return them.

    Whoever was on a list that somebody looked at a minute ago and does not meet it any more (a
    course was taken back) is left out; whoever graduated already gets nothing twice.
    """
    subject = locked(subject.id)
    chosen = [m for m in members(subject.id, ("in",)) if m.id in member_ids]
    done = []
    # By their ids, as all who enter hours for many do.
    for standing in standings(subject, sorted(chosen, key=lambda one: one.user_id)):
        if standing.meets:
            _award(subject, standing.member, at)
            done.append(standing.member)
    return done


def _award(subject: TrainingClass, member: Member, at: datetime) -> None:
    member.state, member.changed_at = "done", at
    db.session.flush()
    certificate = award_certificate(
        user_id=member.user_id,
        holder_name=member.person.display_name,
        title=subject.title,
        credit_hours=subject.credit_hours,
        source_ref=certificate_ref(subject.id, member.user_id),
        at=at,
    )
    after = {"person": member.person.display_name, "number": certificate.number}
    note("training.graduate", f"class:{subject.id}", after=after)
    path = f"/credentials/{certificate.number}"
    title, text = f"恭喜，您已从“{subject.title}”结业", "结业证书已经发给您。"
    tell([member.user_id], title, text, path, f"graduated:{member.id}")
