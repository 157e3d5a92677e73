"""The service list, the directory, a need that is filed for somebody: who sees what, when."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from sanshi_lms.account import User
from sanshi_lms.community.directory.candidates import candidates_for
from sanshi_lms.community.matching import propose
from sanshi_lms.community.models import Professional
from sanshi_lms.community.needs.forms import issue_token
from sanshi_lms.community.needs.models import Need, NeedStep
from sanshi_lms.community.needs.queries import needs_by_id
from sanshi_lms.community.services import rules
from sanshi_lms.community.services.actions import Offer, offer_service, take_step
from sanshi_lms.community.services.models import Service, Stage
from sanshi_lms.community.services.rules import Hand, State
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.table_files import table_xlsx
from sanshi_lms.notices import Notice
from tests.community.conftest import WHEN, Place
from tests.people import Cast

MAY = {
    State.WAITING: ({"change", "end"}, {"offer", "return"}),
    State.OFFERED: ({"change", "pause", "end"}, {"return"}),
    State.PAUSED: ({"change", "resume", "end"}, {"return"}),
    State.RETURNED: ({"change", "end"}, set()),
    State.ENDED: (set(), set()),
}
FORM = {
    "title": "加装电梯方案审查", "topic": "城市更新", "stage": "1",
    "delivers": "到现场看一次，留下一页意见。", "takes": "半天", "pay": "free", "price": "",
}  # fmt: skip


def test_every_state_every_hand_every_step() -> None:
    for state, (owner, checker) in MAY.items():
        for hand, verbs in ((Hand.OWNER, owner), (Hand.CHECKER, checker)):
            assert {step.verb for step in rules.possible(state, {hand})} == verbs
            for verb in {*rules.STEPS, "x"} - verbs:
                with pytest.raises(rules.NotAllowed, match="。"):
                    rules.step_of(verb, state, {hand})


def offered(place: Place, title: str = "加装电梯方案审查", pay: str = "free") -> int:
    """Return a service of the confirmed 三师 that stands in the list."""
    with place.app.app_context(), transaction():
        pro = db.session.get_one(User, place.pro_id)
        stage = db.session.scalars(select(Stage).order_by(Stage.id)).first()
        assert stage is not None
        price = "看过现场再谈" if pay == "paid" else ""
        offer = Offer(title, "城市更新", stage.id, "看一次", "半天", pay, price)
        service = offer_service(pro, offer, f"{title:x>32}"[:32], WHEN)
        admin = db.session.scalars(select(User).where(User.role == "admin")).first()
        assert admin is not None
        take_step(service, "offer", admin, "", service.version, WHEN)
        return service.id


def mark(answer: Any, name: str) -> str:
    """Return the value of a hidden field."""
    found = re.search(rf'name="{name}"[^>]*value="([^"]+)"', answer.text)
    assert found, answer.text
    return found[1]


def test_a_service_is_offered_checked_changed_and_ended(
    place: Place, people: Cast, client: FlaskClient
) -> None:
    pro, admin = people.client("pro"), people.client("admin")
    nonce = mark(pro.get("/community/services/own/new"), "nonce")
    for _ in range(2):  # a double click
        answer = pro.post("/community/services/own/new", data={**FORM, "nonce": nonce})
        assert answer.status_code == 302, answer.text
    with place.app.app_context():
        service_id = db.session.scalars(select(Service.id)).one()
    public = f"/community/services/{service_id}"
    assert client.get(public).status_code == 404
    assert "加装电梯方案审查" not in client.get("/community/services/").text
    desk = admin.get("/admin/community/services/")
    step = {"verb": "return", "version": mark(desk, "version"), "words": ""}
    again = admin.post(
        f"/admin/community/services/{service_id}/steps", data=step, follow_redirects=True
    )
    assert "请写清楚要改什么" in again.text
    step["words"] = "请写要几次"
    admin.post(f"/admin/community/services/{service_id}/steps", data=step)
    own = pro.get(f"/community/services/own/{service_id}")
    assert "请写要几次" in own.text
    changed = {**FORM, "takes": "半天，来回两次", "version": mark(own, "version")}
    assert pro.post(f"/community/services/own/{service_id}", data=changed).status_code == 302
    late = pro.post(f"/community/services/own/{service_id}", data={**changed, "takes": "一天"})
    assert late.status_code == 409
    assert "慢了一步" in late.text
    assert "一天" in late.text
    step = {"verb": "offer", "version": mark(admin.get("/admin/community/services/"), "version")}
    admin.post(f"/admin/community/services/{service_id}/steps", data=step)
    page = client.get(public).text
    assert "半天，来回两次" in page
    assert "公益，不收费" in page
    assert "告诉社区" in page
    listed = client.get("/community/services/?topic=城市更新&pay=公益&district=渝中区").text
    assert "加装电梯方案审查" in listed
    assert "政策宣讲 1" in listed
    assert "没有这样的服务" in client.get("/community/services/?pay=市场").text
    with place.app.app_context():
        told = db.session.scalars(select(Notice).where(Notice.user_id == place.pro_id)).all()
        assert [one.topic for one in told] == ["services", "services"]
        version = db.session.get_one(Service, service_id).version
    for verb, found in (("pause", 404), ("resume", 200), ("end", 404)):
        data = {"verb": verb, "version": str(version)}
        pro.post(f"/community/services/own/{service_id}/steps", data=data)
        version += 1
        assert client.get(public).status_code == found, verb


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"delivers": "打我电话 13812345678"}, "请去掉电话"),
        ({"pay": "paid"}, "请写明怎么收费"),
        ({"title": ""}, "请写服务名称"),
        ({"stage": "0"}, "请选一个环节"),
        ({"stage": "9999"}, "请从列出的选项里选"),
        ({"topic": "没有的"}, "请从列出的选项里选"),
        ({"title": "长" * 41}, "不要超过 40 个字"),
    ],
)
@pytest.mark.usefixtures("place")
def test_what_a_service_must_hold(people: Cast, wrong: dict[str, str], words: str) -> None:
    pro = people.client("pro")
    nonce = mark(pro.get("/community/services/own/new"), "nonce")
    answer = pro.post("/community/services/own/new", data={**FORM, "nonce": nonce, **wrong})
    assert answer.status_code == 422
    assert words in answer.text


def test_nobody_else_touches_a_service(place: Place, people: Cast) -> None:
    service_id = offered(place)
    other = people.client("other_pro")
    assert other.get(f"/community/services/own/{service_id}").status_code == 404
    step = {"verb": "end", "version": "2"}
    assert other.post(f"/community/services/own/{service_id}/steps", data=step).status_code == 404
    cadre = people.client("cadre")
    assert cadre.get("/community/services/own/").status_code == 403
    assert cadre.get("/admin/community/services/").status_code == 403


def test_a_stage_is_added_once_and_taken_out_of_use(place: Place, people: Cast) -> None:
    admin, pro = people.client("admin"), people.client("pro")
    assert admin.post("/admin/community/services/stages", data={"name": "验收"}).status_code == 302
    twice = admin.post("/admin/community/services/stages", data={"name": "验收"})
    assert twice.status_code == 422
    assert "已经有同名的环节" in twice.text
    assert "验收" in pro.get("/community/services/own/new").text
    with place.app.app_context():
        stage_id = db.session.scalars(select(Stage.id).where(Stage.name == "验收")).one()
    admin.post(f"/admin/community/services/stages/{stage_id}/switch", data={})
    assert "验收" not in pro.get("/community/services/own/new").text


def test_residents_find_who_agreed_and_nobody_s_phone(
    place: Place, people: Cast, client: FlaskClient
) -> None:
    page, cadre = f"/community/pros/{place.pro_id}", people.client("cadre")
    assert client.get(page).status_code == 404
    assert "刘建国" not in client.get("/community/pros/").text
    assert "刘建国" in cadre.get("/community/pros/?profession=工程师&district=渝中区").text
    pro = people.client("pro")
    shown = pro.get("/community/profile")
    assert "同时最多接几件" in shown.text
    with place.app.app_context():
        profile = db.session.get_one(Professional, place.pro_id)
        kind, profession = profile.kinds[0].kind_id, profile.profession_id
    values = {
        "profession": profession, "districts": "渝中区", "kinds": kind, "about": "做过十部电梯",
        "qualifications": "注册结构工程师\n高级工程师", "languages": ["重庆话", "手语"],
        "association": "某某协会", "work": "石油路两部", "most_open": "3", "listed": "y",
        "available": "y",
    }  # fmt: skip
    phone = pro.post("/community/profile", data={**values, "work": "微信 lao_wang123"})
    assert phone.status_code == 422
    assert "请去掉电话" in phone.text
    assert pro.post("/community/profile", data=values).status_code == 302
    seen = client.get(page).text
    assert "做过十部电梯" in seen
    assert "手语" in seen
    assert "注册结构工程师" not in seen
    assert "等核对" in cadre.get(page).text
    people.client("admin").post(f"/admin/community/professionals/{place.pro_id}/qualifications")
    assert "注册结构工程师" in client.get(page).text
    values["qualifications"] = "教授"
    pro.post("/community/profile", data=values)
    assert "教授" not in client.get(page).text, "what changed is checked anew"
    assert "刘建国" in client.get("/community/pros/?q=石油路&language=手语").text
    with place.app.app_context(), transaction():
        db.session.get_one(Professional, place.pro_id).confirmed_at = None
    assert client.get(page).status_code == 404
    assert cadre.get(page).status_code == 404


def test_a_need_filed_for_somebody_is_theirs_at_once(place: Place, people: Cast) -> None:
    service_id = offered(place)
    cadre = people.client("cadre")
    page = cadre.get(f"/community/needs/new?service={service_id}")
    assert "请刘建国帮忙" in page.text
    assert "公益，不收费" in page.text
    with place.app.test_request_context():
        token = issue_token(now() - timedelta(seconds=30))
    values = {
        "community": place.community_id, "kind": place.kind_id, "text": "三单元想装电梯",
        "service": service_id, "token": token,
    }  # fmt: skip
    for _ in range(2):
        answer = cadre.post("/community/needs/new", data=values, follow_redirects=True)
        assert answer.status_code == 200
        assert "等三师响应" in answer.text
    with place.app.app_context():
        need = db.session.scalars(select(Need)).one()
        assert (need.pro_id, need.service_id, need.state) == (place.pro_id, service_id, "assigned")
        verbs = list(db.session.scalars(select(NeedStep.verb).order_by(NeedStep.id)))
        assert verbs == ["file", "take", "assign"]
        told = db.session.scalars(select(Notice.title).where(Notice.user_id == place.pro_id)).all()
        assert "社区请您帮忙" in told
    assert cadre.get("/community/needs/new?service=99").status_code == 404
    assert cadre.get(f"/community/needs/new?pro={people.id('other_pro')}").status_code == 404
    pro = people.client("pro")
    assert "请刘建国帮忙" not in pro.get(f"/community/needs/new?pro={place.pro_id}").text


def test_matching_reads_services_and_weights(place: Place, people: Cast) -> None:
    offered(place, "加装电梯审图", "paid")
    need_id, _ = place.file()
    with place.app.app_context():
        candidates, _people = candidates_for(needs_by_id({need_id})[need_id])
        (one,) = propose(candidates, "渝中区", "加装电梯")
        assert one.person_id == place.pro_id
        assert one.reasons[:3] == ("擅长加装电梯", "服务渝中区", "提供“加装电梯审图”")
    admin = people.client("admin")
    page = admin.get("/admin/community/weights")
    assert "示例：4.0" in page.text
    names = re.findall(r'name="(\w+)"[^>]*value="[\d.]+"', page.text)
    assert admin.post("/admin/community/weights", data=dict.fromkeys(names, "x")).status_code == 422
    answer = admin.post("/admin/community/weights", data=dict.fromkeys(names, "1.5"))
    assert answer.status_code == 302
    assert admin.get("/admin/community/weights").text.count('value="1.5"') == len(names) == 8


HEAD = ("账号", "姓名", "专业", "服务区县", "能帮的事", "职业资格", "介绍")


def upload(client: FlaskClient, rows: list[list[str]], **more: str) -> Any:
    """Send a table of members as an administrator chooses it."""
    body = io.BytesIO(table_xlsx(HEAD, rows))
    data = {"file": (body, "members.xlsx"), **more}
    return client.post("/admin/community/members", data=data)


def test_an_association_s_members_come_in_by_a_table(place: Place, people: Cast) -> None:
    admin = people.client("admin")
    rows = [
        [
            "zhang-gong",
            "张工",
            "规划师",
            "渝中区",
            "加装电梯、消防通道",
            "注册城乡规划师；高工",
            "",
        ],
        ["other-pro", "", "建筑师", "", "", "", "看过很多房子"],
        ["li-gong", "李工", "魔术师", "渝中区", "", "", ""],
        ["cadre", "", "规划师", "", "", "", ""],
        ["wang-gong", "王工", "规划师", "", "", "", "加微信 wang_12345"],
        ["zhao-gong", "", "规划师", "", "", "", ""],
    ]
    looked = upload(admin, rows)
    for words in (
        "专业“魔术师”不认识", "请先在“人员”里改成三师", "请去掉介绍里的电话",
        "姓名不能空", "只导入没有问题的 2 行",
    ):  # fmt: skip
        assert words in looked.text, words
    rows_carried = mark(looked, "rows")
    faults = admin.post("/admin/community/members", data={"rows": rows_carried, "then": "faults"})
    sheet = load_workbook(io.BytesIO(faults.data)).worksheets[0]
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == [
        "li-gong", "cadre", "wang-gong", "zhao-gong",
    ]  # fmt: skip
    refused = admin.post("/admin/community/members", data={"rows": rows_carried, "then": "take"})
    assert "有问题的行改好以前" in refused.text
    data = {"rows": rows_carried, "then": "take", "good": "y"}
    codes = admin.post("/admin/community/members", data=data)
    assert codes.headers["Cache-Control"] == "no-store"
    code_rows = list(
        load_workbook(io.BytesIO(codes.data)).worksheets[0].iter_rows(values_only=True)
    )
    assert [row[:2] for row in code_rows[1:]] == [("zhang-gong", "张工")]
    with place.app.app_context():
        zhang = db.session.scalars(select(User).where(User.username == "zhang-gong")).one()
        profile = db.session.get_one(Professional, zhang.id)
        assert profile.confirmed_at
        assert profile.qualified_at
        assert not profile.listed
        assert [one.name for one in profile.districts] == ["渝中区"]
        assert len(profile.kinds) == 2
        kept = db.session.get_one(Professional, people.id("other_pro"))
        assert (kept.profession.name, kept.about) == ("建筑师", "看过很多房子")
        assert [one.name for one in kept.districts] == ["渝中区"], "what a table leaves out stays"
    assert "张工" in people.client("cadre").get("/community/pros/").text
    assert "没有找到表头" in upload_text(admin, "a,b\n1,2\n").text


def upload_text(client: FlaskClient, text: str) -> Any:
    """Send a table as text."""
    data = {"file": (io.BytesIO(text.encode()), "members.csv")}
    return client.post("/admin/community/members", data=data)
