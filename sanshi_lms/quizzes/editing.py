"""Writes of papers and items: by administrators on the website, and by loading packs."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.courses import lessons_using
from sanshi_lms.quizzes import rules
from sanshi_lms.quizzes.content_json import from_json, to_json
from sanshi_lms.quizzes.key_text import write_key
from sanshi_lms.quizzes.models import Attempt, Item, ItemVersion, Option, Paper
from sanshi_lms.quizzes.queries import full_paper
from sanshi_lms.quizzes.question_file import ItemDraft, PaperDraft


def add_paper(
    title: str,
    pass_percent: int,
    attempts_allowed: int,
    *,
    shuffle: bool,
    at: datetime,
    unit_id: int | None = None,
) -> Paper:
    """Return a new paper of a unit, or of the city, without items."""
    paper = Paper(
        title=title,
        pass_percent=pass_percent,
        attempts_allowed=attempts_allowed,
        shuffle=shuffle,
        unit_id=unit_id,
        created_at=at,
        updated_at=at,
        items=[],
    )
    db.session.add(paper)
    db.session.flush()
    note("quizzes.add_paper", f"paper:{paper.id}", None, {**_rule_of(paper), "unit_id": unit_id})
    return paper


def give_paper(paper: Paper, unit_id: int | None) -> None:
    """Give a paper to another unit, or to the whole city."""
    before, paper.unit_id = paper.unit_id, unit_id
    if before != unit_id:
        note("quizzes.give_paper", f"paper:{paper.id}", {"unit_id": before}, {"unit_id": unit_id})


def edit_paper(
    paper: Paper,
    title: str,
    pass_percent: int,
    attempts_allowed: int,
    *,
    shuffle: bool,
    at: datetime,
) -> None:
    """Change a paper's title and rule. Attempts that were started keep the pass mark they had."""
    before = _rule_of(paper)
    paper.title = title
    paper.pass_percent, paper.attempts_allowed = pass_percent, attempts_allowed
    paper.shuffle = shuffle
    if _rule_of(paper) != before:
        paper.updated_at = at
        note("quizzes.edit_paper", f"paper:{paper.id}", before, _rule_of(paper))


def delete_paper(paper: Paper) -> None:
    """Delete a paper that nobody ever took and no lesson shows. Raises Refusal otherwise."""
    if db.session.scalar(select(func.count(Attempt.id)).where(Attempt.paper_id == paper.id)):
        raise Refusal("已经有人做过这份测验，成绩要保留，不能删除。可以在课程里换成别的测验。", 409)
    using = lessons_using("quiz", paper.id)
    if using:
        names = "、".join(f"《{lesson.course.title}》" for lesson in using)
        raise Refusal(f"课程{names}正在用这份测验，请先在课程里换掉，再来删除。", 409)
    note("quizzes.delete_paper", f"paper:{paper.id}", _rule_of(paper))
    db.session.delete(paper)


def add_item(paper: Paper, draft: ItemDraft, at: datetime) -> Item:
    """Return a new item at the end of a full paper. Raises Refusal for an unsound one."""
    _refuse_unsound(draft)
    if len(paper.items) >= rules.MOST_ITEMS:
        raise Refusal(f"一份测验最多 {rules.MOST_ITEMS} 题。")
    item = Item(position=1 + max((i.position for i in paper.items), default=0))
    _write_item(item, draft)
    paper.items.append(item)
    paper.updated_at = at
    db.session.flush()
    note("quizzes.add_item", f"item:{item.id}", None, {"stem": draft.stem_md})
    return item


def edit_item(paper: Paper, item: Item, draft: ItemDraft, at: datetime) -> None:
    """Change an item of a full paper; attempts already started keep the text they had."""
    _refuse_unsound(draft)
    before = _words_of(item)
    _write_item(item, draft)
    after = _words_of(item)
    if before != after and was_asked(paper.id):
        db.session.add(
            ItemVersion(item_id=item.id, version=item.version, words=before, replaced_at=at)
        )
        item.version += 1
    paper.updated_at = at
    note("quizzes.edit_item", f"item:{item.id}", before, after)


def was_asked(paper_id: int) -> bool:
    """Tell whether anybody ever started on a paper."""
    query = select(Attempt.id).where(Attempt.paper_id == paper_id).limit(1)
    return db.session.scalar(query) is not None


def delete_item(paper: Paper, item: Item, at: datetime) -> None:
    """Take an item out of a full paper."""
    note("quizzes.delete_item", f"item:{item.id}", {"stem": item.stem_md})
    paper.items.remove(item)
    paper.updated_at = at


