"""Rules of learning gain: two results of each person, before and after, in percent (0 to 100)."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Gain:
    """What a group learned. `before` and `after` are means in percent over the same people."""

    people: int
    before: float
    after: float
    improved: int
    fell: int

    @property
    def points(self) -> float:
        """Return by how many points the mean rose; negative when it fell."""
        return self.after - self.before

    @property
    def share(self) -> float | None:
        """Return which part of what was missing was learned, at most 1; None if none was.

        The normalised gain of the means, after R. R. Hake, Am. J. Phys. 66 (1998) 64, eq. 1.
        """
        missing = 100 - self.before
        return self.points / missing if missing > 0 else None


def gain_of(pairs: Sequence[tuple[int, int]]) -> Gain | None:
    """Return the gain of people's (before, after); None without any."""
    if not pairs:
        return None
    count = len(pairs)
    return Gain(
        people=count,
        before=sum(before for before, _ in pairs) / count,
        after=sum(after for _, after in pairs) / count,
        improved=sum(after > before for before, after in pairs),
        fell=sum(after < before for before, after in pairs),
    )


def own_words(before: int, after: int) -> str:
    """Return a person's own gain in a sentence."""
    start = f"课前测 {before} 分，课后测 {after} 分"
    if after > before:
        return f"{start}，提高了 {after - before} 分。"
    return f"{start}，分数没有变。" if after == before else f"{start}，可以再看一遍课程。"


def pair_problem(
    *, same: bool, other_is_pretest: bool, taken: bool, has_pretest: bool
) -> str | None:
    """Return why two papers cannot be a pair; None when they can.

    `taken`: the later test has an earlier one already; `has_pretest`: the earlier one is itself
    the later one of another pair.
    """
    if same:
        return "一份测验不能是自己的课前测，请选另一份。"
    if other_is_pretest:
        return "选的那份测验本身是课前测，请选课后做的那一份。"
    if taken:
        return "选的那份测验已经有课前测了，一份课后测只配一份课前测。"
    return "这份测验已经是另一份的课后测，不能再当课前测。" if has_pretest else None
