"""Quiet hours, back-off, addresses."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.core.clock import LOCAL_ZONE
from sanshi_lms.notices.outbox.rules import (
    Policy,
    after_quiet,
    back_off,
    is_quiet,
    mail_problem,
    masked,
    phone_problem,
)

NIGHT = Policy(21, 8, 8)
hours = st.integers(0, 23)
LAST = datetime(2999, 1, 1)  # noqa: DTZ001 - hypothesis adds the zone
moments = st.datetimes(max_value=LAST, timezones=st.just(LOCAL_ZONE))


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 26, hour, minute, tzinfo=LOCAL_ZONE)


@pytest.mark.parametrize(
    ("moment", "quiet"),
    [(at(20, 59), False), (at(21), True), (at(0), True), (at(7, 59), True), (at(8), False)],
)
def test_the_edges_of_the_night(moment: datetime, quiet: bool) -> None:
    assert is_quiet(moment, NIGHT) is quiet


def test_what_comes_at_night_leaves_in_the_morning() -> None:
    assert after_quiet(at(22, 30), NIGHT) == at(8) + timedelta(days=1)
    assert after_quiet(at(3), NIGHT) == at(8)
    assert after_quiet(at(12), NIGHT) == at(12)
    assert after_quiet(at(13), Policy(12, 14, 8)) == at(14)
    assert not is_quiet(at(3), Policy(9, 9, 8)), "equal hours: no quiet hours"


@given(moments, hours, hours)
def test_it_never_leaves_in_quiet_hours_nor_a_day_late(
    moment: datetime, begin: int, end: int
) -> None:
    policy = Policy(begin, end, 8)
    leaves = after_quiet(moment, policy)
    assert not is_quiet(leaves, policy)
    assert timedelta(0) <= leaves - moment <= timedelta(days=1)


@given(st.integers(0, 10**6))
def test_waiting_grows_and_is_bounded(attempts: int) -> None:
    assert timedelta(minutes=1) <= back_off(attempts) <= back_off(attempts + 1)
    assert back_off(attempts) <= timedelta(hours=6)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "a@b",
        "a b@c.cn",
        "a@c.cn,b@d.cn",
        "王@c.cn",
        "a@c.cn\nBcc: x@y.cn",
        "a@" + "b" * 200,
    ],
)
def test_addresses_that_are_none(address: str) -> None:
    assert mail_problem(address)
    assert phone_problem(address)


def test_addresses_as_others_see_them() -> None:
    assert mail_problem("wang.xm+1@weike.example.cn") is None
    assert phone_problem("13812345678") is None
    assert phone_problem("12812345678")
    assert masked("wang@example.cn") == "w***@example.cn"
    assert masked("13812345678") == "138****5678"
    assert masked("12") == "****"
