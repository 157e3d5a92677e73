"""Taking questions that were read into a paper."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from sqlalchemy import select

from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.quizzes import rules
from sanshi_lms.quizzes.content import ItemContent, OptionContent
from sanshi_lms.quizzes.content_rules import CONTENT_KIND_ZH
from sanshi_lms.quizzes.editing import add_item
from sanshi_lms.quizzes.exchange.reading import Found
from sanshi_lms.quizzes.key_text import write_key
from sanshi_lms.quizzes.marking import plain
from sanshi_lms.quizzes.models import Paper
from sanshi_lms.quizzes.papers.drawing import LONGEST_TOPIC
from sanshi_lms.quizzes.question_file import ItemDraft, OptionDraft

_KEYS = ("blanks", "numeric", "pairs", "sequence", "rubric", "parts")


@dataclass(frozen=True)
class Judged:
    """A question with what stands against it; `known`: the paper has one with the same words."""

    found: Found
    problem_zh: str | None
    known: bool

    @property
    def good(self) -> bool:
        """Tell whether it will be taken."""
        return self.problem_zh is None and not self.known


def lock(paper_id: int) -> None:
    """Hold a paper until the end of the transaction: of two imports the second sees the first."""
    db.session.execute(select(Paper.id).where(Paper.id == paper_id).with_for_update())


def judge(paper: Paper, found: Sequence[Found]) -> list[Judged]:
    """Return every question with its problem, or whether the paper (or the text) has it already."""
    seen = {_words(item.stem_md) for item in paper.items}
    judged = []
    for one in found:
        words = _words(one.content.stem_md)
        problem = one.problem_zh or _kept_problem(one.content)
        judged.append(Judged(one, problem, known=words in seen))
        if problem is None:
            seen.add(words)
    return judged


def take_in(paper: Paper, judged: Sequence[Judged], at: datetime) -> int:
    """Add the good questions at the end of a full paper that is held; return how many.

    Raises Refusal when there is none, or more than a paper holds.
    """
    good = [one for one in judged if one.good]
    if not good:
        raise Refusal("没有新的题目可以导入。已经在这份测验里的题目不会重复导入。")
    if len(paper.items) + len(good) > rules.MOST_ITEMS:
        room = rules.MOST_ITEMS - len(paper.items)
        raise Refusal(f"一份测验最多 {rules.MOST_ITEMS} 题，还能加 {room} 题，请分成几份测验。")
    for one in good:
        item = add_item(paper, _draft(one.found.content), at)
        content = one.found.content
        item.topic, item.difficulty = content.topic, content.difficulty
    note("quizzes.import", f"paper:{paper.id}", after={"items": len(good)})
    return len(good)


def _kept_problem(content: ItemContent) -> str | None:
    if content.kind not in rules.ITEM_KINDS:
        kinds = "、".join(rules.ITEM_KIND_ZH.values())
        return f"{CONTENT_KIND_ZH[content.kind]}现在还不能放进测验，可以改成：{kinds}。"
    if len(content.topic) > LONGEST_TOPIC:
        return f"主题最多 {LONGEST_TOPIC} 个字，请缩短。"
    return _draft(content).problem or _key_problem(content)


def _key_problem(content: ItemContent) -> str | None:
    """Refuse a key that the paper's editor would read as another one."""
    kept = _draft(content).content
    if kept is None or all(getattr(kept, name) == getattr(content, name) for name in _KEYS):
        return None
    return "答案里有 | 或 = 这样的符号，在测验里会变成另一个答案。请换个写法。"


def stored(content: ItemContent) -> ItemContent | None:
    """Return what a paper keeps of a question; None when it keeps nothing."""
    if _kept_problem(content) is not None:
        return None
    draft = _draft(content)
    options = tuple(OptionContent(one.text, one.correct) for one in draft.options)
    kept = draft.content or ItemContent(
        cast("rules.ItemKind", draft.kind), draft.stem_md, draft.explanation_md, options
    )
    return replace(
        kept,
        topic=content.topic,
        difficulty=content.difficulty,
        source_clause=content.source_clause,
    )


def _draft(content: ItemContent) -> ItemDraft:
    chosen = content.kind in rules.CHOICE_KINDS
    return ItemDraft(
        content.kind,
        content.stem_md,
        tuple(OptionDraft(one.text_md, one.correct) for one in content.options),
        content.explanation_md,
        answers="" if chosen else write_key(content),
        source_clause=content.source_clause,
    )


def _words(stem_md: str) -> str:
    return plain(stem_md.replace("（　）", "").replace("()", ""))
