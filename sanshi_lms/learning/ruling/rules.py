"""The rule of a course: what learning must be like to count. Data, and one sentence for people.

A rule is made by an administrator, kept by name and version, and never edited once it is there: a
change makes the next version. Whoever reads the sentence, learner or administrator, reads the same
one, made here from the numbers.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from sanshi_lms.learning.rules import WatchRule
from sanshi_lms.learning.stretches import Interval, clip, merge

LONGEST_NAME = 30
SHARE = (10, 100)
FASTEST = (100, 400)
PRESENCE = (0, 120)
QUIZ = (0, 100)
READING = (0, 200)
# A player's clock and ours differ by rounding; a gap of this much in first-view order is none.
ORDER_TOLERANCE_MS = 3_000
# The page asks on the minute; what plays until it has stopped is not held against anybody.
GRACE_MS = 5_000


@dataclass(frozen=True)
class Rule(WatchRule):
    """What counts in a course. The numbers left alone are those of the usual rule.

    To what watching must be like comes: in_order: what was not seen yet cannot be skipped at the
    first view. presence_minutes: after so much play without a sign of life we ask, 0 never.
    questions: questions inside a video must be answered right. quiz_percent: least score of a
    quiz, 0 its own pass mark. reading_percent: part of a text's minutes really to be spent on its
    page, 0 none. tick: the person says at the end that they have read it.
    """

    name: str = "常用规则"
    version: int = 1
    in_order: bool = False
    presence_minutes: int = 0
    questions: bool = True
    quiz_percent: int = 0
    reading_percent: int = 0
    tick: bool = True

    @property
    def label(self) -> str:
        """The name with its version, as lists show it."""
        return f"{self.name}（第 {self.version} 版）"

    @property
    def share_percent(self) -> int:
        """The part of a video to be seen, in percent."""
        return round(self.share * 100)

    @property
    def fastest_percent(self) -> int:
        """The highest speed that earns: 200 is twice."""
        return round(self.fastest * 100)

    @property
    def presence_ms(self) -> int:
        """Milliseconds of play after which we ask; 0 never."""
        return self.presence_minutes * 60_000

    def sentence(self, *, asked: bool = True) -> str:
        """Return the whole rule in one sentence, the same for learner and administrator.

        `asked` tells whether there are questions inside the videos that it is said of.
        """
        return f"{video_clause(self, asked=asked)}；{text_clause(self)}；{quiz_clause(self)}。"

    def sentence_for(self, kind: str, *, asked: bool = True) -> str:
        """Return what the rule says of lessons of this kind, in the words of `sentence`."""
        if kind == "video":
            return f"{video_clause(self, asked=asked)}。"
        clause = CLAUSES.get(kind)
        return f"{clause(self)}。" if clause else ""


def video_clause(rule: Rule, *, asked: bool = True) -> str:
    """Return what the rule says of videos, without a full stop."""
    speed = f"{rule.fastest:g} 倍速"
    parts = [
        "视频全部看完（100%）才算学完"
        if rule.share_percent == 100
        else f"视频看满 {rule.share_percent}% 就算学完",
        "可以分几次看，重看不会减少进度",
        f"按 {speed}看才计入" if rule.fastest_percent == 100 else f"{speed}以内都算",
        "第一遍要按顺序看，没看过的部分不能跳过去" if rule.in_order else "可以拖动但跳过的部分不算",
    ]
    if rule.presence_minutes:
        parts.append(
            f"连续播放 {rule.presence_minutes} 分钟没有动静会问一声“还在看吗”，"
            "晚点回答也不要紧，提问前看的和回答后看的都算"
        )
    if asked:
        parts.append("遇到弹题要答对" if rule.questions else "弹题只作练习")
    if rule.waiting_ms:
        parts.append(rule.waiting_clause())
    return "，".join(parts)


def text_clause(rule: Rule, what: str = "图文", word: str = "我读完了") -> str:
    """Return what the rule says of texts (or documents), without a full stop."""
    tick = f"点“{word}”" if rule.tick else ""
    if not rule.reading_percent:
        return f"{what}读完后{tick}就算学完"
    spent = f"{what}要在页面上读满所标分钟数的 {rule.reading_percent}%"
    return f"{spent}，再{tick}" if tick else f"{spent}就算学完"


def quiz_clause(rule: Rule) -> str:
    """Return what the rule says of quizzes, without a full stop."""
    if not rule.quiz_percent:
        return "测验及格就算学完"
    return f"测验及格并且不低于 {rule.quiz_percent} 分才算学完"


TICKS: Mapping[str, str] = {
    "reading": "我读完了",
    "document": "我看完了",
    "files": "我看过了",
    "broadcast": "我听完了",
}
"""Kinds that a person completes by a word of their own, and the word."""
CLAUSES: Mapping[str, Callable[[Rule], str]] = {
    "video": video_clause,
    "reading": text_clause,
    "quiz": quiz_clause,
    "document": lambda rule: text_clause(rule, "文档", TICKS["document"]),
    "files": lambda _: "资料看过以后点“我看过了”就算学完",
    "broadcast": lambda _: "直播开始以后，听完点“我听完了”就算学完",
    "practical": lambda _: "作业交上来，老师审阅通过就算学完",
    "event": lambda _: "到现场签到就算学完，老师补登记的也算",
}


def problem(rule: Rule) -> tuple[str, str] | None:
    """Return the field that is wrong and what to do about it, or None when the rule is sound."""
    if not rule.name.strip() or len(rule.name) > LONGEST_NAME:
        return "name", f"请给规则起个名字，最多 {LONGEST_NAME} 个字。"
    for name, (least, most), what in (
        ("share_percent", SHARE, "要看满的部分"),
        ("fastest_percent", FASTEST, "最快倍速"),
        ("presence_minutes", PRESENCE, "提问间隔"),
        ("quiz_percent", QUIZ, "测验分数"),
        ("reading_percent", READING, "阅读时间"),
    ):
        if not least <= getattr(rule, name) <= most:
            return name, f"{what}要在 {least} 到 {most} 之间。"
    if not rule.tick and not rule.reading_percent:
        return "tick", "不要求阅读时间的话，必须让学员自己点“我读完了”，否则图文课没法学完。"
    return None


def same_numbers(one: Rule, other: Rule) -> bool:
    """Tell whether two versions of a rule ask for the same."""
    return replace(one, version=other.version) == other


ASKED = (
    "share_percent",
    "fastest_percent",
    "in_order",
    "presence_minutes",
    "questions",
    "quiz_percent",
    "reading_percent",
    "tick",
)


def asked(rule: Rule) -> dict[str, int]:
    """Return what an administrator may set, by field; speeds and shares in percent."""
    return {name: getattr(rule, name) for name in ASKED}


def made_of(name: str, version: int, asked_for: Mapping[str, int]) -> Rule:
    """Return the rule that asks for `asked_for`, the way `asked` tells it."""
    return Rule(
        name=name,
        version=version,
        share=asked_for["share_percent"] / 100,
        fastest=asked_for["fastest_percent"] / 100,
        in_order=bool(asked_for["in_order"]),
        presence_minutes=asked_for["presence_minutes"],
        questions=bool(asked_for["questions"]),
        quiz_percent=asked_for["quiz_percent"],
        reading_percent=asked_for["reading_percent"],
        tick=bool(asked_for["tick"]),
    )


def in_order(
    seen: Sequence[Interval], played: Sequence[Interval], tolerance_ms: int = ORDER_TOLERANCE_MS
) -> tuple[Interval, ...]:
    """Return what of `played` counts when a first view must go in order.

    Playing counts as far as it goes on from what was seen without a gap since the start; a gap of
    up to `tolerance_ms` is forgiven. Seeing again what was seen always counts.
    """
    reach = frontier(seen, tolerance_ms)
    counted: list[Interval] = []
    for start, end in merge(played):
        if start <= reach + tolerance_ms:
            counted.append((start, end))
            reach = max(reach, end)
        else:
            counted.extend(clip_to(seen, (start, end)))
    return merge(counted)


def frontier(seen: Sequence[Interval], tolerance_ms: int = ORDER_TOLERANCE_MS) -> int:
    """Return up to where a lecture has been seen without a gap, in milliseconds."""
    reach = 0
    for start, end in merge(seen):
        if start > reach + tolerance_ms:
            break
        reach = max(reach, end)
    return reach


def clip_to(seen: Sequence[Interval], piece: Interval) -> tuple[Interval, ...]:
    """Return the parts of `piece` that were seen before."""
    start, end = piece
    return tuple(
        (max(start, a), min(end, b)) for a, b in merge(seen) if max(start, a) < min(end, b)
    )


@dataclass(frozen=True)
class Attended:
    """What of a report was watched by somebody: the stretches, and the play since the last sign."""

    stretches: tuple[Interval, ...]
    idle_ms: int
    cut: bool


def attended(idle_ms: int, stretches: Sequence[Interval], limit_ms: int, *, sign: bool) -> Attended:
    """Return what counts of `stretches` when a sign of life is asked after `limit_ms` of play.

    `idle_ms` is the play since the last sign. `sign` says that one was given before these
    stretches. What plays on past the question earns nothing until the next sign; before the
    question, and after the answer, everything counts.
    """
    if limit_ms <= 0:
        return Attended(tuple(stretches), 0, cut=False)
    spent = 0 if sign else idle_ms
    kept: list[Interval] = []
    cut = False
    for start, end in stretches:
        left = max(0, limit_ms - spent)
        if end - start > left:
            cut = True
        if left > 0:
            kept.append((start, min(end, start + left)))
        spent += end - start
    return Attended(clip(kept, max((end for _, end in kept), default=0)), min(spent, limit_ms), cut)
