"""Writes of links. Nothing commits here."""

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from sanshi_lms.account import User
from sanshi_lms.core.audit import note
from sanshi_lms.core.clock import local
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.fields import stripped
from sanshi_lms.outlets.links.models import ChannelLink, LinkVisit
from sanshi_lms.outlets.links.queries import find_link
from sanshi_lms.outlets.links.rules import ALPHABET, CHANNELS, CODE_LENGTH, MAX_LABEL
from sanshi_lms.outlets.pieces import Piece


def make_link(
    piece: Piece, channel: str, person: User | None, moment: datetime, label: str = ""
) -> ChannelLink:
    """Return the link of a piece for a channel, made if it is the first. Raises Refusal."""
    name = stripped(label)[:MAX_LABEL]
    if channel not in CHANNELS:
        raise Refusal("请选择链接要放在哪里。")
    query = select(ChannelLink).where(
        ChannelLink.kind == piece.kind,
        ChannelLink.ref == piece.ref,
        ChannelLink.channel == channel,
        ChannelLink.label == name,
    )
    known = db.session.scalar(query)
    if known is not None:
        known.path = piece.path
        return known
    link = ChannelLink(
        code="".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH)),
        kind=piece.kind,
        ref=piece.ref,
        path=piece.path,
        channel=channel,
        label=name,
        made_by_id=person.id if person else None,
        made_at=moment,
    )
    db.session.add(link)
    db.session.flush()
    if person is not None:
        note("outlets.link", f"link:{link.id}", after={"channel": channel, "label": name})
    return link


def count_visit(code: str, moment: datetime) -> bool:
    """Count that somebody came by a link; tell whether there is such a link."""
    link = find_link(code)
    return link is not None and _count(link, moment)


def count_arrival(piece: Piece, channel: str, moment: datetime) -> bool:
    """Count that somebody came to a piece from a channel that needs no link, such as a poster."""
    return channel in CHANNELS and _count(make_link(piece, channel, None, moment), moment)


def _count(link: ChannelLink, moment: datetime) -> bool:
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    row = insert(LinkVisit).values(link_id=link.id, day=local(moment).date(), count=1)
    more = {"count": LinkVisit.count + 1}
    db.session.execute(row.on_conflict_do_update(index_elements=["link_id", "day"], set_=more))
    return True
