"""Captions edited in the page: checked anew, told as changes, never over somebody else's work."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from sanshi_lms.core.audit import AuditEntry
from sanshi_lms.core.changes import Change
from sanshi_lms.core.db import db, transaction
from sanshi_lms.video.captions import CueText
from sanshi_lms.video.captions.actions import set_captions, set_chapters
from sanshi_lms.video.captions.chapters import ChapterText
from sanshi_lms.video.captions.editing import Changes, changes, read_rows
from sanshi_lms.video.models import CaptionCue
from sanshi_lms.video.queries import cues_of
from tests.people import Cast
from tests.video.making import CUES, WHEN, caption, get, get_within, show_in_course, unmade

Row = list[Any]
ROWS: list[Row] = [[cue.start, cue.end, cue.text] for cue in CUES]


@pytest.mark.parametrize(
    ("rows", "cue", "word"),
    [
        (None, 1, "看不懂"),
        ([[0, 1]], 1, "不完整"),
        ([[0, 1, "好"], ["0", 1, "x"]], 2, "填数字"),
        ([[0, True, "x"]], 1, "填数字"),
        ([[float("nan"), 1, "x"]], 1, "填数字"),
        ([[0, 10**400, "x"]], 1, "填数字"),
        ([[0, 1, " \u202e\n"]], 1, "没有文字"),
        ([[2, 1, "x"]], 1, "晚于"),
        ([[-1, 1, "x"]], 1, "负数"),
        ([[0, 1, "x" * 501]], 1, "太长"),
        ([[0, 1e6, "x"]], 1, "24 小时"),
        ([[0, 0.0004, "x"]], 1, "晚于"),
    ],
)
def test_what_the_editor_sends_is_checked_anew(rows: object, cue: int, word: str) -> None:
    _, faults = read_rows(rows)
    assert [fault.cue for fault in faults] == [cue]
    assert word in faults[0].message


def test_too_many_are_refused_before_they_are_read() -> None:
    assert "太多" in read_rows([[0, 1, "x"]] * 20_001)[1][0].message


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=12,
)


@settings(max_examples=40)
@given(anything)
def test_any_json_gives_cues_or_sentences(rows: object) -> None:
    cues, faults = read_rows(rows)
    assert faults or len(cues) <= len(rows if isinstance(rows, list) else [])


cue_lists = st.lists(
    st.builds(
        CueText,
        st.integers(0, 3).map(float),
        st.integers(4, 6).map(float),
        st.sampled_from("甲乙丙"),
    ),
    max_size=6,
)


@settings(max_examples=40)
@given(cue_lists, cue_lists)
def test_changes_add_up(before: Sequence[CueText], after: Sequence[CueText]) -> None:
    found = changes(before, after)
    assert len(after) - len(before) == found.added - found.removed
    assert bool(found) == (Counter(before) != Counter(after))
    assert changes(after, before) == Changes(
        words=found.words, times=found.times, added=found.removed, removed=found.added
    )


def test_changes_are_told_in_words() -> None:
    a, b, c = CueText(0, 1, "一"), CueText(1, 2, "二"), CueText(2, 3, "三")
    after = [CueText(0, 1, "壹"), CueText(1.5, 2, "二"), CueText(5, 6, "五"), CueText(7, 8, "七")]
    assert str(changes([a, b, c], after)) == "改文字 1 句、改时间 1 句、新增 2 句、删除 1 句"


@pytest.fixture
def video_id(app: Flask) -> int:
    """A video that is still to be made, with two captions."""
    number = unmade(app)
    caption(app, number)
    return number


@pytest.fixture
def author(people: Cast) -> FlaskClient:
    return people.client("author")


def api(video_id: int, language: str = "zh") -> str:
    return f"/api/v1/video/{video_id}/captions/{language}"


def save(
    client: FlaskClient, video_id: int, version: object, rows: object, language: str = "zh"
) -> Any:
    return client.post(api(video_id, language), json={"version": version, "cues": rows})


def stored(app: Flask, video_id: int, language: str = "zh") -> list[Row]:
    with app.app_context():
        ids = [track.id for track in get(video_id).captions if track.language == language]
        query = select(CaptionCue).where(CaptionCue.track_id.in_(ids))
        rows = db.session.scalars(query.order_by(CaptionCue.position))
        return [[cue.start, cue.end, cue.text] for cue in rows]


def test_saved_captions_reach_player_and_search(
    app: Flask, author: FlaskClient, video_id: int
) -> None:
    show_in_course(app, video_id, published=True)
    assert author.get(api(video_id)).json == {"version": 1, "unchecked": False, "cues": ROWS}
    with app.app_context(), transaction() as session:
        session.query(Change).delete()
    rows = [ROWS[1], [0, 2.5, " 各位邻居，\r\n大家好。 "]]
    answer = save(author, video_id, 1, rows)
    assert answer.json == {"version": 2, "unchecked": False, "changes": "改文字 1 句"}
    expected = [[0, 2.5, "各位邻居，\n大家好。"], ROWS[1]]
    assert stored(app, video_id) == expected
    with app.app_context():
        assert [cue.text for cue in cues_of([video_id])[video_id]] == [row[2] for row in expected]
        assert db.session.scalars(select(Change.kind)).all() == ["lesson"], "search is told"
        noted = db.session.scalars(
            select(AuditEntry).where(AuditEntry.verb == "video.captions_edited")
        )
        assert "改文字 1 句" in (noted.one().after or "")


def test_of_two_who_edit_at_once_the_second_is_told_and_overwrites_nothing(
    app: Flask, people: Cast, author: FlaskClient, video_id: int
) -> None:
    assert save(author, video_id, 1, [[0, 1, "我的"]]).status_code == 200
    late = save(people.client("admin"), video_id, 1, [[0, 1, "他的"]])
    assert late.status_code == 409
    assert "讲师陈立 在 " in late.json["error"]["message"]
    assert "没有丢" in late.json["error"]["message"]
    assert stored(app, video_id) == [[0, 1, "我的"]]


def test_saving_what_is_there_already_changes_nothing(author: FlaskClient, video_id: int) -> None:
    assert save(author, video_id, 1, ROWS).json["version"] == 1


def test_captions_begun_by_hand(app: Flask, author: FlaskClient, video_id: int) -> None:
    none_yet = author.get(api(video_id, "en")).json
    assert none_yet == {"version": 0, "unchecked": False, "cues": []}
    assert save(author, video_id, 0, [[0, 1, "Hello"]], "en").json["version"] == 1
    assert save(author, video_id, 0, [[0, 1, "Hi"]], "en").status_code == 409
    assert stored(app, video_id, "en") == [[0, 1, "Hello"]]
    with app.app_context():
        assert [t.is_default for t in get(video_id).captions] == [True, False]


WRONG: list[tuple[object, int]] = [
    ({"version": 1, "cues": [[2, 1, "x"], [3, 1, "y"]]}, 422),
    ({"version": 1, "cues": "x"}, 422),
    ({"version": True, "cues": []}, 400),
    ({"version": -1, "cues": []}, 400),
    ({"cues": []}, 400),
    ([], 400),
    (None, 400),
]


def test_nothing_wrong_is_kept(app: Flask, author: FlaskClient, video_id: int) -> None:
    for body, status in WRONG:
        answer = author.post(api(video_id), json=body)
        assert answer.status_code == status, body
        assert answer.json is not None
        if status == 422:
            assert answer.json["faults"][0]["cue"] == 1
            assert answer.json["error"]["message"].startswith("第 1 句：")
    assert stored(app, video_id) == ROWS


def test_strangers_neither_read_nor_write(people: Cast, client: FlaskClient, video_id: int) -> None:
    page = f"/admin/video/{video_id}"
    closed = ["/captions/zh/edit", "/captions/edit?language=zh", "/captions/zh.srt", "/chapters"]
    for caller in (client, people.client("cadre"), people.client("pro")):
        for path in closed:
            assert caller.get(page + path).status_code in {302, 401, 403}
        assert caller.get(api(video_id)).status_code in {401, 403}
        assert save(caller, video_id, 1, []).status_code in {401, 403}
        for path in ("/captions/zh/default", "/captions/zh/checked", "/chapters"):
            assert caller.post(page + path).status_code in {302, 401, 403}


def test_downloads(author: FlaskClient, video_id: int) -> None:
    srt = author.get(f"/admin/video/{video_id}/captions/zh.srt")
    assert srt.text.startswith("1\n00:00:00,000 --> 00:00:03,000\n各位街坊，大家好。\n")
    assert f"{video_id}-zh.srt" in srt.headers["Content-Disposition"]
    vtt = author.get(f"/admin/video/{video_id}/captions/zh.vtt")
    assert (vtt.mimetype, vtt.text[:6]) == ("text/vtt", "WEBVTT")
    for missing in ("en.srt", "zh.txt", "xx.srt"):
        assert author.get(f"/admin/video/{video_id}/captions/{missing}").status_code == 404


def test_one_track_is_the_default(app: Flask, author: FlaskClient, video_id: int) -> None:
    page = f"/admin/video/{video_id}"
    save(author, video_id, 0, [[0, 1, "Hello"]], "en")
    assert author.post(f"{page}/captions/en/default").status_code == 302
    with app.app_context():
        first, second = get(video_id).captions
        assert (first.language, first.is_default, second.is_default) == ("en", True, False)
        assert [cue.text for cue in cues_of([video_id])[video_id]] == ["Hello"]
        number = first.id
    author.post(f"{page}/captions/{number}/delete")
    with app.app_context():
        (left,) = get(video_id).captions
        assert (left.language, left.is_default) == ("zh", True)
    assert author.post(f"{page}/captions/en/default").status_code == 404


def test_a_machine_is_marked_until_somebody_has_read_it(
    app: Flask, author: FlaskClient, video_id: int
) -> None:
    with app.app_context(), transaction():
        set_captions(
            get_within(video_id),
            language="zh",
            cues=CUES[:1],
            sha256="m",
            moment=WHEN,
            machine_made=True,
        )
    page = f"/admin/video/{video_id}"
    assert listed(author) == {"read": False, "machine": True, "none": False, "x": True}
    assert "机器生成，未经核对" in author.get(page).text
    assert "已核对" in author.get(f"{page}/captions/zh/edit").text
    save(author, video_id, 2, ROWS)
    with app.app_context():
        assert get(video_id).captions[0].shown_label == "中文（简体）（机器生成，未经核对）"
    stale = author.post(f"{page}/captions/zh/checked", data={"version": "2"})
    assert stale.status_code == 409
    assert author.post(f"{page}/captions/zh/checked", data={"version": "3"}).status_code == 302
    with app.app_context():
        assert get(video_id).captions[0].shown_label == "中文（简体）"
    assert "机器生成，已核对" in author.get(page).text
    assert listed(author) == {"read": True, "machine": False, "none": False, "x": True}


def listed(author: FlaskClient) -> dict[str, bool]:
    """Whether the list shows the video when it is asked for these captions."""
    pages = {name: f"/admin/video/?captions={name}" for name in ("read", "machine", "none", "x")}
    return {name: ">讲课</a>" in author.get(page).text for name, page in pages.items()}


def test_the_same_file_of_a_pack_never_undoes_an_edit(
    app: Flask, author: FlaskClient, video_id: int
) -> None:
    save(author, video_id, 1, [[0, 1, "改过"]])
    caption(app, video_id)
    assert stored(app, video_id) == [[0, 1, "改过"]]
    with app.app_context(), transaction():
        track = set_captions(
            get_within(video_id), language="zh", cues=CUES, sha256="y", moment=WHEN
        )
        assert track.version == 3
    assert stored(app, video_id) == ROWS


def test_chapters_are_typed_shown_and_kept(app: Flask, author: FlaskClient, video_id: int) -> None:
    url = f"/admin/video/{video_id}/chapters"

    def seen() -> str:
        return author.get(url).text.partition('name="seen" value="')[2].partition('"')[0]

    wrong = author.post(url, data={"text": "00:00 开场\n三分钟 意愿", "seen": seen()})
    assert (wrong.status_code, "第 2 行" in wrong.text, "三分钟 意愿" in wrong.text) == (
        422,
        True,
        True,
    )
    old = seen()
    right = author.post(url, data={"text": "00:00 开场\n03:00 意愿", "seen": old})
    assert right.status_code == 302
    assert "意愿" in author.get(f"/admin/video/{video_id}").text
    late = author.post(url, data={"text": "00:00 别的", "seen": old})
    assert (late.status_code, "03:00 意愿" in late.text, "00:00 别的" in late.text) == (
        409,
        True,
        True,
    )
    assert author.post(url, data={"text": "", "seen": seen()}).status_code == 302
    with app.app_context():
        assert get(video_id).chapters == []


def test_the_same_chapters_of_a_pack_never_undo_an_edit(app: Flask, video_id: int) -> None:
    mine, theirs = [ChapterText(0, "我的")], [ChapterText(0, "包里的")]
    for chapters, sha256, title in (
        (theirs, "a", "包里的"),
        (mine, None, "我的"),
        (theirs, "a", "我的"),
        (theirs, "b", "包里的"),
    ):
        with app.app_context(), transaction():
            set_chapters(get_within(video_id), chapters, sha256)
        with app.app_context():
            assert [chapter.title for chapter in get(video_id).chapters] == [title]
