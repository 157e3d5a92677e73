"""Course packs as authors write them: parsed and checked, nothing changed.

    content/courses/<slug>/course.yaml      about the course
    content/courses/<slug>/NN-<slug>.md     a lesson: YAML front matter, then Markdown
    content/courses/<slug>/files/…          attachments

`NN` orders the lessons; the word behind it is the lesson's address, so reordering breaks no link.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from sanshi_lms.courses import rules
from sanshi_lms.courses.kinds import LessonKind
from sanshi_lms.courses.pack_files import PackRoot
from sanshi_lms.courses.pack_lesson import LessonFile, LessonReader, PackLesson, hash_values
from sanshi_lms.courses.pack_yaml import Faults, PackError, YamlMap, read_map

COURSE_KEYS = (
    "title", "summary", "description", "audience", "topic", "kind", "credit_hours", "category",
    "in_order", "season", "issue",
    "status",
)  # fmt: skip

_LESSON_FILE = re.compile(r"(\d{2})-([a-z0-9-]+)\.md")
_COMPANION = re.compile(r"\d{2}-[a-z0-9-]+\.(?:script\.md|questions\.yaml)")


@dataclass(frozen=True)
class PackCourse:
    """One course of a pack with its lessons in order."""

    slug: str
    title: str
    summary: str
    description_md: str
    audience: tuple[str, ...]
    topic: str
    kind: str
    credit_hours: Decimal
    category: str
    in_order: bool
    season: int
    issue: int
    status: rules.Status
    lessons: tuple[PackLesson, ...]
    file: str

    def fingerprint(self) -> str:
        """Return a hash over what course.yaml says, apart from the status."""
        texts = [self.title, self.summary, self.description_md, self.topic, self.kind]
        values: list[object] = [*texts, list(self.audience), str(self.credit_hours.normalize())]
        # The usual category adds nothing: packs that were loaded before it have the same hash.
        usual = self.category == rules.CATEGORY
        more = [] if usual else [self.category]
        return hash_values(
            [*values, *more, *(["in_order"] if self.in_order else []), *self._place()]
        )

    def _place(self) -> list[object]:
        return ["season", self.season, self.issue] if self.season or self.issue else []


@dataclass(frozen=True)
class PackReading:
    """What was read. When `errors` is not empty, `courses` must not be used."""

    courses: tuple[PackCourse, ...]
    errors: tuple[PackError, ...]


def read_packs(content: Path, kinds: Mapping[str, LessonKind]) -> PackReading:
    """Read and check every course below `content`/courses."""
    if not (content / "courses").is_dir():
        missing = PackError("courses", 1, f"{content} 里没有 courses 文件夹，请检查路径。")
        return PackReading((), (missing,))
    root = PackRoot(content.resolve())
    courses, errors = [], []
    for folder in sorted((root.path / "courses").iterdir()):
        if folder.name.startswith("."):
            continue
        reader = _CourseReader(root, folder, kinds)
        course = reader.read()
        errors.extend(reader.errors)
        if course:
            courses.append(course)
    if not courses and not errors:
        errors.append(PackError("courses", 1, "courses 文件夹里还没有课程。"))
    return PackReading(tuple(courses), tuple(sorted(errors)))


class _CourseReader:
    """Reads one course folder, collecting every fault in it."""

    def __init__(self, root: PackRoot, folder: Path, kinds: Mapping[str, LessonKind]) -> None:
        self.root, self.folder, self.kinds = root, folder, kinds
        self.errors: list[PackError] = []

    def read(self) -> PackCourse | None:
        """Return the course, or None when its faults keep it from being built."""
        name = self.root.name(self.folder)
        if self.folder.is_symlink() or not self.folder.is_dir():
            self.errors.append(PackError(name, 1, "courses 里只能放课程文件夹，每门课一个。"))
            return None
        if problem := rules.slug_problem(self.folder.name):
            self.errors.append(PackError(name, 1, f"文件夹名就是网址名。{problem}"))
        head = self._head()
        lessons = self._lessons()
        if not self.errors and head and head.status is rules.Status.PUBLISHED and not lessons:
            self.errors.append(PackError(head.file, 1, "状态是 published，但还没有一课。"))
        if head is None or self.errors:
            return None
        return replace(head, lessons=tuple(lessons))

    def _head(self) -> PackCourse | None:
        path = self.folder / "course.yaml"
        faults = Faults(self.root.name(path))
        text = self.root.read_text(path, faults)
        values = read_map(text, COURSE_KEYS, faults) if text is not None else None
        course = self._course(values, faults.file) if values else None
        self.errors.extend(faults.found)
        return course

    def _course(self, values: YamlMap, file: str) -> PackCourse:
        values.refuse_unknown(COURSE_KEYS)
        audience = values.texts("audience")
        for line, word in audience:
            if word not in rules.AUDIENCES:
                choices = "、".join(rules.AUDIENCES)
                values.fault_at(line, f"“audience”不能是“{word}”，请从这些里选：{choices}。")
        if not audience:
            values.fault("audience", "请写明适合谁学，例如“audience: [社区干部, 居民]”。")
        hours = values.number("credit_hours", Decimal(0)) or Decimal(0)
        if problem := rules.credit_problem(hours):
            values.fault("credit_hours", problem)
        season, issue = values.whole("season", 0) or 0, values.whole("issue", 0) or 0
        if problem := rules.season_problem(season, issue):
            values.fault("season" if "season" in values else "issue", problem)
        status = values.choice("status", tuple(rules.Status), rules.Status.DRAFT.value)
        return PackCourse(
            slug=self.folder.name,
            title=values.text("title", longest=rules.MAX_TITLE),
            summary=values.text("summary", longest=rules.MAX_SUMMARY),
            description_md=values.text("description", longest=rules.MAX_MARKDOWN, required=False),
            audience=tuple(dict.fromkeys(word for _line, word in audience)),
            topic=values.choice("topic", rules.TOPICS),
            kind=values.choice("kind", rules.KINDS),
            credit_hours=hours,
            category=values.choice("category", rules.CATEGORIES, rules.CATEGORY),
            in_order=values.flag("in_order", default=False),
            season=season,
            issue=issue,
            status=rules.Status(status),
            lessons=(),
            file=file,
        )

    def _lessons(self) -> list[PackLesson]:
        found = []
        for path in sorted(self.folder.iterdir()):
            if match := _LESSON_FILE.fullmatch(path.name):
                found.append(LessonFile(path, int(match[1]), match[2]))
            elif path.suffix in {".md", ".yaml", ".yml"} and not _known(path.name):
                hint = "课文件要叫“两位数字-网址名.md”，例如 01-intro.md。"
                self._fault(path, f"文件名不合规则：{hint}")
        self._refuse_twins(found)
        stems = frozenset(file.path.stem for file in found)
        reader = LessonReader(self.root, self.folder, self.kinds, stems)
        lessons = [lesson for file in found if (lesson := reader.read(file))]
        self.errors.extend(reader.errors)
        self._refuse_forgotten_questions(lessons)
        return lessons

    def _refuse_twins(self, found: list[LessonFile]) -> None:
        numbers: dict[int, str] = {}
        slugs: dict[str, str] = {}
        for file in found:
            if file.number in numbers:
                other = numbers[file.number]
                self._fault(file.path, f"序号 {file.number:02} 已经被 {other} 用了，请换一个。")
            if file.slug in slugs:
                other = slugs[file.slug]
                self._fault(file.path, f"网址名“{file.slug}”已经被 {other} 用了，请换一个。")
            numbers.setdefault(file.number, file.path.name)
            slugs.setdefault(file.slug, file.path.name)

    def _refuse_forgotten_questions(self, lessons: list[PackLesson]) -> None:
        if self.errors:
            return  # a lesson that could not be read may well use the file
        used = {lesson.reference.path for lesson in lessons if lesson.reference}
        for path in sorted(self.folder.glob("*.questions.yaml")):
            if path not in used:
                self._fault(path, f"没有一课用到这些题目：请在测验课里写“quiz: {path.name}”。")

    def _fault(self, path: Path, message: str) -> None:
        self.errors.append(PackError(self.root.name(path), 1, message))


def _known(name: str) -> bool:
    return name == "course.yaml" or name.startswith(".") or bool(_COMPANION.fullmatch(name))
