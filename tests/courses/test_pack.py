"""Packs: what is wrong is told with its file, its line and its mend."""

from pathlib import Path

import pytest

from sanshi_lms.courses.kinds import LessonKind
from sanshi_lms.courses.pack import PackReading, read_packs
from sanshi_lms.courses.pack_files import MAX_TEXT_BYTES
from sanshi_lms.courses.reading import Reading
from tests.courses.packs import COURSE, READING, TALK, Talk, lift, write_pack

KINDS: dict[str, LessonKind] = {"reading": Reading(), "talk": Talk()}


def read(content: Path, files: dict[str, str | bytes]) -> PackReading:
    """Write one course and read it back."""
    return read_packs(write_pack(content, files), KINDS)


def test_a_good_pack_is_read(tmp_path: Path) -> None:
    reading = read(tmp_path, lift())
    assert reading.errors == ()
    (course,) = reading.courses
    assert (course.slug, course.title, str(course.credit_hours)) == ("lift", "加装电梯", "0.5")
    assert course.audience == ("社区干部", "居民")
    assert [lesson.slug for lesson in course.lessons] == ["wishes", "vote"]
    assert course.lessons[0].body_md.startswith("第一步")
    reference = course.lessons[1].reference
    assert reference is not None
    assert reference.key == "lift/vote"
    assert reference.line == 5
    assert reference.lesson_stems == {"01-wishes", "02-vote"}


def test_what_windows_editors_write_is_read(tmp_path: Path) -> None:
    windows = b"\xef\xbb\xbf" + READING.replace("\n", "\r\n").encode()
    reading = read(tmp_path, lift(first=windows))
    assert reading.errors == ()
    assert reading.courses[0].lessons[0].title == "先问意愿"


def test_the_fingerprint_follows_what_the_author_wrote(tmp_path: Path) -> None:
    def prints(name: str, **changes: str | bytes) -> list[str]:
        course = read(tmp_path / name, lift(**changes)).courses[0]
        return [course.fingerprint(), *(lesson.fingerprint() for lesson in course.lessons)]

    same, again = prints("a"), prints("b")
    assert same == again
    assert prints("c", talk="别的话\n")[:2] == same[:2]
    assert prints("c", talk="别的话\n")[2] != same[2]
    published_later = prints("d", course=COURSE.replace("published", "draft"))
    assert published_later == same


# What an author may get wrong: the files changed, then "file:line" and words of the mend.
BAD: list[tuple[str, dict[str, str | bytes], str, str]] = [
    (
        "no title",
        {"course": COURSE.replace("title: 加装电梯\n", "")},
        "course.yaml:1",
        "缺少“title”",
    ),
    ("empty title", {"course": COURSE.replace("加装电梯", "")}, "course.yaml:1", "不能空着"),
    (
        "long title",
        {"course": COURSE.replace("加装电梯", "长" * 101)},
        "course.yaml:1",
        "最多 100 字",
    ),
    ("unknown key", {"course": COURSE + "autor: 陈立\n"}, "course.yaml:10", "不认识“autor”"),
    ("key twice", {"course": COURSE + "title: 又一个\n"}, "course.yaml:10", "写了两次"),
    ("audience", {"course": COURSE.replace("居民]", "村民]")}, "course.yaml:5", "不能是“村民”"),
    (
        "audience text",
        {"course": COURSE.replace("[社区干部, 居民]", "居民")},
        "course.yaml:5",
        "写成列表",
    ),
    ("topic", {"course": COURSE.replace("城市更新", "城市改造")}, "course.yaml:6", "城市体检"),
    ("kind", {"course": COURSE.replace("技能培训", "讲座")}, "course.yaml:7", "普及宣讲"),
    ("hours", {"course": COURSE.replace("0.5", "半个")}, "course.yaml:8", "写成数字"),
    ("negative", {"course": COURSE.replace("0.5", "-1")}, "course.yaml:8", "0 到 100"),
    ("status", {"course": COURSE.replace("published", "发布")}, "course.yaml:9", "draft"),
    (
        "full-width colon",
        {"course": COURSE.replace("topic: ", "topic：")},
        "course.yaml:6",
        "全角“：”",
    ),
    ("no space", {"course": COURSE.replace("topic: ", "topic:")}, "course.yaml:6", "缺一个空格"),
    (
        "tab",
        {"course": COURSE.replace("audience: [社区干部, 居民]", "audience:\n\t- 居民")},
        "course.yaml:6",
        "制表符",
    ),
    (
        "colon in text",
        {"course": COURSE.replace("从居民意愿到竣工。", "两步: 问意愿, 再表决")},
        "course.yaml:2",
        "双引号",
    ),
    (
        "alias bomb",
        {"course": "a: &a [x, x]\nb: &b [*a, *a]\ntitle: *b\n"},
        "course.yaml:2",
        "引用",
    ),
    ("deep", {"course": "title: " + "[" * 50 + "]" * 50}, "course.yaml:1", "嵌套太深"),
    ("a list", {"course": "- title\n"}, "course.yaml:1", "逐行写"),
    ("empty file", {"course": ""}, "course.yaml:1", "逐行写"),
    ("gbk", {"course": b"title: a\nsummary: " + "中文".encode("gbk")}, "course.yaml:2", "UTF-8"),
    ("nul", {"course": "title: a\nsummary: \x00b\n"}, "course.yaml:2", "空字符"),
    ("control", {"course": "title: a\nsummary: \x07b\n"}, "course.yaml:2", "不是正确的 YAML"),
    ("huge", {"course": "#" * (MAX_TEXT_BYTES + 1)}, "course.yaml:1", "1 MB"),
    ("no front", {"first": "正文\n"}, "01-wishes.md:1", "“---”"),
    ("front open", {"first": "---\ntitle: a\n"}, "01-wishes.md:3", "结束的“---”"),
    ("lesson kind", {"first": READING.replace("reading", "vedio")}, "01-wishes.md:3", "talk"),
    ("no minutes", {"first": READING.replace("minutes: 6\n", "")}, "01-wishes.md:2", "minutes: 8"),
    ("minutes", {"first": READING.replace("6", "0")}, "01-wishes.md:4", "1 到 600"),
    ("half", {"first": READING.replace("6", "6.5")}, "01-wishes.md:4", "整数"),
    ("no body", {"first": READING.split("第一步")[0]}, "01-wishes.md:6", "没有正文"),
    (
        "no reference",
        {"second": TALK.replace("talk: 02-vote.txt\n", "")},
        "02-vote.md:3",
        "加上一行",
    ),
    ("missing", {"second": TALK.replace("02-vote.txt", "03.txt")}, "02-vote.md:5", "找不到"),
    ("leaving", {"second": TALK.replace("02-vote", "../../02")}, "02-vote.md:5", "只能引用"),
    (
        "absolute",
        {"second": TALK.replace("02-vote.txt", "/etc/passwd")},
        "02-vote.md:5",
        "只能引用",
    ),
    ("windows path", {"second": TALK.replace("02-vote", "files\\02")}, "02-vote.md:5", "“/”"),
    (
        "other's key",
        {"first": READING.replace("minutes", "talk: 02-vote.txt\nminutes")},
        "01-wishes.md:4",
        "不能写“talk”",
    ),
    (
        "attachment gone",
        {"first": READING.replace("minutes", "attachments: [files/a.pdf]\nminutes")},
        "01-wishes.md:4",
        "找不到",
    ),
    (
        "link not attached",
        {"first": READING + "\n请看[清单](files/a.pdf)。\n"},
        "01-wishes.md:8",
        "attachments",
    ),
]


