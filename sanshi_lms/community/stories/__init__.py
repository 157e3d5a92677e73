"""Stories: cases and media pieces (专题报道, 深度访谈, 短视频, 图解), from draft to withdrawal.

For: what was done in a community, told so that others can do it too; written by one person and
reviewed by another. Not for: the need itself and who asked (needs); nothing of a resident is here.

    published_story(id)   a case or piece as everybody may read it
    setup(app)   routes, menu, search, words for the audit trail
"""

from collections.abc import Collection, Mapping

from flask import Flask, url_for
from sqlalchemy import select

from sanshi_lms.community.stories import desk_routes, routes, rules
from sanshi_lms.community.stories.models import Story
from sanshi_lms.community.stories.queries import REVIEW, WRITE, count_waiting, find_story
from sanshi_lms.community.stories.search_source import StorySource
from sanshi_lms.core.db import db
from sanshi_lms.core.registers import (
    DeskTile,
    MenuEntry,
    Subject,
    SubjectKind,
    add_desk_tile,
    add_menu_entry,
    add_search_source,
    add_subject_kind,
    ids_in,
)

__all__ = ["published_story", "setup"]


def published_story(story_id: int) -> Story | None:
    """Return a story as everybody may read it; None while it is not published."""
    return find_story(story_id, None)


def setup(app: Flask) -> None:
    """Connect routes, menu, the desk's tile, search, and the titles of stories."""
    app.register_blueprint(routes.blueprint)
    app.register_blueprint(desk_routes.blueprint)
    add_search_source(StorySource())
    add_menu_entry(
        MenuEntry(
            "admin", "案例和故事", "stories_desk.desk", "reading", 54, WRITE, "群众需求", _waiting
        )
    )
    add_desk_tile(
        DeskTile(
            "等审核的案例和故事", "篇", "stories_desk.desk", REVIEW, 63, count_waiting,
            {"state": rules.State.REVIEW.value},
        )
    )  # fmt: skip
    add_subject_kind(SubjectKind("story", "案例和故事", WRITE, _stories))


def _waiting(_: object) -> int:
    return count_waiting()


def _stories(keys: Collection[str]) -> Mapping[str, Subject]:
    found = db.session.scalars(select(Story).where(Story.id.in_(ids_in(keys))))
    return {
        str(one.id): Subject(one.title, url_for("stories_desk.story", story_id=one.id))
        for one in found
    }
