"""Reads of the words of search."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from sqlalchemy import func, select

from sanshi_lms.core.clock import local
from sanshi_lms.core.db import db
from sanshi_lms.core.registers import LessonWish, Subject, ids_in
from sanshi_lms.core.shared import shared
from sanshi_lms.search.synonyms import Synonyms, group_of, shipped_groups, synonyms_of
from sanshi_lms.search.words.models import MissedWord, SynonymGroup

PLACE = "/admin/search/words"
BETWEEN = " = "
MOST_MISSED = 200


@dataclass(frozen=True)
class Listed:
    """A group as the desk lists it; `row` is None for a shipped one that nobody changed."""

    line: str
    row: SynonymGroup | None
    origin: str | None

    @property
    def off(self) -> bool:
        """Tell whether it is out of force."""
        return self.row is not None and self.row.off


def listed_groups() -> list[Listed]:
    """Return the installation's own groups, newest first, then the shipped ones."""
    rows = db.session.scalars(select(SynonymGroup).order_by(SynonymGroup.id.desc())).all()
    changed = {row.origin: row for row in rows if row.origin}
    own = [Listed(row.words, row, None) for row in rows if row.origin is None]
    shipped = []
    for group in shipped_groups():
        row = changed.get(group[0])
        shipped.append(Listed(row.words if row else BETWEEN.join(group), row, group[0]))
    return own + shipped


@shared("search.words")
def synonyms_in_force() -> Synonyms:
    """Return each word with the others that mean the same, as the desk has them."""
    return synonyms_of(group_of(one.line) for one in listed_groups() if not one.off)


def missed_words(since: datetime) -> list[tuple[str, int]]:
    """Return what was searched for and not found since a moment, the most frequent first."""
    times = func.sum(MissedWord.count)
    query = select(MissedWord.word, times).where(MissedWord.day >= local(since).date())
    query = query.group_by(MissedWord.word).order_by(times.desc(), MissedWord.word)
    return [(word, int(count)) for word, count in db.session.execute(query.limit(MOST_MISSED))]


def missed_wishes(since: datetime) -> Iterator[LessonWish]:
    """Yield what nobody found, as wishes for a lesson."""
    for word, count in missed_words(since):
        yield LessonWish(
            f"search:{word}",
            word,
            count,
            "搜索没有找到",
            f"/search/?q={quote(word)}",
        )


def group_subjects(keys: Collection[str]) -> Mapping[str, Subject]:
    """Return the groups of these keys, for the audit trail."""
    rows = db.session.scalars(select(SynonymGroup).where(SynonymGroup.id.in_(ids_in(keys))))
    return {str(row.id): Subject(row.words, PLACE) for row in rows}
