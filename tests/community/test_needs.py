"""Needs on a real database through the pages: the chain, races, scope, photos, strangers."""

import io
import json
import re
from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from sanshi_lms.community.demo import load_demo
from sanshi_lms.community.models import Kind
from sanshi_lms.community.needs.forms import issue_token
from sanshi_lms.community.needs.models import Need, NeedPhoto, NeedStep
from sanshi_lms.core.audit import AuditEntry
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.storage import storage
from tests.community.conftest import Place
from tests.people import Cast

LONG_AGO = timedelta(seconds=30)


def version(app: Flask, need_id: int) -> int:
    with app.app_context():
        return db.session.get_one(Need, need_id).version


def state(app: Flask, need_id: int) -> str:
    with app.app_context():
        return db.session.get_one(Need, need_id).state


def at_desk(
    client: FlaskClient, app: Flask, need_id: int, verb: str, **values: Any
) -> TestResponse:
    """Take a step at the desk, having seen the newest version."""
    data = {"verb": verb, "version": version(app, need_id), **values}
    return client.post(f"/community/needs/{need_id}/steps", data=data)


def by_code(app: Flask, place_code: tuple[int, str], verb: str, **values: Any) -> TestResponse:
    need_id, code = place_code
    data = {"verb": verb, "version": version(app, need_id), **values}
    return app.test_client().post(f"/n/{code}/steps", data=data)


def report(app: Flask, place: Place, **changes: Any) -> dict[str, Any]:
    """Return a filled form, opened half a minute ago."""
    with app.app_context():
        token = issue_token(now() - LONG_AGO)
    return {
        "kind": str(place.kind_id),
        "text": "我们单元想装电梯",
        "place": "3 栋",
        "concerns": ["老人"],
        "phone": "138 1234 5678",
        "token": token,
        **changes,
    }


def picture(size: tuple[int, int] = (900, 600), kind: str = "JPEG", **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **more)
    return out.getvalue()


