"""Videos in course packs: files and scripts, loaded twice, changed, wrong."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from sanshi_lms.core.db import db
from sanshi_lms.core.jobs import Job
from sanshi_lms.courses import find_lesson
from sanshi_lms.video.models import Video
from sanshi_lms.video.queries import cues_of, find_video
from sanshi_lms.video.studio import BuiltLecture
from tests.video.making import get

Work = Callable[[], int]
SCRIPT = "---\ntitle: 先问意愿\n---\n各位街坊好。\n\n## 三件事\n- 问意愿\n\n先把每一户问到。\n"
SRT = "1\n00:00:01,000 --> 00:00:04,000\n各位街坊，大家好。\n"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A course with one video lesson, still without its video."""
    folder = tmp_path / "content/courses/dianti"
    folder.mkdir(parents=True)
    (folder / "course.yaml").write_text(
        "title: 加装电梯\nsummary: 从意愿到竣工\naudience: [居民]\ntopic: 城市更新\n"
        "kind: 政策解读\nstatus: published\n",
        "utf-8",
    )
    write_lesson(folder, "01-yiyuan.mp4")
    return folder


def write_lesson(folder: Path, video: str) -> None:
    head = f"title: 先问意愿\nkind: video\nminutes: 3\nvideo: {video}"
    (folder / "01-yiyuan.md").write_text(f"---\n{head}\n---\n正文。\n", "utf-8")


def load(app: Flask, folder: Path) -> Result:
    content = str(folder.parents[1])
    return app.test_cli_runner().invoke(args=["courses", "load", content])


def shown(app: Flask) -> Video:
    with app.app_context():
        lesson = find_lesson("dianti", "yiyuan")
        assert lesson is not None
        assert lesson.target_id is not None
        return get(lesson.target_id)


def count(app: Flask, table: type[Video] | type[Job]) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count(table.id))) or 0


def chapters(video: Video) -> list[tuple[float, str]]:
    return [(chapter.start, chapter.title) for chapter in video.chapters]


def test_a_video_file_with_captions_and_chapters_beside_it(
    app: Flask, pack: Path, small_clip: Path, work: Work
) -> None:
    (pack / "01-yiyuan.mp4").write_bytes(small_clip.read_bytes())
    (pack / "01-yiyuan.srt").write_text(SRT, "utf-8")
    (pack / "01-yiyuan.chapters.txt").write_text("00:00 开场\n00:05 意愿\n", "utf-8")
    assert load(app, pack).exit_code == 0
    video = shown(app)
    assert video.title == "先问意愿"
    jobs = count(app, Job)
    assert load(app, pack).exit_code == 0
    assert (count(app, Video), count(app, Job)) == (1, jobs), "loading again changes nothing"
    work()
    with app.app_context():
        assert get(video.id).made_at is not None
        assert chapters(get(video.id)) == [(0, "开场"), (5, "意愿")]
        assert [cue.text for cue in cues_of([video.id])[video.id]] == ["各位街坊，大家好。"]


def test_another_file_under_the_same_name_is_made_anew(
    app: Flask, pack: Path, small_clip: Path, make_clip: Callable[..., Path], work: Work
) -> None:
    (pack / "01-yiyuan.mp4").write_bytes(small_clip.read_bytes())
    load(app, pack)
    work()
    before = shown(app)
    other = make_clip("other.mp4", "-f", "lavfi", "-i", "testsrc=s=320x180:r=25:d=2")
    (pack / "01-yiyuan.mp4").write_bytes(other.read_bytes())
    assert load(app, pack).exit_code == 0
    between = shown(app)
    assert (between.id, between.media_key) == (before.id, before.media_key), "plays meanwhile"
    work()
    after = shown(app)
    assert after.seconds == pytest.approx(2.0, abs=0.1)
    assert after.media_key != before.media_key


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("01-yiyuan.mp4", None, ("01-yiyuan.md:5", "找不到")),
        ("01-yiyuan.mp4", b"text only", ("01-yiyuan.md:5", "文字")),
        ("01-yiyuan.mp4", b"\x89PNG\r\n\x1a\n", ("01-yiyuan.md:5", "图片")),
        ("01-yiyuan.script.md", b"## \xff", ("01-yiyuan.script.md:1", "UTF-8")),
        ("01-yiyuan.script.md", "## 只有标题\n- 要点\n".encode(), ("01-yiyuan.script.md:1", "")),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_changes_nothing(
    app: Flask, pack: Path, name: str, data: bytes | None, words: tuple[str, str]
) -> None:
    write_lesson(pack, name)
    if data is not None:
        (pack / name).write_bytes(data)
    result = load(app, pack)
    assert result.exit_code != 0
    assert all(word in result.output for word in words), result.output
    assert count(app, Video) == 0


