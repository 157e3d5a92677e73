"""Where to go on to after signing in: a path of ours, never another site's address."""

from flask import request, session, url_for

from sanshi_lms.account.consent import must_ask
from sanshi_lms.account.models import User
from sanshi_lms.account.proof import ARRIVED


def way_back() -> str:
    """Return the path that `next` names, or the home page."""
    wanted = request.values.get("next", "")
    ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and "\\" not in wanted
    clean = ours and not any(c in wanted for c in "\r\n\t")
    return wanted if clean and not wanted.startswith("/account/sign") else url_for("site.home")


def way_on(person: User) -> str:
    """Return where somebody goes who has just signed in: first to what they must be asked."""
    if session.get(ARRIVED) is not None:  # first, what they came back from elsewhere for
        return url_for("outside.arrived")
    if must_ask(person):
        return url_for("own_data.consent", next=way_back())
    return way_back()
