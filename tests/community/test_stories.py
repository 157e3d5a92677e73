"""Cases and media pieces: from a closed need to the public page, who may, and what never shows."""

import io
import itertools
from collections.abc import Collection
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import select

from sanshi_lms.account import User
from sanshi_lms.community.lessons.rules import Words, frequent_words, likest
from sanshi_lms.community.needs.actions import By, Given, perform
from sanshi_lms.community.needs.models import Need
from sanshi_lms.community.needs.rules import Actor
from sanshi_lms.community.privacy import without_identity
from sanshi_lms.community.stories import rules
from sanshi_lms.community.stories.models import Story, StoryPicture
from sanshi_lms.community.stories.rules import Hand, State
from sanshi_lms.community.stories.search_source import StorySource
from sanshi_lms.community.stories.tiles import SHORT_NAMES, tiles
from sanshi_lms.core.audit import AuditEntry
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.facets import facets
from sanshi_lms.core.storage import storage
from tests.community.conftest import Place
from tests.people import Cast

EVERY_HAND: list[Collection[Hand]] = [{Hand.WRITER}, {Hand.REVIEWER}, {*Hand}, ()]
MAY = {  # state: (verbs of a writer who wrote, of a reviewer who did not, of one who did)
    State.DRAFT: ({"submit"}, set(), set()),
    State.REVIEW: ({"take_back"}, {"publish", "return"}, set()),
    State.PUBLISHED: (set(), {"withdraw"}, {"withdraw"}),
    State.WITHDRAWN: ({"rework"}, set(), set()),
}


def test_every_state_every_hand_every_step() -> None:
    for state, (writer, reviewer, both) in MAY.items():
        for hand, wrote, wanted in (
            (Hand.WRITER, True, writer),
            (Hand.REVIEWER, False, reviewer),
            (Hand.REVIEWER, True, both),
        ):
            found = {step.verb for step in rules.possible(state, {hand}, wrote=wrote)}
            assert found == wanted, (state, hand, wrote)
    for state, hands, verb, wrote in itertools.product(
        State, EVERY_HAND, [*rules.STEPS, "x"], [True, False]
    ):
        possible = {step.verb for step in rules.possible(state, hands, wrote=wrote)}
        if verb in possible:
            assert rules.step_of(verb, state, hands, wrote=wrote).verb == verb
        else:
            with pytest.raises(rules.NotAllowed, match="。"):
                rules.step_of(verb, state, hands, wrote=wrote)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("我叫不便说，电话13812345678，谢谢", "13812345678"),
        ("打 138 1234 5678 找我", "138 1234 5678"),
        ("座机023-61234567", "61234567"),
        ("住3-2-501", "3-2-501"),
        ("住 7 栋 502室", "502室"),
        ("身份证50010819900101123X", "50010819900101123X"),
        ("微信wang_abc123加我", "wang_abc123"),
    ],
)
def test_numbers_that_lead_to_somebody_go(said: str, kept: str) -> None:
    assert kept not in without_identity(said)


@pytest.mark.parametrize(
    "said", ["2026-03-05 装好", "宽 3.5 米，12 户", "走了 1-2 个月", "第 3 期"]
)
def test_what_leads_to_nobody_mostly_stays(said: str) -> None:
    assert without_identity(said) == said


DIMENSIONS = ("district", "topic", "year")
ROW = st.fixed_dictionaries({name: st.sets(st.sampled_from(["甲", "乙"])) for name in DIMENSIONS})
CHOSEN = st.fixed_dictionaries({name: st.sampled_from(["甲", "乙", ""]) for name in DIMENSIONS})


@given(st.lists(ROW, max_size=12), CHOSEN)
def test_a_facet_counts_what_choosing_it_would_show(
    rows: list[dict[str, set[str]]], chosen: dict[str, str]
) -> None:
    numbered = list(enumerate(rows))
    found, ids = facets(numbered, chosen, DIMENSIONS)
    assert ids == [n for n, row in numbered if all(v in row[k] for k, v in chosen.items() if v)]
    for name, values in found.items():
        for facet in values:
            _, instead = facets(numbered, {**chosen, name: facet.value}, DIMENSIONS)
            assert facet.count == len(instead)


def test_the_map_has_each_district_once_and_counts_it() -> None:
    assert len(SHORT_NAMES) == 38
    assert len(set(SHORT_NAMES.values())) == 38
    found = {one.short: one for one in tiles({"江津区": 3, "石柱土家族自治县": 1, "示范区": 9})}
    assert (found["江津"].count, found["江津"].name, found["江津"].level) == (3, "江津区", 2)
    assert found["石柱"].name == "石柱土家族自治县"
    assert sum(one.count for one in found.values()) == 4


