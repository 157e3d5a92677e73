"""Rules of the ledger: what a fact is worth under a regional rule, what a person still lacks.

All figures are Decimal. How an amount is rounded is stated by each rule (`step`, `rounding`): the
default is to hundredths, halves up. Caps come after rounding and cut exactly. Every number of
policy comes out of a rule's text; none stands here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

CATEGORIES = ("公需", "专业")
ACTIVITIES: dict[str, str] = {
    "online_course": "网络课程",
    "micro_lecture": "微课",
    "test": "测验",
    "offline": "线下培训",
    "teaching": "授课",
    "outside": "平台外学习",
}
WAYS = ("tiers", "time", "fixed", "stated")
ROUNDINGS = ("half_up", "down")
ZERO = Decimal("0.00")
_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class Tier:
    """From `seconds` on (`inclusive`), or above them, something is worth `hours`."""

    seconds: int
    inclusive: bool
    hours: Decimal

    def reached(self, seconds: int) -> bool:
        """Tell whether a length reaches this tier."""
        return seconds >= self.seconds if self.inclusive else seconds > self.seconds


@dataclass(frozen=True)
class Caps:
    """The most credit hours for one subject (a course, a class), a day and a year; None is none."""

    subject: Decimal | None = None
    day: Decimal | None = None
    year: Decimal | None = None


@dataclass(frozen=True)
class Counting:
    """How one kind of activity is counted.

    `way`: "tiers" by length in steps, "time" in proportion, "fixed" an amount each, "stated" as
    the course or the claim says. `factor` multiplies (teaching may count double).
    """

    way: str
    tiers: tuple[Tier, ...] = ()
    minutes_per_hour: Decimal | None = None
    hours: Decimal | None = None
    factor: Decimal = Decimal(1)
    caps: Caps = Caps()


@dataclass(frozen=True)
class Part:
    """At least `hours` of the annual target must be of `category`; `share` is how it is written."""

    category: str
    hours: Decimal
    share: str = ""


@dataclass(frozen=True)
class Target:
    """What a year asks for."""

    hours: Decimal
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Rule:
    """A regional rule as data. `valid_to` is the last day, None when there is no end."""

    code: str
    title: str
    region: str
    source: str
    sample: bool
    valid_from: date
    valid_to: date | None
    step: Decimal
    rounding: str
    countings: Mapping[str, Counting]
    caps: Caps = Caps()
    target: Target | None = None

    def counting(self, activity: str) -> Counting | None:
        """Return how `activity` counts; a micro-lecture counts as a course unless told apart."""
        found = self.countings.get(activity)
        if found is None and activity == "micro_lecture":
            return self.countings.get("online_course")
        return found

    def covers(self, day: date) -> bool:
        """Tell whether the rule is valid on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class Fact:
    """What happened: the evidence as far as counting needs it.

    `subject` names the course, class or claim; `seconds` is the counted length; `stated` are the
    hours that the course or claim itself states.
    """

    activity: str
    category: str
    subject: str
    day: date
    seconds: int | None = None
    stated: Decimal | None = None


@dataclass(frozen=True)
class Line:
    """A line of the ledger that stands already, as far as caps need it."""

    activity: str
    subject: str
    day: date
    hours: Decimal


@dataclass(frozen=True)
class Worth:
    """What a fact came to: `raw` before the caps, `hours` after; `why` tells a difference."""

    raw: Decimal
    hours: Decimal
    why: str = ""


def worth(rule: Rule | None, fact: Fact, before: Iterable[Line]) -> Worth:
    """Return what `fact` is worth, given the lines of the person that stand before it.

    Without a rule the stated hours count as they are, as they did before rules.
    """
    if rule is None:
        stated = hundredths(fact.stated or ZERO)
        return Worth(stated, stated)
    raw, why = raw_hours(rule, fact)
    if raw == 0:
        return Worth(ZERO, ZERO, why)
    left, cap_words = _room(rule, fact, before)
    if left is None or raw <= left:
        return Worth(raw, raw)
    kept = hundredths(left)
    return Worth(raw, kept, f"{cap_words}，按规则应计 {plain(raw)}，实际计 {plain(kept)}。")


def raw_hours(rule: Rule, fact: Fact) -> tuple[Decimal, str]:
    """Return the hours before caps, and a sentence when there are none."""
    counting = rule.counting(fact.activity)
    label = ACTIVITIES.get(fact.activity, fact.activity)
    if counting is None:
        return ZERO, f"现行规则没有写{label}怎么计学时，所以不计。"
    if counting.way in {"tiers", "time"} and fact.seconds is None:
        return ZERO, f"{label}按时长计学时，这一次没有时长记录，所以不计。"
    amount = _amount(counting, fact) * Fraction(counting.factor)
    hours = round_to(amount, rule.step, rule.rounding)
    return hours, "" if hours else f"时长不够，按规则{label}还计不到学时。"


