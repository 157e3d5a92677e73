"""The demo shows a newcomer a rule, feedback, corrections and a claim; loading it twice is once."""

from flask import Flask
from sqlalchemy import func, select

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.settings import REPOSITORY
from sanshi_lms.courses.kinds import lesson_kinds
from sanshi_lms.courses.loader import plan
from sanshi_lms.courses.pack import read_packs
from sanshi_lms.courses.pack_apply import carry_out
from sanshi_lms.credentials.claims.demo import load_claim
from sanshi_lms.credentials.claims.models import Claim, ClaimProof
from sanshi_lms.learning.corrections.models import Correction, CorrectionDecision
from sanshi_lms.learning.demo_desk import load_desk
from sanshi_lms.learning.feedback.models import Feedback
from sanshi_lms.learning.models import Completion
from sanshi_lms.learning.ruling.models import LearningRule
from tests.people import Cast


def test_what_a_newcomer_finds_at_the_desk(app: Flask, people: Cast) -> None:
    people.id("admin"), people.id("pro")
    with app.app_context():
        with transaction():
            reading = read_packs(REPOSITORY / "content", lesson_kinds())
            carry_out(plan(reading.courses, overwrite=False), now())
        for _ in range(2):
            with transaction():
                load_desk(now())
                load_claim(now())
        counts = {
            table.__name__: db.session.scalar(select(func.count()).select_from(table))
            for table in (Correction, CorrectionDecision, Feedback, Claim, ClaimProof, Completion)
        }
        assert list(counts.values()) == [2, 1, 6, 1, 1, 1]
        names = list(db.session.scalars(select(LearningRule.name)))
        assert "消防课用（示例）" in names
    desk = people.client("admin").get("/admin/learning/corrections/").text
    assert "等审批" in desk
    assert "（示例）" in desk
