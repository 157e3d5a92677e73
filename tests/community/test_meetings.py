"""议事协商: a meeting's life, a vote a household, what follows, and who may see what."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import select

from sanshi_lms.community.meetings import actions, rules
from sanshi_lms.community.meetings.models import FollowUp, Meeting, VoteCode
from sanshi_lms.community.meetings.rules import State
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.notices import Notice
from tests.community.conftest import Place
from tests.people import Cast

T = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)
MAY = {
    State.DRAFT: {"announce", "cancel"},
    State.OPEN: {"decide", "cancel"},
    State.DECIDED: set(),
    State.CANCELLED: set(),
}
LIST = "/community/meetings/"


def test_every_step_in_every_state() -> None:
    def step(verb: str, state: State, **other: Any) -> rules.Step:
        filled = {"agenda": "甲", "decision": "乙", "voting": False, "words": "下雨", **other}
        return rules.step_of(verb, state, **filled)

    for state, verbs in MAY.items():
        assert {one.verb for one in rules.possible(state)} == verbs
        for verb in {*rules.STEPS, "x"}:
            if verb in verbs:
                assert step(verb, state).verb == verb
            else:
                with pytest.raises(rules.NotAllowed, match="不能这样做"):
                    step(verb, state)
    for verb, state, lacks in (
        ("announce", State.DRAFT, {"agenda": ""}), ("decide", State.OPEN, {"decision": ""}),
        ("decide", State.OPEN, {"voting": True}), ("cancel", State.OPEN, {"words": ""}),
    ):  # fmt: skip
        with pytest.raises(rules.NotAllowed, match="请"):
            step(verb, state, **lacks)


def test_votes_are_taken_until_the_very_moment() -> None:
    assert rules.may_vote(State.OPEN, T, T - timedelta(seconds=1))
    assert not rules.may_vote(State.OPEN, T, T)
    assert not rules.may_vote(State.DRAFT, T, T - timedelta(seconds=1))
    assert not rules.may_vote(State.OPEN, None, T)
    assert rules.poll_problem("", [], None) is None
    for question, options, closes in (
        ("", ["甲", "乙"], T), ("问", ["甲"], T), ("问", ["甲", "乙"], None),
        ("问", ["甲" * 101, "乙"], T),
    ):  # fmt: skip
        assert rules.poll_problem(question, options, closes)


@given(st.lists(st.text("甲乙丙", min_size=1), min_size=2, unique=True).flatmap(
    lambda options: st.tuples(
        st.just(options), st.lists(st.none() | st.integers(0, len(options) - 1))
    )
))  # fmt: skip
def test_every_vote_is_counted_once(case: tuple[Sequence[str], list[int | None]]) -> None:
    options, choices = case
    counted = rules.tally(options, choices)
    assert [option for option, _ in counted] == list(options)
    assert sum(count for _, count in counted) == sum(one is not None for one in choices)


def test_codes_are_read_as_they_are_written() -> None:
    code = rules.new_vote_code(lambda _: 42)
    assert code == "0000000042"
    assert rules.read_vote_code(rules.spoken(code)) == code
    assert rules.read_vote_code("12345") is None


def fields(place: Place, **other: Any) -> dict[str, Any]:
    """Return a filled form whose poll closes in an hour."""
    at = local(now()) + timedelta(hours=1)
    return {
        "community": place.community_id, "title": "坝子怎么用", "held": f"{at:%Y-%m-%dT%H:%M}",
        "place": "活动室", "agenda": "选一个方案", "question": "用哪个方案？",
        "options": "座椅\n菜地",
        "closes": f"{at:%Y-%m-%dT%H:%M}", "minutes": "", "decision": "", "nonce": "m" * 32,
        **other,
    }  # fmt: skip


def prepared(app: Flask, client: FlaskClient, place: Place, **other: Any) -> int:
    """Return a meeting that a cadre prepared in the pages."""
    for _ in range(2):
        assert client.post(f"{LIST}new", data=fields(place, **other)).status_code == 302
    with app.app_context():
        return db.session.scalars(select(Meeting.id)).one()


def step(app: Flask, client: FlaskClient, meeting_id: int, verb: str, words: str = "") -> str:
    """Take a step having seen the newest version; return the page after it."""
    with app.app_context():
        version = db.session.get_one(Meeting, meeting_id).version
    data = {"verb": verb, "version": version, "words": words}
    return client.post(f"{LIST}{meeting_id}/steps", data=data, follow_redirects=True).text


def test_from_the_agenda_over_the_vote_to_what_was_done(
    app: Flask, people: Cast, place: Place, client: FlaskClient
) -> None:
    need_id, _ = place.file("坝子空着长草")
    cadre = people.client("cadre")
    assert "坝子空着长草" in cadre.get(f"{LIST}new?need={need_id}").text
    for wrong, words in (
        ({"options": "一个"}, "2 到 8 个"), ({"closes": ""}, "什么时候截止"),
        ({"title": ""}, "请写题目"),
        ({"community": place.other_community_id}, "请从列出"),
        ({"held": "0001-01-01T00:00"}, "年份"),
    ):  # fmt: skip
        bad = cadre.post(f"{LIST}new", data=fields(place, **wrong))
        assert (bad.status_code, words in bad.text) == (422, True), words
    meeting_id = prepared(app, cadre, place, need_id=need_id)
    url, edit = f"{LIST}{meeting_id}", f"{LIST}{meeting_id}/edit"
    assert client.get(url).status_code == 404, "a draft is nobody's business"
    cadre.post(f"{url}/codes", data={"count": "3"})
    cadre.post(f"{url}/codes", data={"count": "3"})
    book = load_workbook(io.BytesIO(cadre.get(f"{url}/codes.xlsx").data)).worksheets[0]
    codes = [str(row[0].value) for row in book.iter_rows(min_row=2)]
    assert len(codes) == 3
    vote = f"{LIST}vote"
    assert "还没有开始" in client.get(f"{vote}?code={codes[0]}").text
    assert "已公布议题" in step(app, cadre, meeting_id, "announce")
    assert "选一个方案" in client.get(url).text
    assert client.get(f"{vote}?code=1234567890").status_code == 404
    assert client.post(vote, data={"code": "1", "choice": "0"}).status_code == 404
    for code, choice in ((codes[0], "0"), (codes[1], "0"), (codes[1], "1")):
        client.post(vote, data={"code": code, "choice": choice})
    wrong_choice = client.post(vote, data={"code": codes[2], "choice": "7"}, follow_redirects=True)
    assert "请选一项" in wrong_choice.text
    assert "您选了“菜地”" in client.get(f"{vote}?code={codes[1]}").text
    assert "1</b> 票" not in client.get(url).text, "nothing is told before the closing"
    assert "请先写商量的结果" in step(app, cadre, meeting_id, "decide")
    with app.app_context():
        version = db.session.get_one(Meeting, meeting_id).version
    change = fields(place, decision="先做座椅", minutes="来了 20 户", version=version)
    refused = cadre.post(edit, data={**change, "options": "甲\n乙"})
    assert (refused.status_code, "不能再改" in refused.text) == (422, True)
    assert cadre.post(edit, data=change).status_code == 302
    assert cadre.post(edit, data={**change, "title": "别的"}).status_code == 409
    assert "投票还没有结束" in step(app, cadre, meeting_id, "decide")
    with app.app_context(), transaction():
        db.session.get_one(Meeting, meeting_id).closes_at = now() - timedelta(seconds=1)
    late = client.post(vote, data={"code": codes[2], "choice": "0"}, follow_redirects=True)
    assert "投票已经截止" in late.text
    assert "已有结果" in step(app, cadre, meeting_id, "decide")
    page = client.get(url).text
    assert page.count("<b>1</b> 票（50%）") == 2
    assert "发了 3 个码，投了 2 票" in page
    assert "先做座椅" in page
    follow = {"text": "装十个座椅", "who": "物业", "due_on": "2026-01-05", "nonce": "f" * 32}
    assert cadre.post(f"{url}/follow-ups", data={**follow, "who": ""}).status_code == 422
    for _ in range(2):
        cadre.post(f"{url}/follow-ups", data=follow)
    assert "过了日子" in client.get(url).text
    with app.app_context(), transaction():
        actions.tell_late(now())
        actions.tell_late(now())
        row_id = db.session.scalars(select(FollowUp.id)).one()
        told = db.session.scalars(select(Notice.title).where(Notice.user_id == place.cadre_id))
        assert told.all().count("该办了：装十个座椅") == 1
    done = f"{url}/follow-ups/{row_id}"
    assert "请写做成了什么样" in cadre.post(done, data={}, follow_redirects=True).text
    cadre.post(done, data={"result": "装好了，坐得稳。"})
    assert "装好了，坐得稳" in client.get(url).text
    assert "坝子怎么用" in client.get(f"{LIST}?q=石油路").text


def test_a_meeting_is_arranged_by_its_own_community(
    app: Flask, people: Cast, place: Place, client: FlaskClient
) -> None:
    meeting_id = prepared(app, people.client("cadre"), place)
    other = people.client("other_cadre")
    for answer in (
        other.get(f"{LIST}{meeting_id}/edit"), other.get(f"{LIST}{meeting_id}/codes.xlsx"),
        other.post(f"{LIST}{meeting_id}/steps", data={"verb": "announce"}),
        other.post(f"{LIST}{meeting_id}/codes", data={"count": "1"}),
    ):  # fmt: skip
        assert answer.status_code == 404
    assert people.client("pro").get(f"{LIST}desk").text.count("坝子怎么用") == 0
    assert people.client("resident").get(f"{LIST}desk").status_code == 403
    admin = people.client("admin")
    assert "不开了" in step(app, admin, meeting_id, "cancel", "下大雨，另定时间")
    assert "下大雨" in client.get(f"{LIST}{meeting_id}").text
    stopped = people.client("cadre").post(f"{LIST}{meeting_id}/codes", data={"count": "5"},
                                          follow_redirects=True)  # fmt: skip
    assert "不能再做投票码" in stopped.text
    with app.app_context():
        assert db.session.scalars(select(VoteCode)).all() == []
