"""/admin/quizzes/<paper>/import: questions from files and from pasted texts."""

import shutil
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from sanshi_lms.core.access import needs
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import release_connection, rollback
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.security import takes
from sanshi_lms.core.storage import storage
from sanshi_lms.quizzes.content import ItemContent
from sanshi_lms.quizzes.content_rules import CONTENT_KIND_ZH
from sanshi_lms.quizzes.exchange.carrying import pack, unpack
from sanshi_lms.quizzes.exchange.files import read_pasted
from sanshi_lms.quizzes.exchange.formats import losses
from sanshi_lms.quizzes.exchange.importing import judge, lock, stored, take_in
from sanshi_lms.quizzes.exchange.keeping import keep_arrived
from sanshi_lms.quizzes.exchange.limited import read_limited
from sanshi_lms.quizzes.exchange.reading import MOST_BYTES, Reading
from sanshi_lms.quizzes.exchange.text_lines import LETTERS
from sanshi_lms.quizzes.finding import own_paper
from sanshi_lms.quizzes.models import Paper

blueprint = Blueprint(
    "quizzes_import", __name__, url_prefix="/admin/quizzes", template_folder="templates"
)
MOST_SENT = 64_000_000
"""More than is read, so that a file that is too large gets our own words."""
Answer = str | Response | tuple[str, int]


@blueprint.get("/<int:paper_id>/import")
@needs("quizzes.edit", within=True)
def paste(paper_id: int) -> Answer:
    """Show the box to paste into."""
    return _page(own_paper(paper_id), Given(), "")


@blueprint.post("/<int:paper_id>/import")
@takes(MOST_SENT)
@needs("quizzes.edit", within=True)
def paste_post(paper_id: int) -> Answer:
    """Show what was read; add it when asked to. With anything wrong only "the good ones" are."""
    then = request.form.get("then", "")
    given = _given()
    if then in {"all", "good"}:
        lock(paper_id)
    subject = own_paper(paper_id)
    if given.reading is None:
        return _page(subject, given, given.message or "请先选一个文件，或把题目粘贴到框里。")
    judged = judge(subject, given.reading.found)
    wrong = bool(given.reading.faults) or any(one.problem_zh for one in judged)
    if then not in {"all", "good"}:
        return _page(subject, given, "")
    if wrong and then == "all":
        return _page(
            subject, given, "有的题目还有问题，一道也没有导入。请改好，或者只导入好的。"
        ), 422
    try:
        count = take_in(subject, judged, now())
    except Refusal as refusal:
        rollback()
        return _page(own_paper(paper_id), given, refusal.message), refusal.status
    flash(f"导入了 {count} 道题，请核对一遍。", "success")
    return redirect(url_for("quizzes_admin.paper", paper_id=paper_id))


@dataclass(frozen=True)
class Given:
    """What a form gave: a text or a file, read; `packed` carries a file's reading onwards."""

    text: str = ""
    reading: Reading | None = None
    packed: str = ""
    name: str = ""
    message: str = ""


def _given() -> Given:
    file = request.files.get("file")
    if file is not None and file.filename:
        return _uploaded(file)
    packed = request.form.get("read", "")
    if packed and request.form.get("then") != "look":
        try:
            return Given("", unpack(packed), packed, request.form.get("name", "")[:100])
        except ValueError:
            return Given(message="网页上的内容不完整了，请再选一次文件。")
    text = request.form.get("text", "").replace("\r\n", "\n")
    return Given(text, read_pasted(text) if text.strip() else None)


def _uploaded(file: FileStorage) -> Given:
    """Read a file in a child; nothing of it is kept but its pictures."""
    name = (file.filename or "")[:100]
    release_connection()
    folder = storage().private_dir()
    try:
        source = folder / "questions"
        file.save(source)
        file.close()
        reading = keep_arrived(read_limited(source))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    packed = pack(reading)
    if not packed:
        return Given(message="题目太多太长，一次看不完。请分成几个文件，再导入。")
    return Given("", reading, packed, name)


def key_words(content: ItemContent) -> str:
    """Return what is right, in the few words of a list."""
    match content.kind:
        case "single" | "multiple":
            right = (n for n, option in enumerate(content.options) if option.correct)
            return "".join(LETTERS[number] for number in right)
        case "true_false":
            return next((one.text_md for one in content.options if one.correct), "")
        case "blanks":
            return "；".join("/".join(blank.accepted) for blank in content.blanks)
        case "numeric":
            key = content.numeric
            return f"{key.value}{key.units[0] if key.units else ''}" if key else ""
        case "matching":
            return "；".join(f"{one.left} = {one.right}" for one in content.pairs)
        case "ordering":
            return " → ".join(content.sequence)
        case "short":
            return "；".join(one.text for one in content.rubric)
        case "case":
            return "；".join(key_words(one) for one in content.parts)
    return ""


def _page(subject: Paper, given: Given, message: str) -> str:
    reading = given.reading
    judged = judge(subject, reading.found) if reading else []
    faults = reading.faults if reading else []
    return render_template(
        "quiz_import/paste.html",
        paper=subject,
        given=given,
        message=message,
        reading=reading,
        judged=judged,
        good=sum(one.good for one in judged),
        bad=sum(one.problem_zh is not None for one in judged) + len(faults),
        known=sum(one.known and one.problem_zh is None for one in judged),
        lost=losses(stored, [one.found.content for one in judged if one.good]),
        kinds=CONTENT_KIND_ZH,
        key_words=key_words,
        most_megabytes=MOST_BYTES // 1_000_000,
    )
