"""Pages of training: they work, a stranger cannot, the edges."""

import io
import re
import zipfile
from datetime import timedelta

import pytest
from flask import Flask
from icalendar import Calendar
from openpyxl import Workbook, load_workbook
from pypdf import PdfReader

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.learning.ruling import Rule
from sanshi_lms.learning.ruling.actions import add_rule
from sanshi_lms.training.classes.actions import add_tutor
from sanshi_lms.training.classes.models import Programme, TrainingClass
from sanshi_lms.training.classes.queries import members
from sanshi_lms.training.classes.roster import add_person
from sanshi_lms.training.sessions import tokens
from sanshi_lms.training.sessions.models import Attendance, OfflineSession
from sanshi_lms.training.sessions.queries import attendances_of
from sanshi_lms.training.sessions.routes import COOKIE
from tests.credentials.test_sealing import PHRASE, made
from tests.people import Cast
from tests.training.conftest import Complete
from tests.training.making import WHEN, make_class, make_course, make_programme, make_session


@pytest.fixture
def town(app: Flask, people: Cast) -> dict[str, int]:
    """A class that 刘建国 runs, with the cadre in it, a required course and a session now."""
    for part in ("cadre", "pro", "other_pro", "other_cadre"):
        people.id(part)
    with app.app_context(), transaction():
        course = make_course("must", "必修甲")
        subject = make_class(make_programme(times=1, required=(course,)))
        add_tutor(subject, "pro")
        add_person(subject, "cadre", WHEN)
        session = make_session(subject.id)
        return {"class": subject.id, "session": session.id, "course": course.id}


def code_of(app: Flask, class_id: int) -> str:
    with app.app_context():
        return db.session.get_one(TrainingClass, class_id).code


def test_an_administrator_makes_programme_and_class(app: Flask, people: Cast) -> None:
    admin = people.client("admin")
    with app.app_context(), transaction():
        one, two = make_course("a", "甲课").id, make_course("b", "乙课").id
    form = {"title": "更新培训", "elective_hours": "0.5", "attend_times": "1", "credit_hours": "0"}
    assert (
        admin.post("/admin/training/programmes/new", data={**form, "title": ""}).status_code == 422
    )
    wrong = admin.post("/admin/training/programmes/new", data={**form, "elective_hours": "NaN"})
    assert wrong.status_code == 422
    key = {"form_key": "0" * 32}
    made = admin.post("/admin/training/programmes/new", data={**form, **key})
    again = admin.post("/admin/training/programmes/new", data={**form, **key})
    assert made.location == again.location, "two clicks, one programme"
    other = admin.post("/admin/training/programmes/new", data=form)
    assert other.status_code == 422
    assert "已经有同名的培训项目" in other.text
    page = made.location
    for course_id, kind in ((one, "required"), (two, "elective")):
        admin.post(f"{page}/courses", data={"course": course_id, "kind": kind})
    shown = admin.get(page).text
    assert "学完全部必修课（1 门），另选修不少于 0.5 学时，线下到课不少于 1 次" in shown
    dates = {"starts_on": "2026-03-02", "ends_on": "2026-01-01", "capacity": "30"}
    bad = admin.post(f"{page}/classes/new", data={"title": "春季班", **dates})
    assert "结束日期不能早于开始日期" in bad.text
    dates["ends_on"] = "2026-06-30"
    made = admin.post(f"{page}/classes/new", data={"title": "春季班", **dates, "approval": "y"})
    assert made.status_code == 302
    assert "筹备中" in admin.get(made.location).text
    assert admin.post(f"{made.location}/status", data={"to": "open"}).status_code == 302
    assert "进行中" in admin.get(made.location).text
    with app.app_context():
        assert db.session.query(Programme).count() == 1


def test_a_tutor_runs_only_their_own_class(people: Cast, town: dict[str, int]) -> None:
    tutor, other, cadre = (people.client(p) for p in ("pro", "other_pro", "cadre"))
    home = f"/training/desk/classes/{town['class']}"
    session = f"/training/desk/sessions/{town['session']}"
    inner = ("", "/completion", "/poster", "/about", f"/people/{people.id('cadre')}")
    pages = [f"{home}{part}" for part in (*inner, "/sessions/new")]
    for path in (*pages, session, f"{session}/wall", f"{session}/sheet"):
        assert tutor.get(path).status_code == 200, path
        assert other.get(path).status_code == 404, path
        assert cadre.get(path).status_code == 404, path
    assert other.get("/training/desk/").status_code == 404
    assert other.post(f"{home}/posts", data={"text": "嘿"}).status_code == 404
    assert tutor.get("/admin/training/").status_code == 403
    assert tutor.post(f"/admin/training/classes/{town['class']}/tutors").status_code == 403


