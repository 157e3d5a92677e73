"""/training/duties…: what somebody must learn; how a leader's people stand."""

from flask import Blueprint, abort, render_template, request
from werkzeug.wrappers import Response

from sanshi_lms.account import led_units, unit_names
from sanshi_lms.core.access import current_person, signed_in
from sanshi_lms.training.assignments import queries
from sanshi_lms.training.assignments.duties import my_cells
from sanshi_lms.training.assignments.rules import STATES, TONES, days_words

blueprint = Blueprint(
    "training_duties", __name__, url_prefix="/training/duties", template_folder="../templates"
)
Answer = str | Response
ROWS_SHOWN = 500


@blueprint.get("")
@signed_in
def duties() -> Answer:
    """Show what one must learn and by when."""
    today = queries.local_today()
    return render_template(
        "training/duties.html",
        cells=my_cells(current_person().id),
        states=STATES,
        tones=TONES,
        words=lambda due: days_words(due, today),
        leads=bool(led_units(current_person().id)),
    )


@blueprint.get("/unit")
@signed_in
def unit() -> Answer:
    """Show a leader how the people of their units stand."""
    units = led_units(current_person().id)
    if not units:
        abort(404)
    found = queries.cells(queries.running(), queries.local_today(), unit_ids=units)
    state = request.args.get("state", "overdue")
    shown = [cell for cell in found if state not in STATES or cell.state == state]
    return render_template(
        "training/unit_duties.html",
        cells=shown[:ROWS_SHOWN],
        total=len(shown),
        counts={name: sum(cell.state == name for cell in found) for name in STATES},
        state=state if state in STATES else "",
        states=STATES,
        tones=TONES,
        names=unit_names(cell.person.unit_id for cell in shown[:ROWS_SHOWN]),
    )
