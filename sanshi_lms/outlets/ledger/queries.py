"""Reads of the ledger of publications."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import Select, select

from sanshi_lms.core.db import db
from sanshi_lms.core.registers import registers
from sanshi_lms.outlets.ledger.models import Publication


def publications() -> Select[Publication]:
    """Return all publications, the newest first."""
    return select(Publication).order_by(Publication.published_on.desc(), Publication.id.desc())


def publications_of(kind: str, ref: int) -> list[Publication]:
    """Return the publications of a piece, the newest first."""
    query = publications().where(Publication.kind == kind, Publication.ref == ref)
    return list(db.session.scalars(query))


def to_take_down() -> list[Publication]:
    """Return what still stands elsewhere though here nobody may see it any more."""
    standing = db.session.scalars(publications().where(Publication.taken_down_at.is_(None))).all()
    shown = _shown((one.kind, one.ref) for one in standing)
    return [one for one in standing if (one.kind, one.ref) not in shown]


def _shown(keys: Iterable[tuple[str, int]]) -> set[tuple[str, int]]:
    by_kind: dict[str, set[int]] = defaultdict(set)
    for kind, ref in keys:
        by_kind[kind].add(ref)
    sources = registers().sources
    return {
        (kind, ref)
        for kind, refs in by_kind.items()
        if kind in sources
        for ref in sources[kind].visible(sorted(refs))
    }