def test_what_is_written_in_between() -> None:
    assert rules.days_between(date(2026, 3, 1), date(2026, 3, 1)) == 1
    assert rules.days_between(date(2026, 3, 2), date(2026, 3, 1)) is None
    assert [rules.money_text(n) for n in (None, 0, 9999, 12_000, 612_000)] == [
        "", "0 元", "9999 元", "1.2 万元", "61.2 万元",
    ]  # fmt: skip


def test_lessons_are_proposed_by_words_not_by_chance() -> None:
    known = {
        1: Words("加装电梯：先问意愿", "一楼担心挡光怎么谈"),
        2: Words("消防通道怎么划线", "车位和通道"),
        3: Words("垃圾分类", "投放点怎么选"),
    }
    assert likest("我们单元想加装电梯，一楼说挡光", known, 3) == [1]
    assert likest("通道堵了，消防车进不来", known, 3)[0] == 2
    assert likest("没有", known, 3) == likest("", known, 3) == []
    texts = [["我们", "想", "加装", "电梯"], ["加装", "电梯"], ["加装", "电梯", "路灯"], ["路灯"]]
    assert frequent_words(texts, 2) == [("加装电梯", 3), ("路灯", 2)]


def close_a_need(place: Place) -> int:
    """Return a need of the cadre's community that was answered by the 三师 and closed."""
    text = "三单元想装电梯，我是张三丰13812345678，住3-2-501"
    need_id, _ = place.file(text)
    with place.app.app_context(), transaction():
        need = db.session.get_one(Need, need_id)
        steps = [
            ("take", place.cadre_id, Actor.CADRE, Given()),
            ("assign", place.cadre_id, Actor.CADRE, Given(pro_id=place.pro_id)),
            ("respond", place.pro_id, Actor.PRO, Given(words="井道放在外侧，电话13900001111")),
            ("close", place.cadre_id, Actor.CADRE, Given(words="十二户都签了字。")),
        ]
        for verb, person_id, actor, what in steps:
            perform(need, verb, By(person_id, frozenset({actor}), now()), what, need.version)
    return need_id


@pytest.fixture
def closed(place: Place) -> int:
    """A closed need."""
    return close_a_need(place)


def picture(colour: str, exif: bytes | None = None) -> tuple[io.BytesIO, str]:
    out = io.BytesIO()
    more = {"exif": exif} if exif else {}
    Image.new("RGB", (900, 600), colour).save(out, "JPEG", **more)
    out.seek(0)
    return out, "photo.jpg"


def post(client: FlaskClient, url: str, **values: object) -> int:
    return client.post(url, data=values, content_type="multipart/form-data").status_code


def status(client: FlaskClient, url: str) -> int:
    """Return the status alone; a file that is sent is closed."""
    with client.get(url) as answer:
        return answer.status_code


def step(client: FlaskClient, app: Flask, story_id: int, verb: str, **more: object) -> int:
    with app.app_context():
        version = db.session.get_one(Story, story_id).version
    url = f"/community/stories/{story_id}/steps"
    return post(client, url, **{"verb": verb, "version": version, **more})


def one_story(app: Flask) -> Story:
    with app.app_context():
        return db.session.scalars(select(Story)).one()


