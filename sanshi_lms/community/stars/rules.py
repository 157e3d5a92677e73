"""星级三师 as data: the life of a round, what counts how much, who may judge whom, the stars.

The policy asks to name those who did well at pain points, new ways of service and taking residents
along (二（四）). What counts, by which weight, for how many stars, are rows of a round.
"""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

TITLE_LENGTH = 40
LABEL_LENGTH = 30
WORDS_LENGTH = 1000
MOST_CRITERIA = 12
MOST_STARS = 5
FULL = 100.0


class State(StrEnum):
    """Where a round stands."""

    DRAFT = "draft"
    SCORING = "scoring"
    NOTICE = "notice"
    FINAL = "final"
    CANCELLED = "cancelled"


STATES: Mapping[State, tuple[str, str | None]] = {
    State.DRAFT: ("准备中", "warn"),
    State.SCORING: ("评委打分", "accent"),
    State.NOTICE: ("公示中", "river"),
    State.FINAL: ("已公布", "good"),
    State.CANCELLED: ("已取消", None),
}


@dataclass(frozen=True)
class Step:
    """Something that can be done with a round."""

    verb: str
    label: str
    start: frozenset[State]
    end: State
    words: bool = False


STEPS: Mapping[str, Step] = {
    step.verb: step
    for step in (
        Step("freeze", "收齐材料，开始打分", frozenset({State.DRAFT}), State.SCORING),
        Step("unfreeze", "退回准备", frozenset({State.SCORING}), State.DRAFT),
        Step("publish", "算出星级，开始公示", frozenset({State.SCORING}), State.NOTICE),
        Step("rescore", "有异议成立，重新打分", frozenset({State.NOTICE}), State.SCORING,
             words=True),
        Step("finish", "公示结束，公布结果", frozenset({State.NOTICE}), State.FINAL),
        Step("cancel", "取消这次评选", frozenset({State.DRAFT, State.SCORING, State.NOTICE}),
             State.CANCELLED, words=True),
    )
}  # fmt: skip


class NotAllowed(Exception):
    """A step that cannot be taken now. `str()` is a sentence for whoever tried."""


@dataclass(frozen=True)
class Ready:
    """What a step looks at besides the state."""

    weights: int = 100
    candidates: int = 1
    judges: int = 0
    panel: bool = False
    unscored: int = 0
    unanswered: int = 0
    notice_until: datetime | None = None


def possible(state: State) -> list[Step]:
    """Return the steps of a round in `state`."""
    return [step for step in STEPS.values() if state in step.start]


def step_of(verb: str, state: State, ready: Ready, moment: datetime) -> Step:
    """Return the step `verb`. Raises NotAllowed with what must be done first."""
    step = STEPS.get(verb)
    if step is None or state not in step.start:
        raise NotAllowed(f"现在是“{STATES[state][0]}”，不能这样做。请看最新情况。")
    if problem := _missing(verb, ready, moment):
        raise NotAllowed(problem)
    return step


def _missing(verb: str, ready: Ready, moment: datetime) -> str:
    if verb == "freeze":
        if ready.weights != FULL:
            return f"各项的权重加起来要是 100，现在是 {ready.weights}。"
        if not ready.candidates:
            return "还没有候选人，请先添加。"
        if ready.panel and not ready.judges:
            return "有评委打分的项，还没有评委，请先添加。"
    if verb == "publish" and ready.unscored:
        return f"还有 {ready.unscored} 位候选人没有足够的评委打分。"
    if verb == "finish":
        if ready.unanswered:
            return f"还有 {ready.unanswered} 条异议没有答复。"
        if ready.notice_until is None or moment < ready.notice_until:
            return "公示期还没有结束。"
    return ""


@dataclass(frozen=True)
class Source:
    """Where a figure comes from by itself; `unit` is how it is told."""

    name: str
    label: str
    unit: str


SOURCES: Mapping[str, Source] = {
    one.name: one
    for one in (
        Source("closed", "办结的需求", "件"),
        Source("confirmed_share", "办结里居民确认的", "%"),
        Source("quick_share", "24 小时内响应的", "%"),
        Source("cases", "写成并发布的案例", "个"),
        Source("learning_hours", "学完的课", "小时"),
        Source("answers", "回答学员的提问", "条"),
        Source("panel", "评委打分", "分"),
    )
}
SAMPLE: Sequence[tuple[str, str, int, float]] = (
    ("closed", "服务了多少", 25, 12),
    ("confirmed_share", "居民是不是满意", 20, 100),
    ("quick_share", "回应快不快", 10, 100),
    ("cases", "经验有没有写下来", 10, 2),
    ("learning_hours", "自己学习", 10, 20),
    ("answers", "帮别人学习", 5, 10),
    ("panel", "解决难题、带动居民", 20, 100),
)
"""What a new round begins with: source, label, weight, what earns full marks. A sample (示例)."""
SAMPLE_STARS: Mapping[int, float] = {3: 60.0, 4: 75.0, 5: 88.0}


@dataclass(frozen=True)
class Criterion:
    """One thing that counts: `target` is the figure that earns full marks."""

    id: int
    source: str
    weight: int
    target: float


def points(source: str, value: float, target: float) -> float:
    """Return 0 to 100 for a figure; a panel's mean is points already."""
    if source == "panel":
        return max(0.0, min(value, FULL))
    return max(0.0, min(value / target, 1.0)) * FULL if target > 0 else 0.0


def total(criteria: Sequence[Criterion], values: Mapping[int, float]) -> float:
    """Return the weighted score, 0 to 100, to two decimals; what is missing counts as nothing."""
    whole = sum(one.weight for one in criteria) or 1
    earned = sum(
        one.weight * points(one.source, values.get(one.id, 0.0), one.target) for one in criteria
    )
    return round(earned / whole, 2)


def stars_for(score: float, thresholds: Mapping[int, float]) -> int:
    """Return how many stars a score earns; 0 below the lowest threshold."""
    return max((stars for stars, least in thresholds.items() if score >= least), default=0)


@dataclass(frozen=True)
class Party:
    """Who judges or is judged: what a conflict of interest is seen by."""

    id: int
    unit_id: int | None
    organisation: str


def conflict(judge: Party, candidate: Party, declared: Collection[tuple[int, int]]) -> str:
    """Return why a judge must not judge a candidate, or nothing."""
    if judge.id == candidate.id:
        return "不能给自己打分。"
    if judge.unit_id is not None and judge.unit_id == candidate.unit_id:
        return "和您同一个单位，由别的评委打分。"
    if judge.organisation and judge.organisation == candidate.organisation:
        return "和您同一个单位，由别的评委打分。"
    if (judge.id, candidate.id) in declared:
        return "您说过需要回避。"
    return ""


def notice_ends(begins: datetime, days: int) -> datetime:
    """Return when a public notice of so many whole days ends."""
    return begins + timedelta(days=days)


def digest(result: object) -> str:
    """Return the fingerprint of a frozen result: SHA-256 of its JSON."""
    frozen = json.dumps(result, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(frozen.encode()).hexdigest()
