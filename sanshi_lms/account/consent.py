"""Which version of the explanation of personal data (content/pages/privacy.md) is in force.

Personal information protection law, article 14: who changes purpose or kind asks anew.
"""

import re
from functools import lru_cache

from sanshi_lms.account.models import User
from sanshi_lms.core.settings import REPOSITORY

_VERSION = re.compile(r"^版本：(\S{1,20})$", re.MULTILINE)
PAGE = REPOSITORY / "content" / "pages" / "privacy.md"


@lru_cache(maxsize=1)
def privacy_version() -> str:
    """Return the version that the page itself shows; raises ValueError when it names none."""
    found = _VERSION.search(PAGE.read_text(encoding="utf-8"))
    if found is None:
        raise ValueError(f"{PAGE} has no line 版本：…")
    return found[1]


def must_ask(person: User) -> bool:
    """Tell whether somebody agreed to an older version than the present one.

    Whose account an administrator opened on the command line was never asked, and is not now.
    """
    return person.consented_at is not None and person.consent_version != privacy_version()
