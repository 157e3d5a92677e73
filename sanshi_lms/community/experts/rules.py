"""专家团队和技术会诊 as data: a consultation's life, and each advice traced to its result.

The policy asks for expert teams drawn from past star ratings, and for visits, talks and technical
会诊 on site (二（二）). Advice without a result is only talk: a consultation ends when each has
one.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

NAME_LENGTH = 40
TITLE_LENGTH = 60
ABOUT_LENGTH = 300
TEXT_LENGTH = 1000
LEVELS = ("市级", "区县")
WAYS = ("技术会诊", "调研走访", "座谈交流", "方案咨询")


class State(StrEnum):
    """Where a consultation stands."""

    PLANNED = "planned"
    HELD = "held"
    CLOSED = "closed"
    CANCELLED = "cancelled"


STATES: Mapping[State, tuple[str, str | None]] = {
    State.PLANNED: ("约好了", "accent"),
    State.HELD: ("跟进建议", "river"),
    State.CLOSED: ("都有结果了", "good"),
    State.CANCELLED: ("取消了", None),
}


class AdviceState(StrEnum):
    """What became of an advice."""

    OPEN = "open"
    ADOPTED = "adopted"
    DECLINED = "declined"
    DONE = "done"


ADVICE_STATES: Mapping[AdviceState, tuple[str, str | None]] = {
    AdviceState.OPEN: ("等社区答复", "accent"),
    AdviceState.ADOPTED: ("采纳，正在做", "river"),
    AdviceState.DECLINED: ("没有采纳", None),
    AdviceState.DONE: ("做成了", "good"),
}


class Hand(StrEnum):
    """As what somebody acts on a consultation."""

    HOST = "host"
    EXPERT = "expert"


@dataclass(frozen=True)
class Step:
    """Something that can be done with a consultation."""

    verb: str
    label: str
    start: frozenset[State]
    end: State
    words: bool = False


STEPS: Mapping[str, Step] = {
    step.verb: step
    for step in (
        Step("hold", "会诊开过了", frozenset({State.PLANNED}), State.HELD, words=True),
        Step("close", "每条建议都有结果了，结束", frozenset({State.HELD}), State.CLOSED),
        Step("cancel", "取消", frozenset({State.PLANNED}), State.CANCELLED, words=True),
    )
}
ADVICE_STEPS: Mapping[AdviceState, Collection[AdviceState]] = {
    AdviceState.OPEN: (AdviceState.ADOPTED, AdviceState.DECLINED),
    AdviceState.ADOPTED: (AdviceState.DONE, AdviceState.DECLINED),
    AdviceState.DECLINED: (),
    AdviceState.DONE: (),
}
ADVISING = frozenset({State.PLANNED, State.HELD})


class NotAllowed(Exception):
    """A step that cannot be taken now. `str()` is a sentence for whoever tried."""


def possible(state: State, hands: Collection[Hand]) -> list[Step]:
    """Return the steps that somebody may take; only the host moves a consultation on."""
    return [s for s in STEPS.values() if state in s.start and Hand.HOST in hands]


def step_of(
    verb: str, state: State, hands: Collection[Hand], advice: Collection[AdviceState]
) -> Step:
    """Return the step `verb`. Raises NotAllowed when it is not theirs or something is missing."""
    step = STEPS.get(verb)
    if step is None or Hand.HOST not in hands:
        raise NotAllowed("这一步不由您来办。")
    if state not in step.start:
        raise NotAllowed(f"现在是“{STATES[state][0]}”，不能再“{step.label}”了。")
    waiting = sum(one in {AdviceState.OPEN, AdviceState.ADOPTED} for one in advice)
    if verb == "close" and waiting:
        raise NotAllowed(f"还有 {waiting} 条建议没有结果。")
    if verb == "close" and not advice:
        raise NotAllowed("还没有写建议。")
    return step


def advice_step(now: AdviceState, to: str, words: str, hands: Collection[Hand]) -> AdviceState:
    """Return the state that an advice moves to. Raises NotAllowed with what is missing."""
    if Hand.HOST not in hands:
        raise NotAllowed("建议有没有采纳，由社区来写。")
    wanted = next((one for one in ADVICE_STEPS[now] if one.value == to), None)
    if wanted is None:
        raise NotAllowed(f"这条建议已经是“{ADVICE_STATES[now][0]}”。")
    if wanted is not AdviceState.ADOPTED and not words:
        raise NotAllowed("请写明做成了什么，或者为什么没有采纳。")
    return wanted
