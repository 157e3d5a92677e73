"""/admin/credentials/designs/…: how certificates look, with a preview of the real page."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.core.access import current_person, needs
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import rollback
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.pictures import PHOTO_BYTES
from sanshi_lms.core.refusing import refusals_told
from sanshi_lms.core.row_numbers import row_number
from sanshi_lms.core.security import limiter, takes
from sanshi_lms.credentials import rules
from sanshi_lms.credentials.designs import store
from sanshi_lms.credentials.designs.forms import PLACES, DesignForm, draft_from, fields_of
from sanshi_lms.credentials.designs.pictures import keep_picture
from sanshi_lms.credentials.designs.rules import DesignDraft, problem
from sanshi_lms.credentials.pdf import Sheet, printer
from sanshi_lms.credentials.press import NoChineseFontError
from sanshi_lms.credentials.sheets import look_of_draft

blueprint = Blueprint(
    "designs", __name__, url_prefix="/admin/credentials/designs", template_folder="templates"
)
Answer = str | Response | tuple[str, int]
SAMPLES = {
    "usual": ("普通", "王小明", "老旧小区加装电梯：从居民意愿到竣工"),
    "long": (
        "名字和课名都很长",
        "阿卜杜热西提·买买提艾力·努尔麦麦提江",
        "城市更新背景下老旧小区改造与完整社区建设：规划师、建筑师、工程师进社区实务培训（第三期）",
    ),
    "rare": ("生僻字", "𠮷䶮㛃", "䢼家院子的微更新"),
}


@blueprint.get("/")
@needs("credentials.rules")
def designs() -> Answer:
    """List the designs and which one is used where nothing else is chosen."""
    found = store.all_newest()
    return render_template("designs/designs.html", designs=found, usual=store.chosen_line(""))


@blueprint.get("/new")
@needs("credentials.rules")
def new_design() -> Answer:
    """Show the form of a new design, filled in as ours."""
    return _page(None, DesignDraft(""))


@blueprint.post("/new")
@needs("credentials.rules")
@takes(5 * PHOTO_BYTES)
def new_design_post() -> Answer:
    """Keep a new design, or show what it would be."""
    return _keep(None)


@blueprint.get("/<line>")
@needs("credentials.rules")
def design(line: str) -> Answer:
    """Show a design with the form of its next version."""
    found = store.newest(line) or abort(404)
    return _page(line, store.draft_of(found))


@blueprint.post("/<line>")
@needs("credentials.rules")
@takes(5 * PHOTO_BYTES)
def design_post(line: str) -> Answer:
    """Keep the next version of a design, or show what it would be."""
    if store.newest(line) is None:
        abort(404)
    return _keep(line)


@blueprint.get("/preview.png")
@needs("credentials.rules")
@limiter.limit("240 per minute")
def preview() -> Response | tuple[Response, int]:
    """Draw the page that the address describes, with one of the samples.

    Only the script of the form reads what is wrong.
    """
    draft = store.known_pictures(draft_from(request.args))
    wrong = problem(replace(draft, name="预览"))
    if wrong:
        return jsonify({"error": {"message": wrong}}), 422
    try:
        drawn = printer().png(_sheet(draft, request.args.get("sample", "")))
    except NoChineseFontError:
        raise Refusal("服务器上没有中文字体，暂时不能预览。", 503) from None
    answer = Response(drawn, mimetype="image/png")
    answer.headers["Cache-Control"] = "private, max-age=60"
    return answer


@blueprint.post("/choose")
@needs("credentials.rules")
def choose() -> Answer:
    """Choose the design for a course, a class, or all others."""
    subject = request.form.get("subject", "")
    kind, _, number = subject.partition(":")
    if subject and not (kind in ("course", "class") and row_number(number)):
        abort(404)
    with refusals_told():
        store.choose(subject, request.form.get("line", ""))
        flash("已保存。从现在起颁发的证书用新的样式，已经发的不变。", "success")
    back = {
        "course": lambda: url_for("courses_admin.course", course_id=number, _anchor="design"),
        "class": lambda: url_for("training_members.completion", class_id=number),
    }
    return redirect(back[kind]() if kind in back else url_for("designs.designs"))


def _keep(line: str | None) -> Answer:
    moment = now()
    draft = draft_from(request.form)
    try:
        draft = store.known_pictures(_with_files(draft))
        if request.form.get("then") == "look":
            return _page(line, draft)
        _refuse_small_print(draft)
        kept = store.keep(draft, line, current_person().id, moment)
    except Refusal as refusal:
        rollback()
        return _page(line, draft, refusal.message), refusal.status
    flash(f"已保存为第 {kept.version} 版。已经发的证书不变。", "success")
    return redirect(url_for("designs.design", line=kept.line))


def _sheet(draft: DesignDraft, sample: str) -> Sheet:
    _, name, title = SAMPLES.get(sample, SAMPLES["usual"])
    today = local(now()).date()
    number = f"{draft.prefix}{today.year}-7K3M-9QWX-"
    number += rules.check_characters(today.year, "7K3M9QWX", draft.prefix)
    return Sheet(
        number, name, title, Decimal(2), today, f"https://example.cn/v/{number}",
        f"https://example.cn/v/{number}", draft.issuer, today + timedelta(days=365),
        look_of_draft(draft),
    )  # fmt: skip


def _refuse_small_print(draft: DesignDraft) -> None:
    """A long body shrinks until it fits; below what can be read it is refused before it is used."""
    if problem(draft) is None and not printer().fits(_sheet(draft, "long")):
        raise Refusal("正文太长：遇到长课名，字会小到看不清。请删短一些，或者改用竖版、少放签名。")


def _with_files(draft: DesignDraft) -> DesignDraft:
    """Store the pictures that came along, so that the page can show them at once."""
    seal = _sent("seal")
    if seal:
        draft = replace(draft, seal_id=keep_picture(seal, now()).id)
    signed = [place for place in PLACES if request.form.get(f"sign{place}", "").strip()]
    signatures = list(draft.signatures)
    for index, place in enumerate(signed):
        data = _sent(f"picture{place}")
        if data:
            made = keep_picture(data, now())
            signatures[index] = replace(signatures[index], picture_id=made.id)
    return replace(draft, signatures=tuple(signatures))


def _sent(name: str) -> bytes:
    file = request.files.get(name)
    return file.stream.read(PHOTO_BYTES + 1) if file and file.filename else b""


def _page(line: str | None, draft: DesignDraft, message: str = "") -> str:
    form = DesignForm(formdata=None, data=fields_of(draft))
    shown = {name: value for name, value in fields_of(draft).items() if value not in ("", False)}
    wrong = problem(replace(draft, name=draft.name or "新样式"))
    return render_template(
        "designs/design.html",
        line=line,
        form=form,
        draft=draft,
        message=message,
        places=PLACES,
        samples=SAMPLES,
        versions=store.versions_of(line) if line else [],
        drawn=None if wrong else url_for("designs.preview", **shown),  # type: ignore[arg-type]
    )
