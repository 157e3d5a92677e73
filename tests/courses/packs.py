"""Writes course packs for tests, and a kind of lesson whose target is a text file."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from markupsafe import Markup

from sanshi_lms.core.reach import Reach
from sanshi_lms.core.registers import Cue
from sanshi_lms.courses import Choice, Lesson, PackError, PackReference, Playback, TargetSummary

COURSE = """\
title: 加装电梯
summary: 从居民意愿到竣工。
description: |
  学完以后，您能做到：说得清表决门槛。
audience: [社区干部, 居民]
topic: 城市更新
kind: 技能培训
credit_hours: 0.5
status: published
"""
READING = """\
---
title: 先问意愿
kind: reading
minutes: 6
---
第一步不是谈钱，而是把每一户的想法问清楚。
"""
TALK = """\
---
title: 依法表决
kind: talk
minutes: 8
talk: 02-vote.txt
---
讲一讲两道门槛。
"""


def write_pack(content: Path, files: Mapping[str, str | bytes], slug: str = "lift") -> Path:
    """Write a course folder below `content`; returns `content`."""
    for name, text in files.items():
        path = content / "courses" / slug / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return content


def lift(**changes: str | bytes) -> dict[str, str | bytes]:
    """Return the files of a good course; a key such as `first` replaces one of them."""
    return {
        "course.yaml": changes.get("course", COURSE),
        "01-wishes.md": changes.get("first", READING),
        "02-vote.md": changes.get("second", TALK),
        "02-vote.txt": changes.get("talk", "双过三分之二，双过四分之三。\n"),
    }


@dataclass
class Talk:
    """A kind whose targets live in this object: what `video` is to the real application."""

    name = "talk"
    label_zh = "讲话"
    icon = "video"
    has_target = True
    alone_zh = ""
    texts: dict[int, str] = field(default_factory=dict)
    unready: set[int] = field(default_factory=set)
    asked: int = 0

    def render(self, lesson: Lesson, playback: Playback) -> Markup:
        """Show the text and where it starts."""
        text = self.texts.get(lesson.target_id or 0, "")
        return Markup('<div id="talk" data-start="{}">{}</div>').format(
            playback.start_seconds, text
        )

    def head(self, lesson: Lesson) -> Markup:
        """Return nothing."""
        del lesson
        return Markup()

    def choices(self, reach: Reach) -> list[Choice]:
        """Offer every text."""
        del reach
        return [Choice(key, text[:20]) for key, text in self.texts.items()]

    def summaries(self, target_ids: Collection[int]) -> Mapping[int, TargetSummary]:
        """Count how often lists ask."""
        self.asked += 1
        problem = "讲话还没有录好，请等它完成。"
        return {
            key: TargetSummary(
                self.texts[key][:20],
                poster_url=f"/poster/{key}.jpg",
                seconds=61.0,
                problem_zh=problem if key in self.unready else None,
            )
            for key in target_ids
            if key in self.texts
        }

    def cues(self, target_ids: Collection[int]) -> Mapping[int, Sequence[Cue]]:
        """One cue for each text."""
        return {key: [Cue(3.5, self.texts[key])] for key in target_ids if key in self.texts}

    def words(self, target_ids: Collection[int]) -> Mapping[int, str]:
        """Return nothing."""
        del target_ids
        return {}

    def pack_check(self, reference: PackReference) -> list[PackError]:
        """The file must exist."""
        problem = reference.root.problem(reference.path)
        return [reference.fault(problem)] if problem else []

    def pack_load(self, reference: PackReference, target_id: int | None) -> int:
        """Keep the text under the id it has, or a new one."""
        key = target_id or len(self.texts) + 1
        self.texts[key] = reference.path.read_text(encoding="utf-8")
        return key