def test_joining_by_the_code(app: Flask, people: Cast, town: dict[str, int]) -> None:
    path = f"/training/join/{code_of(app, town['class'])}"
    visitor = app.test_client().get(path)
    assert visitor.status_code == 200
    assert "先登录，再报名" in visitor.text
    assert "学完全部必修课（1 门），线下到课不少于 1 次，就可以结业" in visitor.text
    assert app.test_client().get("/training/join/XXXXXX").status_code == 404
    me = people.client("other_cadre")
    for _ in range(2):
        assert (
            me.post(path.lower(), data={"said": "您好"}).location
            == f"/training/classes/{town['class']}"
        )
    assert "必修课还差《必修甲》" in me.get(f"/training/classes/{town['class']}").text
    assert "春季班" in me.get("/training/").text
    assert "必修甲" in me.get("/learning/").text
    assert me.post(f"/training/classes/{town['class']}/leave").location == "/training/"
    assert me.get(f"/training/classes/{town['class']}").status_code == 404
    with app.app_context():
        assert len(members(town["class"])) == 1


def test_the_list_says_who_lacks_what_and_gives_certificates(
    people: Cast, town: dict[str, int], complete: Complete
) -> None:
    tutor, me = people.client("pro"), people.id("cadre")
    page = f"/training/desk/classes/{town['class']}/completion"
    assert "线下还差 1 次到课" in tutor.get(page).text
    complete(me, town["course"])
    listed = f"/training/desk/sessions/{town['session']}/list"
    tutor.post(listed, data={"shown": me, "here": me})
    ready = tutor.get(page).text
    assert "可以结业（1）" in ready
    member = re.search(r'name="member" value="(\d+)"', ready)
    assert member is not None
    assert "没有可以结业的人" in tutor.post(page, data={}, follow_redirects=True).text
    for _ in range(2):
        tutor.post(page, data={"member": member[1]})
    assert "已经结业（1）" in tutor.get(page).text
    book = load_workbook(io.BytesIO(tutor.get(f"{page}.xlsx").data))
    rows = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows(min_row=4)]
    assert rows[0][:5] == ["姓名", "账号", "单位", "状态", "还差什么"]
    assert rows[1][0] == "王小明"
    assert rows[1][3] == "已结业"
    shown = people.client("cadre").get(f"/training/classes/{town['class']}").text
    assert "看结业证书" in shown


def names_in(answer: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(answer)) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            paper = PdfReader(io.BytesIO(archive.read(name)))
            assert "王小明" in "".join(paper.pages[0].extract_text().split())
        return archive.namelist()


def test_all_certificates_of_a_class_come_as_one_zip_and_a_void_one_is_given_anew(
    people: Cast, town: dict[str, int], complete: Complete
) -> None:
    tutor, me = people.client("pro"), people.id("cadre")
    home = f"/training/desk/classes/{town['class']}"
    none = tutor.get(f"{home}/certificates.zip", follow_redirects=True)
    assert "还没有有效的结业证书" in none.text
    complete(me, town["course"])
    tutor.post(f"/training/desk/sessions/{town['session']}/list", data={"shown": me, "here": me})
    ready = re.search(r'name="member" value="(\d+)"', tutor.get(f"{home}/completion").text)
    assert ready
    assert (
        "0 到 120" in tutor.post(f"{home}/term", data={"months": "-3"}, follow_redirects=True).text
    )
    tutor.post(f"{home}/term", data={"months": "12"})
    tutor.post(f"{home}/completion", data={"member": ready[1]})
    assert "到期" in people.client("cadre").get("/credentials/").text
    (first,) = names_in(tutor.get(f"{home}/certificates.zip").data)
    assert re.fullmatch(r"[^/]+/王小明-SS\d{4}-[0-9A-Z-]+\.pdf", first)
    assert people.client("other_cadre").get(f"{home}/certificates.zip").status_code in (403, 404)
    file, _ = made()  # the unit's own certificate: streamed papers carry its signature too
    sent = {"file": (io.BytesIO(file), "x.p12"), "passphrase": PHRASE}
    assert people.client("admin").post("/admin/credentials/signer/", data=sent).status_code == 302
    with zipfile.ZipFile(io.BytesIO(tutor.get(f"{home}/certificates.zip").data)) as archive:
        assert b"/ETSI.CAdES.detached" in archive.read(first)

    again = f"{home}/people/{me}/certificate"
    assert "不用重新颁发" in tutor.post(again, follow_redirects=True).text
    number = first.partition("-")[2].removesuffix(".pdf")
    sent = {"reason": "名字写错了"}
    people.client("admin").post(f"/admin/credentials/{number}/revoke", data=sent)
    assert "证书已撤销" in tutor.get(f"{home}/completion").text
    for _ in range(2):
        tutor.post(again)
    (second,) = names_in(tutor.get(f"{home}/certificates.zip").data)
    assert second != first
    shown = people.client("cadre").get(f"/training/classes/{town['class']}").text
    assert second.partition("-")[2].removesuffix(".pdf") in shown


