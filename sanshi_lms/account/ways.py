"""Where to go on to after signing in: a path of ours, never another site's address."""

from flask import request, url_for


def way_back() -> str:
    """Return the path that `next` names, or the home page."""
    wanted = request.values.get("next", "")
    ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and "\\" not in wanted
    clean = ours and not any(c in wanted for c in "\r\n\t")
    return wanted if clean and not wanted.startswith("/account/sign") else url_for("site.home")
