"""A paper as it was when somebody started on it, and how it is shown to them.

An attempt points at a frozen paper, so that changing a question later cannot change what was
asked or how it was marked. Options are numbered as the author wrote them; what the browser sees
are places in the shown order, which tell nothing about the author's order.
"""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sanshi_lms.quizzes import rules


@dataclass(frozen=True)
class FrozenOption:
    """An option; `text` is plain text."""

    text: str
    correct: bool


@dataclass(frozen=True)
class FrozenItem:
    """An item. Stem and explanation are Markdown; `review_slug` is a lesson to go back to."""

    item_id: int
    kind: rules.ItemKind
    stem_md: str
    explanation_md: str
    review_slug: str | None
    options: tuple[FrozenOption, ...]

    @property
    def correct(self) -> frozenset[int]:
        """The numbers of the right options."""
        return frozenset(n for n, option in enumerate(self.options) if option.correct)


@dataclass(frozen=True)
class FrozenPaper:
    """A paper with everything that marking and showing it needs."""

    title: str
    pass_percent: int
    shuffle: bool
    items: tuple[FrozenItem, ...]

    def item(self, item_id: int) -> FrozenItem | None:
        """Return the item with this id, None when the paper never had it."""
        return next((item for item in self.items if item.item_id == item_id), None)

    def to_json(self) -> dict[str, Any]:
        """Return what the database keeps."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "FrozenPaper":
        """Return the paper that `to_json` was made from."""
        items = tuple(
            FrozenItem(**{**item, "options": tuple(FrozenOption(**o) for o in item["options"])})
            for item in kept["items"]
        )
        return cls(**{**kept, "items": items})

    def digest(self) -> str:
        """Return a mark that is equal exactly for equal papers."""
        text = json.dumps(self.to_json(), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def mark(self, chosen: Mapping[int, Collection[int]]) -> dict[int, bool]:
        """Return for each item whether it was answered right; `chosen` by item id."""
        return {
            item.item_id: rules.is_right(item.correct, chosen.get(item.item_id, ()))
            for item in self.items
        }


@dataclass(frozen=True)
class ShownItem:
    """An item in the order of one attempt. `order[place]` is the number of the option there."""

    number: int
    item: FrozenItem
    order: tuple[int, ...]

    def options(self) -> list[FrozenOption]:
        """Return the options as shown."""
        return [self.item.options[n] for n in self.order]

    def places(self, chosen: Collection[int]) -> list[int]:
        """Return where on the page the options with these numbers stand."""
        return [place for place, number in enumerate(self.order) if number in chosen]

    def numbers(self, places: Sequence[int]) -> list[int] | None:
        """Return the option numbers at these places, None when they cannot be an answer."""
        if not rules.acceptable(self.item.kind, range(len(self.order)), places):
            return None
        return sorted(self.order[place] for place in places)


def show(paper: FrozenPaper, seed: int) -> list[ShownItem]:
    """Return the paper in the order that belongs to an attempt's seed."""
    items = rules.shuffled(paper.items, seed, "items") if paper.shuffle else list(paper.items)
    return [
        ShownItem(number, item, _option_order(item, seed, shuffle=paper.shuffle))
        for number, item in enumerate(items, 1)
    ]


def show_item(item: FrozenItem, seed: int) -> ShownItem:
    """Return one item by itself, its options in the order that belongs to `seed`."""
    return ShownItem(1, item, _option_order(item, seed, shuffle=True))


def _option_order(item: FrozenItem, seed: int, *, shuffle: bool) -> tuple[int, ...]:
    numbers = list(range(len(item.options)))
    if not shuffle or item.kind == "true_false":
        return tuple(numbers)
    mixed = rules.shuffled(numbers, seed, f"item {item.item_id}")
    return tuple(sorted(mixed, key=lambda n: rules.stays_last(item.options[n].text)))
