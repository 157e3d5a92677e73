"""The way of a course from draft to withdrawal as data: which step, from where, by whom, with what.

三审: three people who did not submit it read it one after the other (初审、复审、终审). Where the
switch is off, whoever may publish does so at once, as before.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

WORDS_LENGTH = 500
REASON_LENGTH = 200
LONGEST_WAIT = timedelta(days=366)


class Stage(StrEnum):
    """How far a course is on its way through the reviews; what is kept of it."""

    WRITING = "writing"
    FIRST = "first"
    SECOND = "second"
    FINAL = "final"
    PASSED = "passed"


class State(StrEnum):
    """Where a course stands, as people are told."""

    DRAFT = "draft"
    FIRST = "first"
    SECOND = "second"
    FINAL = "final"
    PASSED = "passed"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Hand(StrEnum):
    """As what somebody acts on a course: courses.edit, courses.review, courses.publish."""

    WRITER = "writer"
    REVIEWER = "reviewer"
    CHIEF = "chief"


WRITABLE = frozenset({State.DRAFT, State.WITHDRAWN})
REVIEWS = (State.FIRST, State.SECOND, State.FINAL)
UNDER_WAY = frozenset({*REVIEWS, State.PASSED})

STATES: Mapping[State, tuple[str, str | None]] = {
    State.DRAFT: ("草稿", "warn"),
    State.FIRST: ("等初审", "accent"),
    State.SECOND: ("等复审", "accent"),
    State.FINAL: ("等终审", "accent"),
    State.PASSED: ("终审通过，等发布", "river"),
    State.SCHEDULED: ("定时发布", "river"),
    State.PUBLISHED: ("已发布", "good"),
    State.WITHDRAWN: ("已下架", None),
}
_LINES: Mapping[State, tuple[str, str]] = {
    State.DRAFT: (
        "现在是草稿，由管理员发布。",
        "现在是草稿。写好以后提交，由三个人依次审：初审、复审、终审。",
    ),
    State.FIRST: ("", "已经提交，等第一个人初审。审的时候不能改。"),
    State.SECOND: ("", "初审通过了，等另一个人复审。审的时候不能改。"),
    State.FINAL: ("", "复审通过了，等第三个人（管理员）终审。审的时候不能改。"),
    State.PASSED: ("", "三个人都通过了，等管理员发布。"),
    State.SCHEDULED: ("定好了时间，到点自动发布。", "三审通过，定好了时间，到点自动发布。"),
    State.PUBLISHED: ("所有人都能看到。", "所有人都能看到。"),
    State.WITHDRAWN: (
        "学员看不到，学习记录都还在。可以再发布。",
        "学员看不到，学习记录都还在。改好以后提交，再审三次才能发布。",
    ),
}


@dataclass(frozen=True)
class Facts:
    """What decides which steps somebody may take on a course.

    `submitted`: they submitted it since it was last published; `passed`: they passed it in this
    round; `reviews`: the switch is on.
    """

    state: State
    hands: frozenset[Hand]
    submitted: bool = False
    passed: bool = False
    reviews: bool = True


@dataclass(frozen=True)
class Step:
    """Something that can be done. `second`: a fresh pair of eyes; `own`: only whoever submitted.

    `whole`: nothing may be missing; `same`: the course still reads as it was submitted.
    """

    verb: str
    label: str
    told: str
    start: frozenset[State]
    end: State
    hands: frozenset[Hand]
    words: bool = False
    second: bool = False
    own: bool = False
    whole: bool = False
    same: bool = False


def _pass(verb: str, word: str, start: State, end: State, hand: Hand) -> Step:
    return Step(
        verb, f"{word}通过", f"{word}通过", frozenset({start}), end, frozenset({hand}),
        second=True, whole=True, same=True,
    )  # fmt: skip


def _return(verb: str, told: str, start: State, hands: Iterable[Hand]) -> Step:
    hold = frozenset({start})
    return Step(verb, "退回修改", told, hold, State.DRAFT, frozenset(hands), words=True)


_CHIEF = frozenset({Hand.CHIEF})
_EITHER = (Hand.REVIEWER, Hand.CHIEF)
STEPS: Mapping[str, Step] = {
    step.verb: step
    for step in (
        Step("submit", "提交审核", "提交审核", WRITABLE, State.FIRST, frozenset({Hand.WRITER}),
             whole=True),
        Step("take_back", "收回来再改", "收回来再改", UNDER_WAY, State.DRAFT,
             frozenset({Hand.WRITER}), own=True),
        _pass("pass_first", "初审", State.FIRST, State.SECOND, Hand.REVIEWER),
        _pass("pass_second", "复审", State.SECOND, State.FINAL, Hand.REVIEWER),
        _pass("pass_final", "终审", State.FINAL, State.PASSED, Hand.CHIEF),
        _return("return_first", "初审退回", State.FIRST, _EITHER),
        _return("return_second", "复审退回", State.SECOND, _EITHER),
        _return("return_final", "终审退回", State.FINAL, _CHIEF),
        Step("publish", "发布", "发布", WRITABLE | {State.PASSED, State.SCHEDULED},
             State.PUBLISHED, _CHIEF, whole=True, same=True),
        Step("schedule", "定时发布", "定时发布", WRITABLE | {State.PASSED, State.SCHEDULED},
             State.SCHEDULED, _CHIEF, whole=True, same=True),
        Step("unschedule", "取消定时", "取消定时发布", frozenset({State.SCHEDULED}), State.PASSED,
             _CHIEF),
        _return("return_passed", "发布前退回", State.PASSED, _CHIEF),
        Step("withdraw", "下架", "下架", frozenset({State.PUBLISHED}), State.WITHDRAWN, _CHIEF,
             words=True),
    )
}  # fmt: skip
PASSES = frozenset({"pass_first", "pass_second", "pass_final"})
MISSED = "miss"
TOLD = {step.verb: step.told for step in STEPS.values()} | {MISSED: "没有按时发布"}
_ONLY_WITH_REVIEWS = frozenset({*STEPS}) - {"publish", "schedule", "unschedule", "withdraw"}


class NotAllowed(Exception):
    """A step that cannot be taken now. `str()` is a sentence for whoever tried."""


def state_of(status: str, stage: str, *, timed: bool, reviews: bool) -> State:
    """Return where a course stands: what everybody sees comes first, then the way of reviews.

    A stage that was reached before the switch was turned off waits for its being turned on again.
    """
    if status == "published":
        return State.PUBLISHED
    if timed and (not reviews or stage == Stage.PASSED):
        return State.SCHEDULED
    if reviews and stage != Stage.WRITING:
        return State(stage)
    return State.WITHDRAWN if status == "withdrawn" else State.DRAFT


def stage_after(step: Step, stage: str, *, reviews: bool) -> str:
    """Return the stage that is kept after a step.

    What is scheduled without reviews is another version than the one that was being read.
    """
    if step.verb == "unschedule" or (step.verb == "schedule" and reviews):
        return stage
    return step.end.value if step.end in UNDER_WAY else Stage.WRITING.value


def line_of(state: State, *, reviews: bool) -> str:
    """Return the one plain line that says where a course stands."""
    return _LINES[state][reviews]


def round_of(steps: Iterable[tuple[str, int | None]]) -> tuple[frozenset[int], frozenset[int]]:
    """Return who submitted since the last publication, and who passed it since the last submission.

    `steps` are (verb, person) in their order.
    """
    submitted: set[int] = set()
    passed: set[int] = set()
    for verb, person in steps:
        if verb == "publish":
            submitted, passed = set(), set()
        elif verb == "submit":
            passed = set()
            submitted |= set() if person is None else {person}
        elif verb in PASSES and person is not None:
            passed.add(person)
    return frozenset(submitted), frozenset(passed)


def possible(facts: Facts) -> list[Step]:
    """Return the steps that somebody may take."""
    return [step for step in STEPS.values() if not _against(step, facts)]


def step_of(verb: str, facts: Facts) -> Step:
    """Return the step `verb`. Raises NotAllowed when it is not theirs or not possible now."""
    step = STEPS.get(verb)
    if step is None:
        raise NotAllowed("这一步不由您来办。")
    if against := _against(step, facts):
        raise NotAllowed(against)
    return step


def waits_for(facts: Facts) -> bool:
    """Tell whether a course waits for this very person: to pass it, or to publish it."""
    wanted = PASSES | {"publish"} if facts.state in UNDER_WAY else frozenset[str]()
    return any(step.verb in wanted for step in possible(facts))


def locked(state: State, hands: Collection[Hand], *, reviews: bool) -> str:
    """Return why the words of a course must not be changed now, or nothing."""
    if not reviews:
        return ""
    if state in UNDER_WAY or state is State.SCHEDULED:
        return "这门课程正在审核，现在不能改。要改请先在课程页收回或退回。"
    if state is State.PUBLISHED and Hand.CHIEF not in hands:
        return "发布前要三审，已经发布的内容不能直接改。请联系管理员下架，改好以后再提交审核。"
    return ""


def moment_problem(moment: datetime, present: datetime) -> str | None:
    """Return what is wrong with the moment of a timed publication, or None."""
    if moment <= present:
        return "定时发布的时间已经过了，请选以后的时间；现在就要发布请点“发布”。"
    if moment - present > LONGEST_WAIT:
        return "定时发布最多提前一年，请选近一些的时间。"
    return None


def _against(step: Step, facts: Facts) -> str:
    """Return why somebody must not take a step now, or nothing."""
    if not step.hands & facts.hands:
        return "这一步不由您来办。"
    if step.verb in _ONLY_WITH_REVIEWS and not facts.reviews:
        return "现在发布前不用三审，不用这一步。"
    skips = step.verb in {"publish", "schedule"} and facts.reviews and facts.state in WRITABLE
    if skips:
        return "发布前要三审：请先提交，三个人都通过以后才能发布。"
    if facts.state not in step.start:
        return f"现在是“{STATES[facts.state][0]}”，不能再“{step.label}”了。请看最新情况。"
    if step.second and facts.submitted:
        return "这门课程是您提交的，要请别人来审。"
    if step.second and facts.passed:
        return "您已经审过这一轮，要请另一个人来审。"
    return (
        "提交的人才能收回来。要改请退回，并写明原因。" if step.own and not facts.submitted else ""
    )
