"""/community/needs/new: a cadre files for somebody or asks a 三师, a 三师 tells a difficulty."""

from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from wtforms.fields.choices import SelectChoice

from sanshi_lms.community.directory.queries import find_pro
from sanshi_lms.community.models import Community, Professional
from sanshi_lms.community.needs import codes, rules
from sanshi_lms.community.needs.actions import By, Given, perform
from sanshi_lms.community.needs.desk_routes import Answer, blueprint
from sanshi_lms.community.needs.filing import Report
from sanshi_lms.community.needs.forms import FormMark, StaffForm, issue_token, read_token, receive
from sanshi_lms.community.needs.models import Need
from sanshi_lms.community.needs.queries import actors_on
from sanshi_lms.community.needs.rules import State
from sanshi_lms.community.queries import (
    communities_of,
    communities_query,
    find_professional,
    kinds,
)
from sanshi_lms.community.services.models import Service
from sanshi_lms.community.services.queries import find_offered
from sanshi_lms.core.access import current_person, may, needs
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, rollback
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.row_numbers import row_number


@dataclass(frozen=True)
class Asked:
    """Whom a cadre wants to come, and for what of the service list; both may be left open."""

    pro: Professional | None = None
    service: Service | None = None


@blueprint.get("/new")
@needs("needs.ask")
def new() -> Answer:
    """Show the form in which a cadre files for the community, a 三师 a difficulty of theirs."""
    form = _staff_form()
    form.token.data = issue_token(now())
    return _new_page(form, _asked())


@blueprint.post("/new")
@needs("needs.ask")
def new_post() -> Answer:
    """Take in what a cadre or a 三师 files."""
    me_id, origin = current_person().id, _origin()
    form, asked = _staff_form(), _asked()

    def report_of(mark: FormMark) -> Report:
        return Report(
            community_id=form.community.data,
            kind_id=form.kind.data,
            text=form.text.data,
            place=form.place.data,
            concerns=tuple(form.concerns.data or ()),
            phone=codes.read_phone(form.phone.data),
            origin=origin,
            nonce=mark.nonce,
            filed_by_id=me_id,
            service_id=asked.service.id if asked.service else None,
        )

    need = receive(form, now(), report_of)
    if need is None:
        if read_token(form.token.data or "", now()) is None:
            form.token.data = issue_token(now())
        return _new_page(form, asked), 422
    try:
        _give_to(need, asked)
    except Refusal as refusal:
        rollback()
        form.form_errors.append(refusal.message)
        return _new_page(form, _asked()), refusal.status
    if origin == "pro":
        flash("已经提交给社区，他们回应后会出现在这里。", "success")
        return redirect(url_for("needs.follow", need_code=need.code))
    code = codes.spoken_code(need.code)
    to = f"已请{asked.pro.person.display_name}帮忙。" if asked.pro else "已登记。"
    flash(f"{to}请把查询编号告诉提出人：{code}", "success")
    return redirect(url_for("needs_desk.need", need_id=need.id))


def _origin() -> str:
    return "pro" if may("needs.serve") else "cadre"


def _staff_form() -> StaffForm:
    form = StaffForm()
    form.offer(kinds("pro" if _origin() == "pro" else "resident"))
    form.community.choices = [
        SelectChoice(c.id, f"{c.name}（{c.place}）") for c in _communities_to_ask()
    ]
    return form


def _communities_to_ask() -> list[Community]:
    """Return where a person may file: a cadre for their own, a 三师 to those of their districts."""
    me = current_person()
    if not may("needs.serve"):
        return communities_of(me.id)
    known = find_professional(me.id)
    served = {one.name for one in known.districts} if known else set()
    return [c for c in db.session.scalars(communities_query("")) if c.district in served]


def _new_page(form: StaffForm, asked: Asked) -> str:
    return render_template(
        "needs/new.html", form=form, origin=_origin(), most_photos=rules.PHOTOS, asked=asked
    )


def _asked() -> Asked:
    """Return whom the page or the form names; 404 for who is not to be had."""
    pro_id, service_id = (row_number(request.values.get(name)) for name in ("pro", "service"))
    if _origin() == "pro" or not (pro_id or service_id):
        return Asked()
    if service_id:
        service = find_offered(service_id) or abort(404)
        return Asked(service.pro, service)
    return Asked(find_pro(pro_id or 0, current_person()) or abort(404))


def _give_to(need: Need, asked: Asked) -> None:
    """Sign a need and give it to whom it was filed for; a form sent twice does it once."""
    if asked.pro is None or need.state != State.RECEIVED:
        return
    me = current_person()
    by = By(me.id, actors_on(need, me), now())
    words = f"请提供“{asked.service.title}”。" if asked.service else ""
    perform(need, "take", by, Given(), need.version)
    perform(need, "assign", by, Given(words=words, pro_id=asked.pro.user_id), need.version)
