"""/admin/quizzes/bank: the questions of all papers: one's own, and the city's to draw from."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request, url_for
from sqlalchemy import Select, or_, select

from sanshi_lms.core.access import needs, own_reach
from sanshi_lms.core.db import db
from sanshi_lms.core.markdown import plain_text
from sanshi_lms.core.reach import Reach
from sanshi_lms.core.web import paginate
from sanshi_lms.quizzes import rules
from sanshi_lms.quizzes.asking import in_bank
from sanshi_lms.quizzes.models import Item
from sanshi_lms.quizzes.papers.drawing import DIFFICULTY_ZH, LONGEST_TOPIC
from sanshi_lms.quizzes.queries import papers_by_id

blueprint = Blueprint(
    "quizzes_bank_list", __name__, url_prefix="/admin/quizzes/bank", template_folder="templates"
)
LONGEST_WORDS = 60


@dataclass(frozen=True)
class Wanted:
    """What the list is narrowed by; empty is everything."""

    words: str = ""
    kind: str = ""
    topic: str = ""
    difficulty: int = 0

    def to_args(self) -> dict[str, Any]:
        """Return what an address says of it."""
        told = (
            ("q", self.words),
            ("kind", self.kind),
            ("topic", self.topic),
            ("level", self.difficulty),
        )
        return {name: value for name, value in told if value}


@blueprint.get("/")
@needs("quizzes.edit", within=True)
def bank() -> str:
    """List the questions, the newest first; those of one's own can be opened."""
    wanted, reach = _wanted(), own_reach()
    page = paginate(items_query(wanted).where(in_bank(reach)), size=30)
    papers = papers_by_id({item.paper_id for item in page.rows})
    return render_template(
        "quiz_papers/bank.html",
        page=page,
        wanted=wanted,
        stems={item.id: plain_text(item.stem_md) for item in page.rows},
        papers=papers,
        own={number for number, paper in papers.items() if reach.covers(paper.unit_id)},
        kinds=rules.ITEM_KIND_ZH,
        difficulties=DIFFICULTY_ZH,
        topics=topics(reach),
        page_url=lambda number: url_for(".bank", page=number, **wanted.to_args()),
    )


def items_query(wanted: Wanted) -> Select[Item]:
    """Return the query of the questions that are wanted, the newest first."""
    query = select(Item).order_by(Item.id.desc())
    if wanted.words:
        columns = (Item.stem_md, Item.explanation_md, Item.source_clause)
        query = query.where(or_(*(c.contains(wanted.words, autoescape=True) for c in columns)))
    if wanted.kind:
        query = query.where(Item.kind == wanted.kind)
    if wanted.topic:
        query = query.where(Item.topic == wanted.topic)
    return query.where(Item.difficulty == wanted.difficulty) if wanted.difficulty else query


def topics(reach: Reach) -> list[str]:
    """Return the topics that questions of the bank have, as far as one sees it."""
    query = (
        select(Item.topic).where(Item.topic != "", in_bank(reach)).distinct().order_by(Item.topic)
    )
    return list(db.session.scalars(query))


def _wanted() -> Wanted:
    kind, level = request.args.get("kind", ""), request.args.get("level", 0, type=int)
    return Wanted(
        " ".join(request.args.get("q", "").split())[:LONGEST_WORDS],
        kind if kind in rules.ITEM_KINDS else "",
        request.args.get("topic", "")[:LONGEST_TOPIC],
        level if level in DIFFICULTY_ZH else 0,
    )
