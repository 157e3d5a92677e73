"""Expert teams and 会诊: who sees and does what, and that advice is traced to its result."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from sanshi_lms.community.experts import rules
from sanshi_lms.community.experts.models import Advice, Consultation, ExpertTeam, TeamMember
from sanshi_lms.community.experts.rules import AdviceState, Hand, State
from sanshi_lms.community.models import Professional
from sanshi_lms.core.db import db, transaction
from sanshi_lms.notices import Notice
from tests.community.conftest import Place
from tests.people import Cast

MAY = {
    State.PLANNED: {"hold", "cancel"},
    State.HELD: {"close"},
    State.CLOSED: set(),
    State.CANCELLED: set(),
}
LIST = "/community/consultations/"


def test_every_step_in_every_state_by_everybody() -> None:
    ended = [AdviceState.DONE, AdviceState.DECLINED]
    for state, verbs in MAY.items():
        for hands in ({Hand.HOST}, {Hand.EXPERT}, {Hand.HOST, Hand.EXPERT}, set()):
            wanted = verbs if Hand.HOST in hands else set()
            assert {step.verb for step in rules.possible(state, hands)} == wanted
            for verb in {*rules.STEPS, "x"}:
                if verb in wanted:
                    assert rules.step_of(verb, state, hands, ended).verb == verb
                else:
                    with pytest.raises(rules.NotAllowed, match="。"):
                        rules.step_of(verb, state, hands, ended)


@pytest.mark.parametrize("left", [[], [AdviceState.OPEN], [AdviceState.ADOPTED, AdviceState.DONE]])
def test_it_ends_only_when_each_advice_has_a_result(left: list[AdviceState]) -> None:
    with pytest.raises(rules.NotAllowed, match="建议"):
        rules.step_of("close", State.HELD, {Hand.HOST}, left)


def test_what_may_become_of_an_advice() -> None:
    for now, ends in rules.ADVICE_STEPS.items():
        for to in AdviceState:
            if to in ends:
                assert rules.advice_step(now, to.value, "做了", {Hand.HOST}) is to
                with pytest.raises(rules.NotAllowed, match="由社区来写"):
                    rules.advice_step(now, to.value, "做了", {Hand.EXPERT})
            else:
                with pytest.raises(rules.NotAllowed, match="已经是"):
                    rules.advice_step(now, to.value, "做了", {Hand.HOST})
    with pytest.raises(rules.NotAllowed, match="请写明"):
        rules.advice_step(AdviceState.OPEN, "declined", "", {Hand.HOST})
    assert rules.advice_step(AdviceState.OPEN, "adopted", "", {Hand.HOST}) is AdviceState.ADOPTED


def hidden(answer: Any, name: str) -> str:
    """Return the value of a hidden field."""
    found = re.search(rf'name="{name}"[^>]*value="([^"]+)"', answer.text)
    assert found, answer.text
    return found[1]


def team_of(app: Flask, admin: FlaskClient, user_id: int) -> int:
    """Return a team with one member, made in the pages."""
    data = {"name": "旧改专家", "level": "市级", "topic": "城市更新", "about": "", "active": "y"}
    assert admin.post("/admin/community/experts/", data=data).status_code == 302
    twice = admin.post("/admin/community/experts/", data=data)
    assert (twice.status_code, "已经有同名的团队" in twice.text) == (422, True)
    with app.app_context():
        team_id = db.session.scalars(select(ExpertTeam.id)).one()
    url = f"/admin/community/experts/{team_id}"
    assert "刘建国" in admin.get(url).text
    for _ in range(2):
        admin.post(f"{url}/members", data={"pro": user_id})
    return team_id


def test_from_a_need_to_advice_with_its_result(app: Flask, people: Cast, place: Place) -> None:
    need_id, _ = place.file("三栋的电梯一直装不成")
    admin, cadre, pro = people.client("admin"), people.client("cadre"), people.client("pro")
    team_id = team_of(app, admin, place.pro_id)
    form = cadre.get(f"{LIST}new?need={need_id}")
    assert "三栋的电梯一直装不成" in form.text
    values = {
        "team": team_id, "way": "技术会诊", "community": place.community_id, "title": "电梯装不成",
        "problem": "一楼不同意", "held_on": "2026-12-01", "nonce": hidden(form, "nonce"),
        "need_id": need_id,
    }  # fmt: skip
    for wrong, words in (
        ({"held_on": "0001-01-01"}, "请检查年份"), ({"title": ""}, "请写题目"),
        ({"need_id": 99}, "不在这个社区"), ({"community": place.other_community_id}, "请从列出"),
    ):  # fmt: skip
        bad = cadre.post(f"{LIST}new", data={**values, **wrong})
        assert (bad.status_code, words in bad.text) == (422, True), words
    for _ in range(2):
        assert cadre.post(f"{LIST}new", data=values).status_code == 302
    with app.app_context():
        subject = db.session.scalars(select(Consultation)).one()
        told = db.session.scalars(select(Notice.title).where(Notice.user_id == place.pro_id)).all()
        assert "请您技术会诊：电梯装不成" in told
    url = f"{LIST}{subject.id}"
    for part, status in (("other_cadre", 404), ("other_pro", 404), ("resident", 403)):
        assert people.client(part).get(url).status_code == status, part
    page = pro.get(url)
    advice = {"text": "把井道往外移 60 公分", "nonce": hidden(page, "nonce")}
    for _ in range(2):
        pro.post(f"{url}/advice", data=advice)
    refused = cadre.post(f"{url}/advice", data={**advice, "nonce": "a" * 32}, follow_redirects=True)
    assert "由团队里的三师来写" in refused.text
    with app.app_context():
        row = db.session.scalars(select(Advice)).one()

    def step(verb: str, words: str = "", who: FlaskClient = cadre) -> str:
        data = {"verb": verb, "words": words, "version": "0"}
        with app.app_context():
            data["version"] = str(db.session.get_one(Consultation, subject.id).version)
        return who.post(f"{url}/steps", data=data, follow_redirects=True).text

    assert "不由您来办" in step("hold", "来了", pro)
    assert "请写几句话" in step("hold")
    assert "跟进建议" in step("hold", "三位三师到现场，量了井道。")
    assert "还有 1 条建议没有结果" in step("close")
    move = f"{url}/advice/{row.id}"
    by_pro = pro.post(move, data={"to": "done", "words": "做了"}, follow_redirects=True)
    assert "由社区来写" in by_pro.text
    cadre.post(move, data={"to": "adopted"})
    assert "请写明做成了什么" in cadre.post(move, data={"to": "done"}, follow_redirects=True).text
    cadre.post(move, data={"to": "done", "words": "井道移了，一楼签了字。"})
    again = cadre.post(move, data={"to": "declined", "words": "x"}, follow_redirects=True)
    assert "已经是“做成了”" in again.text
    assert "都有结果了" in step("close")
    page_after = pro.get(url).text
    assert "井道移了，一楼签了字" in page_after
    assert "量了井道" in page_after
    assert "电梯装不成" in admin.get(LIST).text
    assert "电梯装不成" not in people.client("other_cadre").get(LIST).text


def test_the_public_sees_members_who_agreed(
    app: Flask, people: Cast, place: Place, client: FlaskClient
) -> None:
    admin = people.client("admin")
    team_id = team_of(app, admin, place.pro_id)
    page = client.get("/community/experts/").text
    assert ("旧改专家" in page, "1 位三师" in page, "刘建国" in page) == (True, True, False)
    assert "刘建国" in people.client("cadre").get("/community/experts/").text
    with app.app_context(), transaction():
        db.session.get_one(Professional, place.pro_id).listed = True
    assert "刘建国" in client.get("/community/experts/").text
    admin.post(f"/admin/community/experts/{team_id}/members/{place.pro_id}/remove")
    with app.app_context():
        assert db.session.scalars(select(TeamMember)).all() == []
    assert people.client("cadre").get("/admin/community/experts/").status_code == 403
    bad = admin.post(f"/admin/community/experts/{team_id}/members", data={"pro": 99_999},
                     follow_redirects=True)  # fmt: skip
    assert "请从列出的三师里选" in bad.text
