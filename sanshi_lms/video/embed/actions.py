"""Writes of embedding: who may embed. Nothing commits here."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete

from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db
from sanshi_lms.video.embed.models import EmbedSite
from sanshi_lms.video.embed.queries import sites
from sanshi_lms.video.embed.rules import ANYWHERE


def allow_sites(sources: Collection[str], *, anywhere: bool, moment: datetime) -> None:
    """Let exactly these sites embed videos, or with `anywhere` every site; the list is kept."""
    before, wanted = set(sites()), {*sources, *([ANYWHERE] if anywhere else [])}
    if before == wanted:
        return
    db.session.execute(delete(EmbedSite).where(EmbedSite.source.in_(before - wanted)))
    db.session.add_all(EmbedSite(source=one, added_at=moment) for one in sorted(wanted - before))
    db.session.flush()
    note("video.embedding", "embedding:sites", _told(before), _told(wanted))


def _told(sources: set[str]) -> dict[str, object]:
    return {"anywhere": ANYWHERE in sources, "sites": sorted(sources - {ANYWHERE})}
