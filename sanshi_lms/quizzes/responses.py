"""What a person answered, for every kind of item: plain JSON values in the author's numbering.

| kind | response |
|---|---|
| single, multiple, true_false | numbers of the chosen options |
| blanks | one text for each blank |
| ordering | numbers of the entries in the order the person gave them |
| matching | for each pair with a left side: the number of the pair whose right was chosen |
| numeric | the text as typed, e.g. "12.5 米" |
| short | a text |
| case | the response to each part, or null |
| hotspot | [x, y] in fractions of the picture, or [] |

An empty list or text takes an answer back; null stands for a single place left empty.
"""

from typing import TypeGuard

from sanshi_lms.quizzes.content import ItemContent

LONGEST_BLANK = 200
LONGEST_NUMBER = 60
LONGEST_ESSAY = 4000
"""Longest answers, in characters."""


def acceptable(content: ItemContent, response: object) -> bool:
    """Return whether `response` can be an answer to this item: its shape and its bounds."""
    match content.kind:
        case "single" | "true_false":
            return _numbers(response, len(content.options), most=1)
        case "multiple":
            return _numbers(response, len(content.options), most=len(content.options))
        case "blanks":
            return _texts(response, len(content.blanks))
        case "ordering":
            entries = len(content.sequence)
            return _numbers(response, entries, most=entries) and len(response) in {0, entries}
        case "matching":
            return _matches(response, content)
        case "numeric":
            return _text(response, LONGEST_NUMBER)
        case "short":
            return _text(response, LONGEST_ESSAY)
        case "case":
            return _parts(response, content)
        case "hotspot":
            return _point(response)


def is_given(response: object) -> bool:
    """Return whether anything is answered at all."""
    if isinstance(response, str):
        return bool(response.strip())
    if isinstance(response, list | tuple):
        return any(one == 0 or is_given(one) for one in response)
    return response is not None


def is_complete(content: ItemContent, response: object) -> bool:
    """Return whether nothing of the item is left unanswered."""
    if not is_given(response):
        return False
    if content.kind in {"blanks", "matching"}:
        return isinstance(response, list | tuple) and all(one not in ("", None) for one in response)
    if content.kind == "case":
        given = response if isinstance(response, list | tuple) else ()
        return len(given) == len(content.parts) and all(
            is_complete(part, one) for part, one in zip(content.parts, given, strict=True)
        )
    return True


def lefts(content: ItemContent) -> list[int]:
    """Return the numbers of the pairs that ask for something: those with a left side."""
    return [number for number, pair in enumerate(content.pairs) if pair.left]


def _list(value: object) -> TypeGuard[list[object] | tuple[object, ...]]:
    return isinstance(value, list | tuple)


def _number(value: object, below: int) -> TypeGuard[int]:
    # bool is an int to Python, but `true` is no number of an option.
    return type(value) is int and 0 <= value < below


def _numbers(value: object, below: int, most: int) -> TypeGuard[list[int]]:
    return (
        _list(value)
        and len(value) <= most
        and all(_number(one, below) for one in value)
        and len(set(value)) == len(value)
    )


def _text(value: object, longest: int) -> bool:
    return isinstance(value, str) and len(value) <= longest


def _texts(value: object, blanks: int) -> bool:
    return (
        _list(value)
        and len(value) in {0, blanks}
        and all(_text(one, LONGEST_BLANK) for one in value)
    )


def _matches(value: object, content: ItemContent) -> bool:
    return (
        _list(value)
        and len(value) in {0, len(lefts(content))}
        and all(one is None or _number(one, len(content.pairs)) for one in value)
    )


def _parts(value: object, content: ItemContent) -> bool:
    return (
        _list(value)
        and len(value) in {0, len(content.parts)}
        and all(
            one is None or acceptable(part, one)
            for part, one in zip(content.parts, value, strict=False)
        )
    )


def _point(value: object) -> bool:
    # NaN is in no range.
    return (
        _list(value)
        and len(value) in {0, 2}
        and all(isinstance(one, int | float) and 0 <= one <= 1 for one in value)
    )
