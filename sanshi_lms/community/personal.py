"""What the room keeps of a person (core/personal)."""

from sqlalchemy import delete, update

from sanshi_lms.community.models import HelpedKind, Professional, ServedDistrict
from sanshi_lms.community.needs.models import Need
from sanshi_lms.community.services.models import Service
from sanshi_lms.community.services.rules import State
from sanshi_lms.core.db import db
from sanshi_lms.core.personal import Personal, acted

_OPEN = "是社区办事的公开记录，别人还要看；署名改为已注销用户"
_STARS = "评选要有完整的得分和依据；只留编号，不留姓名"
_POINTS = "积分明细只增不改，和发出的奖励对账；只留编号"


def close_profile(user_id: int) -> None:
    """Take a 三师 out of the directory, with all that they said of themselves."""
    emptied = dict.fromkeys(("about", "qualifications", "languages", "association", "work"), "")
    mine = update(Professional).where(Professional.user_id == user_id)
    closed = {"available": False, "listed": False, "confirmed_at": None, "qualified_at": None}
    db.session.execute(mine.values(**emptied, **closed))
    for part in (ServedDistrict, HelpedKind):
        db.session.execute(delete(part).where(part.user_id == user_id))


def end_services(user_id: int) -> None:
    """End what a 三师 offers."""
    mine = update(Service).where(Service.pro_id == user_id)
    db.session.execute(mine.values(state=State.ENDED.value))


def forget_phones(user_id: int) -> None:
    """Forget the phones of the needs that somebody filed."""
    db.session.execute(update(Need).where(Need.filed_by_id == user_id).values(phone=None))


PERSONAL = (
    Personal("community_members", "user_id", "所属的社区"),
    Personal(
        "community_professionals",
        "user_id",
        "三师名册里的资料",
        "办过的需求、评过的星级和它相连；介绍、资质、服务区域都清空，名册里再也查不到",
        becomes=close_profile,
    ),
    Personal("community_professional_districts", "user_id", "服务的区县"),
    Personal("community_professional_kinds", "user_id", "能帮的事"),
    Personal("community_services", "pro_id", "提供的服务", _OPEN, without=("nonce",),
             becomes=end_services),
    Personal(
        "community_needs",
        "filed_by_id",
        "提的需求",
        f"{_OPEN}；联系电话删除",
        without=("nonce", "code", "pro_id"),
        parts=("community_need_photos",),
        file="key",
        becomes=forget_phones,
    ),
    acted("community_needs", "pro_id", "派给自己的需求"),
    acted("community_need_steps", "person_id", "办需求的步骤"),
    acted("community_need_steps", "pro_id", "派给自己的需求的步骤"),
    Personal("community_stories", "author_id", "写的案例", _OPEN, without=("nonce",)),
    acted("community_story_steps", "person_id", "案例的审核步骤"),
    Personal("community_event_seats", "user_id", "报名的活动"),
    Personal("community_bookings", "user_id", "订的场地和物品", "和场地的使用记录相连；只留编号",
             without=("nonce",)),
    acted("community_spendings", "by_id", "登记的经费支出"),
    Personal("community_point_lines", "user_id", "积分明细", _POINTS),
    Personal("community_point_balances", "user_id", "积分余额", _POINTS),
    Personal("community_redemptions", "user_id", "兑换的奖励", _POINTS, without=("nonce",)),
    Personal("community_team_members", "user_id", "参加的专家团队"),
    Personal("community_star_candidates", "user_id", "参加的星级评选", _STARS),
    Personal("community_star_marks", "candidate_id", "星级评选的得分", _STARS,
             without=("judge_id",)),
    acted("community_star_marks", "judge_id", "给别人打的分"),
    acted("community_star_judges", "user_id", "担任的评委"),
    acted("community_star_objections", "candidate_id", "别人提的异议"),
    acted("community_star_objections", "answered_by_id", "答复的异议"),
    acted("community_consultations", "host_id", "主持的会诊"),
    acted("community_advice", "by_id", "在会诊里提的意见"),
    acted("community_taken_wishes", "person_id", "认领要做的微课"),
)  # fmt: skip
