"""The matrix of rights says what the views really check."""

from flask import Flask

from sanshi_lms.account.rights import RIGHTS_ZH, rights_of
from sanshi_lms.account.rules import ROLES
from sanshi_lms.core.access import declared_access
from tests.people import Cast


def test_every_right_has_words_and_every_address_stands_in_one_row(app: Flask) -> None:
    rows = rights_of(app)
    unnamed = [row.name for row in rows if row.name not in RIGHTS_ZH]
    assert unnamed == [], "say in rights.py what it lets people do"
    assert [row.name for row in rows if not row.roles] == [], "nobody could ever call it"
    stated = {address for row in rows for address in row.addresses}
    for rule in app.url_map.iter_rules():
        if declared_access(app.view_functions[rule.endpoint]):
            assert any(address.endswith(f" {rule.rule}") for address in stated), rule.rule


def test_the_page_is_for_who_manages_people(people: Cast) -> None:
    shown = people.client("admin").get("/admin/account/rights")
    assert shown.status_code == 200
    assert "查看操作记录" in shown.text
    assert "POST /admin/account/people/&lt;int:person_id&gt;" in shown.text
    for role in ROLES.values():
        assert role.label in shown.text
    assert people.client("author").get("/admin/account/rights").status_code == 403
