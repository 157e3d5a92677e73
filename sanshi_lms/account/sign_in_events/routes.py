"""/admin/account/sign-ins: the record of everybody's signing in, for whoever may see the trail."""

from collections.abc import Mapping
from datetime import date

from flask import Blueprint, render_template, request, url_for

from sanshi_lms.account.sign_in_events.queries import Narrowed, events_query
from sanshi_lms.account.sign_in_events.rules import KEPT, KINDS, REASONS, WAYS
from sanshi_lms.core.access import needs
from sanshi_lms.core.web import paginate_rows

blueprint = Blueprint(
    "sign_in_events", __name__, url_prefix="/admin/account", template_folder="templates"
)
YEARS = range(2000, 2101)


@blueprint.get("/sign-ins")
@needs("audit.view")
def sign_ins() -> str:
    """Show who signed in or failed to, narrowed by words, kind and days."""
    narrowed = _narrowed(request.args)
    asked = {name: value for name, value in request.args.items() if value and name != "page"}
    return render_template(
        "account/sign_ins.html",
        page=paginate_rows(events_query(narrowed), size=50),
        narrowed=narrowed,
        kinds=KINDS,
        ways=WAYS,
        reasons=REASONS,
        kept_days=KEPT.days,
        page_url=lambda number: url_for("sign_in_events.sign_ins", **{**asked, "page": number}),
    )


def _narrowed(asked: Mapping[str, str]) -> Narrowed:
    kind = asked.get("kind", "")
    return Narrowed(
        asked.get("q", "").strip()[:60],
        kind if kind in KINDS else "",
        day_of(asked.get("since", "")),
        day_of(asked.get("until", "")),
    )


def day_of(text: str) -> date | None:
    """Return the day that a date field sent; None for what is no day."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return day if day.year in YEARS else None
