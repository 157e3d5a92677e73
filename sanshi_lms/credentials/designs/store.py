"""Reads and writes of designs."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy import func, select

from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.credentials.designs.models import Design, DesignChoice, DesignPicture
from sanshi_lms.credentials.designs.rules import DesignDraft, Signature, problem


def newest(line: str) -> Design | None:
    """Return the version of a design that is used from now on."""
    query = select(Design).where(Design.line == line).order_by(Design.version.desc())
    return db.session.scalar(query.limit(1))


def all_newest() -> Sequence[Design]:
    """Return every design in its newest version, by name."""
    last = select(func.max(Design.id)).group_by(Design.line)
    return db.session.scalars(select(Design).where(Design.id.in_(last)).order_by(Design.name)).all()


def versions_of(line: str) -> Sequence[Design]:
    """Return the versions of a design, the newest first."""
    query = select(Design).where(Design.line == line).order_by(Design.version.desc())
    return db.session.scalars(query).all()


def chosen_for(subject: str) -> Design | None:
    """Return the design for `subject` ("course:3"), else the one for all; None is ours."""
    query = select(DesignChoice).where(DesignChoice.subject.in_((subject, "")))
    found = {one.subject: one.line for one in db.session.scalars(query)}
    line = found.get(subject, found.get(""))
    return newest(line) if line else None


def chosen_line(subject: str) -> str:
    """Return the line chosen for just this subject, "" for none."""
    query = select(DesignChoice.line).where(DesignChoice.subject == subject)
    return db.session.scalar(query) or ""


def draft_of(design: Design) -> DesignDraft:
    """Return a version as its author filled it in."""
    return DesignDraft(
        design.name, design.heading, design.body, design.issuer, design.prefix, design.portrait,
        design.look, design.seal_id, tuple(Signature(**one) for one in design.signatures),
    )  # fmt: skip


def keep(draft: DesignDraft, line: str | None, person_id: int, at: datetime) -> Design:
    """Add a design, or the next version of one; an unchanged one stays the version it is.

    Raises Refusal for a design that is not sound.
    """
    wrong = problem(draft)
    if wrong:
        raise Refusal(wrong)
    before = newest(line) if line else None
    if before is not None and draft_of(before) == draft:
        return before
    values = asdict(draft)
    values["signatures"] = [asdict(one) for one in draft.signatures]
    fresh = Design(
        line=before.line if before else secrets.token_hex(6),
        version=before.version + 1 if before else 1,
        made_at=at,
        made_by_id=person_id,
        **values,
    )
    db.session.add(fresh)
    db.session.flush()
    told = {"title": draft.name, "version": fresh.version}
    note("credentials.keep_design", f"design:{fresh.line}", after=told)
    return fresh


def choose(subject: str, line: str) -> None:
    """Let certificates for `subject` ("" for all others) look so from now on; "" takes it back."""
    if line and newest(line) is None:
        raise Refusal("选的样式已经没有了，请重新选择。")
    known = db.session.get(DesignChoice, subject)
    before = known.line if known else ""
    if before == line:
        return
    if known is None:
        db.session.add(DesignChoice(subject=subject, line=line))
    elif line:
        known.line = line
    else:
        db.session.delete(known)
    after = newest(line)
    told = {"title": after.name if after else "（系统自带）", "who": subject or "全部"}
    note("credentials.choose_design", f"design:{line or before}", after=told)


def picture(picture_id: int) -> bytes:
    """Return a picture's PNG."""
    return db.session.get_one(DesignPicture, picture_id).data


def known_pictures(draft: DesignDraft) -> DesignDraft:
    """Return the draft without the ids of pictures that are not there."""
    ids = {draft.seal_id, *(one.picture_id for one in draft.signatures)} - {None}
    known = set(db.session.scalars(select(DesignPicture.id).where(DesignPicture.id.in_(ids))))
    signatures = tuple(
        replace(one, picture_id=one.picture_id if one.picture_id in known else None)
        for one in draft.signatures
    )
    seal_id = draft.seal_id if draft.seal_id in known else None
    return replace(draft, seal_id=seal_id, signatures=signatures)
