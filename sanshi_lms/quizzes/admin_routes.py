"""/admin/quizzes/…: papers and their items."""

from collections.abc import Sequence
from dataclasses import replace

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from sanshi_lms.account import MoveForm, owned, owner_names, owner_path
from sanshi_lms.core.access import may, needs, own_reach
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.pictures import PHOTO_BYTES
from sanshi_lms.core.security import takes
from sanshi_lms.core.web import paginate
from sanshi_lms.courses import Lesson, drafts_seen, lessons_of, lessons_using
from sanshi_lms.quizzes import editing, forms, rules
from sanshi_lms.quizzes.finding import own_paper
from sanshi_lms.quizzes.models import Item, ItemVersion, Paper
from sanshi_lms.quizzes.papers.rules import rule_sentence
from sanshi_lms.quizzes.pictures.store import in_markdown, keep_picture, picture_in
from sanshi_lms.quizzes.queries import figures, item_counts, papers_query, rule_of
from sanshi_lms.quizzes.question_file import ItemDraft
from sanshi_lms.quizzes.wording import item_text

blueprint = Blueprint(
    "quizzes_admin", __name__, url_prefix="/admin/quizzes", template_folder="templates"
)
Answer = str | Response | tuple[str, int]


@blueprint.get("/")
@needs("quizzes.edit", within=True)
def papers() -> Answer:
    """Show the papers of one's units with their use."""
    words = request.args.get("q", "").strip()
    page = paginate(papers_query(words).where(owned(Paper.unit_id, own_reach())), size=30)
    ids = [paper.id for paper in page.rows]
    return render_template(
        "quizzes/papers.html",
        page=page,
        owners=owner_names(paper.unit_id for paper in page.rows),
        words=words,
        counts=item_counts(ids),
        figures=figures(ids),
        page_url=lambda number: url_for(".papers", q=words or None, page=number),
    )


@blueprint.get("/new")
@needs("quizzes.edit", within=True)
def new_paper() -> Answer:
    """Show the form for a new paper."""
    form = forms.NewPaperForm().over(own_reach())
    return render_template("quizzes/new_paper.html", form=form)


@blueprint.post("/new")
@needs("quizzes.edit", within=True)
def new_paper_post() -> Answer:
    """Add a paper."""
    form = forms.NewPaperForm().over(own_reach())
    if not form.validate():
        return render_template("quizzes/new_paper.html", form=form), 422
    made = editing.add_paper(
        form.title.data,
        form.pass_percent.data,
        form.attempts_allowed.data,
        shuffle=form.shuffle.data,
        at=now(),
        unit_id=form.unit_id,
    )
    flash("测验已建好，请添加题目。", "success")
    return redirect(url_for(".paper", paper_id=made.id))


@blueprint.get("/<int:paper_id>")
@needs("quizzes.edit", within=True)
def paper(paper_id: int) -> Answer:
    """Show a paper: its rule, its items, where it is used."""
    subject = own_paper(paper_id)
    return _paper_page(subject, forms.PaperForm(obj=subject))


@blueprint.post("/<int:paper_id>")
@needs("quizzes.edit", within=True)
def paper_post(paper_id: int) -> Answer:
    """Change a paper's title and rule."""
    subject = own_paper(paper_id)
    form = forms.PaperForm()
    if not form.validate():
        return _paper_page(subject, form), 422
    editing.edit_paper(
        subject,
        form.title.data,
        form.pass_percent.data,
        form.attempts_allowed.data,
        shuffle=form.shuffle.data,
        at=now(),
    )
    flash("已保存。已经开始的测验仍按原来的规则。", "success")
    return redirect(url_for(".paper", paper_id=paper_id))


@blueprint.post("/<int:paper_id>/unit")
@needs("quizzes.edit")
def give(paper_id: int) -> Answer:
    """Give a paper to another unit; only whoever has all papers."""
    subject, moving = own_paper(paper_id), MoveForm().over(own_reach())
    if not moving.validate():
        return _paper_page(subject, forms.PaperForm(formdata=None, obj=subject), moving), 422
    editing.give_paper(subject, moving.unit_id)
    flash(f"这份测验现在属于{owner_path(moving.unit_id)}。", "success")
    return redirect(url_for(".paper", paper_id=paper_id))


@blueprint.post("/<int:paper_id>/delete")
@needs("quizzes.edit", within=True)
def delete_paper(paper_id: int) -> Answer:
    """Delete a paper nobody took."""
    subject = own_paper(paper_id)
    editing.delete_paper(subject)
    flash(f"测验“{subject.title}”已删除。", "success")
    return redirect(url_for(".papers"))


@blueprint.get("/<int:paper_id>/items/new")
@needs("quizzes.edit", within=True)
def new_item(paper_id: int) -> Answer:
    """Show the form for a new item of the kind asked for."""
    subject = own_paper(paper_id)
    return _item_page(subject, None, forms.new_draft(request.args.get("kind", "single")))


@blueprint.post("/<int:paper_id>/items/new")
@needs("quizzes.edit", within=True)
@takes(2 * PHOTO_BYTES)
def new_item_post(paper_id: int) -> Answer:
    """Add an item, or show the form again with more rows, a preview, or what is wrong."""
    subject = own_paper(paper_id)
    draft = forms.draft_from_request()
    if request.form.get("then"):
        return _with_picture(subject, None, draft)
    try:
        item = editing.add_item(subject, draft, now())
    except Refusal as refusal:
        return _item_page(subject, None, draft, refusal.message), 422
    flash("题目已添加。", "success")
    return redirect(url_for(".paper", paper_id=paper_id, _anchor=f"item-{item.id}"))


