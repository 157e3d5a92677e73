"""Loading packs: the same twice, all or nothing, and nobody's work or progress is lost."""

import shutil
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from sanshi_lms.core.audit import AuditEntry
from sanshi_lms.core.changes import Change
from sanshi_lms.core.db import Model, db, transaction
from sanshi_lms.core.storage import storage
from sanshi_lms.courses import find_course, lessons_of, use_learner_side
from sanshi_lms.courses.actions import course_values, edit_course, withdraw_course
from sanshi_lms.courses.learner import PasserBy
from sanshi_lms.courses.lesson_actions import LessonValues, add_lesson, edit_lesson, lesson_values
from sanshi_lms.courses.models import Attachment, Course, Lesson
from tests.courses.packs import COURSE, READING, TALK, Talk, lift, write_pack

ATTACHED = READING.replace("minutes", "attachments: [files/清单.txt]\nminutes")


def run(app: Flask, content: Path, *options: str) -> tuple[int, str]:
    """Run `courses load`; returns its exit code and everything it printed."""
    result = app.test_cli_runner().invoke(args=["courses", "load", str(content), *options])
    return result.exit_code, result.output


def count(model: type[Model]) -> int:
    """Count the rows of a table."""
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def the_course() -> Course:
    """Return the course of these tests."""
    course = find_course("lift", drafts=True)
    assert course is not None
    return course


def slugs() -> list[str]:
    """Return the lessons' addresses in order."""
    return [lesson.slug for lesson in lessons_of(the_course().id)]


def test_a_pack_becomes_a_course(app: Flask, talk: Talk, tmp_path: Path) -> None:
    files = {**lift(first=ATTACHED), "files/清单.txt": "一、二、三"}
    code, output = run(app, write_pack(tmp_path, files))
    assert code == 0, output
    assert "+ lift  加装电梯（状态改为“已发布”）" in output
    assert "新增 3" in output
    with app.app_context():
        course = the_course()
        assert course.is_published
        assert course.published_at is not None
        assert [row.name for row in course.audiences] == ["社区干部", "居民"]
        first, second = lessons_of(course.id)
        assert (first.position, first.slug, first.kind) == (1, "wishes", "reading")
        assert talk.texts[second.target_id or 0].startswith("双过三分之二")
        (attachment,) = db.session.scalars(select(Attachment))
        assert attachment.filename == "清单.txt"
        assert storage().path(attachment.key).read_text(encoding="utf-8") == "一、二、三"


def test_loading_again_changes_nothing(app: Flask, talk: Talk, tmp_path: Path) -> None:
    content = write_pack(tmp_path, lift())
    run(app, content)
    with app.app_context():
        before = {x.id: (x.slug, x.version, x.updated_at) for x in lessons_of(the_course().id)}
        rows = count(AuditEntry), count(Change)
    code, output = run(app, content)
    assert code == 0
    assert "没有变化 3" in output
    with app.app_context():
        after = {x.id: (x.slug, x.version, x.updated_at) for x in lessons_of(the_course().id)}
        assert after == before
        assert (count(AuditEntry), count(Change)) == rows
    assert len(talk.texts) == 1


def test_a_dry_run_tells_the_same_and_changes_nothing(
    app: Flask, talk: Talk, tmp_path: Path
) -> None:
    content = write_pack(tmp_path, lift())
    code, told = run(app, content, "--dry-run")
    assert code == 0
    assert "试运行，没有改动" in told
    with app.app_context():
        assert count(Course) == 0
    assert talk.texts == {}
    _code, done = run(app, content)
    assert told.splitlines()[:-1] == done.splitlines()[:-1]


