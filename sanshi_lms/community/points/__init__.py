"""Points (积分): hours of service and points that 三师 earn, and rewards that districts give.

For: incentives that a district chooses. Not for: credit hours of learning (credentials) nor stars.

    setup(app)   routes, menu, the desk's tile, listening to needs and stories
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from flask import Flask, url_for
from sqlalchemy import select

from sanshi_lms.community.needs.models import Need
from sanshi_lms.community.needs.signals import need_stepped
from sanshi_lms.community.points import admin_routes, routes
from sanshi_lms.community.points.actions import TOPIC, earn, earn_by_need
from sanshi_lms.community.points.models import Reward
from sanshi_lms.community.points.queries import MANAGE, count_asked
from sanshi_lms.community.stories.models import Story
from sanshi_lms.community.stories.signals import story_published
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
    """Connect routes, menu, the desk's tile; hear of closed needs and published cases."""
    app.register_blueprint(routes.blueprint)
    app.register_blueprint(admin_routes.blueprint)
    add_topic(TOPIC, "积分")
    need_stepped.connect(_on_need)
    story_published.connect(_on_story)
    add_menu_entry(
        MenuEntry(
            "admin", "积分", "points_admin.balances", "certificate", 57, MANAGE, "群众需求", _asked
        )
    )
    add_desk_tile(DeskTile("等发放的奖励", "份", "points_admin.balances", MANAGE, 66, count_asked))
    add_subject_kind(SubjectKind("reward", "奖励", MANAGE, _rewards))
    add_subject_kind(SubjectKind("point_rules", "积分规则", MANAGE, _rules))


def _on_need(sender: Need, *, verb: str, at: datetime, **_: Any) -> None:
    earn_by_need(sender, verb, at)


def _on_story(sender: Story, *, at: datetime, **_: Any) -> None:
    need = db.session.get(Need, sender.need_id) if sender.need_id else None
    if need is not None and need.pro_id is not None:
        earn(need.pro_id, "case", f"story:{sender.id}:published", f"案例《{sender.title}》发布", at)


def _asked(_: object) -> int:
    return count_asked()


def _rewards(keys: Collection[str]) -> Mapping[str, Subject]:
    found = db.session.scalars(select(Reward).where(Reward.id.in_(ids_in(keys))))
    return {
        str(one.id): Subject(one.name, url_for("points_admin.reward", reward_id=one.id))
        for one in found
    }


def _rules(keys: Collection[str]) -> Mapping[str, Subject]:
    return dict.fromkeys(keys, Subject("积分怎么算", url_for("points_admin.balances")))
