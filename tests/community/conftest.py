"""A small place for needs: two communities, a cadre each, two 三师 of whom one is confirmed."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select

from sanshi_lms.account import actions as account_actions
from sanshi_lms.community.actions import (
    Profile,
    add_community,
    attach_member,
    confirm_professional,
    save_profile,
)
from sanshi_lms.community.models import Kind, Profession
from sanshi_lms.community.needs.filing import Report, file_need
from sanshi_lms.community.rules import CommunityRow
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from tests.people import Cast

WHEN = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)


@dataclass
class Place:
    """Ids of a small place; `file` adds a need and returns its id and code."""

    app: Flask
    community_id: int
    code: str
    other_community_id: int
    other_code: str
    kind_id: int
    difficulty_id: int
    pro_id: int
    cadre_id: int
    filed: int = 0

    def file(
        self,
        text: str = "想装电梯",
        *,
        elsewhere: bool = False,
        ago: timedelta = timedelta(minutes=9),
    ) -> tuple[int, str]:
        """Let a resident report something that was received a while ago."""
        self.filed += 1
        report = Report(
            community_id=self.other_community_id if elsewhere else self.community_id,
            kind_id=self.kind_id,
            text=text,
            place="3 栋",
            concerns=("老人",),
            phone="13812345678",
            origin="resident",
            nonce=f"test-{self.filed}",
        )
        with self.app.app_context(), transaction():
            need, _ = file_need(report, [], now() - ago)
            return need.id, need.code


def settle(app: Flask, people: Cast) -> Place:
    """Put the place into the database of `app`."""
    for part in ("admin", "cadre", "other_cadre", "pro", "other_pro"):
        people.id(part)
    with app.app_context(), transaction():
        here = add_community(CommunityRow(1, "渝中区", "石油路街道", "石油路社区", "SHIYOU"), WHEN)
        there = add_community(CommunityRow(1, "江北区", "观音桥街道", "塔坪社区", "TAPING"), WHEN)
        attach_member(here, "cadre", WHEN)
        attach_member(there, "other-cadre", WHEN)
        kind = db.session.scalars(select(Kind).where(Kind.name == "加装电梯")).one()
        difficulty = db.session.scalars(select(Kind).where(Kind.asked_by == "pro")).one()
        profession = db.session.scalars(select(Profession).where(Profession.name == "工程师")).one()
        for part in ("pro", "other_pro"):
            profile = Profile(
                profession.id, ("渝中区",), (kind.id,), "做过十部电梯", available=True
            )
            saved = save_profile(people.id(part), profile, WHEN)
            if part == "pro":
                confirm_professional(saved, WHEN)
        return Place(
            app, here.id, here.code, there.id, there.code, kind.id, difficulty.id,
            people.id("pro"), people.id("cadre"),
        )  # fmt: skip


@pytest.fixture
def place(app: Flask, people: Cast, monkeypatch: pytest.MonkeyPatch) -> Place:
    """The small place, in the test's own installation."""
    # Whose hash takes long is measured elsewhere.
    monkeypatch.setattr(account_actions, "_hasher", PasswordHasher(1, 8, 1))
    return settle(app, people)
