"""Kinds without a target: what a lesson of them shows is its own text and files."""

from collections.abc import Collection, Mapping, Sequence

from markupsafe import Markup

from sanshi_lms.core.reach import Reach
from sanshi_lms.core.registers import Cue
from sanshi_lms.courses.kinds import Choice, PackReference, TargetSummary
from sanshi_lms.courses.learner import Playback
from sanshi_lms.courses.models import Lesson
from sanshi_lms.courses.pack_yaml import PackError


class Untargeted:
    """What kinds without a target have in common."""

    has_target = False
    alone_zh = ""

    def render(self, lesson: Lesson, playback: Playback) -> Markup:
        """Return nothing: the page shows the body below."""
        del lesson, playback
        return Markup()

    def head(self, lesson: Lesson) -> Markup:
        """Return nothing."""
        del lesson
        return Markup()

    def choices(self, reach: Reach) -> list[Choice]:
        """Return nothing to pick from."""
        del reach
        return []

    def summaries(self, target_ids: Collection[int]) -> Mapping[int, TargetSummary]:
        """Return nothing."""
        del target_ids
        return {}

    def cues(self, target_ids: Collection[int]) -> Mapping[int, Sequence[Cue]]:
        """Return nothing."""
        del target_ids
        return {}

    def words(self, target_ids: Collection[int]) -> Mapping[int, str]:
        """Return nothing."""
        del target_ids
        return {}

    def pack_check(self, reference: PackReference) -> list[PackError]:
        """Refuse: such a lesson points at nothing."""
        return [reference.fault("这种课不引用别的文件。")]

    def pack_load(self, reference: PackReference, target_id: int | None) -> int:
        """Raise: nothing can be loaded for it."""
        raise TypeError(f"this kind has no target: {reference.key} ({target_id})")


class Reading(Untargeted):
    """图文: the body of the lesson is all there is to see."""

    name = "reading"
    label_zh = "图文"
    icon = "reading"
    alone_zh = "只有正文，不放视频和测验"


class Files(Untargeted):
    """资料: files to take away; the body says what they are for."""

    name = "files"
    label_zh = "资料"
    icon = "attach"
    alone_zh = "正文加附件，学员下载看过后自己点“我看过了”"
