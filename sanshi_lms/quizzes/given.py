"""What a form says of an item: the values of its fields, of a case a list for each part."""

from typing import Any

from werkzeug.datastructures import MultiDict

from sanshi_lms.quizzes.content_rules import MOST_PARTS


def given_to(form: MultiDict[str, str], item_id: object) -> list[Any]:
    """Return the fields of an item as `ShownItem.taken` reads them.

    Raises ValueError for a form that no page of ours has sent.
    """
    parts = form.getlist(f"parts-{item_id}")
    if not parts:
        return list(form.getlist(f"item-{item_id}"))
    count = min(int(parts[0]), MOST_PARTS)
    return [form.getlist(f"item-{item_id}-p{number}") for number in range(count)]
