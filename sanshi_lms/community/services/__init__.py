"""Service list (服务清单): who offers what, at which stage of which 专项工作, free or paid.

For: what communities can ask for. Not for: asking for it (needs) nor who the 三师 are (directory).

    setup(app)   routes, menu, the desk's tile, search, titles for the audit trail
"""

from collections.abc import Collection, Mapping

from flask import Flask, url_for
from sqlalchemy import select

from sanshi_lms.community.services import admin_routes, routes
from sanshi_lms.community.services.actions import TOPIC
from sanshi_lms.community.services.models import Service, Stage
from sanshi_lms.community.services.queries import CHECK, count_waiting
from sanshi_lms.community.services.search_source import ServiceSource
from sanshi_lms.core.changes import follow
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
from sanshi_lms.notices import add_topic

__all__ = ["setup"]


def setup(app: Flask) -> None:
    """Connect routes, menu, the desk's tile, search, and the titles of services."""
    app.register_blueprint(routes.blueprint)
    app.register_blueprint(admin_routes.blueprint)
    add_topic(TOPIC, "服务清单")
    add_search_source(ServiceSource())
    follow("pro", _of_pro)
    add_menu_entry(
        MenuEntry(
            "admin", "服务清单", "services_admin.services", "list", 55, CHECK, "群众需求", _waiting
        )
    )
    add_desk_tile(
        DeskTile(
            "等核对的服务", "项", "services_admin.services", CHECK, 64, count_waiting,
            {"state": "waiting"},
        )
    )  # fmt: skip
    add_subject_kind(SubjectKind("service", "服务", CHECK, _services))
    add_subject_kind(SubjectKind("stage", "环节", CHECK, _stages))


def _of_pro(pro_id: int) -> list[tuple[str, int]]:
    """Return the services of a 三师: they are found only while their 三师 is confirmed."""
    found = db.session.scalars(select(Service.id).where(Service.pro_id == pro_id))
    return [("service", number) for number in found]


def _waiting(_: object) -> int:
    return count_waiting()


def _services(keys: Collection[str]) -> Mapping[str, Subject]:
    found = db.session.scalars(select(Service).where(Service.id.in_(ids_in(keys))))
    url = url_for("services_admin.services")
    return {str(one.id): Subject(one.title, url) for one in found}


def _stages(keys: Collection[str]) -> Mapping[str, Subject]:
    found = db.session.scalars(select(Stage).where(Stage.id.in_(ids_in(keys))))
    return {str(one.id): Subject(one.name, url_for("services_admin.services")) for one in found}
