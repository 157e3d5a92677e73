"""`ItemContent` as the database and frozen papers keep it: JSON, without what is empty."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from cattrs import Converter
from cattrs.preconf.json import configure_converter

from sanshi_lms.quizzes.content import ItemContent

_converter = Converter(omit_if_default=True)
configure_converter(_converter)
# A number as its author wrote it: 0.10 stays 0.10, which a float would not keep.
_converter.register_unstructure_hook(Decimal, str)
_converter.register_structure_hook(Decimal, lambda value, _: Decimal(value))


def to_json(content: ItemContent) -> dict[str, Any]:
    """Return what `from_json` makes the same content of."""
    kept: dict[str, Any] = _converter.unstructure(content)
    return kept


def from_json(kept: Mapping[str, Any]) -> ItemContent:
    """Return the content that `to_json` was given; ValueError for anything else."""
    try:
        return _converter.structure(kept, ItemContent)
    except Exception as error:  # cattrs groups whatever its hooks raised
        raise ValueError("not the content of an item") from error
