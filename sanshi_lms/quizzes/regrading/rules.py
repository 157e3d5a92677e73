"""Whether answers that were given to a question can be read by another key of it."""

from sanshi_lms.quizzes.content import ItemContent


def asks_the_same(old: ItemContent, new: ItemContent) -> bool:
    """Tell whether only what counts as right differs.

    Options, steps and pairs are answered by their number: with other ones the numbers say something
    else. So pairs and steps, whose order is the key itself, can never be marked again by another.
    """
    if (old.kind, old.stem_md) != (new.kind, new.stem_md):
        return False
    match old.kind:
        case "single" | "multiple" | "true_false":
            return [o.text_md for o in old.options] == [o.text_md for o in new.options]
        case "blanks":
            return len(old.blanks) == len(new.blanks)
        case "matching":
            return old.pairs == new.pairs
        case "ordering":
            return old.sequence == new.sequence
        case "short":
            return len(old.rubric) == len(new.rubric)
        case "hotspot":
            return old.picture == new.picture
        case "case":
            pairs = zip(old.parts, new.parts, strict=False)
            return len(old.parts) == len(new.parts) and all(asks_the_same(*two) for two in pairs)
    return True