def move_item(paper: Paper, item: Item, step: int, at: datetime) -> None:
    """Move an item of a full paper up (-1) or down (+1); at the end of the list nothing happens."""
    ordered = sorted(paper.items, key=lambda i: i.position)
    place = ordered.index(item)
    target = place + step
    if 0 <= target < len(ordered):
        ordered.insert(target, ordered.pop(place))
        for position, one in enumerate(ordered, 1):
            one.position = position
        paper.updated_at = at


def load_paper(
    key: str, title: str, draft: PaperDraft, target_id: int | None, at: datetime
) -> Paper:
    """Return the paper of a pack, created or brought up to date question by question.

    What the file did not change since the last load stays as it is, so that edits made on the
    website survive until the author changes the same question; items added on the website stay.
    Attempts refer to frozen versions and are never touched.
    """
    paper = db.session.scalar(select(Paper).where(Paper.pack_key == key))
    if paper is None and target_id is not None:
        paper = db.session.get(Paper, target_id)
    if paper is None:
        paper = add_paper(title, draft.pass_percent, draft.attempts, shuffle=draft.shuffle, at=at)
    full = full_paper(paper.id)
    if full is None:  # pragma: no cover - it was made or found two lines above
        raise LookupError(key)
    full.pack_key = key
    _load_rule(full, title, draft, at)
    _load_items(full, draft, at)
    return full


def _load_rule(paper: Paper, title: str, draft: PaperDraft, at: datetime) -> None:
    said = f"{draft.pass_percent},{draft.attempts},{draft.shuffle},{title}"[:200]
    if paper.pack_rule == said:
        return
    paper.pack_rule = said
    edit_paper(paper, title, draft.pass_percent, draft.attempts, shuffle=draft.shuffle, at=at)


def _load_items(paper: Paper, draft: PaperDraft, at: datetime) -> None:
    known = {item.key: item for item in paper.items if item.key is not None}
    wanted = {one.key for one in draft.items}
    for key, item in known.items():
        if key not in wanted:
            delete_item(paper, item, at)
    for one in draft.items:
        present = known.get(one.key or "")
        if present is None:
            add_item(paper, one, at).pack_hash = one.digest()
        elif present.pack_hash != one.digest():
            edit_item(paper, present, one, at)
            present.pack_hash = one.digest()
    _put_in_order(paper, [one.key for one in draft.items])


def _put_in_order(paper: Paper, keys: Sequence[str | None]) -> None:
    """Give the pack's items the file's order, followed by those the website added."""
    place = {key: number for number, key in enumerate(keys)}
    present = [item.key for item in paper.items if item.key in place]
    if present != list(keys):
        last = len(place)
        paper.items.sort(key=lambda item: (place.get(item.key, last), item.position))
        for position, item in enumerate(paper.items, 1):
            item.position = position


def _write_item(item: Item, draft: ItemDraft) -> None:
    item.key = draft.key
    item.kind = draft.kind
    item.stem_md = draft.stem_md
    item.explanation_md = draft.explanation_md
    item.review_slug = draft.review_slug
    item.source_clause, item.lesson_seconds = draft.source_clause, draft.lesson_seconds
    item.content = to_json(draft.content) if draft.content is not None else None
    kept = [(option.text, option.correct) for option in item.options]
    wanted = [(option.text, option.correct) for option in draft.options]
    if kept == wanted:
        return
    # Positions are unique: the old rows must be gone before the new ones come.
    item.options.clear()
    if item.id is not None:
        db.session.flush()
    item.options.extend(
        Option(position=position, text=text, correct=correct)
        for position, (text, correct) in enumerate(wanted, 1)
    )


def _words_of(item: Item) -> dict[str, object]:
    words: dict[str, object] = {"stem": item.stem_md, "options": [o.text for o in item.options]}
    right = [number for number, option in enumerate(item.options, 1) if option.correct]
    words |= {"right": right} if right else {}
    words |= {"explanation": item.explanation_md} if item.explanation_md else {}
    words |= {"clause": item.source_clause} if item.source_clause else {}
    if item.content is not None:
        words["answers"] = write_key(from_json(item.content))
    return words


def _refuse_unsound(draft: ItemDraft) -> None:
    if draft.problem:
        raise Refusal(draft.problem)


def _rule_of(paper: Paper) -> dict[str, object]:
    return {
        "title": paper.title,
        "pass_percent": paper.pass_percent,
        "attempts_allowed": paper.attempts_allowed,
        "shuffle": paper.shuffle,
    }
