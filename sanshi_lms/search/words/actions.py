"""Writes of the words of search. Nothing commits here."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from sanshi_lms.core.audit import note
from sanshi_lms.core.clock import local
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.search.synonyms import group_of, shipped_groups
from sanshi_lms.search.words.models import MissedWord, SynonymGroup
from sanshi_lms.search.words.queries import BETWEEN
from sanshi_lms.search.words.rules import countable, group_problem


def add_group(line: str, moment: datetime) -> SynonymGroup:
    """Add a group of the installation's own; the same words once. Raises Refusal."""
    words = _line(line)
    same = select(SynonymGroup).where(SynonymGroup.words == words, SynonymGroup.origin.is_(None))
    if (known := db.session.scalar(same)) is not None:
        return known
    group = SynonymGroup(words=words, updated_at=moment)
    db.session.add(group)
    db.session.flush()
    note("search.add_synonyms", f"synonyms:{group.id}", after={"words": words})
    return group


def change_group(group: SynonymGroup, line: str, *, off: bool, moment: datetime) -> None:
    """Give a group other words, or put it in or out of force. Raises Refusal."""
    before = {"words": group.words, "off": group.off}
    group.words, group.off, group.updated_at = _line(line), off, moment
    after = {"words": group.words, "off": group.off}
    if before != after:
        note("search.change_synonyms", f"synonyms:{group.id}", before, after)


def change_shipped(origin: str, line: str, *, off: bool, moment: datetime) -> None:
    """Give a shipped group other words, or put it in or out of force. Raises Refusal."""
    group = next((one for one in shipped_groups() if one[0] == origin), None)
    if group is None:
        raise Refusal("没有这一组自带的近义词，请刷新页面再试。", 404)
    row = db.session.scalar(select(SynonymGroup).where(SynonymGroup.origin == origin))
    if row is None:
        row = SynonymGroup(words=BETWEEN.join(group), origin=origin, off=False, updated_at=moment)
        db.session.add(row)
        db.session.flush()
    change_group(row, line, off=off, moment=moment)


def remove_group(group: SynonymGroup) -> None:
    """Drop a group of one's own; a shipped one is again what it was."""
    before = {"words": group.words, "off": group.off}
    if group.origin is None:
        note("search.remove_synonyms", f"synonyms:{group.id}", before)
    else:
        note("search.restore_synonyms", f"synonyms:{group.id}", before)
    db.session.delete(group)


def count_missed(query: str, moment: datetime) -> bool:
    """Count a search that found nothing; tell whether it is one that is counted."""
    word = countable(query)
    if not word:
        return False
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    row = insert(MissedWord).values(day=local(moment).date(), word=word, count=1)
    again = {"count": MissedWord.count + 1}
    db.session.execute(row.on_conflict_do_update(index_elements=["day", "word"], set_=again))
    return True


def _line(line: str) -> str:
    words = group_of(line)
    if problem := group_problem(words):
        raise Refusal(problem)
    return BETWEEN.join(words)
