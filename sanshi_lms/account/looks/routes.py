"""/admin/account/looks: who looked at whose; and the look itself at a whole account name."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.account.grants.queries import person_within
from sanshi_lms.account.looks.actions import note_look
from sanshi_lms.account.looks.queries import Narrowed, looks_query
from sanshi_lms.account.looks.rules import FIELDS, masked_phone, shown_username
from sanshi_lms.account.models import User
from sanshi_lms.account.sign_in_events.routes import day_of
from sanshi_lms.core.access import current_person, needs, own_reach
from sanshi_lms.core.audit import note
from sanshi_lms.core.clock import now
from sanshi_lms.core.registers import registers
from sanshi_lms.core.web import paginate_rows

blueprint = Blueprint("looks", __name__, url_prefix="/admin/account", template_folder="templates")
blueprint.add_app_template_filter(masked_phone)


@blueprint.app_template_filter("account_name")
def account_name(person: User) -> str:
    """Return an account name as whoever reads the page may see it in a list."""
    me = current_person()
    return shown_username(person.username, own=me is not None and me.id == person.id)


@blueprint.get("/looks")
@needs("audit.view")
def looks() -> str:
    """Show who looked at whose phone or account name."""
    asked = request.args
    narrowed = Narrowed(
        asked.get("by", "").strip()[:60],
        asked.get("whose", "").strip()[:60],
        day_of(asked.get("since", "")),
        day_of(asked.get("until", "")),
    )
    kept = {name: value for name, value in asked.items() if value and name != "page"}
    page = paginate_rows(looks_query(narrowed), size=50)
    return render_template(
        "account/looks.html",
        page=page,
        narrowed=narrowed,
        fields=FIELDS,
        about=_told({one.about for one, _, _ in page.rows}),
        page_url=lambda number: url_for("looks.looks", **{**kept, "page": number}),
    )


@blueprint.post("/people/<int:person_id>/look")
@needs("people.manage", within=True)
def look_post(person_id: int) -> Response:
    """Show the whole account name of somebody, once; that somebody looked is noted."""
    person, me = person_within(own_reach(), person_id) or abort(404), current_person()
    note_look(me.id, person.id, "username", f"user:{person.id}", now())
    note("account.see_username", f"user:{person.id}")
    flash(f"完整账号是 {person.username}。这次查看已经记录，本人也看得到。", "info")
    return redirect(url_for("account_admin.person", person_id=person_id))


def _told(subjects: set[str]) -> dict[str, str]:
    """Return what each subject is called, such as 需求：电梯坏了."""
    told: dict[str, str] = {}
    for kind, known in registers().subjects.items():
        keys = {key for one in subjects for head, _, key in [one.partition(":")] if head == kind}
        titles = known.find(keys) if keys else {}
        told |= {f"{kind}:{key}": f"{known.label}：{one.title}" for key, one in titles.items()}
    return told
