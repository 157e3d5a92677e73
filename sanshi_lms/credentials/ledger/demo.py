"""An invented year of a professional, so that the pages of a fresh installation show something."""

from datetime import date, datetime, time
from pathlib import Path

from sqlalchemy import select

from sanshi_lms.account import find_person
from sanshi_lms.core.clock import LOCAL_ZONE, local
from sanshi_lms.core.db import db
from sanshi_lms.credentials.ledger.actions import Evidence, award_hours, reverse_entry
from sanshi_lms.credentials.ledger.models import RuleApplication
from sanshi_lms.credentials.ledger.queries import entry_for
from sanshi_lms.credentials.ledger.rule_store import latest_version, take_in_folder

RULE = "sample-90-hours"
# month, day, activity, title, category, minutes, stated hours
YEAR: tuple[tuple[int, int, str, str, str, float | None, int | None], ...] = (
    (1, 15, "offline", "职业道德与法律法规集中培训", "公需", 360, None),
    (2, 26, "online_course", "国土空间规划新政策解读", "专业", 45, None),
    (3, 5, "online_course", "老旧小区改造流程", "专业", 45, None),
    (3, 5, "test", "老旧小区改造流程：测验", "专业", None, None),
    (3, 19, "offline", "城市更新专题培训（第一天）", "专业", 360, None),
    (3, 20, "offline", "城市更新专题培训（第二天）", "专业", 360, None),
    (4, 9, "teaching", "给石板坡社区讲加装电梯", "专业", 90, None),
    (4, 23, "online_course", "无障碍与适老化设计", "专业", 45, None),
    (4, 23, "test", "无障碍与适老化设计：测验", "专业", None, None),
    (5, 14, "outside", "省级公需科目网络学习", "公需", None, 12),
    (6, 4, "offline", "既有建筑安全评估工作坊", "专业", 270, None),
    (6, 18, "online_course", "完整社区建设导则", "专业", 45, None),
    (7, 8, "offline", "公文写作与公共沟通", "公需", 360, None),
    (7, 23, "outside", "建筑学会年会（有参会证明）", "专业", None, 8),
    (8, 6, "online_course", "海绵城市与排水防涝", "专业", 45, None),
    (8, 20, "online_course", "网络与信息安全基础", "公需", 90, None),
    (9, 3, "online_course", "社区体检怎么做", "专业", 45, None),
    (9, 3, "test", "社区体检怎么做：测验", "专业", None, None),
    (9, 17, "teaching", "给街道干部讲城市体检", "专业", 90, None),
    (10, 15, "offline", "消防通道与电动车管理实训", "专业", 270, None),
    (10, 29, "online_course", "街巷微更新案例", "专业", 45, None),
    (11, 5, "online_course", "楼道堆物治理", "专业", 22.5, None),
)
TAKEN_BACK = "街巷微更新案例"


def load_demo(folder: Path, at: datetime) -> int:
    """Take the shipped rules in, give the sample to the 三师, fill in a year; return new lines.

    Doing it again changes nothing. What lies in the future of the present year is left out.
    """
    take_in_folder(folder, at)
    person = find_person("pro")
    version = latest_version(RULE)
    if person is None or version is None:
        return 0
    today = local(at).date()
    given = select(RuleApplication.id).where(RuleApplication.version_id == version.id)
    if db.session.scalar(given.limit(1)) is None:
        # Only a demonstration may begin in the past: nothing else has been counted in it yet.
        since = date(today.year, 1, 1)
        db.session.add(
            RuleApplication(
                version_id=version.id, scope="role", who="pro", starts_on=since, made_at=at
            )
        )
        db.session.flush()
    fresh = 0
    for place, (month, day, activity, title, category, minutes, hours) in enumerate(YEAR):
        ref, when = f"demo:{today.year}:{place}", date(today.year, month, day)
        if when > today or entry_for(ref) is not None:
            continue
        moment = datetime.combine(when, time(16), LOCAL_ZONE)
        line = award_hours(
            person.id,
            activity,
            f"{title}（演示）",
            source_ref=ref,
            at=moment,
            category=category,
            minutes=minutes,
            hours=hours,
            evidence=[Evidence("demo", ref, "演示数据，虚构", f"{when} 记入")],
        )
        if title == TAKEN_BACK:
            reverse_entry(line, "演示：核实为他人代学", moment)
        fresh += 1
    return fresh