def test_wrong_captions_and_chapters_are_told(app: Flask, pack: Path, small_clip: Path) -> None:
    (pack / "01-yiyuan.mp4").write_bytes(small_clip.read_bytes())
    (pack / "01-yiyuan.vtt").write_text("WEBVTT\n\n00:09.000 --> 00:01.000\nx\n", "utf-8")
    result = load(app, pack)
    assert result.exit_code != 0
    assert "01-yiyuan.vtt" in result.output
    (pack / "01-yiyuan.vtt").write_text("WEBVTT\n\n00:01.000 --> 00:09.000\nx\n", "utf-8")
    (pack / "01-yiyuan.chapters.txt").write_text("00:00 开场\n意愿\n", "utf-8")
    result = load(app, pack)
    assert result.exit_code != 0
    assert "01-yiyuan.chapters.txt" in result.output
    assert "开头没有时间" in result.output


def test_a_script_is_built_by_the_worker_with_its_captions(
    app: Flask, pack: Path, small_clip: Path, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The studio itself has tests of its own; here its product is the small clip."""
    built: list[str] = []

    def build(script: Path, folder: Path, ffmpeg: str) -> BuiltLecture:
        built.append(script.read_text("utf-8"))
        captions = script.with_name("captions.vtt")
        captions.write_text("WEBVTT\n\n00:01.000 --> 00:03.000\n各位街坊好。\n", "utf-8")
        return BuiltLecture(small_clip, captions, folder / ffmpeg, 9.0, ((0, "题"), (2, "问")))

    monkeypatch.setattr("sanshi_lms.video.lectures.build_lecture", build)
    write_lesson(pack, "01-yiyuan.script.md")
    (pack / "01-yiyuan.script.md").write_text(SCRIPT, "utf-8")
    assert load(app, pack).exit_code == 0
    assert built == [], "building is the worker's work"
    assert work() >= 1
    video = shown(app)
    assert built == [SCRIPT]
    assert video.seconds == pytest.approx(9.0, abs=0.1)
    with app.app_context():
        assert [cue.text for cue in cues_of([video.id])[video.id]] == ["各位街坊好。"]
        assert chapters(get(video.id)) == [(0, "题"), (2, "问")]
    assert load(app, pack).exit_code == 0
    work()
    assert built == [SCRIPT]
    (pack / "01-yiyuan.script.md").write_text(SCRIPT + "再见。\n", "utf-8")
    assert load(app, pack).exit_code == 0
    work()
    assert len(built) == 2
    assert shown(app).id == video.id


def test_a_script_that_cannot_be_built_fails_in_words(
    app: Flask, pack: Path, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build(*_: object) -> BuiltLecture:
        raise OSError("disk on fire")

    monkeypatch.setattr("sanshi_lms.video.lectures.build_lecture", build)
    write_lesson(pack, "01-yiyuan.script.md")
    (pack / "01-yiyuan.script.md").write_text(SCRIPT, "utf-8")
    load(app, pack)
    work()
    with app.app_context():
        job = db.session.scalars(select(Job).where(Job.kind == "video.transcode")).one()
        assert "重试" in (job.message or "")
        assert "disk on fire" in (job.detail or "")
        found = find_video(shown(app).id)
        assert found is not None
        assert found.made_at is None
