"""/training/desk/classes/…/people and …/completion: one member, and who graduates."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.core.access import current_person, may, signed_in
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import rollback
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.refusing import refusals_told
from sanshi_lms.core.security import limiter
from sanshi_lms.core.sending import keep_as
from sanshi_lms.credentials import (
    all_newest,
    chosen_line,
    file_part,
    latest_certificate,
    months_of,
    zipped,
)
from sanshi_lms.training.classes import queries
from sanshi_lms.training.classes.desk_routes import Answer, back_to, class_or_404
from sanshi_lms.training.classes.export import XLSX, completion_xlsx
from sanshi_lms.training.classes.forms import ExtendForm
from sanshi_lms.training.classes.graduating import (
    award_again,
    certificate_ref,
    certificates_of_class,
    graduate,
    papers_of,
    set_class_term,
)
from sanshi_lms.training.classes.models import Member, TrainingClass
from sanshi_lms.training.classes.roster import drop_exemption, exempt, extend, leave

blueprint = Blueprint(
    "training_members", __name__, url_prefix="/training/desk", template_folder="templates"
)


@blueprint.get("/classes/<int:class_id>/people/<int:person_id>")
@signed_in
def member(class_id: int, person_id: int) -> Answer:
    """Show how one member stands, with what can be done for them."""
    subject = class_or_404(class_id)
    return _page(subject, _member(subject, person_id), ExtendForm())


@blueprint.post("/classes/<int:class_id>/people/<int:person_id>/exempt")
@signed_in
def exempt_post(class_id: int, person_id: int) -> Answer:
    """Excuse a member from a course or from coming offline."""
    subject = class_or_404(class_id)
    _member(subject, person_id)
    course_id = request.form.get("course", -1, type=int)
    with refusals_told():
        reason = request.form.get("reason", "")
        exempt(subject, person_id, course_id, reason, current_person(), now())
        flash("已登记免修。", "success")
    return _back(class_id, person_id)


@blueprint.post("/classes/<int:class_id>/people/<int:person_id>/exempt/remove")
@signed_in
def exempt_remove_post(class_id: int, person_id: int) -> Answer:
    """Ask for the course again."""
    subject = class_or_404(class_id)
    course_id = request.form.get("course", -1, type=int)
    if 0 <= course_id < 2**31:
        drop_exemption(subject, person_id, course_id)
    flash("已取消免修。", "success")
    return _back(class_id, person_id)


@blueprint.post("/classes/<int:class_id>/people/<int:person_id>/extend")
@signed_in
def extend_post(class_id: int, person_id: int) -> Answer:
    """Give a member more time."""
    subject, form = class_or_404(class_id), ExtendForm()
    mine = _member(subject, person_id)
    if form.validate():
        try:
            extend(subject, person_id, form.until.data, form.reason.data, now())
        except Refusal as refusal:
            form.until.errors = [refusal.message]
    if form.errors:
        return _page(subject, mine, form), 422
    flash("已延期。", "success")
    return _back(class_id, person_id)


@blueprint.post("/classes/<int:class_id>/people/<int:person_id>/remove")
@signed_in
def remove_post(class_id: int, person_id: int) -> Answer:
    """Take a member out of the class; the next one on the waiting list moves up."""
    subject = class_or_404(class_id)
    try:
        leave(subject, person_id, request.form.get("reason", "")[:200], now())
    except Refusal as refusal:
        rollback()
        flash(refusal.message, "error")
        return _back(class_id, person_id)
    flash("已移出。有人候补的话，已经自动补上。", "success")
    return back_to(class_id, "#people")


@blueprint.get("/classes/<int:class_id>/completion")
@signed_in
def completion(class_id: int) -> Answer:
    """Show who meets the rule, and what the others lack, in words."""
    subject = class_or_404(class_id)
    plan = queries.plan_of(subject.courses)
    found = queries.standings(subject, queries.members(subject.id))
    under_way = [one for one in found if one.member.state == "in"]
    return render_template(
        "classes/completion.html",
        subject=subject,
        rule=subject.rule.sentence(plan),
        ready=[one for one in under_way if one.meets],
        lacking=[one for one in under_way if not one.meets],
        done=[one for one in found if one.member.state == "done"],
        certificates=certificates_of_class(class_id),
        designs=all_newest() if may("credentials.rules") else [],
        own_design=chosen_line(f"class:{class_id}"),
        months=months_of(f"class:{class_id}"),
    )


@blueprint.post("/classes/<int:class_id>/completion")
@signed_in
def completion_post(class_id: int) -> Answer:
    """Let those who are ticked and meet the rule graduate."""
    subject = class_or_404(class_id)
    done = graduate(subject, set(request.form.getlist("member", type=int)), now())
    if done:
        flash(f"已为 {len(done)} 人颁发结业证书，本人会收到消息。", "success")
    else:
        flash("没有可以结业的人。请先勾选达到结业条件的学员。", "warning")
    return redirect(url_for("training_members.completion", class_id=class_id))


@blueprint.post("/classes/<int:class_id>/term")
@signed_in
def term(class_id: int) -> Answer:
    """Set for how many months the certificates of the class are valid."""
    subject = class_or_404(class_id)
    with refusals_told():
        set_class_term(subject, request.form.get("months", -1, type=int))
        flash("已保存。从现在起颁发的证书按新的有效期，已经发的不变。", "success")
    return redirect(url_for("training_members.completion", class_id=class_id))


@blueprint.get("/classes/<int:class_id>/completion.xlsx")
@signed_in
def completion_file(class_id: int) -> Answer:
    """Send the 结业 list as a spreadsheet."""
    subject = class_or_404(class_id)
    found = queries.standings(subject, queries.members(subject.id))
    response = Response(completion_xlsx(subject, found, local(now())), mimetype=XLSX)
    name = f"jieye-{subject.code}-{local(now()):%Y%m%d}.xlsx"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blueprint.get("/classes/<int:class_id>/certificates.zip")
@signed_in
@limiter.limit("20 per hour")
def certificates_file(class_id: int) -> Answer:
    """Send all valid certificates of a class, a folder for each unit."""
    subject = class_or_404(class_id)
    papers = papers_of(subject)
    if not papers:
        flash("这个班还没有有效的结业证书。", "warning")
        return redirect(url_for("training_members.completion", class_id=class_id))
    response = Response(zipped(papers), mimetype="application/zip")
    name = f"{file_part(subject.title) or '结业证书'}-{len(papers)}张证书.zip"
    return keep_as(response, name)


@blueprint.post("/classes/<int:class_id>/people/<int:person_id>/certificate")
@signed_in
def certificate_post(class_id: int, person_id: int) -> Answer:
    """Give a member whose certificate is void a new one."""
    subject = class_or_404(class_id)
    with refusals_told():
        award_again(subject, person_id, now())
        flash("已重新颁发证书，本人会收到消息。", "success")
    return redirect(url_for("training_members.completion", class_id=class_id))


def _member(subject: TrainingClass, person_id: int) -> Member:
    found = queries.member_of(subject.id, person_id)
    if found is None or found.state == "left":
        abort(404)
    return found


def _back(class_id: int, person_id: int) -> Response:
    return redirect(url_for("training_members.member", class_id=class_id, person_id=person_id))


def _page(subject: TrainingClass, mine: Member, form: ExtendForm) -> str:
    plan = queries.plan_of(subject.courses)
    (standing,) = queries.standings(subject, [mine])
    titles = {queries.NO_COURSE: "线下到课", **{one.course_id: one.title for one in plan}}
    return render_template(
        "classes/member.html",
        subject=subject,
        member=mine,
        standing=standing,
        plan=plan,
        titles=titles,
        exemptions=[x for x in queries.exemptions_of(subject.id) if x.user_id == mine.user_id],
        form=form,
        certificate=latest_certificate(certificate_ref(subject.id, mine.user_id)),
    )
