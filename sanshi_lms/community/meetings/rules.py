"""议事协商 as data: a meeting's life, its poll, what was decided and who does it by when.

The policy asks 三师 to take part in what streets and communities talk over (二（一）). A decision
without a name and a day is forgotten: what follows stands on the public page until it is done.
"""

import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

TITLE_LENGTH = 60
PLACE_LENGTH = 80
TEXT_LENGTH = 5000
LINE_LENGTH = 100
MOST_OPTIONS = 8
MOST_CODES = 3000
CODE_DIGITS = 10


class State(StrEnum):
    """Where a meeting stands. Everybody may read an announced or decided one."""

    DRAFT = "draft"
    OPEN = "open"
    DECIDED = "decided"
    CANCELLED = "cancelled"


STATES: Mapping[State, tuple[str, str | None]] = {
    State.DRAFT: ("准备中", "warn"),
    State.OPEN: ("已公布议题", "accent"),
    State.DECIDED: ("已有结果", "good"),
    State.CANCELLED: ("不开了", None),
}
PUBLIC = frozenset({State.OPEN, State.DECIDED, State.CANCELLED})


@dataclass(frozen=True)
class Step:
    """Something that can be done with a meeting."""

    verb: str
    label: str
    start: frozenset[State]
    end: State
    words: str = ""


STEPS: Mapping[str, Step] = {
    step.verb: step
    for step in (
        Step("announce", "公布议题", frozenset({State.DRAFT}), State.OPEN),
        Step("decide", "公布结果", frozenset({State.OPEN}), State.DECIDED),
        Step("cancel", "不开了", frozenset({State.DRAFT, State.OPEN}), State.CANCELLED,
             "请写明为什么不开了。"),
    )
}  # fmt: skip


class NotAllowed(Exception):
    """A step that cannot be taken now. `str()` is a sentence for whoever tried."""


def possible(state: State) -> list[Step]:
    """Return the steps of a meeting in `state`."""
    return [step for step in STEPS.values() if state in step.start]


def step_of(
    verb: str, state: State, *, agenda: str, decision: str, voting: bool, words: str
) -> Step:
    """Return the step `verb`. Raises NotAllowed with what must be done first."""
    step = STEPS.get(verb)
    if step is None or state not in step.start:
        raise NotAllowed(f"现在是“{STATES[state][0]}”，不能这样做。请看最新情况。")
    if verb == "announce" and not agenda:
        raise NotAllowed("请先写议题。")
    if verb == "decide" and not decision:
        raise NotAllowed("请先写商量的结果。")
    if verb == "decide" and voting:
        raise NotAllowed("投票还没有结束，请等投票截止再公布结果。")
    if step.words and not words:
        raise NotAllowed(step.words)
    return step


def read_options(text: str) -> list[str]:
    """Return the options of a poll, one to a line, each once."""
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def poll_problem(question: str, options: Sequence[str], closes: datetime | None) -> str | None:
    """Return what is wrong with a poll, or None; nothing filled in is no poll."""
    if not question and not options:
        return None
    if not question:
        return "请写要大家投什么票。"
    if not 2 <= len(options) <= MOST_OPTIONS:
        return f"选项要有 2 到 {MOST_OPTIONS} 个，一行一个。"
    if any(len(one) > LINE_LENGTH for one in options):
        return f"每个选项最多 {LINE_LENGTH} 个字。"
    return "请填投票什么时候截止。" if closes is None else None


def may_vote(state: State, closes: datetime | None, moment: datetime) -> bool:
    """Tell whether votes are taken; at the very moment of the closing no longer."""
    return state is State.OPEN and closes is not None and moment < closes


def tally(options: Sequence[str], choices: Iterable[int | None]) -> list[tuple[str, int]]:
    """Return the votes for each option, in the order of the options."""
    counts = Counter(one for one in choices if one is not None)
    return [(option, counts.get(number, 0)) for number, option in enumerate(options)]


def new_vote_code(choose: Callable[[int], int] = secrets.randbelow) -> str:
    """Return a code that opens one household's vote; ten digits are guessed by nobody in time."""
    return f"{choose(10**CODE_DIGITS):0{CODE_DIGITS}}"


def read_vote_code(text: str) -> str | None:
    """Return a code as it is kept, or None when it cannot be one."""
    plain = "".join(sign for sign in text if sign.isdigit() and sign.isascii())
    return plain if len(plain) == CODE_DIGITS else None


def spoken(code: str) -> str:
    """Return a code in groups that people read out: 123 456 7890."""
    return f"{code[:3]} {code[3:6]} {code[6:]}"


def is_late(due: date, today: date, *, done: bool) -> bool:
    """Tell whether a follow-up is past its day."""
    return not done and due < today
