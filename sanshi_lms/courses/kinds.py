"""Kinds of lesson. A lesson stores a kind and a target id; what that means is the kind's business.

Rooms above (`video`, `quizzes`) register their kind in their setup; this room never imports them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from flask import Flask, current_app
from markupsafe import Markup

from sanshi_lms.core.reach import Reach
from sanshi_lms.core.registers import Cue
from sanshi_lms.core.web import page_memory
from sanshi_lms.courses.learner import Playback
from sanshi_lms.courses.pack_files import PackRoot
from sanshi_lms.courses.pack_yaml import PackError

if TYPE_CHECKING:
    from sanshi_lms.courses.models import Lesson

_KEY = "courses.lesson_kinds"


@dataclass(frozen=True)
class Choice:
    """One existing target an administrator can pick for a lesson."""

    target_id: int
    label_zh: str


@dataclass(frozen=True)
class TargetSummary:
    """What lists and publishing know of one target.

    label_zh: its name for administrators; seconds: its real length, if it has one;
    note_zh: a few words for learners, e.g. "20 题"; problem_zh: a sentence that says why it cannot
    be shown to learners yet and what to do, None when it can; signed_in_only: visitors see that it
    is there, and no more; opens_at: before this moment nobody can have learned from it;
    kind_zh: the word people see instead of the kind's, e.g. "音频" for a lecture without pictures.
    """

    label_zh: str
    poster_url: str | None = None
    seconds: float | None = None
    note_zh: str = ""
    problem_zh: str | None = None
    signed_in_only: bool = False
    opens_at: datetime | None = None
    kind_zh: str = ""


@dataclass(frozen=True)
class PackReference:
    """A target as a pack names it, e.g. `video: 01-intro.mp4` in `01-intro.md`.

    `path` lies inside the pack, but whether the file exists is for the kind to judge: a lecture
    may be built from its script. `file` and `line` are where the author wrote it (for PackError);
    `key` is the same at every load, so a kind can find the target it made before.
    """

    root: PackRoot
    path: Path
    file: str
    line: int
    course_slug: str
    lesson_slug: str
    title: str
    lesson_stems: frozenset[str] = field(default_factory=frozenset)

    @property
    def key(self) -> str:
        """Return the lesson's name across loads: "course/lesson"."""
        return f"{self.course_slug}/{self.lesson_slug}"

    def fault(self, message: str, line: int | None = None, file: str | None = None) -> PackError:
        """Return a fault at this reference, or at `line` of `file`."""
        return PackError(file or self.file, line or self.line, message)


class LessonKind(Protocol):
    """One kind of lesson. `icon` names a symbol of the shared icon sheet."""

    @property
    def name(self) -> str:
        """The word stored in the lesson and written in packs: "video", "quiz", "reading"."""

    @property
    def label_zh(self) -> str:
        """The word people see: 视频, 测验, 图文."""

    @property
    def icon(self) -> str:
        """The name of its icon."""

    @property
    def has_target(self) -> bool:
        """Tell whether a lesson of this kind points at something (a video, a paper)."""

    @property
    def alone_zh(self) -> str:
        """What an author picks for a lesson of this kind; "" for a kind with targets."""

    def render(self, lesson: "Lesson", playback: Playback) -> Markup:
        """Return the top of the lesson page. Called in a GET: it must not write."""

    def head(self, lesson: "Lesson") -> Markup:
        """Return what the head of the lesson page needs for other programs; mostly nothing."""

    def choices(self, reach: Reach) -> list[Choice]:
        """Return the targets an author can pick, newest first: those of units within reach, and
        what everybody sees already.
        """

    def summaries(self, target_ids: Collection[int]) -> Mapping[int, TargetSummary]:
        """Return what lists need of these targets, in a fixed number of queries.

        A target that does not exist is left out.
        """

    def cues(self, target_ids: Collection[int]) -> Mapping[int, Sequence[Cue]]:
        """Return what is spoken, or stands on pages, in these targets, for search.

        When the captions of a target change, its room touches ("lesson", id) for each lesson of
        `lessons_using(kind, target_id)`.
        """

    def words(self, target_ids: Collection[int]) -> Mapping[int, str]:
        """Return what is written in these targets, for search; {} where nothing is to be found.

        When it changes, its room touches lessons as it does for cues.
        """

    def pack_check(self, reference: PackReference) -> list[PackError]:
        """Return all that is wrong with a target named in a pack; changes nothing."""

    def pack_load(self, reference: PackReference, target_id: int | None) -> int:
        """Create the target or bring it up to date; return its id. Never commits.

        `target_id` is what the lesson points at now. Loading the same file again must return
        the same target and change nothing.
        """


def register_lesson_kind(app: Flask, kind: LessonKind) -> None:
    """Make `kind` known to `app`; call it in a room's setup."""
    kinds: dict[str, LessonKind] = app.extensions.setdefault(_KEY, {})
    kinds[kind.name] = kind


def lesson_kinds() -> Mapping[str, LessonKind]:
    """Return the current application's kinds by name."""
    found: dict[str, LessonKind] = current_app.extensions.get(_KEY, {})
    return found


def find_kind(name: str) -> LessonKind | None:
    """Return the kind called `name`, or None when its room is not installed."""
    return lesson_kinds().get(name)


def _summaries(name: str, target_ids: frozenset[int]) -> Mapping[int, TargetSummary]:
    """Ask a kind, but once a page: its parts all want to know of the same lesson."""
    kind = find_kind(name)
    if kind is None:
        return {}
    known: dict[int, TargetSummary | None] = page_memory(f"courses.summaries.{name}")
    unknown = target_ids - known.keys()
    if unknown:
        known |= dict.fromkeys(unknown) | dict(kind.summaries(unknown))
    return {one: summary for one in target_ids if (summary := known[one]) is not None}


def target_summaries(lessons: Iterable["Lesson"]) -> dict[int, TargetSummary]:
    """Return the summaries of the lessons' targets by lesson id, asking each kind once.

    A lesson whose target is gone, or whose kind is not installed, is left out.
    """
    by_kind: dict[str, dict[int, list[int]]] = {}
    for lesson in lessons:
        if lesson.target_id is not None:
            targets = by_kind.setdefault(lesson.kind, {})
            targets.setdefault(lesson.target_id, []).append(lesson.id)
    found: dict[int, TargetSummary] = {}
    for name, targets in by_kind.items():
        summaries = _summaries(name, frozenset(targets))
        for target_id, summary in summaries.items():
            found.update(dict.fromkeys(targets[target_id], summary))
    return found
