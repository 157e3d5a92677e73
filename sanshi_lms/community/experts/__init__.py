"""Experts (专家团队): teams drawn from past stars, and 会诊 whose advice is traced to its result.

For: hard questions that one 三师 does not answer alone. Not for: a need's own way (needs).

    setup(app)   routes, menu, titles for the audit trail
"""

from collections.abc import Collection, Mapping

from flask import Flask, url_for
from sqlalchemy import select

from sanshi_lms.community.experts import admin_routes, routes
from sanshi_lms.community.experts.actions import TOPIC
from sanshi_lms.community.experts.models import Consultation, ExpertTeam
from sanshi_lms.community.experts.queries import MANAGE
from sanshi_lms.core.db import db
from sanshi_lms.core.registers import (
    MenuEntry,
    Subject,
    SubjectKind,
    add_menu_entry,
    add_subject_kind,
    ids_in,
)
from sanshi_lms.notices import add_topic

__all__ = ["setup"]


def setup(app: Flask) -> None:
    """Connect routes, menu, and the titles of teams and consultations."""
    app.register_blueprint(routes.blueprint)
    app.register_blueprint(admin_routes.blueprint)
    add_topic(TOPIC, "专家会诊")
    add_menu_entry(
        MenuEntry("admin", "专家团队", "experts_admin.teams", "people", 58, MANAGE, "群众需求")
    )
    add_subject_kind(SubjectKind("team", "专家团队", MANAGE, _teams))
    add_subject_kind(SubjectKind("consultation", "会诊", "needs.work", _consultations))


def _teams(keys: Collection[str]) -> Mapping[str, Subject]:
    found = db.session.scalars(select(ExpertTeam).where(ExpertTeam.id.in_(ids_in(keys))))
    return {
        str(one.id): Subject(one.name, url_for("experts_admin.team", team_id=one.id))
        for one in found
    }


def _consultations(keys: Collection[str]) -> Mapping[str, Subject]:
    found = db.session.scalars(select(Consultation).where(Consultation.id.in_(ids_in(keys))))
    return {
        str(one.id): Subject(one.title, url_for("experts.consultation", consultation_id=one.id))
        for one in found
    }
