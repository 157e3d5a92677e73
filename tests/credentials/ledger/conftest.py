"""What the tests of the ledger share: a rule in force, and tampering behind its back."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import text

from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.settings import REPOSITORY
from sanshi_lms.credentials.ledger.models import CreditEntry, RuleApplication
from sanshi_lms.credentials.ledger.rule_store import take_in

WHEN = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)


def put_in_force(name: str, since: date = date(2026, 1, 1)) -> int:
    """Take a shipped sample in and let it be for everybody since a day; return its version."""
    text_of = (REPOSITORY / "content" / "credit-rules" / f"{name}.toml").read_text("utf-8")
    version = take_in(text_of, WHEN, None)
    db.session.add(
        RuleApplication(version_id=version.id, scope="all", who="", starts_on=since, made_at=WHEN)
    )
    db.session.flush()
    return version.id


@pytest.fixture
def ninety(app: Flask) -> int:
    """The sample of 90 hours, in force for everybody."""
    with app.app_context(), transaction():
        return put_in_force("sample-90-hours")


@pytest.fixture
def tamper(app: Flask) -> Callable[[str], None]:
    """Change the database as somebody would who holds its password, with the guards off."""

    def run(statement: str) -> None:
        with app.app_context(), transaction() as session:
            table = CreditEntry.__tablename__
            if db.engine.dialect.name == "postgresql":
                session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
            else:
                for verb in ("UPDATE", "DELETE"):
                    session.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{verb}"))
            session.execute(text(statement))

    return run