@blueprint.get("/<int:paper_id>/items/<int:item_id>")
@needs("quizzes.edit", within=True)
def item(paper_id: int, item_id: int) -> Answer:
    """Show the form of an item."""
    subject, one = _item_or_404(paper_id, item_id)
    return _item_page(subject, one, forms.draft_of(one))


@blueprint.post("/<int:paper_id>/items/<int:item_id>")
@needs("quizzes.edit", within=True)
@takes(2 * PHOTO_BYTES)
def item_post(paper_id: int, item_id: int) -> Answer:
    """Change an item, or show the form again with more rows, a preview, or what is wrong."""
    subject, one = _item_or_404(paper_id, item_id)
    draft = forms.draft_from_request(one.key)
    if request.form.get("then"):
        return _with_picture(subject, one, draft)
    try:
        editing.edit_item(subject, one, draft, now())
    except Refusal as refusal:
        return _item_page(subject, one, draft, refusal.message), 422
    flash("题目已保存。已经开始的测验仍用原来的题目。", "success")
    return redirect(url_for(".paper", paper_id=paper_id, _anchor=f"item-{item_id}"))


@blueprint.post("/<int:paper_id>/items/<int:item_id>/move")
@needs("quizzes.edit", within=True)
def move_item(paper_id: int, item_id: int) -> Answer:
    """Move an item one place up or down."""
    subject, one = _item_or_404(paper_id, item_id)
    editing.move_item(subject, one, -1 if request.form.get("to") == "up" else 1, now())
    return redirect(url_for(".paper", paper_id=paper_id, _anchor=f"item-{item_id}"))


@blueprint.post("/<int:paper_id>/items/<int:item_id>/delete")
@needs("quizzes.edit", within=True)
def delete_item(paper_id: int, item_id: int) -> Answer:
    """Take an item out of a paper."""
    subject, one = _item_or_404(paper_id, item_id)
    editing.delete_item(subject, one, now())
    flash("题目已删除。以前的成绩不受影响。", "success")
    return redirect(url_for(".paper", paper_id=paper_id))


def _item_or_404(paper_id: int, item_id: int) -> tuple[Paper, Item]:
    subject = own_paper(paper_id)
    return subject, next((i for i in subject.items if i.id == item_id), None) or abort(404)


def _paper_page(subject: Paper, form: forms.PaperForm, moving: MoveForm | None = None) -> str:
    return render_template(
        "quizzes/paper.html",
        paper=subject,
        form=form,
        stems={i.id: item_text(i.stem_md, top_heading=4) for i in subject.items},
        kinds=rules.ITEM_KIND_ZH,
        keys=forms.keys_of(subject.items),
        figures=figures([subject.id]).get(subject.id),
        used_in=lessons_using("quiz", subject.id, drafts=drafts_seen()),
        owner=owner_path(subject.unit_id),
        moving=moving or (MoveForm.of(subject.unit_id) if may("quizzes.edit") else None),
        rule=rule_sentence(rule_of(subject), item_counts([subject.id]).get(subject.id, 0)),
    )


def _item_page(
    subject: Paper, one: Item | None, draft: ItemDraft, problem: str | None = None
) -> str:
    wanted = request.form.get("then", "")
    preview = wanted in ("preview", "picture") or problem is not None
    extra = rules.MOST_OPTIONS if wanted == "more" else 0
    return render_template(
        "quizzes/item.html",
        paper=subject,
        item=one,
        draft=draft,
        problem=problem,
        kinds=rules.ITEM_KIND_ZH,
        key_hints=forms.KEY_HINTS,
        rows=forms.rows_of(draft, extra),
        lessons=_course_lessons(subject),
        drawing=picture_in(draft.answers) if draft.kind == "hotspot" else "",
        versions=_versions_of(one) if one else [],
        preview_stem=item_text(draft.stem_md, top_heading=4) if preview else None,
        preview_why=item_text(draft.explanation_md, top_heading=4) if preview else None,
    )


def _versions_of(one: Item) -> Sequence[ItemVersion]:
    query = select(ItemVersion).where(ItemVersion.item_id == one.id)
    return db.session.scalars(query.order_by(ItemVersion.version.desc())).all()


def _with_picture(subject: Paper, one: Item | None, draft: ItemDraft) -> Answer:
    """Show the form again, with the picture that was chosen where it was wanted."""
    if request.form.get("then") != "picture":
        return _item_page(subject, one, draft)
    file = request.files.get("picture")
    data = file.stream.read(PHOTO_BYTES + 1) if file and file.filename else b""
    if not data:
        return _item_page(subject, one, draft, "请先选一张图片。"), 422
    alt = request.form.get("alt", "")
    try:
        in_markdown("x", alt)
        text = in_markdown(keep_picture(data), alt)
    except Refusal as refusal:
        return _item_page(subject, one, draft, refusal.message), 422
    if draft.kind == "hotspot":
        name, words = text.rpartition("/")[2].rstrip(")"), text[2:].partition("]")[0]
        rest = [line for line in draft.answers.splitlines() if not line.startswith("图片")]
        answers = "\n".join([f"图片 {name} {words}", *rest])
        return _item_page(subject, one, replace(draft, answers=answers))
    where = request.form.get("where", "")
    return _item_page(subject, one, forms.with_picture(draft, where, text))


def _course_lessons(subject: Paper) -> list[Lesson]:
    """Return the lessons an explanation may point back to: those of the first course using it."""
    using = lessons_using("quiz", subject.id, drafts=drafts_seen())
    return [one for one in lessons_of(using[0].course_id) if one.id != using[0].id] if using else []
