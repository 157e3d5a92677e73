"""Stars (星级三师): rounds with criteria as data, evidence, panel, public notice, frozen result.

For: naming who did well, so that anybody can check why. Not for: points and rewards (points).

    setup(app)   routes, menu, the desk's tile, titles for the audit trail
"""

from collections.abc import Collection, Mapping

from flask import Flask, url_for
from sqlalchemy import select

from sanshi_lms.community.stars import admin_routes, routes
from sanshi_lms.community.stars.actions import TOPIC
from sanshi_lms.community.stars.models import StarRound
from sanshi_lms.community.stars.queries import MANAGE, count_unanswered
from sanshi_lms.core.db import db
from sanshi_lms.core.registers import (
    DeskTile,
    MenuEntry,
    Subject,
    SubjectKind,
    add_desk_tile,
    add_menu_entry,
    add_subject_kind,
    ids_in,
)
from sanshi_lms.notices import add_topic

__all__ = ["setup"]


def setup(app: Flask) -> None:
    """Connect routes, menu, the desk's tile, and the titles of rounds."""
    app.register_blueprint(routes.blueprint)
    app.register_blueprint(admin_routes.blueprint)
    add_topic(TOPIC, "星级三师")
    add_menu_entry(
        MenuEntry(
            "admin", "星级三师", "stars_admin.rounds", "star", 56, MANAGE, "群众需求", _waiting
        )
    )
    add_desk_tile(
        DeskTile("等答复的异议", "条", "stars_admin.rounds", MANAGE, 65, count_unanswered)
    )
    add_subject_kind(SubjectKind("star_round", "星级评选", MANAGE, _rounds))


def _waiting(_: object) -> int:
    return count_unanswered()


def _rounds(keys: Collection[str]) -> Mapping[str, Subject]:
    found = db.session.scalars(select(StarRound).where(StarRound.id.in_(ids_in(keys))))
    return {
        str(one.id): Subject(one.title, url_for("stars_admin.star_round", round_id=one.id))
        for one in found
    }
