"""What a duty opens when it is given at a unit: nothing is offered that would open nothing."""

from flask import Flask

from sanshi_lms.account.rights import ASKED_INSIDE, CITY_ONLY, rights_of
from sanshi_lms.account.rules import DUTIES


def test_each_right_of_a_duty_keeps_to_units_or_says_why_not(app: Flask) -> None:
    rights = {right.name: right for right in rights_of(app)}
    held = {name for duty in DUTIES.values() for name in duty.permissions}
    closed = {name for name in held if not rights[name].within}
    assert closed == CITY_ONLY.keys() | ASKED_INSIDE
    assert all(CITY_ONLY.values())


def test_each_duty_opens_something_at_a_unit(app: Flask) -> None:
    rights = {right.name: right for right in rights_of(app)}
    idle = [
        duty.name
        for duty in DUTIES.values()
        if not any(rights[name].within for name in duty.permissions - {"desk.view"})
    ]
    assert idle == []
