"""Rules of the room site: which edition a reader gets, which paths lead back into the site."""

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

Item = TypeVar("Item")
STANDARD, ELDER = "standard", "elder"
EDITIONS = (STANDARD, ELDER)


def edition_for(chosen_here: str | None, prefers_elder: bool) -> str:
    """Return the edition to show: what was chosen on this device, else what the account says.

    The device comes first, so that somebody who switched before signing in is not switched back.
    """
    if chosen_here in EDITIONS:
        return chosen_here
    return ELDER if prefers_elder else STANDARD


def own_path(wanted: str) -> str | None:
    """Return `wanted` when it is a path of this site, None when it could lead elsewhere.

    Browsers read "//host" and "/\\host" as another site and drop control characters.
    """
    if not wanted.startswith("/") or wanted.startswith(("//", "/\\")):
        return None
    if "\\" in wanted or any(ord(letter) < 0x20 for letter in wanted):
        return None
    return wanted


def turn_of_the_day(items: Sequence[Item], day: date, count: int) -> list[Item]:
    """Return at most `count` of `items` for `day`; every item has its turn, day after day."""
    if not items:
        return []
    first = day.toordinal() * count % len(items)
    return [items[(first + step) % len(items)] for step in range(min(count, len(items)))]
