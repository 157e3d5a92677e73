"""What every writer of questions shares: what its format loses, and the file that it makes."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace

from sanshi_lms.quizzes.content import Criterion, ItemContent, NumericKey
from sanshi_lms.quizzes.content_rules import BLANK as GAP
from sanshi_lms.quizzes.content_rules import CONTENT_KIND_ZH

BLANK = "____"
"""How a blank is written where a format says only that one is there."""
DEFAULT_RUBRIC = (Criterion("答案正确、完整", 5),)
"""The rubric of a short answer from a format that has none."""
FACT_ZH = {
    "topic": "主题",
    "difficulty": "难度",
    "points": "分值",
    "source_clause": "出处",
    "lesson": "讲解所在的课时和时间",
    "explanation": "讲解",
    "feedback": "选项的反馈",
    "units": "数值题的单位",
    "rubric": "评分标准",
    "tags": "标签",
}


@dataclass(frozen=True)
class Holding:
    """What a format can hold: kinds of items, and of their facts those in `FACT_ZH`."""

    name_zh: str
    kinds: Collection[str]
    facts: Collection[str]
    fits: Callable[[ItemContent], bool] = field(default=lambda _: True)

    def holds(self, content: ItemContent) -> bool:
        """Tell whether the format can hold the question at all."""
        return content.kind in self.kinds and self.fits(content)

    def kept_of(self, content: ItemContent) -> ItemContent:
        """Return what comes back of a question that it holds."""
        facts = self.facts
        plain = ItemContent(content.kind, content.stem_md)
        return replace(
            content,
            stem_md=GAP.sub(BLANK, content.stem_md)
            if content.kind == "blanks"
            else content.stem_md,
            topic=content.topic if "topic" in facts else "",
            difficulty=content.difficulty if "difficulty" in facts else plain.difficulty,
            points=content.points if "points" in facts else plain.points,
            source_clause=content.source_clause if "source_clause" in facts else "",
            review_slug=content.review_slug if "lesson" in facts else None,
            lesson_seconds=content.lesson_seconds if "lesson" in facts else None,
            explanation_md=content.explanation_md if "explanation" in facts else "",
            tags=content.tags if "tags" in facts else (),
            rubric=self._rubric(content),
            numeric=self._numeric(content),
            options=tuple(
                replace(one, feedback_md=one.feedback_md if "feedback" in facts else "")
                for one in content.options
            ),
            parts=tuple(self.kept_of(part) for part in content.parts),
        )

    def _rubric(self, content: ItemContent) -> tuple[Criterion, ...]:
        if content.kind != "short":
            return ()
        return content.rubric if "rubric" in self.facts else DEFAULT_RUBRIC

    def _numeric(self, content: ItemContent) -> NumericKey | None:
        if content.numeric is None or "units" in self.facts:
            return content.numeric
        return replace(content.numeric, units=())


@dataclass(frozen=True)
class Loss:
    """What a format does not hold of these questions, in words."""

    left_out: Sequence[tuple[str, int]]
    facts: Sequence[str]

    @property
    def sentences(self) -> list[str]:
        """Return it as sentences, none when nothing is lost."""
        said = [f"{kind} {count} 道放不进去，没有导出。" for kind, count in self.left_out]
        return said + ([f"不保存：{'、'.join(self.facts)}。"] if self.facts else [])


def loss_of(holding: Holding, contents: Sequence[ItemContent]) -> Loss:
    """Return what is lost when these questions are written in a format."""
    left: dict[str, int] = {}
    facts: set[str] = set()
    for content in contents:
        if not holding.holds(content):
            name = CONTENT_KIND_ZH[content.kind]
            left[name] = left.get(name, 0) + 1
            continue
        facts |= {name for name in _facts_of(content) if name not in holding.facts}
    return Loss(list(left.items()), [FACT_ZH[name] for name in FACT_ZH if name in facts])


def one_blank(content: ItemContent) -> bool:
    """Tell whether a fill-in question has just one blank; other kinds pass."""
    return content.kind != "blanks" or (
        len(content.blanks) == 1 and len(re.findall(GAP, content.stem_md)) == 1
    )


def _facts_of(content: ItemContent) -> set[str]:
    said = {
        "topic": content.topic,
        "difficulty": content.difficulty != 2,
        "points": content.points != 1,
        "source_clause": content.source_clause,
        "lesson": content.review_slug or content.lesson_seconds is not None,
        "explanation": content.explanation_md,
        "feedback": any(option.feedback_md for option in content.options),
        "units": content.numeric is not None and content.numeric.units,
        "rubric": content.kind == "short" and content.rubric != DEFAULT_RUBRIC,
        "tags": content.tags,
    }
    found = {name for name, there in said.items() if there}
    for part in content.parts:
        found |= _facts_of(part)
    return found
