"""Rules of corrections: what can be corrected, and who may decide."""

from dataclasses import dataclass

SHORTEST_REASON = 5
LONGEST_REASON = 500
KINDS = {
    "complete": "补记为学完",
    "revoke": "改为没有学完",
    "add_time": "补记一段观看",
    "cut_time": "扣除一段观看",
    "score": "更正测验成绩",
}
TIMES = ("add_time", "cut_time")


@dataclass(frozen=True)
class Amount:
    """What a correction states: a stretch of a lecture in seconds, or a score of 100."""

    start: int | None = None
    end: int | None = None
    percent: int | None = None

    def problem(self, kind: str, lesson_kind: str, length_seconds: float) -> str | None:
        """Return what is wrong with it for such a correction of such a lesson, or None."""
        if kind in TIMES:
            if lesson_kind not in WATCHED or not length_seconds:
                return "只有视频课能补记或扣除观看，请换一课或换一种更正。"
            if self.start is None or self.end is None:
                return "请写明从几分几秒到几分几秒，例如 0:00 到 12:30。"
            if not self.start < self.end <= length_seconds + 1:
                return f"这段时间不在视频里：视频长 {_clock(length_seconds)}，结束要晚于开始。"
        if kind == "score":
            if lesson_kind != "quiz":
                return "只有测验能更正成绩，请换一课或换一种更正。"
            if self.percent is None or not 0 <= self.percent <= 100:
                return "请写明更正后的成绩，0 到 100 的整数。"
        return None


WATCHED = ("video", "audio")


def kind_words(kind: str, amount: Amount) -> str:
    """Return what a correction does, with what it states."""
    if kind in TIMES:
        return f"{KINDS[kind]}（{_clock(amount.start or 0)} 到 {_clock(amount.end or 0)}）"
    return f"{KINDS[kind]}为 {amount.percent} 分" if kind == "score" else KINDS[kind]


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02}"


def reason_problem(reason: str) -> str | None:
    """Return what is wrong with a reason, or None."""
    if len(reason) < SHORTEST_REASON:
        return f"请写明原因，至少 {SHORTEST_REASON} 个字，本人会看到。"
    if len(reason) > LONGEST_REASON:
        return f"原因太长，最多 {LONGEST_REASON} 个字。"
    return None


def request_problem(kind: str, *, completed: bool, waiting: bool, own: bool) -> str | None:
    """Return why this correction cannot be asked for, or None."""
    if kind not in KINDS:
        return "请选择怎样更正。"
    if own:
        return "不能更正自己的学习记录，请另一位管理员来办。"
    if waiting:
        return "这一课已经有一条更正在等审批，请先处理那一条。"
    if kind == "complete" and completed:
        return "这一课已经是学完了，不用补记。"
    if kind == "revoke" and not completed:
        return "这一课本来就没有学完，不用更正。"
    return None


def decider_problem(decider_id: int, asked_by_id: int, person_id: int) -> str | None:
    """Return why somebody may not decide a correction, or None."""
    if decider_id == asked_by_id:
        return "更正要由另一位管理员审批，自己提的不能自己批。"
    if decider_id == person_id:
        return "不能审批自己的学习记录。"
    return None