def scan(app: Flask, client: object, session_id: int) -> str:
    """Scan the code on the wall; return the address of the check-in."""
    with app.app_context():
        code = tokens.present_code(session_id, now())
    answer = client.get(f"/training/scan/{session_id}/{code}")  # type: ignore[attr-defined]
    assert answer.status_code == 302
    return str(answer.location)


def test_a_scan_outlives_signing_in(app: Flask, people: Cast, town: dict[str, int]) -> None:
    people.id("cadre")
    phone = app.test_client()
    address = scan(app, phone, town["session"])
    assert "扫码成功，还差一步" in phone.get(address).text
    assert phone.post(address).status_code == 401
    phone.post("/account/sign-in", data={"username": "cadre", "password": people.password})
    assert "data-check-in" in phone.get(address).text
    for _ in range(2):
        assert phone.post(address).status_code == 302
    assert "签到成功" in phone.get(address).text
    with app.app_context():
        assert set(attendances_of(town["session"])) == {people.id("cadre")}


def test_a_link_that_is_passed_on_checks_nobody_in(
    app: Flask, people: Cast, town: dict[str, int]
) -> None:
    with app.app_context(), transaction():
        add_person(db.session.get_one(TrainingClass, town["class"]), "other-cadre", WHEN)
    address = scan(app, people.client("cadre"), town["session"])
    absent = people.client("other_cadre")
    assert "别人转发的链接不能签到" in absent.get(address).text
    assert absent.post(address).status_code == 403
    absent.set_cookie(COOKIE, "0" * 24, path="/training")
    assert absent.post(address).status_code == 403
    assert absent.get("/training/check-in/forged").status_code == 404
    stale = absent.get(f"/training/scan/{town['session']}/aaaaaaaaaa")
    assert stale.status_code == 404
    assert "请再扫一次" in stale.text
    stranger = people.client("other_pro")
    theirs = scan(app, stranger, town["session"])
    assert "您不在这个班的名单里" in stranger.post(theirs).text
    with app.app_context():
        assert db.session.query(Attendance).count() == 0


def test_an_early_scan_is_told_to_wait(app: Flask, people: Cast, town: dict[str, int]) -> None:
    me = people.client("cadre")
    with app.app_context(), transaction():
        later = make_session(town["class"], starts=now() + timedelta(hours=2)).id
    address = scan(app, me, later)
    assert "您来早了" in me.get(address).text
    assert me.post(address).status_code == 409


def test_the_wall_changes_and_counts(people: Cast, town: dict[str, int]) -> None:
    answer = people.client("pro").get(f"/training/desk/sessions/{town['session']}/wall.json")
    shown = answer.get_json()
    assert len(shown["url"].rpartition("/")[2]) == 10
    assert 0 < shown["seconds"] <= 25
    assert shown["svg"].startswith("<svg")
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_paper_sheet_is_looked_at_then_entered(
    app: Flask, people: Cast, town: dict[str, int]
) -> None:
    tutor, path = people.client("pro"), f"/training/desk/sessions/{town['session']}/sheet"
    looked = tutor.post(path, data={"text": "姓名\n王小明\n张三"})
    assert looked.status_code == 200
    assert "第 3 行：名单里没有“张三”" in looked.text
    assert "登记这 1 人到场" in looked.text
    with app.app_context():
        assert attendances_of(town["session"]) == {}
    book = Workbook()
    book.worksheets[0].append(["姓名", "手机"])
    book.worksheets[0].append(["王小明", 13800000000])
    packed = io.BytesIO()
    book.save(packed)
    file = (io.BytesIO(packed.getvalue()), "签到.xlsx")
    assert "登记这 1 人到场" in tutor.post(path, data={"file": file}).text
    for name, content in (("a.xlsx", b"PK\x03\x04broken"), ("a.csv", b"\x00\x01"), ("a.csv", b"")):
        assert tutor.post(path, data={"file": (io.BytesIO(content), name)}).status_code == 422
    gbk = "姓名\n王小明\n".encode("gb18030")
    assert "登记这 1 人到场" in tutor.post(path, data={"file": (io.BytesIO(gbk), "a.csv")}).text
    walked, resident = "李秀英\n张三", people.id("other_cadre")
    page = tutor.post(path, data={"text": f"王小明\n{walked}"}).text
    assert "第 2 行“李秀英”不在名单上，是哪一位？" in page
    nobody = page[page.index('id="walk-2-0"') - 80 :][:160]
    assert "checked" in nobody, "a name alone is asked about"
    agreed = {"text": f"王小明\n{walked}", "agreed": "1", "walk-2": str(people.id("admin"))}
    assert tutor.post(path, data=agreed).status_code == 302, "nobody else can be chosen"
    with app.app_context():
        assert set(attendances_of(town["session"])) == {people.id("cadre")}
    agreed = {"text": walked, "agreed": "1", "walk-1": str(resident)}
    assert tutor.post(path, data=agreed).status_code == 302
    assert "已经登记过" in tutor.post(path, data={"text": "王小明"}).text
    with app.app_context():
        rows = attendances_of(town["session"])
        assert set(rows) == {people.id("cadre"), resident}
        row = rows[people.id("cadre")]
        assert (row.how, row.by_id) == ("sheet", people.id("pro"))


