"""A paper as it was when somebody started on it, and how it is shown to them.

An attempt points at a frozen paper, so that changing a question later cannot change what was
asked or how it was marked. Options are numbered as the author wrote them; what the browser sees
are places in the shown order, which tell nothing about the author's order.
"""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from sanshi_lms.quizzes import rules
from sanshi_lms.quizzes.content import ItemContent, OptionContent
from sanshi_lms.quizzes.content_json import from_json, to_json
from sanshi_lms.quizzes.marking import Mark, Partial, Policy, mark
from sanshi_lms.quizzes.responses import acceptable

# What is not written of an item: papers from before keep their text, and their digest.
_USUAL = {"kept": None, "source_clause": "", "lesson_seconds": None, "version": 1}


@dataclass(frozen=True)
class FrozenOption:
    """An option; `text` is plain text."""

    text: str
    correct: bool


@dataclass(frozen=True)
class FrozenItem:
    """An item. Stem and explanation are Markdown; `review_slug` is a lesson to go back to.

    `lesson_seconds` is where it explains the item. `kept` is the JSON of the content of an item
    with fields, empty for one with options.
    """

    item_id: int
    kind: rules.ItemKind
    stem_md: str
    explanation_md: str
    review_slug: str | None
    options: tuple[FrozenOption, ...]
    kept: dict[str, Any] | None = None
    source_clause: str = ""
    lesson_seconds: int | None = None
    version: int = 1

    @property
    def correct(self) -> frozenset[int]:
        """The numbers of the right options."""
        return frozenset(n for n, option in enumerate(self.options) if option.correct)

    @cached_property
    def content(self) -> ItemContent:
        """The item as marking knows it."""
        if self.kept is not None:
            return from_json(self.kept)
        options = tuple(OptionContent(one.text, one.correct) for one in self.options)
        return ItemContent(self.kind, self.stem_md, options=options)

    def mark(
        self,
        chosen: Sequence[Any],
        partial: Partial = "none",
        by_person: Sequence[int] | None = None,
    ) -> Mark:
        """Return what an answer earns; `by_person` are the points of a short answer."""
        return mark(self.content, self.response(chosen), Policy(partial), by_person)

    def response(self, chosen: Sequence[Any]) -> object:
        """Return what is kept of an answer as marking knows it."""
        if self.kind in ("numeric", "short"):
            return str(chosen[0]) if chosen else ""
        if self.kind == "case":
            pairs = zip(self.parts, chosen, strict=False)
            return [part.response(one) if one else None for part, one in pairs]
        return list(chosen)

    @cached_property
    def parts(self) -> tuple["FrozenItem", ...]:
        """The sub-questions of a case, each as an item of its own."""
        return tuple(_part_of(self, part) for part in self.content.parts)


def _part_of(whole: FrozenItem, part: ItemContent) -> FrozenItem:
    options = tuple(FrozenOption(one.text_md, one.correct) for one in part.options)
    return FrozenItem(
        whole.item_id,
        part.kind,
        part.stem_md,
        part.explanation_md,
        None,
        options,
        None if options else to_json(part),
    )


@dataclass(frozen=True)
class FrozenPaper:
    """A paper with everything that marking and showing it needs."""

    title: str
    pass_percent: int
    shuffle: bool
    items: tuple[FrozenItem, ...]
    partial: Partial = "none"

    def item(self, item_id: int) -> FrozenItem | None:
        """Return the item with this id, None when the paper never had it."""
        return next((item for item in self.items if item.item_id == item_id), None)

    def to_json(self) -> dict[str, Any]:
        """Return what the database keeps."""
        kept = asdict(self)
        # What a paper without the newer kinds says stays the same to the letter, and its digest.
        if self.partial == "none":
            del kept["partial"]
        for item in kept["items"]:
            for name, usual in _USUAL.items():
                if item[name] == usual:
                    del item[name]
        return kept

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

    def mark(
        self,
        chosen: Mapping[int, Sequence[Any]],
        by_person: Mapping[int, Sequence[int] | None] | None = None,
    ) -> dict[int, Mark]:
        """Return for each item what was earned; both by item id, see `FrozenItem.mark`."""
        given = by_person or {}
        return {
            item.item_id: item.mark(
                chosen.get(item.item_id, ()), self.partial, given.get(item.item_id)
            )
            for item in self.items
        }


