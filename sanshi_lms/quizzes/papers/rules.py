"""Rules of a paper's conditions: who may start when, what counts, and all of it in one sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

Counting = Literal["best", "last", "average"]
COUNTINGS: tuple[Counting, ...] = get_args(Counting)
RESULT_ZH: dict[Counting, str] = {
    "best": "最好成绩",
    "last": "最后一次成绩",
    "average": "平均成绩",
}
COUNTING_ZH = {name: f"取{word}" for name, word in RESULT_ZH.items()}
MOST_MINUTES = 600
MOST_GRACE_SECONDS = 600
MOST_COOLDOWN_HOURS = 24 * 30
USUAL_GRACE_SECONDS = 30
NOTED = "答题时会记下离开本页和粘贴的次数，只给老师查看，不影响成绩"


@dataclass(frozen=True)
class PaperRule:
    """A paper's whole rule. Times are local times of our people; 0 means "no such limit"."""

    pass_percent: int
    attempts_allowed: int
    limit_minutes: int = 0
    grace_seconds: int = USUAL_GRACE_SECONDS
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    cooldown_hours: int = 0
    counting: Counting = "best"
    practice: bool = False
    partial: str = "none"
    pretest: bool = False
    watched: bool = False

    @property
    def timed(self) -> bool:
        """Tell whether an attempt ends by the clock."""
        return bool(self.limit_minutes or self.closes_at)


@dataclass(frozen=True)
class Past:
    """What a person did with a paper so far, practice apart: results in order, and the last end.

    `waiting`: an attempt is still to be marked by a person.
    """

    percents: Sequence[int] = ()
    passed: bool = False
    last_at: datetime | None = None
    waiting: bool = False


_PARTS = {
    "half": "少选、少填且没有错的题得一半分",
    "each": "没有全对的题，答对几处得几处的分",
}
"""What learners are told of partial points; without any, nothing."""


def rule_sentence(rule: PaperRule, items: int) -> str:
    """Return the rule in one sentence, in the same words for learner and administrator."""
    parts = [
        f"共 {items} 题，{_aim(rule)}",
        _tries(rule),
        _limit(rule),
        *_window(rule),
        *([_PARTS[rule.partial]] if rule.partial in _PARTS else []),
        *(["可以先练习，练习不计成绩"] if rule.practice else []),
        *([NOTED] if rule.watched else []),
    ]
    return "；".join(parts) + "。"


def start_problem(rule: PaperRule, past: Past, at: datetime) -> str | None:
    """Return why a test cannot be started at `at` and when it can; None when it can."""
    if rule.opens_at and at < rule.opens_at:
        return f"这份测验 {_moment(rule.opens_at)} 才开始，请到时再来。"
    if rule.closes_at and at >= rule.closes_at:
        return f"这份测验已于 {_moment(rule.closes_at)} 结束，不能再开始。需要补考请联系管理员。"
    if past.waiting:
        return "上次的答卷正在批阅，出了成绩会通知您，再决定要不要重考。"
    if rule.pretest and past.percents:
        return "课前测只做一次，您已经做过了。"
    if past.passed and rule.counting != "best":
        return "您已经及格，不用再考。"
    if rule.attempts_allowed and len(past.percents) >= rule.attempts_allowed:
        return f"这份测验最多做 {rule.attempts_allowed} 次，您的次数已经用完。"
    again = next_start(rule, past)
    if again and at < again:
        local = again.astimezone(at.tzinfo)
        return f"两次测验之间要隔{_hours(rule.cooldown_hours)}，{_moment(local)} 以后可以再考。"
    return None


def next_start(rule: PaperRule, past: Past) -> datetime | None:
    """Return when the cool-down after the last attempt ends; None without one."""
    if not rule.cooldown_hours or past.last_at is None:
        return None
    return past.last_at + timedelta(hours=rule.cooldown_hours)


def deadline(rule: PaperRule, started: datetime) -> datetime | None:
    """Return when an attempt ends: after its minutes or with the window, whichever is first."""
    ends = [rule.closes_at] if rule.closes_at else []
    if rule.limit_minutes:
        ends.append(started + timedelta(minutes=rule.limit_minutes))
    return min(ends, default=None)


def counted_percent(counting: Counting, percents: Sequence[int]) -> int | None:
    """Return the result of several attempts, oldest first; an average is rounded down."""
    if not percents:
        return None
    if counting == "best":
        return max(percents)
    return percents[-1] if counting == "last" else sum(percents) // len(percents)


def problem(rule: PaperRule) -> str | None:
    """Return what contradicts itself in a rule; None when it is sound."""
    if rule.opens_at and rule.closes_at:
        if rule.closes_at <= rule.opens_at:
            return "结束时间要晚于开放时间。"
        if timedelta(minutes=rule.limit_minutes) > rule.closes_at - rule.opens_at:
            return "开放的时段比答题时间还短，请放宽时段或缩短答题时间。"
    if rule.cooldown_hours and rule.attempts_allowed == 1:
        return "只能测验 1 次时没有补考，间隔请填 0。"
    if rule.pretest and rule.practice:
        return "课前测要看原来会多少，不能先练习。请去掉“可以先练习”。"
    return None


def _aim(rule: PaperRule) -> str:
    if rule.pretest:
        return "这是课前测，看看原来知道多少：交卷就算完成，不分及格不及格，讲解做完课后测再看"
    return f"答对 {rule.pass_percent}% 以上（含）为及格"


def _tries(rule: PaperRule) -> str:
    if rule.pretest:
        return "只做 1 次"
    if rule.attempts_allowed == 1:
        return "只能测验 1 次"
    number = f"最多可以测验 {rule.attempts_allowed} 次" if rule.attempts_allowed else "可以多次测验"
    gap = f"，两次之间至少隔{_hours(rule.cooldown_hours)}" if rule.cooldown_hours else ""
    end = "" if rule.counting == "best" else "，及格后不再考"
    return f"{number}{gap}，{COUNTING_ZH[rule.counting]}{end}"


def _limit(rule: PaperRule) -> str:
    if not rule.limit_minutes:
        return "不限时间"
    return f"限时 {rule.limit_minutes} 分钟，以服务器的时间为准，到时自动交卷"


def _window(rule: PaperRule) -> list[str]:
    if rule.opens_at and rule.closes_at:
        return [f"{_moment(rule.opens_at)} 至 {_moment(rule.closes_at)} 开放"]
    if rule.opens_at:
        return [f"{_moment(rule.opens_at)} 起开放"]
    return [f"{_moment(rule.closes_at)} 结束，到时自动交卷"] if rule.closes_at else []


def _hours(hours: int) -> str:
    return f" {hours // 24} 天" if hours % 24 == 0 else f" {hours} 小时"


def _moment(moment: datetime) -> str:
    return f"{moment.year}年{moment.month}月{moment.day}日 {moment:%H:%M}"
