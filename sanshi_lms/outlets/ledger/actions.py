"""Writes of the ledger of publications. Nothing commits here."""

from datetime import date, datetime

from sqlalchemy import select

from sanshi_lms.account import User
from sanshi_lms.core.audit import note
from sanshi_lms.core.clock import local
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.fields import stripped
from sanshi_lms.core.refusing import taken_means
from sanshi_lms.outlets.ledger.models import Publication
from sanshi_lms.outlets.ledger.rules import MAX_TITLE, MAX_WORDS, publication_problem
from sanshi_lms.outlets.links.rules import CHANNELS
from sanshi_lms.outlets.pieces import Piece


def record(
    piece: Piece,
    *,
    nonce: str,
    channel: str,
    place: str,
    url: str,
    day: date | None,
    person: User,
    moment: datetime,
) -> Publication:
    """Write down that a piece was published somewhere; the same form twice is one. Refuses."""
    known = db.session.scalar(select(Publication).where(Publication.nonce == nonce))
    if known is not None:
        return known
    if channel not in CHANNELS:
        raise Refusal("请选择发布的渠道。")
    where, address = stripped(place), url.strip()
    if problem := publication_problem(where, address, day, local(moment).date()):
        raise Refusal(problem)
    row = Publication(
        nonce=nonce,
        kind=piece.kind,
        ref=piece.ref,
        title=piece.title[:MAX_TITLE],
        channel=channel,
        place=where,
        url=address,
        published_on=day,
        by_id=person.id,
        at=moment,
    )
    with taken_means("这一次已经登记过了，请刷新页面查看。"):
        db.session.add(row)
        db.session.flush()
    after = {"channel": channel, "place": where, "url": address}
    note("outlets.publish", f"publication:{row.id}", after=after)
    return row


def take_down(row: Publication, words: str, person: User, moment: datetime) -> None:
    """Write down that a publication stands there no longer; twice is once."""
    if row.taken_down_at is not None:
        return
    row.taken_down_at, row.taken_down_by_id = moment, person.id
    row.words = stripped(words)[:MAX_WORDS]
    note("outlets.take_down", f"publication:{row.id}", after={"words": row.words})
