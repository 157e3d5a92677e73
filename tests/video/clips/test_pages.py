"""Pages of clips: asking, watching, taking away; strangers cannot; the edges."""

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from sanshi_lms.core.audit import AuditEntry
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.jobs import find_job
from sanshi_lms.core.storage import storage
from sanshi_lms.video import actions as video_actions
from sanshi_lms.video import clips_of
from sanshi_lms.video.clips.models import VideoClip
from sanshi_lms.video.clips.queries import MAKE
from sanshi_lms.video.clips.rules import MOST_CLIPS
from sanshi_lms.video.models import Video
from tests.people import Cast
from tests.video.clips.making import ask, row
from tests.video.making import get_within, show_in_course

Work = Callable[[], int]
FORM: dict[str, Any] = {
    "nonce": "a" * 32, "first": "0", "last": "end", "start": "", "end": "", "shape": "portrait",
    "purpose": "short", "title": "先问意愿", "topics": "#三师进社区",
}  # fmt: skip


def count(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count(VideoClip.id))) or 0


def only(app: Flask) -> VideoClip:
    with app.app_context():
        return db.session.scalars(select(VideoClip)).one()


def test_the_form_is_filled_in_from_lesson_and_course(
    app: Flask, people: Cast, lecture: int
) -> None:
    client = people.client("author")
    page = client.get(f"/admin/video/{lecture}/clips").text
    assert 'value="先问意愿，再谈方案"' in page, "the video's own title while no lesson shows it"
    show_in_course(app, lecture, published=True)
    page = client.get(f"/admin/video/{lecture}/clips").text
    assert 'value="先问意愿"' in page
    assert 'value="#三师进社区 #城市更新 #加装电梯"' in page
    assert "各位街坊，大家好。" in page
    assert re.search(r"短片：10 MB 以内，可用接口上传（最长 3 分 \d+ 秒）", page)
    assert f"/admin/video/{lecture}/clips" in client.get(f"/admin/video/{lecture}").text


def test_a_stretch_by_lines_needs_no_script(app: Flask, people: Cast, lecture: int) -> None:
    client = people.client("author")
    answer = client.post(
        f"/admin/video/{lecture}/clips", data={**FORM, "first": "3.000", "last": "6.000"}
    )
    assert answer.status_code == 302
    clip = only(app)
    assert (clip.start, clip.end, clip.topics) == (3.0, 6.0, "#三师进社区")
    with app.app_context():
        assert find_job(MAKE, str(clip.id)) is not None
        note = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "video.clip")).one()
        assert note.subject == f"video:{lecture}"
        assert "00:03–00:06" in (note.after or "")
    again = client.post(
        f"/admin/video/{lecture}/clips", data={**FORM, "first": "3.000", "last": "6.000"}
    )
    assert again.status_code == 302
    assert count(app) == 1, "one form is one clip"
    assert "排队等着做" in client.get(f"/admin/video/{lecture}/clips").text
    told = people.client("admin").get("/admin/audit").text
    assert "制作视频号素材" in told
    assert "竖屏 9:16" in told


def test_a_typed_time_goes_before_the_lists(app: Flask, people: Cast, lecture: int) -> None:
    data = {**FORM, "start": "００：０２．５", "end": "0:07"}
    answer = people.client("author").post(f"/admin/video/{lecture}/clips", data=data)
    assert answer.status_code == 302
    assert (only(app).start, only(app).end) == (2.5, 7.0)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"start": "2 点"}, "时间看不懂"),
        ({"start": "0:08", "end": "0:04"}, "结束要晚于开始"),
        ({"start": "0:08", "end": "0:09"}, "至少要 2 秒"),
        ({"end": "1:02:03"}, "这个视频只有"),
        ({"title": "字" * 17}, "现在有 17 个"),
        ({"title": "\u200b"}, "请写标题"),
        ({"topics": " ".join("一二三四五六七八九")}, "话题最多 8 个"),
        ({"shape": "round"}, "竖屏"),
        ({"first": "77"}, "请从列出的选项里选"),
    ],
)
def test_each_wrong_field_is_told_and_what_was_typed_stays(
    app: Flask, people: Cast, lecture: int, changed: dict[str, str], told: str
) -> None:
    data = {**FORM, "topics": "#我写的话题", **changed}
    answer = people.client("author").post(f"/admin/video/{lecture}/clips", data=data)
    assert answer.status_code == 422
    assert told in answer.text
    assert "#我写的话题" in answer.text or "topics" in changed
    assert count(app) == 0


def test_a_stretch_too_long_for_its_purpose_is_told_how_long(
    app: Flask, people: Cast, lecture: int
) -> None:
    with app.app_context(), transaction():
        db.session.get_one(Video, lecture).seconds = 900.0
    client = people.client("author")
    data = {**FORM}
    answer = client.post(f"/admin/video/{lecture}/clips", data=data)
    assert answer.status_code == 422
    assert re.search(r"选了 15 分钟，这种用途最长 3 分 \d+ 秒", answer.text)
    data["purpose"] = "whole"
    assert client.post(f"/admin/video/{lecture}/clips", data=data).status_code == 302


