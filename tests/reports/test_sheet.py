"""Person × course × status: right cells, right people, the same in page, Excel and CSV."""

import csv
import io
from datetime import date

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.reports.rules import Filters
from sanshi_lms.reports.sheet import columns, page_of, people_query, sheet_table
from sanshi_lms.training.classes.models import TrainingClass
from sanshi_lms.training.classes.roster import add_person
from tests.people import Cast
from tests.reports.conftest import OUTSIDE, START, City

SHEET = "/admin/reports/sheet"


def names(city: City, filters: Filters, units: frozenset[int] | None) -> set[str]:
    with city.app.app_context():
        table = sheet_table(filters, units, now())
        rows = [row for part in table.parts() for row in part]
        assert table.total == len(rows)
        return {str(row[0]) for row in rows}


def test_a_cell_tells_nothing_begun_a_share_or_the_day(city: City) -> None:
    with city.app.app_context():
        chosen = Filters(courses=(city.courses["消防"], city.courses["加装电梯"]))
        table = sheet_table(chosen, city.inside, now())
        rows = {str(row[0]): row for part in table.parts() for row in part}
    assert table.head[5:] == ("消防", "加装电梯")
    assert rows["=王小明"][2:] == [
        "重庆市 / 渝中区 / 石油路街道", "社区、街道干部或物业人员", "网格员", "已学完 2026-03-03",
        "未开始",
    ]  # fmt: skip
    assert rows["李秀英"][5:] == ["学习中 25%", "未开始"]
    assert rows["刘建国"][5:] == ["未开始", "未开始"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"status": "none"}, {"=王小明", "李秀英", "刘建国"}),
        ({"status": "doing"}, {"李秀英"}),
        ({"status": "done"}, {"=王小明"}),
        ({"status": "all"}, set()),
        ({"status": "open"}, {"=王小明", "李秀英", "刘建国"}),
        ({"role": "pro"}, {"刘建国"}),
        ({"post": "主任"}, {"李秀英"}),
        ({"q": "=王"}, {"=王小明"}),
        ({"since": date(2026, 3, 3), "until": date(2026, 3, 3)}, {"=王小明", "李秀英"}),
        ({"status": "done", "since": date(2026, 3, 3)}, {"=王小明"}),
        ({"since": date(2026, 3, 4)}, set()),
        ({"status": "done", "until": date(2026, 3, 2)}, set()),
    ],
)
def test_filters_narrow_to_the_right_people(
    city: City, changes: dict[str, object], expected: set[str]
) -> None:
    both = tuple(city.courses.values())
    filters = Filters(courses=both, **changes)  # type: ignore[arg-type]
    assert names(city, filters, city.inside) == expected


def test_a_unit_takes_those_below_and_never_what_is_out_of_reach(city: City) -> None:
    assert names(city, Filters(unit=city.units["石油路街道"]), None) == {"=王小明", "刘建国"}
    assert len(names(city, Filters(unit=city.units["重庆市"]), None)) == 4
    assert names(city, Filters(unit=city.units["南岸区"]), city.inside) == set()
    assert OUTSIDE not in "".join(names(city, Filters(), city.inside))
    assert OUTSIDE in "".join(names(city, Filters(), None))


def test_a_class_brings_its_people_and_its_required_courses(city: City) -> None:
    with city.app.app_context(), transaction():
        subject = db.session.get_one(TrainingClass, city.class_id)
        for username in ("p0001", "p0003"):
            add_person(subject, username, START)
    for key in (f"class:{city.class_id}", "programme:1"):
        filters = Filters(group=key)
        with city.app.app_context():
            assert [one.title for one in columns(filters)] == ["消防", "加装电梯"]
        assert names(city, filters, city.inside) < names(city, filters, None)
        assert len(names(city, filters, None)) == 2
    assert names(city, Filters(group="class:999"), None) == set()


def test_page_excel_and_csv_say_the_same(desk: FlaskClient, city: City) -> None:
    page = desk.get(f"{SHEET}?courses={city.courses['消防']}&unit={city.units['渝中区']}")
    assert page.status_code == 200
    assert "学习中 25%" in page.text
    assert OUTSIDE not in page.text
    query = f"courses={city.courses['消防']}&unit={city.units['渝中区']}"
    book = desk.post(f"{SHEET}/file", data={"query": query, "format": "xlsx"})
    sheet = load_workbook(io.BytesIO(book.data)).worksheets[0]
    rows = [[str(cell.value or "") for cell in row] for row in sheet.iter_rows()]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "inlineStr", "n"}
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    text = desk.post(f"{SHEET}/file", data={"query": query, "format": "csv"})
    assert text.data.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(text.data.decode("utf-8-sig"))))
    # In CSV a name that begins like a formula gets a quote before it; in Excel it is typed text.
    assert [[cell.lstrip("'") for cell in line] for line in lines] == rows
    assert [line[0] for line in lines if line[0].startswith("'=")] == ["'=王小明"]
    assert len(rows) == 4


@pytest.mark.usefixtures("bounded")
def test_no_page_and_no_file_shows_who_is_out_of_reach(desk: FlaskClient, city: City) -> None:
    for query in ("", f"unit={city.units['南岸区']}", "q=机密", "group=programme:1", "role=pro"):
        assert OUTSIDE not in desk.get(f"{SHEET}?{query}").text
        for form in ("xlsx", "csv"):
            answer = desk.post(f"{SHEET}/file", data={"query": query, "format": form})
            assert answer.status_code == 200
            if form == "csv":
                assert OUTSIDE not in answer.data.decode("utf-8-sig")
    assert "独有岗位" not in desk.get(SHEET).text, "not even a post that only they have"
    assert "南岸区" not in desk.get(SHEET).text


def test_strangers_read_no_report(people: Cast) -> None:
    for part in ("author", "cadre"):
        client = people.client(part)
        for path in ("/admin/reports/", SHEET, "/admin/reports/files"):
            assert client.get(path).status_code == 403
        sent = client.post(f"{SHEET}/file", data={"query": "", "format": "csv"})
        assert sent.status_code == 403


@pytest.mark.parametrize("status", ["", "open"])
def test_a_list_of_many_people_is_paged_once_each(city: City, status: str) -> None:
    with city.app.app_context():
        filters, course = Filters(status=status), [city.courses["消防"]]
        ids = list(db.session.scalars(people_query(filters, None, course)))
        pages = [page_of(filters, None, course, number, 2) for number in range(1, 5)]
    assert [one for some, _ in pages for one in some] == ids
    assert {total for _, total in pages} == {len(ids)}
    assert len(ids) >= 2
