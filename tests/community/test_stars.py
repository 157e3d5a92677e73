"""星级三师: every step in every state, who may judge whom, and a round from criteria to result."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from sanshi_lms.account import User
from sanshi_lms.community.needs.forms import issue_token
from sanshi_lms.community.needs.models import Need
from sanshi_lms.community.stars import rules
from sanshi_lms.community.stars.actions import result_of
from sanshi_lms.community.stars.models import StarCandidate, StarMark, StarObjection, StarRound
from sanshi_lms.community.stars.queries import candidates, stars_of
from sanshi_lms.community.stars.rules import Criterion, Party, Ready, State
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.notices import Notice
from tests.community.conftest import Place
from tests.people import Cast

T = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)
MAY = {
    State.DRAFT: {"freeze", "cancel"},
    State.SCORING: {"unfreeze", "publish", "cancel"},
    State.NOTICE: {"rescore", "finish", "cancel"},
    State.FINAL: set(),
    State.CANCELLED: set(),
}


def test_every_step_in_every_state() -> None:
    ready = Ready(judges=3, notice_until=T)
    for state, verbs in MAY.items():
        assert {step.verb for step in rules.possible(state)} == verbs
        for verb in {*rules.STEPS, "x"}:
            if verb in verbs:
                assert rules.step_of(verb, state, ready, T).verb == verb
            else:
                with pytest.raises(rules.NotAllowed, match="。"):
                    rules.step_of(verb, state, ready, T)


@pytest.mark.parametrize(
    ("verb", "state", "ready", "words"),
    [
        ("freeze", State.DRAFT, Ready(weights=99), "现在是 99"),
        ("freeze", State.DRAFT, Ready(candidates=0), "没有候选人"),
        ("freeze", State.DRAFT, Ready(panel=True), "还没有评委"),
        ("publish", State.SCORING, Ready(unscored=2), "还有 2 位候选人"),
        ("finish", State.NOTICE, Ready(unanswered=1, notice_until=T), "还有 1 条异议"),
        ("finish", State.NOTICE, Ready(notice_until=T + timedelta(seconds=1)), "还没有结束"),
        ("finish", State.NOTICE, Ready(), "还没有结束"),
    ],
)
def test_what_must_be_done_first(verb: str, state: State, ready: Ready, words: str) -> None:
    with pytest.raises(rules.NotAllowed, match=words):
        rules.step_of(verb, state, ready, T)


def test_who_must_not_judge_whom() -> None:
    judge = Party(1, 7, "设计院")
    assert "自己" in rules.conflict(judge, Party(1, None, ""), ())
    assert "同一个单位" in rules.conflict(judge, Party(2, 7, ""), ())
    assert "同一个单位" in rules.conflict(judge, Party(2, None, "设计院"), ())
    assert "回避" in rules.conflict(judge, Party(2, 8, "别处"), {(1, 2)})
    assert rules.conflict(judge, Party(2, 8, "别处"), {(2, 1)}) == ""
    assert rules.conflict(Party(1, None, ""), Party(2, None, ""), ()) == ""


CRITERIA = st.lists(
    st.builds(
        Criterion, st.integers(1, 9), st.sampled_from([*rules.SOURCES]), st.integers(0, 100),
        st.floats(0.1, 1000),
    ),
    min_size=1, max_size=9, unique_by=lambda one: one.id,
)  # fmt: skip


@given(CRITERIA, st.dictionaries(st.integers(1, 9), st.floats(0, 5000)), st.integers(1, 9))
def test_a_score_stays_in_bounds_and_more_never_costs(
    criteria: list[Criterion], values: dict[int, float], better: int
) -> None:
    score = rules.total(criteria, values)
    assert 0 <= score <= 100
    more = {**values, better: values.get(better, 0) + 10}
    assert rules.total(criteria, more) >= score
    assert rules.total(criteria, {}) == 0


def test_stars_begin_at_their_very_score() -> None:
    assert [rules.stars_for(s, {3: 60, 4: 75, 5: 88}) for s in (59.99, 60, 75, 87.99, 88, 100)] == [
        0, 3, 4, 4, 5, 5,
    ]  # fmt: skip


def closed(place: Place, count: int = 3) -> None:
    """Let the confirmed 三师 close some needs, all but one confirmed, all but one quickly."""
    ids = [place.file(f"第 {n} 件", ago=timedelta(days=9))[0] for n in range(count)]
    with place.app.app_context(), transaction():
        for number, need_id in enumerate(ids):
            need = db.session.get_one(Need, need_id)
            need.pro_id, need.state = place.pro_id, "confirmed" if number else "done"
            need.responded_at = need.received_at + timedelta(hours=2 if number else 30)
            need.done_at = need.received_at + timedelta(days=2)


def step(admin: FlaskClient, app: Flask, round_id: int, verb: str, words: str = "") -> str:
    """Take a step having seen the newest version; return the page after it."""
    with app.app_context():
        version = db.session.get_one(StarRound, round_id).version
    data = {"verb": verb, "version": version, "words": words}
    return admin.post(
        f"/admin/community/stars/{round_id}/steps", data=data, follow_redirects=True
    ).text


def begin(place: Place, admin: FlaskClient) -> int:
    """Return a round of this year with 60 for served needs and 40 for the panel."""
    year = now().year
    data = {"title": "年度评选", "year": str(year)}
    assert admin.post("/admin/community/stars/", data=data).status_code == 302
    assert admin.post("/admin/community/stars/", data=data).status_code == 422
    with place.app.app_context():
        round_id = db.session.scalars(select(StarRound.id)).one()
    url = f"/admin/community/stars/{round_id}"
    values: dict[str, Any] = {
        "title": "年度评选", "since": f"{year - 1}-01-01", "until": f"{year}-12-31",
        "notice_days": 7, "least_judges": 1, "three": 50, "four": 70, "five": 90,
        "source-1": "closed", "label-1": "服务", "weight-1": 60, "target-1": 3,
        "source-2": "panel", "label-2": "评委", "weight-2": 40, "target-2": 100,
    }  # fmt: skip
    for wrong, words in (
        ({"target-1": "0"}, "第 1 项"), ({"four": "40"}, "应该越高"),
        ({"source-1": "x"}, "第 1 项"),
        ({"until": f"{year - 2}-01-01"}, "日期不对"), ({"weight-2": "101"}, "第 2 项"),
    ):  # fmt: skip
        again = admin.post(url, data={**values, **wrong})
        assert (again.status_code, words in again.text) == (422, True), words
    assert admin.post(url, data=values).status_code == 302
    return round_id


def test_a_round_from_criteria_to_the_frozen_result(
    app: Flask, people: Cast, place: Place, client: FlaskClient
) -> None:
    closed(place)
    admin, author = people.client("admin"), people.client("author")
    round_id = begin(place, admin)
    url, public = f"/admin/community/stars/{round_id}", f"/community/stars/{round_id}"
    assert "没有候选人" in step(admin, app, round_id, "freeze")
    for _ in range(2):
        admin.post(f"{url}/candidates", data={"then": "active"})
    assert "还没有评委" in step(admin, app, round_id, "freeze")
    for account in ("author", "pro", "nobody"):
        page = admin.post(f"{url}/judges", data={"username": account}, follow_redirects=True).text
        assert ("没有这个账号" in page) == (account == "nobody")
    assert author.get(f"{public}/judge").status_code == 404, "not while it is prepared"
    with app.app_context(), transaction():  # the cast share an organisation: no colleague judges
        db.session.get_one(User, people.id("author")).organisation = "讲师的单位"
    assert "评委打分" in step(admin, app, round_id, "freeze")
    with app.app_context():
        row = db.session.scalars(select(StarCandidate)).one()
        assert row.evidence["closed"]["value"] == 3
        assert all("加装电梯" in told for told in row.evidence["closed"]["rows"])
        panel = db.session.get_one(StarRound, round_id).criteria[1].id
        told = db.session.scalars(select(Notice.title)).all()
        assert any("请您打分" in title for title in told)
    locked = admin.post(f"{url}/candidates", data={"then": "active"}, follow_redirects=True).text
    assert "材料已经收齐" in locked
    assert "没有足够的评委打分" in step(admin, app, round_id, "publish")
    mark_url = f"{public}/judge/{place.pro_id}"
    # Signed in as the candidate, who sits on the panel too; then by somebody who is no judge.
    own = people.client("pro").post(mark_url, data={f"mark-{panel}": "100"}, follow_redirects=True)
    assert "不能给自己打分" in own.text
    assert people.client("cadre").post(mark_url, data={f"mark-{panel}": "9"}).status_code == 404
    wrong = author.post(mark_url, data={f"mark-{panel}": "101"}, follow_redirects=True)
    assert "0 到 100" in wrong.text
    for value in ("70", "80"):  # a judge may think again
        author.post(mark_url, data={f"mark-{panel}": value})
    assert client.get(public).status_code == 404
    assert "公示中" in step(admin, app, round_id, "publish")
    page = client.get(public).text
    assert "总分 92.0" in page and "★★★★★" in page  # noqa: PT018 - one page
    assert "公示期还没有结束" in step(admin, app, round_id, "finish")
    with app.test_request_context():
        token = issue_token(now() - timedelta(seconds=30))
    objection = {"candidate": place.pro_id, "text": "有一件没有修好", "token": token}
    for _ in range(2):
        assert client.post(public, data=objection).status_code == 302
    assert client.post(public, data={**objection, "more": "x"}).status_code == 422
    with app.app_context():
        said = db.session.scalars(select(StarObjection)).one()
        assert said.candidate_id == place.pro_id
    with app.app_context(), transaction():
        db.session.get_one(StarRound, round_id).notice_until = now() - timedelta(seconds=1)
    assert "还有 1 条异议没有答复" in step(admin, app, round_id, "finish")
    with app.test_request_context():
        late = issue_token(now() - timedelta(seconds=30))
    over = client.post(public, data={**objection, "token": late})
    assert (over.status_code, "公示期已经结束" in over.text) == (422, True)
    answer = f"{url}/objections/{said.id}"
    assert "请写几句答复" in admin.post(answer, data={}, follow_redirects=True).text
    admin.post(answer, data={"answer": "查过了，已经修好。"})
    assert "已经修好" in client.get(public).text
    assert "已公布" in step(admin, app, round_id, "finish")
    with app.app_context():
        subject = db.session.get_one(StarRound, round_id)
        rows = candidates(round_id)
        assert subject.digest == rules.digest(result_of(subject, rows))
        rows[0].evidence = {**rows[0].evidence, "closed": {"value": 4, "rows": []}}
        assert subject.digest != rules.digest(result_of(subject, rows))
        assert stars_of([place.pro_id]) == {place.pro_id: (5, "年度评选")}
        db.session.rollback()
    assert "刘建国" in client.get("/community/stars/").text
    assert "5 星" in people.client("cadre").get(f"/community/pros/{place.pro_id}").text
    assert people.client("cadre").get(url).status_code == 403


def test_judges_stand_back_and_colleagues_are_left_out(
    app: Flask, people: Cast, place: Place
) -> None:
    closed(place, 1)
    admin, author = people.client("admin"), people.client("author")
    round_id = begin(place, admin)
    url = f"/admin/community/stars/{round_id}"
    admin.post(f"{url}/candidates", data={"pro": [place.pro_id]})
    for account in ("author", "admin"):
        admin.post(f"{url}/judges", data={"username": account})
    # The cast share their organisation: everybody is a colleague of the candidate.
    step(admin, app, round_id, "freeze")
    assert "没有足够的评委打分" in step(admin, app, round_id, "publish")
    judge = f"/community/stars/{round_id}/judge"
    assert "同一个单位" in author.get(judge).text
    with app.app_context(), transaction():
        for part in ("author", "admin"):
            db.session.get_one(User, people.id(part)).organisation = f"{part}的单位"
    author.post(f"{judge}/{place.pro_id}", data={"then": "back"})
    assert "您说过需要回避" in author.get(judge).text
    assert "没有足够的评委打分" in step(admin, app, round_id, "publish")
    with app.app_context():
        mark = db.session.scalars(select(StarMark)).one()
        assert mark.points is None
        panel = mark.criterion_id
    admin.post(f"{judge}/{place.pro_id}", data={f"mark-{panel}": "50"})
    assert "公示中" in step(admin, app, round_id, "publish")
    assert "请写明原因" in step(admin, app, round_id, "rescore")
    assert "评委打分" in step(admin, app, round_id, "rescore", "有一件算重了")
    stale = {"verb": "cancel", "version": 1, "words": "不办了"}
    answer = admin.post(f"{url}/steps", data=stale, follow_redirects=True)
    assert "慢了一步" in answer.text


def test_only_who_is_named_is_public(app: Flask, people: Cast, place: Place) -> None:
    admin = people.client("admin")
    round_id = begin(place, admin)
    admin.post(f"/admin/community/stars/{round_id}/candidates", data={"pro": [place.pro_id]})
    with app.app_context(), transaction():
        subject = db.session.get_one(StarRound, round_id)
        subject.state, subject.notice_from = "notice", now()
        subject.notice_until = now() + timedelta(days=1)
    client = app.test_client()
    assert re.search("这次没有人评上", client.get(f"/community/stars/{round_id}").text)
    assert "刘建国" not in client.get("/community/stars/").text