@pytest.mark.parametrize(
    ("changes", "place", "words"), [b[1:] for b in BAD], ids=[b[0] for b in BAD]
)
def test_a_fault_is_told_with_its_line(
    tmp_path: Path, changes: dict[str, str | bytes], place: str, words: str
) -> None:
    reading = read(tmp_path, lift(**changes))
    assert reading.courses == ()
    told = [str(error) for error in reading.errors]
    assert any(t.startswith(f"courses/lift/{place}: ") and words in t for t in told), told


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    course = COURSE.replace("技能培训", "讲座").replace("城市更新", "村")
    reading = read(tmp_path, lift(course=course, first=READING.replace("6", "0")))
    assert [(error.file[-12:], error.line) for error in reading.errors] == [
        ("01-wishes.md", 4),
        ("/course.yaml", 6),
        ("/course.yaml", 7),
    ]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("1-intro.md", "文件名不合规则"),
        ("01-Intro.md", "文件名不合规则"),
        ("简介.md", "文件名不合规则"),
        ("02-other.md", "序号 02 已经被 02-other.md 用了"),
        ("03-wishes.md", "网址名“wishes”已经被 01-wishes.md 用了"),
        ("09-quiz.questions.yaml", "没有一课用到"),
    ],
)
def test_names_of_files(tmp_path: Path, name: str, words: str) -> None:
    reading = read(tmp_path, {**lift(), name: READING})
    assert any(words in error.message for error in reading.errors), reading.errors


def test_a_folder_with_a_bad_name_is_refused(tmp_path: Path) -> None:
    write_pack(tmp_path, lift(), slug="加装电梯")
    (error,) = read_packs(tmp_path, KINDS).errors
    assert error.file == "courses/加装电梯"


def test_links_are_refused_wherever_they_stand(tmp_path: Path) -> None:
    write_pack(tmp_path, lift())
    folder = tmp_path / "courses" / "lift"
    (folder / "02-vote.txt").unlink()
    (folder / "02-vote.txt").symlink_to("/etc/hostname")
    (folder / "03-link.md").symlink_to(folder / "01-wishes.md")
    (tmp_path / "courses" / "other").symlink_to(folder)
    told = {error.file: error.message for error in read_packs(tmp_path, KINDS).errors}
    assert "符号链接" in told["courses/lift/02-vote.md"]
    assert "符号链接" in told["courses/lift/03-link.md"]
    assert "只能放课程文件夹" in told["courses/other"]


def test_an_attachment_through_a_linked_folder_is_refused(tmp_path: Path) -> None:
    first = READING.replace("minutes", "attachments: [files/a.txt]\nminutes")
    write_pack(tmp_path, lift(first=first))
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.txt").write_text("secret", encoding="utf-8")
    (tmp_path / "courses" / "lift" / "files").symlink_to(outside)
    (error,) = read_packs(tmp_path, KINDS).errors
    assert error.line == 4
    assert "符号链接" in error.message


def test_a_folder_without_courses_says_so(tmp_path: Path) -> None:
    assert "没有 courses 文件夹" in read_packs(tmp_path, KINDS).errors[0].message
    (tmp_path / "courses").mkdir()
    assert "还没有课程" in read_packs(tmp_path, KINDS).errors[0].message


def test_a_published_course_needs_a_lesson(tmp_path: Path) -> None:
    (error,) = read(tmp_path, {"course.yaml": COURSE}).errors
    assert "还没有一课" in error.message
    reading = read(tmp_path, {"course.yaml": COURSE.replace("published", "draft")})
    assert reading.errors == ()
