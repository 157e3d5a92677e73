"""The service list as data: the life of an offer, what it must hold, how it is told.

The policy asks districts for 服务清单 for the special tasks (二（一）) and for models of
"公益+市场" (三（三）): who offers what, at which stage, free or paid.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

TITLE_LENGTH = 40
DELIVERS_LENGTH = 600
TAKES_LENGTH = 60
PRICE_LENGTH = 60
WORDS_LENGTH = 300
MOST_OFFERED = 12
"""Most services that one 三师 offers: a list that is read, not a catalogue."""
PAY: Mapping[str, str] = {"free": "公益", "paid": "市场"}


class State(StrEnum):
    """Where an offer stands. Only an offered one is in the public list."""

    WAITING = "waiting"
    OFFERED = "offered"
    PAUSED = "paused"
    RETURNED = "returned"
    ENDED = "ended"


class Hand(StrEnum):
    """As what somebody acts on an offer."""

    OWNER = "owner"
    CHECKER = "checker"


STATES: Mapping[State, tuple[str, str | None]] = {
    State.WAITING: ("等核对", "accent"),
    State.OFFERED: ("在清单里", "good"),
    State.PAUSED: ("暂停", "warn"),
    State.RETURNED: ("退回修改", "bad"),
    State.ENDED: ("不再提供", None),
}


@dataclass(frozen=True)
class Step:
    """Something that can be done with an offer."""

    verb: str
    label: str
    start: frozenset[State]
    end: State
    hand: Hand
    words: bool = False


_LIVING = frozenset({State.WAITING, State.OFFERED, State.PAUSED, State.RETURNED})
STEPS: Mapping[str, Step] = {
    step.verb: step
    for step in (
        Step("offer", "放进清单", frozenset({State.WAITING}), State.OFFERED, Hand.CHECKER),
        Step(
            "return", "退回修改", frozenset({State.WAITING, State.OFFERED, State.PAUSED}),
            State.RETURNED, Hand.CHECKER, words=True,
        ),
        Step("change", "修改", _LIVING, State.WAITING, Hand.OWNER),
        Step("pause", "暂停", frozenset({State.OFFERED}), State.PAUSED, Hand.OWNER),
        Step("resume", "恢复", frozenset({State.PAUSED}), State.OFFERED, Hand.OWNER),
        Step("end", "不再提供", _LIVING, State.ENDED, Hand.OWNER),
    )
}  # fmt: skip


class NotAllowed(Exception):
    """A step that cannot be taken now. `str()` is a sentence for whoever tried."""


def possible(state: State, hands: Collection[Hand]) -> list[Step]:
    """Return the steps that somebody may take in `state`."""
    return [s for s in STEPS.values() if state in s.start and s.hand in hands]


def step_of(verb: str, state: State, hands: Collection[Hand]) -> Step:
    """Return the step `verb`. Raises NotAllowed when it is not theirs or not possible now."""
    step = STEPS.get(verb)
    if step is None or step.hand not in hands:
        raise NotAllowed("这一步不由您来办。")
    if state not in step.start:
        raise NotAllowed(f"这项服务现在是“{STATES[state][0]}”，不能再“{step.label}”了。")
    return step


def pay_text(pay: str, price: str) -> str:
    """Return how a service is paid for, as people say it: 公益, 市场：方案定了再谈."""
    label = PAY[pay]
    return f"{label}：{price}" if price else "公益，不收费" if pay == "free" else "市场，收费面谈"
