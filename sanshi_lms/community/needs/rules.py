"""The life of a need, as data: its states, who may do what in which state, what is due when.

收件 → 派单 → 响应 → 办结 → 回访 is the loop that the policy asks for (任务三: "实现双向互动闭环").
The same machine carries a resident's need to a 三师 and a 三师's difficulty to the street: only who
asks differs. Time limits are rows that an administrator edits, never constants here.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

PHOTOS = 6
"""Most photos of one need."""
TEXT_LENGTH = 1000
PLACE_LENGTH = 80
FASTEST_SECONDS = 3.0
"""Nobody reads a form, writes a sentence and sends it in less; a program does."""
FORM_HOURS = 24
ADDITIONS = 20
"""Most remarks of the asker on one need: a conversation, not a flood."""


class State(StrEnum):
    """Where a need stands. The value is what the database keeps."""

    RECEIVED = "received"
    TAKEN = "taken"
    ASSIGNED = "assigned"
    RESPONDED = "responded"
    ASKED = "asked"
    DONE = "done"
    CONFIRMED = "confirmed"
    NOT_FEASIBLE = "not_feasible"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"


class Actor(StrEnum):
    """As what somebody acts on a need. One person can be several."""

    ASKER = "asker"
    CADRE = "cadre"
    PRO = "pro"
    ADMIN = "admin"


@dataclass(frozen=True)
class Stage:
    """How a state is told. `waits_for` is whose turn it is; `told` is for whoever asked."""

    label: str
    tone: str | None
    waits_for: Actor | None
    told: str


STAGES: Mapping[State, Stage] = {
    State.RECEIVED: Stage("待签收", "accent", Actor.CADRE, "已经送到社区，等社区签收。"),
    State.TAKEN: Stage("社区办理", "river", Actor.CADRE, "社区已经签收，正在安排。"),
    State.ASSIGNED: Stage("等三师响应", "river", Actor.PRO, "社区已经请三师来帮忙，等三师回应。"),
    State.RESPONDED: Stage("已响应", "river", Actor.CADRE, "已经有了回应，社区正在落实。"),
    State.ASKED: Stage("等补充情况", "warn", Actor.ASKER, "还需要您补充一点情况，请看下面的问题。"),
    State.DONE: Stage("待回访", "warn", Actor.ASKER, "社区说办好了。是不是真的解决了，请您来说。"),
    State.CONFIRMED: Stage("已确认解决", "good", None, "已经确认解决，这件事办完了。"),
    State.NOT_FEASIBLE: Stage(
        "暂不可行", None, None, "这件事现在还办不了，原因和替代办法写在下面。"
    ),
    State.MERGED: Stage("已合并", None, None, "和另一件同样的需求并在一起办。"),
    State.WITHDRAWN: Stage("已撤下", None, None, "这件需求已经撤下，不再办理。"),
}
OPEN = frozenset(
    {State.RECEIVED, State.TAKEN, State.ASSIGNED, State.RESPONDED, State.ASKED, State.DONE}
)
WITH_PRO = frozenset({State.ASSIGNED, State.RESPONDED, State.ASKED})
"""States in which a need that has a 三师 is on their hands: what their load counts."""
_EARLY = frozenset({State.RECEIVED, State.TAKEN})
_HANDLED = frozenset({State.TAKEN, State.ASSIGNED, State.RESPONDED})
_STAFF = frozenset({Actor.CADRE, Actor.ADMIN})


@dataclass(frozen=True)
class Step:
    """Something that can be done. `end` None leaves the state; `to_asker` shows it to the asker.

    `words` is "required", "optional" or "none"; `asks_for` names what else must be given.
    `restarts` starts the clock of the new state anew; without it the old clock runs on.
    """

    verb: str
    label: str
    told: str
    start: frozenset[State]
    end: State | None
    actors: frozenset[Actor]
    words: str = "required"
    asks_for: str = ""
    restarts: bool = True
    to_asker: bool = True


def _step(
    verb: str,
    label: str,
    told: str,
    start: Collection[State],
    end: State | None,
    actors: Collection[Actor],
    **more: str | bool,
) -> Step:
    return Step(verb, label, told, frozenset(start), end, frozenset(actors), **more)  # type: ignore[arg-type]  # the literals below are checked by Step's tests


STEPS: Mapping[str, Step] = {
    step.verb: step
    for step in (
        _step("take", "签收", "签收了", {State.RECEIVED}, State.TAKEN, _STAFF,
              words="none", restarts=False),
        _step("assign", "派给三师", "请三师来帮忙", _EARLY | {State.ASSIGNED, State.RESPONDED},
              State.ASSIGNED, _STAFF, words="optional", asks_for="pro"),
        _step("respond", "回应", "回应了", {State.TAKEN, State.ASSIGNED}, State.RESPONDED,
              _STAFF | {Actor.PRO}),
        _step("tell", "告诉对方进展", "说明了进展", _HANDLED, None, _STAFF | {Actor.PRO}),
        _step("send_course", "发一门课", "发来一门课", _HANDLED | {State.DONE}, None,
              _STAFF | {Actor.PRO}, words="optional", asks_for="course"),
        _step("ask", "请对方补充情况", "请您补充情况", _HANDLED, State.ASKED,
              _STAFF | {Actor.PRO}),
        _step("reply", "补充情况", "补充了情况", {State.ASKED}, State.TAKEN, {Actor.ASKER}),
        _step("add", "补充说明", "补充了说明", OPEN - {State.ASKED, State.DONE}, None,
              {Actor.ASKER}),
        _step("give_back", "退回社区", "三师退回社区另行安排", {State.ASSIGNED, State.RESPONDED},
              State.TAKEN, {Actor.PRO}, to_asker=False),
        _step("transfer", "转到别的社区", "转到别的社区办理", _EARLY, State.RECEIVED, _STAFF,
              asks_for="community"),
        _step("merge", "并入另一件", "和另一件同样的需求并在一起办", _EARLY, State.MERGED, _STAFF,
              words="optional", asks_for="need"),
        _step("close", "办结", "说办好了", {State.RESPONDED}, State.DONE, _STAFF),
        _step("not_feasible", "暂不可行", "说明现在还办不了", _HANDLED, State.NOT_FEASIBLE, _STAFF,
              asks_for="instead"),
        _step("withdraw", "撤下", "撤下了这件需求", _EARLY | {State.ASKED}, State.WITHDRAWN,
              _STAFF),
        _step("restore", "恢复", "恢复了这件需求", {State.WITHDRAWN}, State.RECEIVED,
              {Actor.ADMIN}, words="optional"),
        _step("confirm", "已经解决", "确认已经解决", {State.DONE}, State.CONFIRMED, {Actor.ASKER},
              words="optional"),
        _step("call_back", "登记回访：已解决", "回访时确认已经解决", {State.DONE},
              State.CONFIRMED, _STAFF),
        _step("reopen", "还没解决", "说还没有解决", {State.DONE, State.NOT_FEASIBLE},
              State.TAKEN, {Actor.ASKER} | _STAFF),
    )
}  # fmt: skip
FILED = "file"


class NotAllowed(Exception):
    """A step that cannot be taken now. `str()` is a sentence for whoever tried."""


def possible(state: State, actors: Collection[Actor]) -> list[Step]:
    """Return the steps that somebody acting as `actors` may take in `state`, in their order."""
    return [s for s in STEPS.values() if state in s.start and s.actors & set(actors)]


def step_of(verb: str, state: State, actors: Collection[Actor]) -> Step:
    """Return the step `verb`. Raises NotAllowed when these actors may not take it in `state`."""
    step = STEPS.get(verb)
    if step is None or not step.actors & set(actors):
        raise NotAllowed("这一步不由您来办。")
    if state not in step.start:
        raise NotAllowed(f"这件需求现在是“{STAGES[state].label}”，不能再“{step.label}”了。")
    return step


def acting_as(step: Step, actors: Collection[Actor]) -> Actor:
    """Return as what a person takes a step that several of their parts would allow."""
    order = (Actor.PRO, Actor.CADRE, Actor.ADMIN, Actor.ASKER)
    return next(actor for actor in order if actor in actors and actor in step.actors)


def state_after(step: Step, state: State, *, has_pro: bool) -> State:
    """Return the state after `step`. An answer goes back to whoever had asked for it."""
    if step.verb == "reply" and has_pro:
        return State.ASSIGNED
    return step.end or state


After = Callable[[datetime, timedelta], datetime]


def _plainly(began: datetime, length: timedelta) -> datetime:
    return began + length


@dataclass(frozen=True)
class Limits:
    """How long each stretch may take. Hours; None or 0 means no limit.

    `warn_percent`: how much of the time may be left when a warning begins. `after` adds a time to
    a moment: of any days, or of working days only.
    """

    sign: int | None = None
    respond: int | None = None
    close: int | None = None
    confirm: int | None = None
    warn_percent: int = 25
    after: After = _plainly


@dataclass(frozen=True)
class Due:
    """When a need is late, and from when on a warning is shown."""

    at: datetime | None = None
    warn_at: datetime | None = None


@dataclass(frozen=True)
class Clock:
    """The times that limits count from; `waited` is what the asker took to answer questions."""

    opened_at: datetime
    running_since: datetime
    waited: timedelta = timedelta()


def due(state: State, clock: Clock, limits: Limits) -> Due:
    """Return when `state` must have been left. Waiting for the asker's answer is nobody's delay."""
    own = {
        State.RECEIVED: limits.sign,
        State.TAKEN: limits.respond,
        State.ASSIGNED: limits.respond,
        State.DONE: limits.confirm,
    }.get(state)
    ends: list[tuple[datetime, timedelta]] = []
    if own:
        ends.append((clock.running_since, timedelta(hours=own)))
    if limits.close and state in _HANDLED | {State.RECEIVED}:
        ends.append((clock.opened_at + clock.waited, timedelta(hours=limits.close)))
    if not ends:
        return Due()
    began, length = min(ends, key=lambda one: limits.after(*one))
    warned = length * (100 - limits.warn_percent) / 100
    return Due(limits.after(began, length), limits.after(began, warned))


@dataclass(frozen=True)
class Standing:
    """How urgent a need is: a word for the tone of its badge and a sentence."""

    level: str
    words: str


def standing(found: Due, moment: datetime, *, for_call_back: bool = False) -> Standing | None:
    """Return what to say of the limit at `moment`; None where there is none.

    At the very moment of the limit a need is not late yet.
    """
    if found.at is None or found.warn_at is None:
        return None
    left = found.at - moment
    if left < timedelta():
        late = lasting(-left)
        return Standing("bad", f"该回访了，已过 {late}" if for_call_back else f"超时 {late}")
    level = "warn" if moment >= found.warn_at else "none"
    return Standing(level, f"还剩 {lasting(left)}")


def lasting(length: timedelta) -> str:
    """Return a length of time for people: 不到 1 分钟, 25 分钟, 3 小时, 2 天 4 小时."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 1:
        return "不到 1 分钟"
    if minutes < 60:
        return f"{minutes} 分钟"
    hours = minutes // 60
    if hours < 48:
        return f"{hours} 小时"
    days, rest = divmod(hours, 24)
    return f"{days} 天 {rest} 小时" if rest and days < 10 else f"{days} 天"


def too_fast(began: datetime, moment: datetime) -> bool:
    """Tell whether a form came back sooner than a person can fill it."""
    return (moment - began).total_seconds() < FASTEST_SECONDS
