"""Whether answers that were given to a question can be read by another key of it, and how."""

from typing import Any

from sanshi_lms.quizzes.content import ItemContent
from sanshi_lms.quizzes.responses import lefts


def asks_the_same(old: ItemContent, new: ItemContent) -> bool:
    """Tell whether only what counts as right differs.

    Steps and pairs may stand in another order: that is their key. What they say must be the same,
    or the answers say nothing about the new ones.
    """
    if (old.kind, old.stem_md) != (new.kind, new.stem_md):
        return False
    match old.kind:
        case "single" | "multiple" | "true_false":
            return [o.text_md for o in old.options] == [o.text_md for o in new.options]
        case "blanks":
            return len(old.blanks) == len(new.blanks)
        case "matching":
            return _lefts(old) == _lefts(new) and _rights(old) == _rights(new)
        case "ordering":
            return sorted(old.sequence) == sorted(new.sequence)
        case "short":
            return len(old.rubric) == len(new.rubric)
        case "hotspot":
            return old.picture == new.picture
        case "case":
            pairs = zip(old.parts, new.parts, strict=False)
            return len(old.parts) == len(new.parts) and all(asks_the_same(*two) for two in pairs)
    return True


def carried(old: ItemContent, new: ItemContent, chosen: list[Any]) -> list[Any]:
    """Return a kept answer to `old` in the numbering of `new`, which asks the same."""
    if not chosen or old == new:
        return chosen
    if old.kind == "ordering":
        return [new.sequence.index(old.sequence[number]) for number in chosen]
    if old.kind == "matching":
        said = {
            old.pairs[number].left: None if one is None else old.pairs[one].right
            for number, one in zip(lefts(old), chosen, strict=True)
        }
        place = {pair.right: number for number, pair in enumerate(new.pairs)}
        given = (said[new.pairs[number].left] for number in lefts(new))
        return [None if right is None else place[right] for right in given]
    if old.kind == "case":
        parts = zip(old.parts, new.parts, chosen, strict=False)
        return [carried(was, is_now, one) if one else one for was, is_now, one in parts]
    return chosen


def _lefts(content: ItemContent) -> list[str]:
    return sorted(content.pairs[number].left for number in lefts(content))


def _rights(content: ItemContent) -> set[str]:
    return {pair.right for pair in content.pairs}
