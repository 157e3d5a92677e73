"""Writes of embedding: who may embed. Nothing commits here."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete

from sanshi_lms.account import unit_paths
from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db
from sanshi_lms.video.embed.models import EmbedSite
from sanshi_lms.video.embed.queries import sites
from sanshi_lms.video.embed.rules import ANYWHERE


def allow_sites(
    sources: Collection[str], *, anywhere: bool, moment: datetime, unit_id: int | None = None
) -> None:
    """Let exactly these sites embed a unit's videos, everybody's without one.

    With `anywhere` every site may, and the list is kept.
    """
    before, wanted = set(sites(unit_id)), {*sources, *([ANYWHERE] if anywhere else [])}
    if before == wanted:
        return
    ours = EmbedSite.unit_id.is_not_distinct_from(unit_id)
    db.session.execute(delete(EmbedSite).where(ours, EmbedSite.source.in_(before - wanted)))
    db.session.add_all(
        EmbedSite(source=one, unit_id=unit_id, added_at=moment) for one in sorted(wanted - before)
    )
    db.session.flush()
    unit = unit_paths().get(unit_id, "") if unit_id else ""
    note("video.embedding", "embedding:sites", _told(before, unit), _told(wanted, unit))


def _told(sources: set[str], unit: str) -> dict[str, object]:
    told = {"anywhere": ANYWHERE in sources, "sites": sorted(sources - {ANYWHERE})}
    return told | ({"unit": unit} if unit else {})
