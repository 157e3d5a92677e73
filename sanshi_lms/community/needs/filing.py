"""How a need comes in: a resident's form, a cadre for somebody, a 三师 with a difficulty."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from sanshi_lms.community.models import Community, Kind
from sanshi_lms.community.needs import codes, rules
from sanshi_lms.community.needs.models import Need, NeedPhoto, NeedStep, limits_of
from sanshi_lms.community.needs.rules import Actor, State
from sanshi_lms.community.needs.telling import tell_filed
from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.pictures import Picture
from sanshi_lms.core.storage import storage

CONCERNS = ("居民", "老人", "儿童", "残障人士", "租户", "商户")
ORIGINS = {"resident": "居民扫码", "cadre": "社区代填", "pro": "三师提出"}
_TRIES = 5


@dataclass(frozen=True)
class Report:
    """What somebody asks for. `nonce` names the form, so that it counts once."""

    community_id: int
    kind_id: int
    text: str
    place: str
    concerns: tuple[str, ...]
    phone: str | None
    origin: str
    nonce: str
    filed_by_id: int | None = None
    invented: bool = False
    service_id: int | None = None


def file_need(report: Report, pictures: Sequence[Picture], moment: datetime) -> tuple[Need, bool]:
    """Take in a need and tell whether it is new; a form that was sent before gives the first one.

    Raises Refusal when the community or the kind is not to be had (any more).
    """
    known = _of_form(report.nonce)
    if known is not None:
        return known, False
    community = db.session.get(Community, report.community_id)
    kind = db.session.get(Kind, report.kind_id)
    asked_by = "pro" if report.origin == "pro" else "resident"
    if community is None or not community.active:
        raise Refusal("这个社区暂时不收需求，请联系社区。")
    if kind is None or not kind.active or kind.asked_by != asked_by:
        raise Refusal("请选一个类别。")
    need = _insert(report, kind, moment)
    if need is None:
        first = _of_form(report.nonce)
        if first is None:
            raise Refusal("没有保存成功，请再按一次提交。")
        return first, False
    db.session.add(
        NeedStep(
            need_id=need.id,
            at=moment,
            verb=rules.FILED,
            actor=Actor.ASKER.value if report.origin != "cadre" else Actor.CADRE.value,
            person_id=report.filed_by_id,
            state=need.state,
        )
    )
    _keep(need, pictures)
    after = {"kind": kind.name, "origin": report.origin}
    note("community.file_need", f"need:{need.id}", after=after)
    tell_filed(need, report.filed_by_id, moment)
    return need, True


def _of_form(nonce: str) -> Need | None:
    return db.session.scalar(select(Need).where(Need.nonce == nonce))


def _insert(report: Report, kind: Kind, moment: datetime) -> Need | None:
    """Insert the row under a code that nobody has; None when the form's own row came first."""
    for _ in range(_TRIES):
        need = Need(
            code=codes.new_code(),
            nonce=report.nonce,
            community_id=report.community_id,
            kind_id=kind.id,
            text=report.text,
            place=report.place,
            concerns="、".join(report.concerns),
            phone=report.phone,
            origin=report.origin,
            filed_by_id=report.filed_by_id,
            service_id=report.service_id,
            state=State.RECEIVED.value,
            version=1,
            reopened=0,
            waited_seconds=0,
            invented=report.invented,
            received_at=moment,
            opened_at=moment,
            running_since=moment,
        )
        need.keep_due(limits_of(kind))
        try:
            with db.session.begin_nested():
                db.session.add(need)
        except IntegrityError:
            if _of_form(report.nonce) is not None:
                return None
        else:
            return need
    return None


def _keep(need: Need, pictures: Sequence[Picture]) -> None:
    """Put photos in their place before the row is committed: a row never lacks its file."""
    for picture in pictures:
        key = f"community/needs/{need.id}/{secrets.token_hex(8)}.jpg"
        storage().commit_file(picture.file, key)
        db.session.add(
            NeedPhoto(
                need_id=need.id,
                key=key,
                width=picture.width,
                height=picture.height,
                size=picture.size,
            )
        )
    db.session.flush()