def test_a_change_is_made_in_place_and_told(app: Flask, talk: Talk, tmp_path: Path) -> None:
    content = write_pack(tmp_path, lift())
    run(app, content)
    with app.app_context():
        ids = [lesson.id for lesson in lessons_of(the_course().id)]
    changed = READING.replace("先问意愿", "先听意愿").replace("6", "7")
    write_pack(content, {"01-wishes.md": changed, "02-vote.txt": "新的讲稿"})
    _code, output = run(app, content)
    assert "~ wishes  先听意愿（标题、时长）" in output
    assert "~ vote  依法表决（引用的文件）" in output
    with app.app_context():
        first, second = lessons_of(the_course().id)
        assert [first.id, second.id] == ids
        assert (first.title, first.minutes) == ("先听意愿", 7)
        assert talk.texts == {second.target_id: "新的讲稿"}


def test_one_fault_anywhere_changes_nothing(app: Flask, talk: Talk, tmp_path: Path) -> None:
    del talk
    write_pack(tmp_path, lift())
    write_pack(tmp_path, lift(first=READING.replace("6", "0")), slug="renewal")
    code, output = run(app, tmp_path)
    assert code == 1
    assert "courses/renewal/01-wishes.md:4: " in output
    assert "1 处错误，没有做任何改动" in output
    with app.app_context():
        assert count(Course) == 0