def test_an_open_session_is_for_everybody_and_a_calendar_takes_it(
    app: Flask, people: Cast, town: dict[str, int]
) -> None:
    admin = people.client("admin")
    form = {"title": "公开讲座", "place": "图书馆", "seats": "1", "category": "公需",
            "starts": "2027-03-14T09:00", "ends": "2027-03-14T08:00"}  # fmt: skip
    wrong = admin.post("/training/desk/sessions/new", data=form)
    assert "结束时间要晚于开始时间" in wrong.text
    made = admin.post("/training/desk/sessions/new", data={**form, "ends": "2027-03-14T11:00"})
    path = made.location.replace("/desk", "")
    assert "先登录，再报名" in app.test_client().get(path).text
    event = Calendar.from_ical(app.test_client().get(f"{path}/session.ics").data).walk("VEVENT")[0]
    assert str(event["SUMMARY"]) == "公开讲座"
    assert event.decoded("DTSTART").isoformat() == "2027-03-14T01:00:00+00:00"
    first, second = people.client("cadre"), people.client("other_cadre")
    assert "您已报名" in first.post(f"{path}/sign-up", follow_redirects=True).text
    assert "候补" in second.post(f"{path}/sign-up", follow_redirects=True).text
    first.post(f"{path}/take-back")
    assert "您已报名" in second.get(path).text
    closed = f"/training/sessions/{town['session']}"
    assert app.test_client().get(closed).location.startswith("/account/sign-in")
    assert second.get(closed).status_code == 404
    with app.app_context():
        assert db.session.query(OfflineSession).count() == 2


def test_again_next_year_in_one_form(people: Cast, town: dict[str, int]) -> None:
    admin, path = people.client("admin"), f"/admin/training/classes/{town['class']}/again"
    assert 'value="2027-03-01"' in admin.get(path).text
    assert admin.post(path, data={"title": "明年班", "starts_on": "9999-01-01"}).status_code == 422
    made = admin.post(path, data={"title": "明年班", "starts_on": "2027-03-01"})
    shown = admin.get(made.location).text
    assert "2027年3月1日 至 2027年6月25日" in shown
    assert "班里还没有人" in shown


def test_a_class_is_given_a_rule_of_its_own(app: Flask, people: Cast, town: dict[str, int]) -> None:
    with app.app_context(), transaction():
        strict = add_rule(Rule(name="培训班用", share=1.0), None, now())
        number, sentence = strict.id, strict.rule.sentence()
    admin, page = people.client("admin"), f"/training/desk/classes/{town['class']}/about"
    assert "按每门课自己的规则" in admin.get(page).text
    form = {
        "title": "自己的班",
        "starts_on": "2026-03-02",
        "ends_on": "2026-06-26",
        "capacity": "0",
    }
    for wrong in ("99", "x"):
        assert admin.post(page, data={**form, "learning_rule_id": wrong}).status_code == 422
    assert admin.post(page, data={**form, "learning_rule_id": str(number)}).status_code == 302
    mine = people.client("cadre").get(f"/training/classes/{town['class']}").text
    assert sentence in mine
    assert admin.post(page, data={**form, "learning_rule_id": "0"}).status_code == 302
    assert sentence not in people.client("cadre").get(f"/training/classes/{town['class']}").text
