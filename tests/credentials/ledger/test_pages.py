"""我的学时 and the statement: they work, a stranger cannot, the edges, and the paper adds up."""

import io
import re
from datetime import timedelta
from decimal import Decimal

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader

from sanshi_lms.core.db import transaction
from sanshi_lms.credentials import Evidence, award_hours, entry_for, reverse_entry
from sanshi_lms.credentials.ledger import rules
from sanshi_lms.credentials.ledger.queries import balance
from tests.credentials.ledger.conftest import WHEN
from tests.credentials.ledger.test_ledger import Tamper
from tests.people import Cast


@pytest.fixture
def year(app: Flask, people: Cast, ninety: int) -> int:
    """A year of the professional, with something capped and something taken back."""
    del ninety
    me = people.id("pro")
    with app.app_context(), transaction():
        for place in range(30):
            award_hours(
                me,
                "online_course",
                f"城市更新第 {place + 1} 讲",
                source_ref=f"course:{place}:user:{me}",
                at=WHEN + timedelta(days=place // 4),
                category="公需" if place % 5 == 0 else "专业",
                minutes=100,
                evidence=[Evidence("course", str(place), "城市更新", "学完", "/courses/renewal")],
            )
        taken = entry_for(f"course:7:user:{me}")
        assert taken is not None
        reverse_entry(taken, "由他人代学，已核实", WHEN + timedelta(days=60))
    return me


def test_the_year_with_its_gap_and_reasons(app: Flask, people: Cast, year: int) -> None:
    page = people.client("pro").get("/credentials/hours?year=2026").text
    with app.app_context():
        total = rules.plain(rules.total(balance(year, 2026).values()))
    assert f"2026 年共 <strong>{total}</strong> 学时" in page
    assert "其中专业科目" in page
    assert "各类学习一天最多计 8 学时" in page
    assert "由他人代学，已核实" in page
    assert "已冲销" in page
    assert 'href="/courses/renewal"' in page
    assert "样例：专业技术人员每年 90 学时（第 1 版）" in page


def test_nobody_sees_the_hours_of_another(people: Cast, client: FlaskClient, year: int) -> None:
    del year
    assert "城市更新第 1 讲" not in people.client("cadre").get("/credentials/hours?year=2026").text
    assert client.get("/credentials/hours").status_code == 302


@pytest.mark.parametrize("given", ["1999", "2999", "x", "-1", "9" * 40])
def test_an_odd_year_is_this_year(people: Cast, given: str) -> None:
    assert people.client("pro").get(f"/credentials/hours?year={given}").status_code == 200


def issued(client: FlaskClient) -> str:
    answer = client.post("/credentials/hours/statement", data={"year": "2026"})
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def test_the_paper_adds_up_and_scans(app: Flask, people: Cast, year: int) -> None:
    mine = people.client("pro")
    path = issued(mine)
    assert issued(mine) == path, "the same year with the same lines is the same paper"
    assert "下载 PDF" in mine.get(path).text
    answer = mine.get(f"{path}/statement.pdf")
    assert answer.mimetype == "application/pdf"
    reader = PdfReader(io.BytesIO(answer.data))
    lines = [line for page in reader.pages for line in page.extract_text().splitlines()]
    printed = " ".join(lines)
    with app.app_context():
        due = rules.total(balance(year, 2026).values())
    hours = re.findall(r"(?:专业|公需)\s+(-?\d+(?:\.\d+)?)(?=\s|$)", printed)
    assert len(hours) == 31
    assert sum(map(Decimal, hours)) == due
    assert re.search(rf"合计\s*{rules.plain(due)}", printed)
    assert "刘建国" in printed
    document = pypdfium2.PdfDocument(answer.data)
    picture = document[0].render(scale=2).to_pil()
    document.close()
    (found,) = zxingcpp.read_barcodes(picture)
    number = path.rsplit("/", 1)[1]
    assert found.text == f"http://localhost/v/{number}"
    shown = app.test_client().get(f"/v/{number}").text
    assert "学时证明真实有效" in shown
    assert "刘*国" in shown
    assert "刘建国" not in shown
    assert f"<dd>{rules.plain(due)}</dd>" in shown
    assert mine.get(f"{path}/1.png").mimetype == "image/png"
    assert mine.get(f"{path}/99.png").status_code == 404


def test_a_later_line_is_told_and_needs_a_new_paper(app: Flask, people: Cast, year: int) -> None:
    mine = people.client("pro")
    path = issued(mine)
    with app.app_context(), transaction():
        award_hours(year, "test", "测验", source_ref="late", at=WHEN + timedelta(days=90))
    assert "又有变动" in mine.get(path).text
    assert "又有变动" in app.test_client().get(f"/v/{path.rsplit('/', 1)[1]}").text
    assert issued(mine) != path


@pytest.mark.parametrize("part", ["cadre", "author", "other_pro"])
@pytest.mark.parametrize("ending", ["", "/statement.pdf", "/1.png"])
def test_a_stranger_does_not_learn_that_it_exists(
    people: Cast, year: int, part: str, ending: str
) -> None:
    del year
    path = issued(people.client("pro"))
    assert people.client(part).get(path + ending).status_code == 404


def test_a_statement_whose_lines_were_changed_is_none(
    app: Flask, people: Cast, year: int, tamper: Tamper
) -> None:
    del year
    mine = people.client("pro")
    path = issued(mine)
    tamper("UPDATE credentials_credit_entries SET hours = 3 WHERE id = 1")
    assert mine.get(f"{path}/statement.pdf").status_code == 409
    answer = app.test_client().get(f"/v/{path.rsplit('/', 1)[1]}")
    assert answer.status_code == 404
    assert "不能作为凭证" in answer.text


def test_a_year_without_lines_has_no_statement(people: Cast) -> None:
    answer = people.client("pro").post("/credentials/hours/statement", data={"year": "2026"})
    assert answer.status_code == 422
    assert "还没有学时记录" in answer.text