@dataclass(frozen=True)
class ShownItem:
    """An item in the order of one attempt. `order[place]` is the number of the option there.

    `parts` are the sub-questions of a case; an answer to it is a list with one for each.
    """

    number: int
    item: FrozenItem
    order: tuple[int, ...]
    parts: tuple["ShownItem", ...] = ()

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

    def taken(self, given: Sequence[Any]) -> list[Any] | None:
        """Return what is kept of an answer as the page gave it; None when it cannot be one."""
        if self.item.kind == "case":
            return self._taken_parts(given)
        if any(isinstance(one, list | tuple) for one in given):
            return None
        if self.item.kind in rules.CHOICE_KINDS:
            places = [int(one) for one in given if isinstance(one, int) or one.isdecimal()]
            return self.numbers(places) if len(places) == len(given) else None
        texts = [str(one).strip() for one in given]
        if not any(texts):
            return []
        chosen: list[Any] = texts
        if self.item.kind == "matching":
            known = {str(place): number for place, number in enumerate(self.order)}
            if any(text and text not in known for text in texts):
                return None
            chosen = [known.get(text) for text in texts]
        elif self.item.kind == "ordering":
            return self._ordered(texts)
        elif self.item.kind == "hotspot":
            return _point(texts)
        elif self.item.kind in ("numeric", "short") and len(texts) != 1:
            return None
        return chosen if acceptable(self.item.content, self.item.response(chosen)) else None

    def _taken_parts(self, given: Sequence[Any]) -> list[Any] | None:
        if len(given) > len(self.parts) or not all(isinstance(one, list | tuple) for one in given):
            return None
        padded = [*given, *([()] * (len(self.parts) - len(given)))]
        taken = [part.taken(one) for part, one in zip(self.parts, padded, strict=True)]
        if any(one is None for one in taken):
            return None
        return taken if any(taken) else []

    def _ordered(self, texts: Sequence[str]) -> list[int] | None:
        """Return the numbers in the order given; each text is the position of what stands there."""
        wanted = [str(position) for position in range(1, len(self.order) + 1)]
        if "" in texts and len(texts) == len(wanted) and set(texts) <= {"", *wanted}:
            return []  # not all are numbered yet: without a script nothing can be kept of it
        if sorted(texts) != sorted(wanted):
            return None
        return [self.order[texts.index(position)] for position in wanted]

    def given(self, chosen: Sequence[Any]) -> list[Any]:
        """Return an answer as the page shows it: the other way round from `taken`."""
        if self.item.kind == "case":
            pairs = zip(self.parts, chosen, strict=False)
            return [part.given(one) for part, one in pairs]
        if self.item.kind == "hotspot":
            return [f"{100 * one:.1f}" for one in chosen]
        if self.item.kind in rules.CHOICE_KINDS:
            return list(self.places(chosen))
        if self.item.kind == "ordering":
            return [str(chosen.index(number) + 1) for number in self.order] if chosen else []
        if self.item.kind == "matching":
            return ["" if one is None else str(self.order.index(one)) for one in chosen]
        return [str(one) for one in chosen]


def show(paper: FrozenPaper, seed: int) -> list[ShownItem]:
    """Return the paper in the order that belongs to an attempt's seed."""
    items = rules.shuffled(paper.items, seed, "items") if paper.shuffle else list(paper.items)
    return [
        _shown(number, item, seed, shuffle=paper.shuffle) for number, item in enumerate(items, 1)
    ]


def show_item(item: FrozenItem, seed: int) -> ShownItem:
    """Return one item by itself, its options in the order that belongs to `seed`."""
    return _shown(1, item, seed, shuffle=True)


def _shown(number: int, item: FrozenItem, seed: int, *, shuffle: bool) -> ShownItem:
    salt = f"item {item.item_id}"
    parts = tuple(
        ShownItem(n, part, _option_order(part, seed, f"{salt} part {n}", shuffle=shuffle))
        for n, part in enumerate(item.parts if item.kind == "case" else (), 1)
    )
    return ShownItem(number, item, _option_order(item, seed, salt, shuffle=shuffle), parts)


def _point(texts: Sequence[str]) -> list[float] | None:
    """Return a place in a picture from two percentages; one alone is none yet."""
    if len(texts) != 2:
        return None
    if not all(texts):
        return []
    try:
        sides = [round(float(text) / 100, 4) for text in texts]
    except ValueError:
        return None
    return sides if all(0 <= one <= 1 for one in sides) else None


def _option_order(item: FrozenItem, seed: int, salt: str, *, shuffle: bool) -> tuple[int, ...]:
    if item.kind == "matching":
        return tuple(rules.shuffled(range(len(item.content.pairs)), seed, salt))
    if item.kind == "ordering":
        steps = range(len(item.content.sequence))
        mixed = rules.shuffled(steps, seed, salt)
        # Shown in the right order it would ask for nothing.
        return tuple(mixed if mixed != list(steps) else [*mixed[1:], *mixed[:1]])
    numbers = list(range(len(item.options)))
    if not shuffle or item.kind == "true_false":
        return tuple(numbers)
    mixed = rules.shuffled(numbers, seed, salt)
    return tuple(sorted(mixed, key=lambda n: rules.stays_last(item.options[n].text)))
