"""Awarding on real databases: once and only once, and a ledger that cannot be rewritten."""

import threading
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.errors import Refusal
from sanshi_lms.credentials import (
    CreditEntry,
    award_certificate,
    certificates_of,
    credit_hours_earned,
    set_months,
)
from sanshi_lms.credentials.actions import reissue_certificate, revoke_certificate
from sanshi_lms.credentials.models import Certificate
from sanshi_lms.credentials.queries import verify
from tests.people import Cast

WHEN = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)
TODAY = date(2026, 3, 6)


@pytest.fixture
def user_id(either_app: Flask) -> int:
    return Cast(either_app, "linjiang-menhu-7").id("cadre")


def award(user_id: int, source_ref: str = "course:1:user:1", hours: str = "0.5") -> str:
    return award_certificate(user_id, "王小明", "加装电梯", hours, source_ref, WHEN).number


def test_a_certificate_is_awarded_once_with_its_hours(either_app: Flask, user_id: int) -> None:
    with either_app.app_context(), transaction():
        first = award(user_id)
        assert award(user_id) == first
    with either_app.app_context(), transaction():
        assert award(user_id) == first
    with either_app.app_context():
        (certificate,) = certificates_of(user_id)
        assert certificate.issued_at == WHEN
        assert certificate.credit_hours == Decimal("0.5")
        assert credit_hours_earned(user_id) == Decimal("0.5")
        assert verify(first, TODAY).verdict == "valid"


def test_many_at_once_award_one(either_app: Flask, user_id: int) -> None:
    together = threading.Barrier(6)
    numbers: list[str] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            with either_app.app_context():
                together.wait(10)
                with transaction():
                    number = award(user_id)
                numbers.append(number)
        except BaseException as error:  # a thread's failure must reach the test
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert len(numbers) == 6
    assert len(set(numbers)) == 1
    with either_app.app_context():
        assert db.session.scalar(select(func.count(Certificate.id))) == 1
        assert credit_hours_earned(user_id) == Decimal("0.5")


def test_the_ledger_only_grows(either_app: Flask, user_id: int) -> None:
    with either_app.app_context(), transaction():
        award(user_id)
    for change in ("UPDATE credentials_credit_entries SET hours = 99", "DELETE FROM %s"):
        statement = change.replace("%s", "credentials_credit_entries")
        with (
            either_app.app_context(),
            pytest.raises(DBAPIError, match="append-only"),
            transaction(),
        ):
            db.session.execute(text(statement))
    with either_app.app_context():
        assert credit_hours_earned(user_id) == Decimal("0.5")


def test_a_refused_request_leaves_nothing(either_app: Flask, user_id: int) -> None:
    def award_and_fail() -> None:
        with transaction():
            award(user_id)
            raise RuntimeError("and then something failed")

    with either_app.app_context(), pytest.raises(RuntimeError, match="and then"):
        award_and_fail()
    with either_app.app_context():
        assert certificates_of(user_id) == []
        assert credit_hours_earned(user_id) == 0


def test_revoking_takes_the_hours_back_by_a_counter_entry(either_app: Flask, user_id: int) -> None:
    with either_app.app_context(), transaction():
        award(user_id)
        award(user_id, "course:2:user:1", "1.25")
    with either_app.app_context(), transaction():
        subject = certificates_of(user_id)[-1]
        revoke_certificate(subject, "由他人代学", WHEN)
        with pytest.raises(Refusal):
            revoke_certificate(subject, "由他人代学", WHEN)
    with either_app.app_context():
        assert credit_hours_earned(user_id) == Decimal("1.25")
        assert db.session.scalar(select(func.count(CreditEntry.id))) == 3


def test_a_course_without_hours_gives_a_certificate_and_no_entry(
    either_app: Flask, user_id: int
) -> None:
    with either_app.app_context(), transaction():
        award(user_id, hours="0")
    with either_app.app_context():
        assert len(certificates_of(user_id)) == 1
        assert db.session.scalar(select(func.count(CreditEntry.id))) == 0


def test_what_is_printed_is_frozen_and_clean(either_app: Flask, user_id: int) -> None:
    with either_app.app_context(), transaction():
        number = award_certificate(
            user_id, " 买买提•艾力😀 ", " 加装\n电梯 " + "长" * 300, 1, "course:3:user:1"
        ).number
    with either_app.app_context():
        found = verify(number, TODAY)
        assert found.certificate is not None
        assert found.certificate.holder_name == "买买提·艾力"
        assert found.certificate.title.startswith("加装 电梯 长")
        assert len(found.certificate.title) == 200


def test_a_certificate_needs_a_source_and_a_person(either_app: Flask, user_id: int) -> None:
    with either_app.app_context(), transaction():
        for source in ("", "x" * 121):
            with pytest.raises(ValueError, match="source_ref"):
                award(user_id, source)
    with either_app.app_context(), pytest.raises((IntegrityError, RuntimeError)), transaction():
        award(999_999)


def test_an_exchanged_certificate_keeps_its_hours_until_the_new_one_is_void(
    either_app: Flask, user_id: int
) -> None:
    with either_app.app_context(), transaction():
        old = award(user_id)
        subject = certificates_of(user_id)[0]
        fresh = reissue_certificate(subject, "王晓明", "身份证上的名字更正", WHEN).number
        for name, reason in (("王小明", "再换一次"), ("王大明", "")):
            with pytest.raises(Refusal):
                reissue_certificate(subject, name, reason, WHEN)
    with either_app.app_context(), transaction():
        assert verify(old, TODAY).verdict == "replaced"
        found = verify(fresh, TODAY)
        assert found.verdict == "valid"
        assert found.certificate is not None
        assert found.certificate.holder_name == "王晓明"
        assert credit_hours_earned(user_id) == Decimal("0.5")
        revoke_certificate(found.certificate, "由他人代学", WHEN)
    with either_app.app_context():
        assert credit_hours_earned(user_id) == 0


def test_it_is_valid_on_its_last_day_and_not_after(either_app: Flask, user_id: int) -> None:
    with either_app.app_context(), transaction():
        set_months("course:9", 12)
        number = award(user_id, "course:9:user:1")
    with either_app.app_context():
        assert verify(number, date(2027, 3, 5)).verdict == "valid"
        assert verify(number, date(2027, 3, 6)).verdict == "expired"
