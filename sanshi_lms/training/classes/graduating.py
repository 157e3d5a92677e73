"""Writes of the end: who meets the rule graduates, with a certificate, once."""

from collections.abc import Collection
from datetime import datetime

from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.credentials import (
    Certificate,
    Paper,
    again_ref,
    award_certificate,
    is_genuine,
    latest_certificates,
    look_of,
    set_months,
    sheet_of,
)
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


def certificates_of_class(class_id: int) -> dict[int, Certificate]:
    """Return the last certificate of each member who has one, by the person's id."""
    found = latest_certificates(f"class:{class_id}:user:")
    return {one.user_id: one for one in found.values()}


def set_class_term(subject: TrainingClass, months: int) -> None:
    """Let the certificates of a class end after `months`; 0 means never.

    Whoever wants to renew one takes part in another class: a class happens once.
    Raises Refusal for a number that makes no sense.
    """
    before = set_months(f"class:{subject.id}", months)
    if before != months:
        note("training.set_term", f"class:{subject.id}", {"months": before}, {"months": months})


def papers_of(subject: TrainingClass) -> list[Paper]:
    """Return the valid certificates of a class for print, filed by unit and name."""
    names = {one.user_id: one.person for one in members(subject.id, ("done",))}
    valid = [
        one
        for user_id, one in certificates_of_class(subject.id).items()
        if user_id in names and one.revoked_at is None and is_genuine(one)
    ]
    looks = {design_id: look_of(design_id) for design_id in {one.design_id for one in valid}}
    papers = [
        Paper(names[one.user_id].organisation, one, sheet_of(one, looks[one.design_id]))
        for one in valid
    ]
    return sorted(papers, key=lambda paper: paper.path)


def award_again(subject: TrainingClass, user_id: int, at: datetime) -> None:
    """Give a member whose certificate is void a new one, with a new number.

    Raises Refusal when the old one is valid or the member does not meet the rule now.
    """
    subject = locked(subject.id)
    held = certificates_of_class(subject.id).get(user_id)
    member = next((m for m in members(subject.id, ("done",)) if m.user_id == user_id), None)
    if member is None or held is None or held.revoked_at is None:
        raise Refusal("这位学员的证书没有撤销，不用重新颁发。", 409)
    (standing,) = standings(subject, [member])
    if not standing.meets:
        raise Refusal("这位学员现在没有达到结业条件：" + "；".join(standing.lacks) + "。")
    _award(subject, member, at, again_ref(held.source_ref))


def _award(
    subject: TrainingClass, member: Member, at: datetime, source_ref: str | None = None
) -> None:
    member.state, member.changed_at = "done", at
    db.session.flush()
    certificate = award_certificate(
        user_id=member.user_id,
        holder_name=member.person.display_name,
        title=subject.title,
        credit_hours=subject.credit_hours,
        source_ref=source_ref or certificate_ref(subject.id, member.user_id),
        at=at,
    )
    after = {"person": member.person.display_name, "number": certificate.number}
    note("training.graduate", f"class:{subject.id}", after=after)
    path = f"/credentials/{certificate.number}"
    title, text = f"恭喜，您已从“{subject.title}”结业", "结业证书已经发给您。"
    tell([member.user_id], title, text, path, f"graduated:{member.id}:{certificate.id}")
