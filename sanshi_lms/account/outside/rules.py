"""Rules of accounts of elsewhere: what arrives, how it is told, when the last way in stays."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sanshi_lms.account.rules import mask_name

ISSUER_LENGTH, SUBJECT_LENGTH, LABEL_LENGTH = 200, 255, 40
WAIT_SECONDS = 10 * 60
"""So long a way out or back may take, and so long who arrived may think about it."""


@dataclass(frozen=True)
class Arrived:
    """Who came back from elsewhere. `others` are keys under which they may be known as well.

    `proved_at` is the moment at which they proved there who they are, 0 when nobody says so.
    """

    way: str
    issuer: str
    subject: str
    name: str
    next: str
    at: float
    proved_at: float = 0.0
    others: tuple[tuple[str, str], ...] = ()

    @property
    def keys(self) -> list[tuple[str, str]]:
        """The keys of this account, the one to keep first."""
        return [(self.issuer, self.subject), *self.others]

    @property
    def label(self) -> str:
        """How it is told to its owner: a masked name, or the end of the number."""
        if self.name.strip():
            return mask_name(self.name)[:LABEL_LENGTH]
        return f"尾号 {self.subject[-4:]}"

    def kept(self) -> dict[str, Any]:
        """Return what a session keeps."""
        return asdict(self)


def read_arrived(kept: object, at: float) -> Arrived | None:
    """Return who a session says has arrived; None when nobody did, or too long ago."""
    if not isinstance(kept, Mapping):
        return None
    try:
        others = tuple((str(one[0]), str(one[1])) for one in kept["others"])
        found = Arrived(**{**kept, "others": others})
        return found if 0 <= at - found.at <= WAIT_SECONDS else None
    except (KeyError, TypeError, IndexError):
        return None


def is_good_key(issuer: object, subject: object) -> bool:
    """Tell whether issuer and subject can be kept as they are; nothing is cut off."""
    return (
        isinstance(issuer, str)
        and isinstance(subject, str)
        and 0 < len(issuer) <= ISSUER_LENGTH
        and 0 < len(subject) <= SUBJECT_LENGTH
        and subject.isprintable()
    )


def may_remove(*, has_password: bool, links: int) -> bool:
    """Tell whether somebody can still sign in without one of their links."""
    return has_password or links > 1
