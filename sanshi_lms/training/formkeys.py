"""A key in each form that makes something, so that two clicks make one of it."""

import re
import secrets
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from sanshi_lms.core.db import Model, db
from sanshi_lms.core.errors import Refusal

Row = TypeVar("Row", bound=Model)
_KEY = re.compile(r"[0-9a-f]{32}")


def new_key() -> str:
    """Return a key for a form that is shown now."""
    return secrets.token_hex(16)


def read_key(text: str | None) -> str:
    """Return the key of a form that came back; a damaged one gets a new key, never a refusal."""
    return text if text and _KEY.fullmatch(text) else new_key()


def add_once(row: Row, taken: str = "这个名称已经用过了，请换一个。") -> tuple[Row, bool]:
    """Insert `row`, or return the one that its form made before; tell whether it is new.

    Raises Refusal with the sentence `taken` when something else of it exists already.
    """
    kind = type(row)
    key = row.form_key  # type: ignore[attr-defined]  # every table that is passed has one
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        column = kind.form_key  # type: ignore[attr-defined]  # as above
        known = db.session.scalar(select(kind).where(column == key))
        if known is None:
            raise Refusal(taken) from None
        return known, False
    return row, True
