"""One lesson of a pack: YAML front matter between two `---`, then Markdown."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sanshi_lms.courses import rules
from sanshi_lms.courses.file_types import file_problem
from sanshi_lms.courses.kinds import LessonKind, PackReference
from sanshi_lms.courses.pack_extras import pack_extras
from sanshi_lms.courses.pack_files import PackRoot, digest
from sanshi_lms.courses.pack_yaml import Faults, PackError, YamlMap, read_map

LESSON_KEYS = ("title", "kind", "minutes", "required", "attachments")

_RELATIVE_LINK = re.compile(r"\]\((?![a-z]+:|/|#|<)([^)\s]+)")


@dataclass(frozen=True)
class PackLesson:
    """One lesson of a pack. `attachments` are paths inside the pack; `file` is its .md file."""

    slug: str
    number: int
    title: str
    kind: str
    minutes: int
    required: bool
    body_md: str
    attachments: tuple[Path, ...]
    reference: PackReference | None
    file: str
    extras: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def fingerprint(self) -> str:
        """Return a hash over all that the author wrote, the bytes of named files included."""
        target = None
        if self.reference:
            path = self.reference.path
            target = digest(path) if path.is_file() else self.reference.path.name
        values = [self.title, self.kind, self.minutes, self.required, self.body_md, target]
        files = [(path.name, digest(path)) for path in self.attachments]
        return hash_values([*values, files, *([self.extras] if self.extras else [])])


@dataclass(frozen=True)
class LessonFile:
    """A lesson's file and what its name says: `number` orders, `slug` is the address."""

    path: Path
    number: int
    slug: str


class LessonReader:
    """Reads the lessons of one course folder, collecting every fault in `errors`."""

    def __init__(
        self,
        root: PackRoot,
        folder: Path,
        kinds: Mapping[str, LessonKind],
        stems: frozenset[str],
    ) -> None:
        """`stems` are the names of all lesson files of the course, without the ending."""
        self.root, self.folder, self.kinds, self.stems = root, folder, kinds, stems
        self.errors: list[PackError] = []
        targets = (k.name for k in kinds.values() if k.has_target)
        self._keys = (*LESSON_KEYS, *targets, *pack_extras())

    def read(self, source: LessonFile) -> PackLesson | None:
        """Return the lesson in `source`, or None when it cannot be read at all."""
        faults = Faults(self.root.name(source.path))
        lesson = self._read(source, faults)
        self.errors.extend(faults.found)
        if lesson and lesson.reference and not faults.found:
            self.errors.extend(self.kinds[lesson.kind].pack_check(lesson.reference))
        return lesson

    def _read(self, source: LessonFile, faults: Faults) -> PackLesson | None:
        text = self.root.read_text(source.path, faults)
        if text is None:
            return None
        if problem := rules.slug_problem(source.slug):
            faults.add(1, problem)
        parts = split_front_matter(text, faults)
        if parts is None:
            return None
        front, body, body_line = parts
        faults.offset = 1
        values = read_map(front, self._keys, faults)
        lesson = self._lesson(values, source, body) if values else None
        faults.offset = 0
        if lesson:
            self._check_body(lesson, body_line, faults)
        return lesson

    def _lesson(self, values: YamlMap, source: LessonFile, body: str) -> PackLesson:
        values.refuse_unknown(self._keys)
        title = values.text("title", longest=rules.MAX_TITLE)
        kind = values.choice("kind", tuple(self.kinds))
        return PackLesson(
            slug=source.slug,
            number=source.number,
            title=title,
            kind=kind,
            minutes=self._minutes(values),
            required=values.flag("required", default=True),
            body_md=body,
            attachments=self._attachments(values),
            reference=self._reference(values, source, kind, title),
            file=self.root.name(source.path),
            extras=tuple(self._extras(values, kind)),
        )

    def _extras(self, values: YamlMap, kind: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        for name, extra in pack_extras().items():
            if name not in values:
                continue
            found = values.texts(name)
            for line, text in found:
                if problem := extra.problem(text, kind):
                    values.fault_at(line, f"“{name}: {text}”：{problem}")
            yield name, tuple(text for _, text in found)

    def _minutes(self, values: YamlMap) -> int:
        if "minutes" not in values:
            values.fault("minutes", "缺少“minutes”，请写大约要几分钟，例如“minutes: 8”。")
            return 0
        minutes = values.whole("minutes")
        if minutes is not None and (problem := rules.minutes_problem(minutes)):
            values.fault("minutes", problem)
        return minutes or 0

    def _reference(
        self, values: YamlMap, source: LessonFile, kind: str, title: str
    ) -> PackReference | None:
        for name, other in self.kinds.items():
            if other.has_target and name != kind and name in values:
                values.fault(name, f"这一课的 kind 是“{kind}”，不能写“{name}”。")
        if kind not in self.kinds or not self.kinds[kind].has_target:
            return None
        if kind not in values:
            values.fault("kind", f"kind 是“{kind}”，还要加上一行“{kind}: 文件名”。")
            return None
        target, problem = self.root.inside(self.folder, values.text(kind, longest=300))
        if target is None:
            values.fault(kind, problem or "")
            return None
        return PackReference(
            root=self.root,
            path=target,
            file=self.root.name(source.path),
            line=values.line_of(kind) + 1,
            course_slug=self.folder.name,
            lesson_slug=source.slug,
            title=title,
            lesson_stems=self.stems,
        )

    def _attachments(self, values: YamlMap) -> tuple[Path, ...]:
        found: dict[str, Path] = {}
        for line, text in values.texts("attachments"):
            path, problem = self.root.inside(self.folder, text)
            if path:
                problem = self.root.problem(path) or file_problem(path)
                if path.name in found:
                    problem = f"附件“{path.name}”写了两次，或者有两个附件同名。"
                found[path.name] = path
            if problem:
                values.fault_at(line, f"附件“{text}”：{problem}")
        return tuple(found.values())

    def _check_body(self, lesson: PackLesson, first_line: int, faults: Faults) -> None:
        if len(lesson.body_md) > rules.MAX_MARKDOWN:
            faults.add(first_line, f"正文太长，最多 {rules.MAX_MARKDOWN} 字。")
        kind = self.kinds.get(lesson.kind)
        if kind and not kind.has_target and not lesson.body_md.strip():
            faults.add(first_line, "这一课没有正文，请在第二个“---”下面写正文。")
        names = {f"files/{path.name}" for path in lesson.attachments}
        for number, line in enumerate(lesson.body_md.split("\n"), first_line):
            for link in _RELATIVE_LINK.findall(line):
                if link not in names:
                    hint = f"请把文件放进 files 文件夹，并在 attachments 里写上“{link}”。"
                    faults.add(number, f"正文引用的“{link}”不在附件里：{hint}")


def split_front_matter(text: str, faults: Faults) -> tuple[str, str, int] | None:
    """Split a lesson file: (front matter, body, the body's first line number)."""
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        faults.add(1, "第一行必须是“---”（三个英文减号），下面逐行写 title、kind、minutes。")
        return None
    for index, line in enumerate(lines[1:], 1):
        if line.rstrip() == "---":
            return "\n".join(lines[1:index]), "\n".join(lines[index + 1 :]).strip("\n"), index + 2
    faults.add(len(lines), "找不到结束的“---”：写完 title、kind 等以后，要另起一行写“---”。")
    return None


def hash_values(values: list[object]) -> str:
    """Return a hash over plain values, the same on every machine."""
    text = json.dumps(values, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
