"""Rules of corrections: what can be corrected, and who may decide."""

SHORTEST_REASON = 5
LONGEST_REASON = 500
KINDS = {"complete": "补记为学完", "revoke": "改为没有学完"}


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
