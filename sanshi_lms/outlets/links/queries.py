"""Reads of links."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from sanshi_lms.core.clock import local
from sanshi_lms.core.db import db
from sanshi_lms.outlets.links.models import ChannelLink, LinkVisit
from sanshi_lms.outlets.links.rules import CHANNELS, is_code


@dataclass(frozen=True)
class Counted:
    """A link with the number of its visits."""

    link: ChannelLink
    visits: int

    @property
    def channel_zh(self) -> str:
        """Return the word for its channel."""
        return CHANNELS[self.link.channel]


def find_link(code: str) -> ChannelLink | None:
    """Return the link with this code."""
    if not is_code(code):
        return None
    return db.session.scalar(select(ChannelLink).where(ChannelLink.code == code))


def links_of(kind: str, ref: int) -> list[Counted]:
    """Return the links of a piece with all their visits, in the order of their making."""
    times = func.coalesce(func.sum(LinkVisit.count), 0)
    query = select(ChannelLink, times).outerjoin(LinkVisit, LinkVisit.link_id == ChannelLink.id)
    query = query.where(ChannelLink.kind == kind, ChannelLink.ref == ref)
    rows = db.session.execute(query.group_by(ChannelLink.id).order_by(ChannelLink.id))
    return [Counted(link, int(visits)) for link, visits in rows]


def visits_since(moment: datetime) -> list[tuple[str, int]]:
    """Return how often links of each channel were followed since a moment, all channels."""
    query = select(ChannelLink.channel, func.sum(LinkVisit.count)).join(LinkVisit)
    query = query.where(LinkVisit.day >= local(moment).date()).group_by(ChannelLink.channel)
    counted = {channel: int(count) for channel, count in db.session.execute(query)}
    return [(word, counted.get(name, 0)) for name, word in CHANNELS.items()]