def test_files_are_taken_away_under_chinese_names(
    app: Flask, people: Cast, film: int, work: Work
) -> None:
    number = ask(app, people, film, title="先问：意愿?")
    client = people.client("author")
    base = f"/admin/video/{film}/clips/{number}"
    for name in ("clip.mp4", "cover.jpg", "kit.zip"):
        assert client.get(f"{base}/{name}").status_code == 404, "nothing is there yet"
    work()
    page = client.get(f"/admin/video/{film}/clips").text
    assert "做好了" in page
    assert "720×1280" in page
    whole = client.get(f"{base}/clip.mp4")
    assert whole.mimetype == "video/mp4"
    assert "先问：意愿（竖屏）.mp4" in unquote(whole.headers["Content-Disposition"])
    shown, saved = client.get(f"{base}/cover.jpg"), client.get(f"{base}/cover.jpg?save=1")
    assert "Content-Disposition" not in shown.headers or "inline" in str(shown.headers)
    assert "先问：意愿（竖屏）封面.jpg" in unquote(saved.headers["Content-Disposition"])
    kit = client.get(f"{base}/kit.zip")
    assert "先问：意愿（竖屏）.zip" in unquote(kit.headers["Content-Disposition"])
    with zipfile.ZipFile(io.BytesIO(kit.data)) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == [
            "先问：意愿（竖屏）.mp4",
            "先问：意愿（竖屏）封面.jpg",
            "先问：意愿（竖屏）标题和话题.txt",
        ]
        assert archive.read("先问：意愿（竖屏）.mp4") == whole.data
        text = archive.read("先问：意愿（竖屏）标题和话题.txt").decode("utf-8-sig")
        assert text == "先问：意愿?\r\n#三师进社区 #城市更新\r\n"
    for answer in (whole, shown, saved, kit):
        answer.close()
    with app.test_request_context():
        (offered,) = clips_of(film)
        assert (offered.title, offered.shape, offered.url) == (
            "先问：意愿?", "portrait", f"{base}/clip.mp4",
        )  # fmt: skip


def test_a_clip_of_another_video_is_not_found(
    app: Flask, people: Cast, film: int, lecture: int, work: Work
) -> None:
    number = ask(app, people, film)
    work()
    client = people.client("author")
    base = f"/admin/video/{lecture}/clips/{number}"
    for name in ("clip.mp4", "cover.jpg", "kit.zip"):
        assert client.get(f"{base}/{name}").status_code == 404
    for verb in ("delete", "retry"):
        assert client.post(f"{base}/{verb}").status_code == 404
    assert count(app) == 1


@pytest.mark.parametrize("part", ["cadre", "pro", "resident", None])
def test_strangers_see_and_change_nothing(
    app: Flask, people: Cast, client: FlaskClient, lecture: int, part: str | None
) -> None:
    number = ask(app, people, lecture)
    caller = people.client(part) if part else client
    base = f"/admin/video/{lecture}/clips"
    for path in ("", f"/{number}/clip.mp4", f"/{number}/cover.jpg", f"/{number}/kit.zip"):
        assert caller.get(base + path).status_code in {302, 401, 403}, path
    for path in ("", f"/{number}/retry", f"/{number}/delete"):
        assert caller.post(base + path, data=FORM).status_code in {302, 401, 403}, path
    assert count(app) == 1


def test_a_clip_is_removed_with_its_note(app: Flask, people: Cast, lecture: int) -> None:
    number = ask(app, people, lecture)
    client = people.client("author")
    answer = client.post(f"/admin/video/{lecture}/clips/{number}/delete")
    assert answer.status_code == 302
    assert count(app) == 0
    assert "删除视频号素材" in people.client("admin").get("/admin/audit").text


def test_nothing_to_retry_is_told(app: Flask, people: Cast, lecture: int) -> None:
    number = ask(app, people, lecture)
    answer = people.client("author").post(
        f"/admin/video/{lecture}/clips/{number}/retry", follow_redirects=True
    )
    assert "正在做，或者已经做好了" in answer.text


def test_what_failed_is_told_and_made_again(
    app: Flask, people: Cast, film: int, work: Work
) -> None:
    number = ask(app, people, film)
    with app.app_context(), transaction():
        video = db.session.get_one(Video, film)
        kept, video.media_key, video.made_at = video.media_key, None, None
        made_at = video.created_at
    work()
    client = people.client("author")
    page = client.get(f"/admin/video/{film}/clips").text
    assert "没有成功" in page
    assert "视频还没有转码好" in page
    with app.app_context(), transaction():
        video = db.session.get_one(Video, film)
        video.media_key, video.made_at = kept, made_at
    assert client.post(f"/admin/video/{film}/clips/{number}/retry").status_code == 302
    work()
    assert "做好了" in client.get(f"/admin/video/{film}/clips").text
    told = people.client("admin").get("/admin/audit").text
    assert "重新制作视频号素材" in told


def test_a_closed_video_offers_no_clips(app: Flask, people: Cast, lecture: int) -> None:
    with app.app_context(), transaction():
        db.session.get_one(Video, lecture).signed_in_only = True
    client = people.client("author")
    page = client.get(f"/admin/video/{lecture}/clips").text
    assert "仅限登录人员观看" in page
    assert "开始制作" not in page
    data = {**FORM}
    assert client.post(f"/admin/video/{lecture}/clips", data=data).status_code == 422
    assert count(app) == 0


def test_a_video_holds_so_many_clips(app: Flask, people: Cast, lecture: int) -> None:
    for _ in range(MOST_CLIPS):
        ask(app, people, lecture)
    data = {**FORM}
    answer = people.client("author").post(f"/admin/video/{lecture}/clips", data=data)
    assert answer.status_code == 422
    assert f"最多留 {MOST_CLIPS} 个" in answer.text


def test_a_video_that_is_deleted_takes_its_clips_along(
    app: Flask, people: Cast, film: int, work: Work
) -> None:
    made = ask(app, people, film)
    work()
    waiting = ask(app, people, film)
    with app.app_context():
        folder = row(made).folder
        assert storage().exists(folder)
        with transaction():
            video_actions.remove(get_within(film))
        assert find_job(MAKE, str(waiting)) is None
        assert not storage().exists(folder)
    assert count(app) == 0