def test_a_failure_in_the_middle_changes_nothing(
    app: Flask, talk: Talk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError("disk full")

    monkeypatch.setattr(talk, "pack_load", full)
    code, _output = run(app, write_pack(tmp_path, lift()))
    assert code == 1
    with app.app_context():
        assert count(Course) == 0
        assert count(Lesson) == 0


def test_lessons_move_as_their_numbers_say(app: Flask, talk: Talk, tmp_path: Path) -> None:
    del talk
    content = write_pack(tmp_path, lift())
    run(app, content)
    folder = content / "courses" / "lift"
    (folder / "01-wishes.md").rename(folder / "05-wishes.md")
    write_pack(content, {"03-plan.md": READING.replace("先问意愿", "谈方案")})
    run(app, content)
    with app.app_context():
        assert slugs() == ["vote", "plan", "wishes"]
        assert [x.position for x in lessons_of(the_course().id)] == [1, 2, 3]


def test_the_websites_own_lessons_stay_in_their_place(
    app: Flask, talk: Talk, tmp_path: Path
) -> None:
    del talk
    content = write_pack(tmp_path, lift())
    run(app, content)
    own = LessonValues("local-rules", "本区办法", "reading", None, 5, required=True, body_md="文")
    with app.app_context(), transaction():
        add_lesson(the_course(), own)
    write_pack(content, {"03-plan.md": READING})
    code, _output = run(app, content)
    assert code == 0
    with app.app_context():
        assert slugs() == ["wishes", "vote", "local-rules", "plan"]


def test_what_was_edited_on_the_website_is_spared_and_told(
    app: Flask, talk: Talk, tmp_path: Path
) -> None:
    del talk
    content = write_pack(tmp_path, lift())
    run(app, content)
    with app.app_context(), transaction():
        course = the_course()
        edit_course(course, replace(course_values(course), title="本地标题"), course.version)
        lesson = lessons_of(course.id)[0]
        db.session.refresh(lesson, ["course"])
        edit_lesson(lesson, replace(lesson_values(lesson), title="本地的课"), lesson.version)
    assert "没有变化 3" in run(app, content)[1]
    changed = {"course.yaml": COURSE.replace("0.5", "1"), "01-wishes.md": READING + "\n补充。\n"}
    write_pack(content, changed)
    code, output = run(app, content)
    assert code == 0
    assert "! lift  加装电梯（课程信息在网站上改过" in output
    assert "! wishes  本地的课（在网站上改过" in output
    with app.app_context():
        assert the_course().title == "本地标题"
        assert lessons_of(the_course().id)[0].title == "本地的课"
    run(app, content, "--overwrite")
    with app.app_context():
        assert the_course().title == "加装电梯"
        assert lessons_of(the_course().id)[0].title == "先问意愿"


def test_withdrawing_on_the_website_outlives_a_load(app: Flask, talk: Talk, tmp_path: Path) -> None:
    del talk
    content = write_pack(tmp_path, lift())
    run(app, content)
    with app.app_context(), transaction():
        withdraw_course(the_course())
    write_pack(content, {"01-wishes.md": READING + "\n补充。\n"})
    run(app, content)
    with app.app_context():
        assert the_course().status == "withdrawn"
    write_pack(content, {"course.yaml": COURSE.replace("published", "draft")})
    run(app, content)
    with app.app_context():
        assert the_course().status == "draft"


class Learned(PasserBy):
    """Somebody has learned every lesson."""

    def people_with_records(self, course_id: int | None, lesson_ids: Collection[int]) -> int:
        """Return one person."""
        del course_id, lesson_ids
        return 1


@pytest.mark.parametrize("learned", [False, True])
def test_a_lesson_gone_from_the_pack(
    app: Flask, talk: Talk, tmp_path: Path, *, learned: bool
) -> None:
    del talk
    content = write_pack(tmp_path, lift())
    run(app, content)
    if learned:
        use_learner_side(app, Learned())
    (content / "courses" / "lift" / "02-vote.md").unlink()
    _code, output = run(app, content)
    with app.app_context():
        assert slugs() == (["wishes", "vote"] if learned else ["wishes"])
    assert ("! vote" if learned else "- vote") in output


def test_an_address_made_on_the_website_is_a_conflict(
    app: Flask, talk: Talk, tmp_path: Path
) -> None:
    del talk
    content = write_pack(tmp_path, lift())
    run(app, content)
    own = LessonValues("plan", "本区办法", "reading", None, 5, required=True, body_md="文")
    with app.app_context(), transaction():
        add_lesson(the_course(), own)
    write_pack(content, {"03-plan.md": READING})
    code, output = run(app, content)
    assert code == 1
    assert "courses/lift/03-plan.md:1: 网站上已有同一网址名的课" in output
    with app.app_context():
        assert lessons_of(the_course().id)[2].title == "本区办法"


def test_attachments_follow_the_pack(app: Flask, talk: Talk, tmp_path: Path) -> None:
    del talk
    files = {**lift(first=ATTACHED), "files/清单.txt": "一、二、三"}
    content = write_pack(tmp_path, files)
    run(app, content)
    with app.app_context():
        old = db.session.scalars(select(Attachment)).one().key
    write_pack(content, {"files/清单.txt": "四、五、六"})
    run(app, content)
    with app.app_context():
        (attachment,) = db.session.scalars(select(Attachment))
        assert storage().path(attachment.key).read_text(encoding="utf-8") == "四、五、六"
        assert not storage().exists(old)
    write_pack(content, {"01-wishes.md": READING})
    run(app, content)
    with app.app_context():
        assert count(Attachment) == 0


def test_a_lesson_may_become_another_kind(app: Flask, talk: Talk, tmp_path: Path) -> None:
    content = write_pack(tmp_path, lift())
    run(app, content)
    second = TALK.replace("kind: talk", "kind: reading").replace("talk: 02-vote.txt\n", "")
    write_pack(content, {"02-vote.md": second})
    shutil.move(content / "courses/lift/02-vote.txt", content / "vote.txt")
    code, _output = run(app, content)
    assert code == 0
    assert talk.texts
    with app.app_context():
        lesson = lessons_of(the_course().id)[1]
        assert (lesson.kind, lesson.target_id) == ("reading", None)


def test_search_hears_of_every_load_that_changes_something(
    app: Flask, talk: Talk, tmp_path: Path
) -> None:
    del talk
    run(app, write_pack(tmp_path, lift()))
    with app.app_context():
        touched = {(change.kind, change.ref) for change in db.session.scalars(select(Change))}
        course = the_course()
        expected = {("lesson", x.id) for x in lessons_of(course.id)} | {("course", course.id)}
        assert expected <= touched
