"""Rules of required training: whom an assignment hits, when to remind, how a state reads.

Days are local dates: what is due on a day may be done until that day ends.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

TITLE_LENGTH = 60
REASON_LENGTH = 200
SOON_DAYS = 7


@dataclass(frozen=True)
class Ladder:
    """When people are reminded; data that an administrator edits.

    `days_before` the deadline, then every `overdue_every` days after it, `most_overdue` times;
    leaders get a digest once a week from `digest_weekday` on (0 is Monday).
    """

    days_before: tuple[int, ...]
    overdue_every: int
    most_overdue: int
    digest_weekday: int


@dataclass(frozen=True)
class Audience:
    """Whom an assignment is for: the people of the units (empty: everybody) who have one of the
    roles and one of the posts (empty: any), and besides them the people named.
    """

    unit_ids: frozenset[int] = frozenset()
    roles: frozenset[str] = frozenset()
    posts: frozenset[str] = frozenset()
    user_ids: frozenset[int] = frozenset()

    @property
    def has_rule(self) -> bool:
        """Tell whether it describes people instead of only naming them."""
        return bool(self.unit_ids or self.roles or self.posts)

    def fits(self, unit_id: int | None, role: str, post: str) -> bool:
        """Tell whether the description fits; `unit_ids` has all units below the chosen already."""
        if not self.has_rule:
            return False
        in_unit = not self.unit_ids or unit_id in self.unit_ids
        has_role = not self.roles or role in self.roles
        return in_unit and has_role and (not self.posts or post in self.posts)


def has_left(
    audience: Audience, user_id: int, unit_id: int | None, role: str, post: str, *, follows: bool
) -> bool:
    """Tell whether somebody it hits no longer belongs to whom it follows; `audience` is expanded.

    Whoever is named, and whoever an assignment of one moment hit, stays.
    """
    if not follows or user_id in audience.user_ids:
        return False
    return not audience.fits(unit_id, role, post)


def audience_sentence(
    audience: Audience, units: Sequence[str], roles: Mapping[str, str], named: int
) -> str:
    """Say whom an assignment is for, in one sentence."""
    parts = []
    if audience.has_rule:
        where = "、".join(units) + "（含下级）" if units else "所有单位"
        who = "、".join(roles[name] for name in sorted(audience.roles) if name in roles)
        what = "、".join(sorted(audience.posts))
        told = "，".join(([f"身份是{who}"] if who else []) + ([f"岗位是{what}"] if what else []))
        parts.append(f"{where}的{'人员' if not told else '人员中' + told + '的'}")
    if named:
        parts.append(f"点名的 {named} 人")
    return "，以及".join(parts)


def rung_today(due: date, today: date, begun: date, ladder: Ladder) -> str | None:
    """Return the name of the reminder whose turn it is, or None; the same all through its turn.

    Of several that came due while nobody looked only the latest is sent. What came due before the
    person was told of the task at all (`begun`) is not.
    """
    left = (due - today).days
    if left < 0:
        number = (-left - 1) // max(ladder.overdue_every, 1)
        return f"over{number}" if number < ladder.most_overdue else None
    turns = [d for d in ladder.days_before if left <= d and due - timedelta(days=d) > begun]
    return f"before{min(turns)}" if turns else None


def digest_week(today: date, ladder: Ladder) -> str | None:
    """Return the week whose digest is due, such as 2026-W48, or None before its day."""
    year, week, weekday = today.isocalendar()
    return f"{year}-W{week:02}" if weekday - 1 >= ladder.digest_weekday else None


def days_words(due: date, today: date) -> str:
    """Return how far a deadline is, in words."""
    left = (due - today).days
    if left < 0:
        return f"已经过期 {-left} 天"
    return {0: "今天截止", 1: "明天截止"}.get(left, f"还有 {left} 天")


def state_of(
    due: date, today: date, share: float, *, done: bool, exempt: bool, left: bool = False
) -> str:
    """Return where a person stands: exempt, done, left, overdue, soon, doing or waiting."""
    if exempt:
        return "exempt"
    if done:
        return "done"
    if left:
        return "left"
    if due < today:
        return "overdue"
    if (due - today).days <= SOON_DAYS:
        return "soon"
    return "doing" if share > 0 else "waiting"


STATES = {
    "overdue": "已逾期",
    "soon": "快到期",
    "doing": "学习中",
    "waiting": "还没开始",
    "done": "已完成",
    "exempt": "已免修",
    "left": "已调离，不再要求",
}
TONES = {"overdue": "bad", "soon": "warn", "doing": "river", "done": "good"}


def read_days(text: str) -> tuple[int, ...] | None:
    """Return days typed as 14, 7, 1 in falling order; None when they cannot be understood."""
    parts = [
        p for p in text.replace("，", ",").replace("、", ",").replace(" ", ",").split(",") if p
    ]
    if not parts or len(parts) > 10 or not all(p.isascii() and p.isdigit() for p in parts):
        return None
    days = {int(part) for part in parts if len(part) <= 3}
    return tuple(sorted(days, reverse=True)) if days and max(days) <= 365 else None


def spread(names: Collection[str], most: int = 5) -> str:
    """Return some names and how many there are: 王小明、李秀英等 7 人."""
    shown = list(names)[:most]
    return "、".join(shown) + (f"等 {len(names)} 人" if len(names) > len(shown) else "")
