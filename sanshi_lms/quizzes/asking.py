"""Single items of the bank, for another room to ask outside a paper: shown and marked here.

What a page gets of an item never tells the answer: options stand in an order of the person's own,
and only `Asked.is_right` knows which of them are right.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import selectinload

from sanshi_lms.account import owned
from sanshi_lms.core.db import db
from sanshi_lms.core.markdown import plain_text
from sanshi_lms.core.reach import Reach
from sanshi_lms.core.shared import shared
from sanshi_lms.quizzes import rules
from sanshi_lms.quizzes.frozen import ShownItem, show_item
from sanshi_lms.quizzes.models import Item, Paper
from sanshi_lms.quizzes.queries import freeze_item
from sanshi_lms.quizzes.wording import item_text, option_text

_LONGEST_LABEL = 40
_MOST_PAPERS = 100


@dataclass(frozen=True)
class Asked:
    """An item as one person is asked it."""

    shown: ShownItem

    @property
    def kind(self) -> rules.ItemKind:
        """Return single, multiple or true_false."""
        return self.shown.item.kind

    @property
    def kind_label(self) -> str:
        """Return the kind in Chinese."""
        return rules.ITEM_KIND_ZH[self.kind]

    @property
    def stem(self) -> Markup:
        """Return the question."""
        return item_text(self.shown.item.stem_md, top_heading=3)

    @property
    def options(self) -> list[Markup]:
        """Return the options as they are shown."""
        return [option_text(option.text) for option in self.shown.options()]

    @property
    def explanation(self) -> Markup:
        """Return why the right answer is right; for after it was given."""
        return item_text(self.shown.item.explanation_md, top_heading=3)

    def numbers(self, places: Sequence[int]) -> list[int] | None:
        """Return which options stand at `places`; None when that cannot be an answer."""
        return self.shown.numbers(places) if places else None

    def is_right(self, numbers: Collection[int]) -> bool:
        """Tell whether exactly the right options were chosen."""
        return rules.is_right(self.shown.item.correct, numbers)


def ask_item(item_id: int, seed: int) -> Asked | None:
    """Return an item with options in the order of `seed`; None when the bank has no such."""
    query = select(Item).where(Item.id == item_id).options(selectinload(Item.options))
    item = db.session.scalar(query.execution_options(populate_existing=True))
    if item is None or item.kind not in rules.CHOICE_KINDS:
        return None
    return Asked(show_item(freeze_item(item), seed))


@shared("quizzes")
def item_labels(item_ids: Collection[int]) -> Mapping[int, str]:
    """Return the beginning of each item's question; an item that is gone is left out."""
    rows = db.session.execute(select(Item.id, Item.stem_md).where(Item.id.in_(item_ids)))
    return {item_id: _label(stem) for item_id, stem in rows}


def in_bank(reach: Reach) -> ColumnElement[bool]:
    """Tell, inside a statement over Item, whether an author with this reach may use a question.

    It is theirs, or the city's.
    """
    if reach.everything:
        return true()
    theirs = or_(Paper.unit_id.is_(None), owned(Paper.unit_id, reach))
    return Item.paper_id.in_(select(Paper.id).where(theirs))


def may_use(item_id: int, reach: Reach) -> bool:
    """Tell whether an author with this reach may use a question."""
    query = select(Item.id).where(Item.id == item_id, in_bank(reach))
    return db.session.scalar(query) is not None


def bank(reach: Reach) -> list[tuple[str, list[tuple[int, str]]]]:
    """Return the newest papers with their items, (id, label), for an author to pick from.

    They are of units within reach, or the city's.
    """
    papers = db.session.scalars(
        select(Paper)
        .where(or_(Paper.unit_id.is_(None), owned(Paper.unit_id, reach)))
        .order_by(Paper.id.desc())
        .limit(_MOST_PAPERS)
        .options(selectinload(Paper.items))
    )
    return [
        (title, [(item.id, _label(item.stem_md)) for item in items])
        for title, items in ((paper.title, _with_options(paper)) for paper in papers)
        if items
    ]


def _with_options(paper: Paper) -> list[Item]:
    return [item for item in paper.items if item.kind in rules.CHOICE_KINDS]


def _label(stem_md: str) -> str:
    text = " ".join(plain_text(stem_md).split())
    return text if len(text) <= _LONGEST_LABEL else text[: _LONGEST_LABEL - 1] + "…"
