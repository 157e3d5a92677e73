"""The demo's stars, team, event, meeting, room and reward: invented, made by the real actions."""

from datetime import datetime, timedelta

from sqlalchemy import select

from sanshi_lms.account import User, find_person
from sanshi_lms.community.events import actions as events
from sanshi_lms.community.experts import actions as experts
from sanshi_lms.community.meetings import actions as meetings
from sanshi_lms.community.models import Community, Member
from sanshi_lms.community.points import actions as points
from sanshi_lms.community.resources import actions as resources
from sanshi_lms.community.stars import actions as stars
from sanshi_lms.community.stars import panel, queries
from sanshi_lms.community.stars.actions import Line, Plan
from sanshi_lms.community.stars.models import StarRound
from sanshi_lms.core.clock import local
from sanshi_lms.core.db import db

NONCE = "demoprogramme{:019}"


def load_programme(moment: datetime) -> bool:
    """Put the invented programme in; False when it is there already or nobody can."""
    admin, author = find_person("admin"), find_person("author")
    if admin is None or author is None or db.session.scalar(select(StarRound.id).limit(1)):
        return False
    _round(admin, author, moment)
    _team()
    _event(moment)
    _meeting(admin, moment)
    room = {"kind": "场地", "name": "示范区规划展示厅（虚构）", "district": "示范区", "url": "",
            "place": "一楼", "about": "80 座，有投影和话筒。", "opens": 8, "closes": 21,
            "active": True}  # fmt: skip
    resources.save_resource(None, room)
    resources.add_budget("三师进社区经费（虚构）", local(moment).year, 120_000)
    prize = {"name": "参观新馆名额（虚构）", "about": "半天，有人讲解。", "district": "",
             "cost": 60, "stock": 20, "active": True}  # fmt: skip
    points.save_reward(None, prize)
    return True


def _round(admin: User, author: User, moment: datetime) -> None:
    plan = Plan("示范年度星级三师（虚构）", moment - timedelta(days=365), moment, 7, 1,
                {"3": 60.0, "4": 78.0, "5": 92.0})  # fmt: skip
    began = moment - timedelta(days=12)
    subject = stars.add_round(plan, began)
    subject.invented = True
    lines = [
        Line("closed", "服务了多少", 45, 12), Line("confirmed_share", "居民是不是满意", 20, 100),
        Line("quick_share", "回应快不快", 15, 100), Line("panel", "解决难题、带动居民", 20, 100),
    ]  # fmt: skip
    stars.save_round(subject, plan, lines)
    stars.add_active_candidates(subject)
    for judge in (admin, author):
        stars.add_judge(subject, judge.username, began)
    stars.take_step(subject, "freeze", "", subject.version, began)
    marked = next(one.id for one in subject.criteria if one.source == "panel")
    for number, row in enumerate(queries.candidates(subject.id)):
        panel.give_marks(subject, author, row.user_id, {marked: 60 + number % 40}, began)
    stars.take_step(subject, "publish", "", subject.version, began)
    stars.take_step(subject, "finish", "", subject.version, moment)


def _team() -> None:
    values = {"name": "老旧小区改造专家组（虚构）", "level": "市级", "topic": "城市更新",
              "about": "规划、建筑、结构和社工一起看。", "active": True}  # fmt: skip
    team = experts.save_team(None, values)
    subject = db.session.scalars(select(StarRound)).one()
    for row in queries.candidates(subject.id, starred=True)[:6]:
        experts.add_member(team, row.user_id)


def _event(moment: datetime) -> None:
    at = local(moment).replace(hour=14, minute=0, second=0, microsecond=0) + timedelta(days=9)
    values = {
        "kind": "现场观摩", "title": "看一看坝子怎么变花园（虚构）", "place": "示范区石板坡社区",
        "about": "走一圈，听居民说，再坐下来聊半小时。",
        "speakers": "谢雨，三个方案怎么选\n居民代表",
        "materials": "办事清单 /courses/series/skills", "replay": "", "seats": 40,
        "starts_at": at, "ends_at": at + timedelta(hours=2),
    }  # fmt: skip
    event = events.add_event(values, NONCE.format(1), moment)
    event.invented = True
    events.publish(event, event.version)


def _meeting(admin: User, moment: datetime) -> None:
    community = db.session.scalars(
        select(Community).join(Member, Member.community_id == Community.id).order_by(Community.id)
    ).first()
    if community is None:
        return
    values = {
        "title": "坝子怎么用（虚构）", "held_at": moment - timedelta(days=20),
        "place": "社区活动室",
        "agenda": "空着的坝子做什么：座椅和遮阳棚，或者共享菜地。", "question": "", "options": "",
        "closes_at": None, "minutes": "来了 31 户，三师带了两张图。",
        "decision": "先做座椅和遮阳棚，菜地放在围墙边试半年。",
    }  # fmt: skip
    meeting = meetings.add_meeting(admin, community.id, values, NONCE.format(2), moment)
    for verb in ("announce", "decide"):
        meetings.take_step(meeting, verb, "", meeting.version, moment)
    day = local(moment).date()
    for number, (text, who, days) in enumerate(
        (("装十个座椅", "物业", -3), ("画菜地的格子", "居民小组", 20))
    ):
        due = day + timedelta(days=days)
        meetings.add_follow_up(meeting, text, who, due, NONCE.format(3 + number))
    db.session.refresh(meeting)
    meetings.finish_follow_up(meeting.follow_ups[0], "装好了，坐得稳。", moment)
