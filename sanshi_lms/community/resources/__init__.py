"""Resources (资源): places and things booked without clash, materials, money with its use.

For: what the programme needs to work. Not for: lessons' attachments (courses) nor seats (events).

    setup(app)   routes, menu, the desk's tile, titles for the audit trail
"""

from collections.abc import Collection, Mapping

from flask import Flask, url_for
from sqlalchemy import select

from sanshi_lms.community.resources import admin_routes, routes
from sanshi_lms.community.resources.actions import TOPIC
from sanshi_lms.community.resources.models import Budget, Resource
from sanshi_lms.community.resources.queries import MANAGE, count_asked
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
    """Connect routes, menu, the desk's tile, and the titles of resources and budgets."""
    app.register_blueprint(routes.blueprint)
    app.register_blueprint(admin_routes.blueprint)
    add_topic(TOPIC, "资源")
    endpoint = "resources_admin.resources"
    add_menu_entry(MenuEntry("admin", "资源", endpoint, "place", 59, MANAGE, "群众需求", _asked))
    add_desk_tile(DeskTile("等确认的预订", "个", endpoint, MANAGE, 67, count_asked))
    add_subject_kind(SubjectKind("resource", "资源", MANAGE, _resources))
    add_subject_kind(SubjectKind("budget", "经费", MANAGE, _budgets))


def _asked(_: object) -> int:
    return count_asked()


def _resources(keys: Collection[str]) -> Mapping[str, Subject]:
    found = db.session.scalars(select(Resource).where(Resource.id.in_(ids_in(keys))))
    return {
        str(one.id): Subject(one.name, url_for("resources_admin.resource", resource_id=one.id))
        for one in found
    }


def _budgets(keys: Collection[str]) -> Mapping[str, Subject]:
    found = db.session.scalars(select(Budget).where(Budget.id.in_(ids_in(keys))))
    return {str(one.id): Subject(one.title, url_for("resources_admin.resources")) for one in found}