def with_place_and_time() -> bytes:
    """Return a photo as a phone writes it: lying on its side, with GPS position and time."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x0132] = "2026:03:05 09:00:00"
    exif.get_ifd(0x8825)[2] = (29.0, 33.0, 42.0)
    return picture(exif=exif.tobytes())


def test_from_the_resident_to_their_last_word(app: Flask, people: Cast, place: Place) -> None:
    answer = app.test_client().post(f"/c/{place.code}", data=report(app, place))
    assert answer.status_code == 302
    found = re.fullmatch(r"/n/(\d{12})\?new=1", answer.location)
    assert found
    with app.app_context():
        need_id = db.session.scalars(select(Need.id)).one()
    one = need_id, found[1]
    cadre, pro = people.client("cadre"), people.client("pro")
    assert "想装电梯" in cadre.get("/community/needs/").text
    assert "想装电梯" not in pro.get("/community/needs/?view=all").text
    page = cadre.get(f"/community/needs/{need_id}").text
    assert "擅长加装电梯，服务渝中区，手上没有在办的需求" in page
    assert "何静" not in page, "a 三师 whom nobody confirmed is not proposed"
    assert "13812345678" not in page
    for client, verb, values, after in (
        (cadre, "take", {}, "taken"),
        (cadre, "assign", {"pro": place.pro_id}, "assigned"),
        (pro, "ask", {"words": "一楼有窗户吗？"}, "asked"),
    ):
        assert at_desk(client, app, need_id, verb, **values).status_code == 302
        assert state(app, need_id) == after
    assert "一楼有窗户吗？" in app.test_client().get(f"/n/{one[1]}").text
    assert by_code(app, one, "reply", words="有两扇").status_code == 302
    assert state(app, need_id) == "assigned"
    assert at_desk(pro, app, need_id, "respond", words="井道放外侧").status_code == 302
    assert at_desk(cadre, app, need_id, "close", words="方案已报街道").status_code == 302
    assert by_code(app, one, "reopen", words="一楼还是不同意").status_code == 302
    assert state(app, need_id) == "taken"
    assert "说过没解决" in cadre.get("/community/needs/").text
    at_desk(cadre, app, need_id, "respond", words="又开了一次会")
    at_desk(cadre, app, need_id, "close", words="一楼同意了")
    assert by_code(app, one, "confirm").status_code == 302
    page = app.test_client().get(f"/n/{one[1]}").text
    assert "已确认解决" in page
    assert "刘建国" not in page, "whoever asked reads what was done, not who works there"
    with app.app_context():
        need = db.session.get_one(Need, need_id)
        assert (need.state, need.phone, need.reopened) == ("confirmed", None, 1)
        assert need.responded_at is not None
        steps = db.session.scalars(select(NeedStep.verb).order_by(NeedStep.id)).all()
        noted = db.session.scalars(
            select(AuditEntry.verb).where(AuditEntry.subject == f"need:{need_id}")
        ).all()
    assert steps == ["file", "take", "assign", "ask", "reply", "respond", "close", "reopen",
                     "respond", "close", "confirm"]  # fmt: skip
    assert len(noted) == len(steps)


def test_a_form_sent_twice_is_one_need(app: Flask, place: Place) -> None:
    data = report(app, place)
    answers = [app.test_client().post(f"/c/{place.code}", data=data) for _ in range(2)]
    assert answers[0].location == answers[1].location
    with app.app_context():
        assert db.session.scalar(select(func.count(Need.id))) == 1
        assert db.session.scalar(select(func.count(NeedStep.id))) == 1


def at_once(*acts: Callable[[], TestResponse]) -> list[TestResponse]:
    """Do several things at the same moment, each on a connection of its own."""
    gate, answers = Barrier(len(acts)), []

    def go(act: Callable[[], TestResponse]) -> None:
        gate.wait(30)
        answers.append(act())

    threads = [Thread(target=go, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def test_two_taps_at_the_same_moment_are_one_need(app: Flask, place: Place) -> None:
    data = report(app, place)
    tap = lambda: app.test_client().post(f"/c/{place.code}", data=data)  # noqa: E731 - said twice
    answers = at_once(tap, tap)
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer.location for answer in answers}) == 1


def test_two_assign_at_once_one_wins_the_other_is_told(
    app: Flask, people: Cast, place: Place
) -> None:
    need_id, _ = place.file()
    admin, cadre = people.client("admin"), people.client("cadre")
    admin.post(f"/admin/community/professionals/{people.id('other_pro')}/confirm")
    data = {"verb": "assign", "version": 1, "words": "请上门看"}
    url = f"/community/needs/{need_id}/steps"
    answers = at_once(
        lambda: cadre.post(url, data={**data, "pro": place.pro_id}),
        lambda: admin.post(url, data={**data, "pro": people.id("other_pro")}),
    )
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    told = next(answer.text for answer in answers if answer.status_code == 409)
    assert "慢了一步" in told
    assert "请上门看" in told, "what was written is not lost"
    with app.app_context():
        assert (
            db.session.scalar(select(func.count(NeedStep.id)).where(NeedStep.verb == "assign")) == 1
        )


def test_the_same_step_sent_twice_counts_once(app: Flask, people: Cast, place: Place) -> None:
    need_id, _ = place.file()
    cadre = people.client("cadre")
    data = {"verb": "assign", "version": 1, "pro": place.pro_id}
    for _ in range(2):
        answer = cadre.post(f"/community/needs/{need_id}/steps", data=data)
        assert answer.status_code == 302
    assert version(app, need_id) == 2


SIGHT = {"cadre": (200, 404), "other_cadre": (404, 200), "pro": (404, 404), "admin": (200, 200),
         "resident": (403, 403), "author": (403, 403)}  # fmt: skip


def test_who_sees_which_need(people: Cast, place: Place) -> None:
    for part, (own, foreign) in SIGHT.items():
        here, there = place.file()[0], place.file("塔坪的事", elsewhere=True)[0]
        client = people.client(part)
        for need_id, expected in ((here, own), (there, foreign)):
            assert client.get(f"/community/needs/{need_id}").status_code == expected, part
            for path, data in (("steps", {"verb": "take", "version": 1}), ("phone", {})):
                answer = client.post(f"/community/needs/{need_id}/{path}", data=data)
                assert (answer.status_code < 400) == (expected == 200), (part, path)
        if own != 403:
            listed = client.get("/community/needs/?view=all").text
            assert ("想装电梯" in listed) == (own == 200), part
            assert ("塔坪的事" in listed) == (foreign == 200), part


def test_an_assigned_pro_sees_it_until_it_is_given_back(
    app: Flask, people: Cast, place: Place
) -> None:
    need_id, _ = place.file()
    cadre, pro = people.client("cadre"), people.client("pro")
    at_desk(cadre, app, need_id, "assign", pro=place.pro_id)
    assert pro.get(f"/community/needs/{need_id}").status_code == 200
    assert at_desk(pro, app, need_id, "close", words="办好了").status_code == 422
    assert at_desk(pro, app, need_id, "give_back").status_code == 422, "why must be said"
    assert at_desk(pro, app, need_id, "give_back", words="不是我的专业").status_code == 302
    assert pro.get(f"/community/needs/{need_id}").status_code == 404
    assert "不是我的专业" in cadre.get(f"/community/needs/{need_id}").text


def test_each_look_at_a_phone_is_noted(app: Flask, people: Cast, place: Place) -> None:
    need_id, code = place.file()
    cadre = people.client("cadre")
    assert "13812345678" in cadre.post(f"/community/needs/{need_id}/phone").text
    assert "13812345678" not in cadre.get(f"/community/needs/{need_id}").text
    assert "13812345678" not in app.test_client().get(f"/n/{code}").text
    with app.app_context():
        entry = db.session.scalars(
            select(AuditEntry).where(AuditEntry.verb == "community.see_phone")
        ).one()
        assert (entry.person_id, entry.after) == (place.cadre_id, None)
    looks = people.client("admin").get("/admin/account/looks").text
    assert looks.count('data-label="看了什么">联系电话') == 1
    assert "没有登录的人" in looks


def test_transfer_merge_and_not_feasible(app: Flask, people: Cast, place: Place) -> None:
    cadre = people.client("cadre")
    away, _ = place.file("扫错了码")
    at_desk(cadre, app, away, "transfer", community=place.other_community_id, words="不是我们社区")
    assert cadre.get(f"/community/needs/{away}").status_code == 404
    assert "扫错了码" in people.client("other_cadre").get("/community/needs/").text
    first, second = place.file("路灯坏了"), place.file("路灯不亮，我家的私事")
    assert at_desk(cadre, app, second[0], "merge", need=away).status_code == 422
    assert at_desk(cadre, app, second[0], "merge", need=first[0]).status_code == 302
    page = app.test_client().get(f"/n/{second[1]}").text
    assert "并在一起办" in page
    assert "路灯坏了" not in page, "nobody reads what another resident wrote"
    at_desk(cadre, app, first[0], "take")
    assert at_desk(cadre, app, first[0], "not_feasible", words="要改造").status_code == 422
    answer = at_desk(cadre, app, first[0], "not_feasible", words="要改造", instead="先装临时灯")
    assert answer.status_code == 302
    assert "可以怎么办：先装临时灯" in app.test_client().get(f"/n/{first[1]}").text
    assert by_code(app, first, "reopen", words="等不了").status_code == 302


def test_a_code_opens_one_need_and_nobody_elses(app: Flask, people: Cast, place: Place) -> None:
    (mine, code), (_, other) = place.file("我的事"), place.file("别人的事")
    page = app.test_client().get(f"/n/{code}").text
    assert "我的事" in page
    assert "别人的事" not in page
    assert app.test_client().get(f"/n/{int(code) + 1:012}").status_code == 404
    assert app.test_client().post("/n/000000000018/steps", data={"verb": "add"}).status_code == 404
    assert by_code(app, (mine, other), "take").status_code == 422, "a resident takes no staff step"
    cadre = people.client("cadre")
    at_desk(cadre, app, mine, "take")
    at_desk(cadre, app, mine, "respond", words="去看")
    at_desk(cadre, app, mine, "close", words="好了")
    data = {"verb": "confirm", "version": version(app, mine)}
    assert cadre.post(f"/n/{code}/steps", data=data).status_code == 403
    assert state(app, mine) == "done", "who handles a need is not content in another's place"


def test_guessing_codes_is_stopped(app: Flask, place: Place, limits: None) -> None:
    del limits
    _, code = place.file()
    client = app.test_client()
    answers = [client.get(f"/n/{n:012}").status_code for n in range(31)]
    assert answers[-1] == 429
    assert client.get(f"/n/{code}").status_code == 429
    assert "请稍等" in client.get("/n/1").text


WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({"text": ""}, "请写几句话"),
    ({"text": "长" * 1001}, "请不要超过"),
    ({"kind": "999999"}, "请从列出的选项里选"),
    ({"phone": "12"}, "电话号码好像不对"),
    ({"more": "http://spam.example"}, "请不要填写"),
    ({"token": "made-up"}, "页面放得太久"),
    ({"concerns": ["火星人"]}, "请从列出的选项里选"),
)


def test_what_is_wrong_is_said_and_nothing_is_lost(app: Flask, place: Place) -> None:
    for changes, told in WRONG:
        data = {**report(app, place), "place": "三棵黄桷树旁边", **changes}
        answer = app.test_client().post(f"/c/{place.code}", data=data)
        assert answer.status_code == 422, changes
        assert told in answer.text, changes
        assert "三棵黄桷树旁边" in answer.text, changes
    with app.app_context():
        assert db.session.scalar(select(func.count(Need.id))) == 0


def test_a_program_is_too_fast(app: Flask, place: Place) -> None:
    with app.app_context():
        fresh = issue_token(now())
        stale = issue_token(now() - timedelta(hours=25))
    client = app.test_client()
    for token, told in ((fresh, "提交得太快了"), (stale, "页面放得太久")):
        answer = client.post(f"/c/{place.code}", data=report(app, place, token=token))
        assert (answer.status_code, told in answer.text) == (422, True)
    assert 'name="token" value=""' not in answer.text, "the page comes with a token that is good"


def test_photos_keep_pixels_only(app: Flask, people: Cast, place: Place) -> None:
    lying = with_place_and_time()
    with Image.open(io.BytesIO(lying)) as given:
        assert given.getexif().get_ifd(0x8825), "the test's photo has a place"
    files = [(io.BytesIO(lying), "a.jpg"), (io.BytesIO(picture((3000, 10), "PNG")), "b.png"),
             (io.BytesIO(b""), "")]  # fmt: skip
    answer = app.test_client().post(f"/c/{place.code}", data=report(app, place, photos=files))
    assert answer.status_code == 302, answer.text
    with app.app_context():
        photos = db.session.scalars(select(NeedPhoto).order_by(NeedPhoto.id)).all()
        sizes = [(photo.width, photo.height) for photo in photos]
        kept = [storage().path(photo.key).read_bytes() for photo in photos]
        first, need_id = photos[0].id, photos[0].need_id
        assert list(storage().root.glob(".private/*")) == [], "nothing is left lying about"
    assert sizes == [(600, 900), (1600, 5)]
    for content in kept:
        with Image.open(io.BytesIO(content)) as ours:
            assert (ours.format, dict(ours.getexif()), ours.info.get("exif")) == ("JPEG", {}, None)
    other_id, other = place.file("别人的事")
    code = answer.location[3:15]
    visitor, cadre, stranger = (
        app.test_client(),
        people.client("cadre"),
        people.client("other_cadre"),
    )
    for client, address, expected in (
        (visitor, f"/n/{code}/photos/{first}", 200),
        (visitor, f"/n/{other}/photos/{first}", 404),
        (cadre, f"/community/needs/{need_id}/photos/{first}", 200),
        (cadre, f"/community/needs/{other_id}/photos/{first}", 404),
        (stranger, f"/community/needs/{need_id}/photos/{first}", 404),
    ):
        with client.get(address) as got:
            assert got.status_code == expected, address


HOSTILE = {
    "a script": (b"<script>alert(1)</script>", "不是照片"),
    "a drawing": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "不是照片"),
    "half a photo": (picture()[:400], "打不开"),
    "a photo in name only": (b"\xff\xd8\xff" + b"A" * 5000, "打不开"),
    "a bomb": (picture((9000, 7000), "PNG"), "尺寸太大"),
}


def test_hostile_files_are_refused_in_words(app: Flask, place: Place) -> None:
    for name, (content, told) in HOSTILE.items():
        data = report(app, place, photos=[(io.BytesIO(content), "x.jpg")])
        answer = app.test_client().post(f"/c/{place.code}", data=data)
        assert (answer.status_code, told in answer.text) == (422, True), name
    many = [(io.BytesIO(picture((9, 9))), f"{n}.jpg") for n in range(7)]
    answer = app.test_client().post(f"/c/{place.code}", data=report(app, place, photos=many))
    assert "照片最多 6 张" in answer.text
    with app.app_context():
        assert db.session.scalar(select(func.count(Need.id))) == 0
        assert list(storage().root.glob(".private/*")) == []


def test_a_difficulty_of_a_pro_comes_back_answered(app: Flask, people: Cast, place: Place) -> None:
    pro, cadre = people.client("pro"), people.client("cadre")
    data = report(app, place, kind=str(place.difficulty_id), text="没有人开门")
    data["community"] = str(place.other_community_id)
    assert pro.post("/community/needs/new", data=data).status_code == 422, "not their district"
    data["community"] = str(place.community_id)
    answer = pro.post("/community/needs/new", data=data)
    assert answer.location.startswith("/n/")
    with app.app_context():
        need = db.session.scalars(select(Need)).one()
        need_id, code = need.id, need.code
    assert "三师提出" in cadre.get("/community/needs/").text
    at_desk(cadre, app, need_id, "take")
    assert at_desk(cadre, app, need_id, "assign", pro=place.pro_id).status_code == 422
    at_desk(cadre, app, need_id, "respond", words="安排了专人")
    at_desk(cadre, app, need_id, "close", words="钥匙在社区")
    assert "没有人开门" in pro.get("/community/needs/").text, "it waits for their word"
    data = {"verb": "confirm", "version": version(app, need_id)}
    assert pro.post(f"/n/{code}/steps", data=data).status_code == 302
    assert state(app, need_id) == "confirmed"


def test_what_is_late_reaches_the_administrator(app: Flask, people: Cast, place: Place) -> None:
    place.file("等了三小时", ago=timedelta(hours=3))
    place.file("刚刚才来", ago=timedelta(minutes=1))
    admin = people.client("admin")
    page = admin.get("/community/needs/").text
    assert "等了三小时" in page
    assert "超时 1 小时" in page
    assert "刚刚才来" not in page
    assert "超时的需求" in admin.get("/admin/").text
    form = {"name": "加装电梯", "sign_hours": 9, "respond_hours": 24, "close_hours": 0,
            "confirm_hours": 72, "warn_percent": 25, "active": "y"}  # fmt: skip
    answer = admin.post(f"/admin/community/needs/kinds/{place.kind_id}", data=form)
    assert answer.status_code == 302
    assert "等了三小时" not in admin.get("/community/needs/").text, "open needs follow at once"
    with app.app_context():
        assert not db.session.get_one(Kind, place.kind_id).sample


def test_communities_by_hand_and_from_a_table(app: Flask, people: Cast, place: Place) -> None:
    admin = people.client("admin")
    text = "区县\t街道\t社区\n南岸区\t南坪街道\t白鹤路社区\n渝中区\t石油路街道\t石油路社区"
    page = admin.post("/admin/community/import", data={"text": text}).text
    assert "可以添加 1 个社区，1 个已经有了" in page
    assert "白鹤路社区" not in admin.get("/admin/community/").text, "a dry run changes nothing"
    admin.post("/admin/community/import", data={"text": text, "agreed": "1"})
    assert "白鹤路社区" in admin.get("/admin/community/").text
    bad = admin.post("/admin/community/import", data={"text": "南岸区,,甲", "agreed": "1"})
    assert (bad.status_code, "第 1 行：缺少街道" in bad.text) == (422, True)
    again = {"district": "渝中区", "street": "石油路街道", "name": "石油路社区", "code": ""}
    assert admin.post("/admin/community/", data=again).status_code == 422
    poster = people.client("cadre").get(f"/community/{place.community_id}/poster").text
    assert f"/c/{place.code}" in poster
    assert "<svg" in poster
    other = people.client("other_cadre")
    assert other.get(f"/community/{place.community_id}/poster").status_code == 404
    admin.post(f"/admin/community/{place.community_id}/members/{place.cadre_id}/remove")
    need_id, _ = place.file()
    assert people.client("cadre").get(f"/community/needs/{need_id}").status_code == 404
    del app


def test_a_pro_is_proposed_only_when_confirmed(app: Flask, people: Cast, place: Place) -> None:
    need_id, _ = place.file()
    cadre, admin = people.client("cadre"), people.client("admin")
    other = people.id("other_pro")
    assert at_desk(cadre, app, need_id, "assign", pro=other).status_code == 422
    admin.post(f"/admin/community/professionals/{other}/confirm")
    assert at_desk(cadre, app, need_id, "assign", pro=other).status_code == 302
    with app.app_context():
        entry = db.session.scalars(
            select(AuditEntry).where(AuditEntry.verb == "community.need_step")
        ).one()
        assert json.loads(entry.after or "") == {"state": "assigned", "step": "assign"}


def test_the_demo_is_a_year_that_both_desks_show(app: Flask, people: Cast, place: Place) -> None:
    del place
    moment = now()
    with app.app_context(), transaction():
        assert load_demo(moment) == 42
        assert load_demo(moment) == 0, "doing it again changes nothing"
    with app.app_context():
        needs = db.session.scalars(select(Need)).all()
        assert all(need.invented for need in needs)
        assert {need.state for need in needs} >= {
            "received", "taken", "assigned", "responded", "done", "confirmed", "not_feasible"
        }  # fmt: skip
        oldest = min(need.received_at for need in needs)
        assert timedelta(days=330) < moment - oldest < timedelta(days=400)
    for part in ("cadre", "pro"):
        desk = people.client(part).get("/community/needs/").text
        assert '<li class="need' in desk, part