def round_to(amount: Fraction, step: Decimal, rounding: str) -> Decimal:
    """Return `amount` as a multiple of `step`. Exact: a fraction has no error that could tip it."""
    steps = amount / Fraction(step)
    return hundredths(int(steps + Fraction(1, 2) if rounding == "half_up" else steps) * step)


def _amount(counting: Counting, fact: Fact) -> Fraction:
    if counting.way == "fixed":
        return Fraction(counting.hours or ZERO)
    if counting.way == "stated":
        return Fraction(fact.stated or ZERO)
    seconds = fact.seconds or 0
    if counting.way == "time":
        return Fraction(seconds) / (60 * Fraction(counting.minutes_per_hour or Decimal(45)))
    reached = [tier.hours for tier in counting.tiers if seconds and tier.reached(seconds)]
    return Fraction(max(reached, default=ZERO))


def _room(rule: Rule, fact: Fact, before: Iterable[Line]) -> tuple[Decimal | None, str]:
    """Return the smallest room that the caps leave, None when none applies, and whose it is."""
    counting = rule.counting(fact.activity) or Counting("fixed")
    label = ACTIVITIES.get(fact.activity, fact.activity)
    year = [line for line in before if line.day.year == fact.day.year]
    same_kind = [line for line in year if line.activity == fact.activity]
    rooms: list[tuple[Decimal, str]] = []
    for caps, lines, what in ((rule.caps, year, "各类学习"), (counting.caps, same_kind, label)):
        for most, of_these, when in (
            (caps.subject, [x for x in lines if x.subject == fact.subject], "同一门课或同一项"),
            (caps.day, [x for x in lines if x.day == fact.day], "一天"),
            (caps.year, lines, "一年"),
        ):
            if most is not None:
                had = total(line.hours for line in of_these)
                words = f"{what}{when}最多计 {plain(most)} 学时，此前已计 {plain(had)}"
                rooms.append((max(ZERO, most - had), words))
    return min(rooms, key=lambda room: room[0]) if rooms else (None, "")


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Return the exact sum."""
    return sum(amounts, ZERO)


def hundredths(amount: Decimal) -> Decimal:
    """Return `amount` with two decimals, halves up, as the ledger keeps it."""
    return amount.quantize(_HUNDREDTH, ROUND_HALF_UP)


def plain(hours: Decimal) -> str:
    """Return hours without needless zeros: 0.50 → "0.5"."""
    return f"{hours:.2f}".rstrip("0").rstrip(".") or "0"


@dataclass(frozen=True)
class Gap:
    """What a person lacks of a year's target: all in all, and by category."""

    target: Target
    earned: Decimal
    missing: Decimal
    parts: tuple[tuple[str, Decimal], ...] = field(default=())

    @property
    def met(self) -> bool:
        """Tell whether the target is met in all its parts."""
        return self.missing == 0

    def words(self) -> str:
        """Return the gap as a person would say it: 还差 12 学时，其中专业科目 8."""
        if self.met:
            return f"已达到年度要求 {plain(self.target.hours)} 学时。"
        lacking = [(name, hours) for name, hours in self.parts if hours]
        told = "、".join(f"{name}科目 {plain(hours)}" for name, hours in lacking)
        if not told:
            return f"还差 {plain(self.missing)} 学时。"
        if self.earned >= self.target.hours:
            return f"总学时够了，还差{told}。"
        return f"还差 {plain(self.missing)} 学时，其中{told}。"


def gap(target: Target, earned: Mapping[str, Decimal]) -> Gap:
    """Return what is missing; hours of one category cannot stand in for another's part."""
    had = total(earned.values())
    parts = tuple(
        (part.category, max(ZERO, part.hours - earned.get(part.category, ZERO)))
        for part in target.parts
    )
    missing = max(ZERO, target.hours - had, total(hours for _, hours in parts))
    return Gap(target, had, missing, parts)


@dataclass(frozen=True)
class Application:
    """From `starts_on` on, `version_id` (None: no rule any more) is for whom `scope` names."""

    scope: str
    who: str
    starts_on: date
    version_id: int | None


SCOPES = ("post", "role", "all")
"""From the most special to the most general; the first that has a rule decides."""


def in_force(applications: Sequence[Application], post: str, role: str, day: date) -> Iterable[int]:
    """Yield the versions that may apply to a person on `day`, the most special first."""
    for scope, who in (("post", post), ("role", role), ("all", "")):
        mine = [
            one
            for one in applications
            if (one.scope, one.who) == (scope, who) and one.starts_on <= day
        ]
        # Of one day the last decides: `applications` stand in the order in which they were made.
        latest = max(enumerate(mine), key=lambda pair: (pair[1].starts_on, pair[0]), default=None)
        if latest is not None and latest[1].version_id is not None:
            yield latest[1].version_id