def test_a_closed_need_becomes_a_public_case(app: Flask, people: Cast, closed: int) -> None:
    cadre, admin, stranger = people.client("cadre"), people.client("admin"), app.test_client()
    other = people.client("other_cadre")
    make = f"/community/stories/from-need/{closed}"
    assert other.post(make).status_code == 404
    assert cadre.post(make).status_code == cadre.post(make).status_code == 302
    story = one_story(app)
    home, public = f"/community/stories/{story.id}", f"/community/cases/{story.id}"

    # Text, reply, place, times and who helped are there; nothing that leads to the resident.
    assert "想装电梯" in story.body_md
    assert "井道放在外侧" in story.body_md
    assert "十二户都签了字" in story.body_md
    assert "刘建国（三师）" in story.people
    assert (story.district, story.matter) == ("渝中区", "加装电梯")
    for private in ("13812345678", "3-2-501", "13900001111"):
        assert private not in story.body_md

    # Nobody else sees the draft; the 三师 who answered does, and the reviewer.
    assert [c.get(public).status_code for c in (stranger, other, people.client("resident"))] == [
        404, 404, 404,
    ]  # fmt: skip
    assert other.get(home).status_code == 404
    assert people.client("pro").get(home).status_code == 200
    assert step(cadre, app, story.id, "submit") == 422  # no summary, hints are left

    exif = Image.Exif()
    exif[0x010E] = "GPS-SECRET"
    url = f"{home}/pictures"
    for part, colour in (("before", "red"), ("after", "green"), ("after", "blue")):
        sent = {"part": part, "caption": "楼道", "files": picture(colour, exif.tobytes())}
        assert post(cadre, url, **sent) == 302
    assert post(cadre, url, part="text", files=(io.BytesIO(b"GIF89a<script>"), "x.jpg")) == 422
    assert post(other, url, part="text", files=picture("red")) == 404
    with app.app_context():
        kept = db.session.scalars(select(StoryPicture).order_by(StoryPicture.id)).all()
        assert [one.part for one in kept] == ["before", "after"]
        assert b"GPS-SECRET" not in storage().path(kept[1].key).read_bytes()
        shown = f"{home}/pictures/{kept[0].id}"
    assert status(stranger, shown) == 404
    assert status(cadre, shown) == 200

    version = one_story(app).version
    values = {
        "title": "三单元装上电梯", "summary": "十二户都签了字", "body_md": "## 经过\n\n商量四次。",
        "district": "渝中区", "matter": "加装电梯", "cost_yuan": "612000", "version": version,
        "began_on": "2026-03-01", "ended_on": "2026-03-10",
    }  # fmt: skip
    assert post(cadre, home, **{**values, "ended_on": "2026-02-01"}) == 422
    assert post(cadre, home, **{**values, "more_lessons": "https://example.cn/courses/a/b"}) == 422
    assert post(cadre, home, **values) == 302
    assert post(cadre, home, **values) == 409  # two people at once: the second is told
    assert step(cadre, app, story.id, "submit") == 302
    assert post(cadre, home, **{**values, "version": one_story(app).version}) == 409

    # A second person reviews, gives a reason, and says that they looked.
    assert step(cadre, app, story.id, "publish", checked=1) == 422
    assert step(admin, app, story.id, "return") == 422
    assert step(admin, app, story.id, "return", words="请写明费用从哪里来。") == 302
    assert "请写明费用从哪里来。" in cadre.get(home).text
    assert step(cadre, app, story.id, "submit") == 302
    assert step(admin, app, story.id, "publish") == 422
    assert step(admin, app, story.id, "publish", checked=1) == 302

    page = stranger.get(public).text
    assert "61.2 万元" in page
    assert "10 天" in page
    assert "data-compare" in page
    assert status(stranger, shown) == 200
    library = stranger.get("/community/cases/?q=签了字&matter=加装电梯").text
    assert "三单元装上电梯" in library
    assert "渝中区，1 个案例" in library
    assert "没有找到" in stranger.get("/community/cases/?q=不存在的词").text
    with app.app_context():
        found = list(StorySource().documents([story.id]))
        assert found[0].url == public
        assert "张三丰" not in found[0].body

    assert step(admin, app, story.id, "withdraw", words="照片里有人脸。") == 302
    assert stranger.get(public).status_code == status(stranger, shown) == 404
    with app.app_context():
        assert list(StorySource().visible([story.id])) == []
        told = db.session.scalars(
            select(AuditEntry.after).where(AuditEntry.verb == "community.story_step")
        ).all()
        assert [one.count("submit") for one in told if one] == [1, 0, 1, 0, 0]
    assert step(cadre, app, story.id, "rework") == 302


def test_who_wrote_does_not_review_not_even_an_administrator(app: Flask, people: Cast) -> None:
    admin, second = people.client("admin"), people.client("other_admin")
    sent = {"kind": "interview", "title": "访谈", "nonce": "0" * 32}
    for _ in range(2):  # a double click makes one
        assert post(admin, "/community/stories/new", **sent) == 302
    story = one_story(app)
    assert rules.HINT in story.body_md
    values = {"title": "访谈", "summary": "一句话", "body_md": f"{rules.HINT}没有换掉）"}
    url = f"/community/stories/{story.id}"
    assert post(admin, url, **values, version=1) == 302
    assert step(admin, app, story.id, "submit") == 422
    assert post(admin, url, **{**values, "body_md": "**问：**在吗"}, version=2) == 302
    assert step(admin, app, story.id, "submit") == 302
    assert step(admin, app, story.id, "publish", checked=1) == 422
    assert step(second, app, story.id, "publish", checked=1) == 302
    assert app.test_client().get(f"/community/cases/{story.id}").status_code == 302
    assert "访谈" in app.test_client().get("/community/pieces/?kind=interview").text
    assert people.client("resident").get("/community/stories/").status_code == 403


def test_an_open_need_is_no_case_yet(app: Flask, people: Cast, place: Place) -> None:
    need_id, _ = place.file()
    answer = people.client("cadre").post(f"/community/stories/from-need/{need_id}")
    assert answer.status_code == 422
    assert "还没有办结" in answer.text
    with app.app_context():
        assert db.session.get_one(User, place.cadre_id).may("stories.write")
        assert db.session.scalars(select(Story)).all() == []
