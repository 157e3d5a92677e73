"""The questions of a paper or of the bank as content, ready for a writer."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from sanshi_lms.account import owned
from sanshi_lms.core.db import db
from sanshi_lms.core.reach import Reach
from sanshi_lms.quizzes import rules
from sanshi_lms.quizzes.content import ItemContent, OptionContent
from sanshi_lms.quizzes.content_json import from_json
from sanshi_lms.quizzes.models import Item, Paper


def content_of(item: Item) -> ItemContent:
    """Return an item, with its options loaded, as the formats know it."""
    if item.content is not None:
        content = from_json(item.content)
    else:
        content = ItemContent(
            cast("rules.ItemKind", item.kind),
            item.stem_md,
            item.explanation_md,
            tuple(OptionContent(one.text, one.correct) for one in item.options),
            review_slug=item.review_slug,
        )
    return replace(
        content,
        topic=item.topic,
        difficulty=item.difficulty,
        source_clause=item.source_clause,
        lesson_seconds=item.lesson_seconds,
    )


def bank_items(topics: Collection[str], reach: Reach) -> Sequence[Item]:
    """Return the questions of papers within reach with one of these topics, with options."""
    query = select(Item).join(Paper, Paper.id == Item.paper_id).order_by(Item.id)
    query = query.where(Item.topic.in_(topics), Item.topic != "", owned(Paper.unit_id, reach))
    return db.session.scalars(query.options(selectinload(Item.options))).all()
