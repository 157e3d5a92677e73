"""A regional rule in plain sentences, the same for whoever learns and whoever administers."""

from decimal import Decimal

from sanshi_lms.credentials.ledger.rules import ACTIVITIES, Caps, Counting, Rule, Tier, plain

_PER_SUBJECT = {
    "online_course": "同一门课",
    "micro_lecture": "同一门课",
    "test": "同一门课",
    "offline": "同一场培训",
    "teaching": "同一次授课",
    "outside": "同一项学习",
}


def sentences(rule: Rule) -> list[str]:
    """Return the rule, a sentence for each thing it says."""
    told = [_validity(rule)]
    if rule.target:
        told.append(_target(rule))
    for activity, label in ACTIVITIES.items():
        if activity in rule.countings:
            told.append(f"{label}：{_counting(rule.countings[activity], activity)}")
    left_out = [label for activity, label in ACTIVITIES.items() if rule.counting(activity) is None]
    if left_out:
        told.append(f"{'、'.join(left_out)}：这条规则没有写，不计学时。")
    limits = _caps(rule.caps, "同一门课或同一项")
    if limits:
        told.append(f"所有学习合计：{limits}。")
    told.append(_rounding(rule))
    return told


def _validity(rule: Rule) -> str:
    until = f"到 {_day(rule.valid_to)} 为止" if rule.valid_to else "没有写截止日期"
    return f"从 {_day(rule.valid_from)} 起有效，{until}。"


def _target(rule: Rule) -> str:
    target = rule.target
    if target is None:
        return ""
    parts = [
        f"其中{part.category}科目不少于 {plain(part.hours)} 学时"
        + (f"（{part.share}）" if part.share else "")
        for part in target.parts
    ]
    return "，".join([f"每年要学满 {plain(target.hours)} 学时", *parts]) + "。"


def _counting(counting: Counting, activity: str) -> str:
    if counting.way == "tiers":
        told = "；".join(_tier(tier) for tier in counting.tiers)
    elif counting.way == "time":
        told = f"每 {plain(counting.minutes_per_hour or Decimal(45))} 分钟计 1 学时，按比例算"
    elif counting.way == "fixed":
        told = f"每通过或完成一次计 {plain(counting.hours or Decimal(0))} 学时"
    else:
        told = "按课程或证明上写的学时计"
    if counting.factor != 1:
        told += f"，再乘以 {plain(counting.factor)}"
    limits = _caps(counting.caps, _PER_SUBJECT[activity])
    return f"{told}；{limits}。" if limits else f"{told}。"


def _tier(tier: Tier) -> str:
    minutes = plain(Decimal(tier.seconds) / 60)
    if not tier.seconds:
        return f"再短的计 {plain(tier.hours)} 学时"
    return f"{'满' if tier.inclusive else '超过'} {minutes} 分钟计 {plain(tier.hours)} 学时"


def _caps(caps: Caps, subject: str) -> str:
    limits = ((caps.subject, subject), (caps.day, "一天"), (caps.year, "一年"))
    return "，".join(f"{what}最多计 {plain(most)}" for most, what in limits if most is not None)


def _rounding(rule: Rule) -> str:
    how = "四舍五入" if rule.rounding == "half_up" else "不足的零头舍去"
    return f"算出的学时取 {plain(rule.step)} 的整数倍，{how}。"


def _day(day: object) -> str:
    return str(day)
