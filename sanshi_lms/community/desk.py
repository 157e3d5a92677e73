"""What the administrator's desk shows of communities and needs, and words for the audit trail."""

from collections.abc import Collection, Mapping
from typing import Any

from flask import url_for
from sqlalchemy import select

from sanshi_lms.account import people_by_id
from sanshi_lms.community.experts import rules as expert_rules
from sanshi_lms.community.matching import WEIGHTS
from sanshi_lms.community.meetings import rules as meeting_rules
from sanshi_lms.community.models import Kind, Profession
from sanshi_lms.community.needs import rules
from sanshi_lms.community.needs.queries import count_late, needs_by_id
from sanshi_lms.community.points import rules as point_rules
from sanshi_lms.community.queries import communities_by_id, count_communities, count_waiting
from sanshi_lms.community.resources import rules as resource_rules
from sanshi_lms.community.services import rules as service_rules
from sanshi_lms.community.services.rules import PAY
from sanshi_lms.community.stars import rules as star_rules
from sanshi_lms.community.stories import rules as story_rules
from sanshi_lms.community.stories.pictures import PARTS
from sanshi_lms.core.db import db
from sanshi_lms.core.registers import (
    DeskTask,
    DeskTile,
    Subject,
    SubjectKind,
    Words,
    add_desk_task,
    add_desk_tile,
    add_subject_kind,
    add_words,
    ids_in,
)

_YES = {"true": "是", "false": "否"}


def _words_of(states: Mapping[Any, tuple[str, str | None]]) -> dict[str, str]:
    return {state.value: told[0] for state, told in states.items()}


def _labels_of(steps: Mapping[str, Any]) -> dict[str, str]:
    return {verb: step.label for verb, step in steps.items()}


WORDS = Words(
    label="社区和需求",
    verbs={
        "community.add": "添加社区",
        "community.change": "修改社区",
        "community.attach": "添加社区干部",
        "community.detach": "移除社区干部",
        "community.save_profile": "填写三师资料",
        "community.confirm_pro": "确认三师",
        "community.pause_pro": "停止推荐三师",
        "community.add_kind": "新增需求类别",
        "community.save_kind": "修改类别和时限",
        "community.add_profession": "新增专业",
        "community.check_qualifications": "核对三师的职业资格",
        "community.save_weights": "修改推荐的分",
        "community.offer_service": "添加服务",
        "community.change_service": "修改服务",
        "community.service_step": "核对、暂停或停止服务",
        "community.add_stage": "新增环节",
        "community.change_stage": "修改环节",
        "community.add_star_round": "新建星级评选",
        "community.save_star_round": "修改星级评选",
        "community.star_candidates": "添加或移出候选人",
        "community.add_star_judge": "添加评委",
        "community.star_stand_back": "评委回避",
        "community.star_step": "星级评选的一步",
        "community.star_objection": "提出异议",
        "community.answer_star_objection": "答复异议",
        "community.save_point_rules": "修改积分怎么算",
        "community.add_reward": "新增奖励",
        "community.change_reward": "修改奖励",
        "community.redeem": "换奖励",
        "community.end_redemption": "发放奖励或退回积分",
        "community.correct_points": "更正积分",
        "community.add_team": "新增专家团队",
        "community.change_team": "修改专家团队",
        "community.add_team_member": "添加团队成员",
        "community.remove_team_member": "移出团队成员",
        "community.plan_consultation": "约会诊",
        "community.consultation_step": "会诊的一步",
        "community.advise": "写建议",
        "community.move_advice": "答复建议",
        "community.add_event": "新增活动",
        "community.change_event": "修改活动",
        "community.publish_event": "发布活动",
        "community.cancel_event": "取消活动",
        "community.event_attendance": "登记签到",
        "community.add_meeting": "新增议事",
        "community.change_meeting": "修改议事",
        "community.meeting_step": "议事的一步",
        "community.make_vote_codes": "做投票码",
        "community.add_follow_up": "写谁来做",
        "community.finish_follow_up": "写做成了什么样",
        "community.add_resource": "新增资源",
        "community.change_resource": "修改资源",
        "community.book": "预订资源",
        "community.end_booking": "确认或取消预订",
        "community.add_budget": "新增经费",
        "community.spend": "记一笔经费",
        "community.file_need": "提出需求",
        "community.need_step": "办理需求",
        "community.see_phone": "查看需求的联系电话",
        "community.take_wish": "认领要做的微课",
        "community.give_back_wish": "退回要做的微课",
        "community.link_wish": "记下做成的微课",
        "community.begin_story": "开始写案例或故事",
        "community.edit_story": "修改案例或故事",
        "community.story_step": "审核、发布或下架案例和故事",
        "community.add_story_picture": "给案例或故事加图",
        "community.remove_story_picture": "删掉案例或故事的图",
    },
    fields={
        "name": "名称",
        "street": "街道",
        "active": "使用中",
        "display_name": "姓名",
        "person": "人员编号",
        "sign_hours": "签收时限（小时）",
        "working_days": "只算工作日",
        "respond_hours": "响应时限（小时）",
        "close_hours": "办结时限（小时）",
        "confirm_hours": "回访时限（小时）",
        "kind": "类别",
        "origin": "来源",
        "state": "状态",
        "service_state": "状态",
        "service_step": "这一步",
        "round_state": "状态",
        "round_step": "这一步",
        "redemption_state": "状态",
        "consultation_state": "状态",
        "consultation_step": "这一步",
        "advice_state": "状态",
        "step": "这一步",
        "label": "内容",
        "course": "课程编号",
        "part": "图的位置",
        "title": "标题",
        "summary": "介绍",
        "district": "区县",
        "place": "地点",
        "topic": "专项工作",
        "matter": "哪一类事",
        "people": "参与的人",
        "began_on": "开始日期",
        "ended_on": "完成日期",
        "cost_yuan": "费用（元）",
        "cost_note": "钱从哪里来",
        "video_lesson_id": "视频课编号",
        "criteria": "各项和权重",
        "booking_state": "状态",
        "yuan": "金额（元）",
        "meeting_state": "状态",
        "here": "来了",
        "cost": "要多少分",
        "stock": "还有几份",
        "points": "积分",
        "reason": "原因",
        "done": "一件需求办结（分/分钟）",
        "confirmed": "居民确认（分/分钟）",
        "added": "添加了几位",
        "qualifications": "职业资格",
        "stage_id": "环节编号",
        "delivers": "做什么",
        "takes": "要多久",
        "pay": "收不收费",
        "price": "怎么收费",
        **{one.name: one.label for one in WEIGHTS.values() if one.name != "district"},
    },
    values={
        "active": _YES,
        "booking_state": _words_of(resource_rules.STATES),
        "meeting_state": _words_of(meeting_rules.STATES),
        "here": _YES,
        "origin": {"resident": "居民", "cadre": "社区", "pro": "三师"},
        "state": {state.value: stage.label for state, stage in rules.STAGES.items()}
        | {state.value: told[0] for state, told in story_rules.STATES.items()},
        "step": {verb: step.label for verb, step in rules.STEPS.items()}
        | {verb: step.label for verb, step in story_rules.STEPS.items() if verb not in rules.STEPS},
        "service_state": _words_of(service_rules.STATES),
        "service_step": _labels_of(service_rules.STEPS),
        "round_state": _words_of(star_rules.STATES),
        "round_step": _labels_of(star_rules.STEPS),
        "redemption_state": _words_of(point_rules.STATES),
        "consultation_state": _words_of(expert_rules.STATES),
        "consultation_step": _labels_of(expert_rules.STEPS),
        "advice_state": _words_of(expert_rules.ADVICE_STATES),
        "part": PARTS,
        "pay": PAY,
    },
)


def setup() -> None:
    """Enter tiles, task, kinds of subjects and words."""
    for label, view, order, count in (
        ("超时的需求", "late", 60, count_late),
        ("等确认的三师", "", 61, count_waiting),
        ("社区", "", 62, count_communities),
    ):
        pros = label == "等确认的三师"
        endpoint = "community_admin.professionals" if pros else "community_admin.communities"
        add_desk_tile(
            DeskTile(
                label=label,
                unit="件" if view else "位" if pros else "个",
                endpoint="needs_desk.desk" if view else endpoint,
                permission="needs.see_all" if view else "community.manage",
                order=order,
                count=count,
                values={"view": view} if view else {},
            )
        )
    add_desk_task(DeskTask("看效果评估", "community", "effect.sheet", "needs.see_all", 45))
    add_subject_kind(SubjectKind("need", "需求", "needs.see_all", _needs))
    add_subject_kind(SubjectKind("community", "社区", "community.manage", _communities))
    add_subject_kind(SubjectKind("professional", "三师", "community.manage", _professionals))
    add_subject_kind(SubjectKind("kind", "需求类别", "community.manage", _kinds))
    add_subject_kind(SubjectKind("weights", "推荐的分", "community.manage", _weights))
    add_subject_kind(SubjectKind("profession", "专业", "community.manage", _professions))
    add_words("community", WORDS)


def _needs(keys: Collection[str]) -> Mapping[str, Subject]:
    return {
        str(number): Subject(
            f"{need.kind.name}（{need.community.name}，第 {number} 件）",
            url_for("needs_desk.need", need_id=number),
        )
        for number, need in needs_by_id(ids_in(keys)).items()
    }


def _communities(keys: Collection[str]) -> Mapping[str, Subject]:
    return {
        str(number): Subject(
            community.name, url_for("community_admin.community", community_id=number)
        )
        for number, community in communities_by_id(ids_in(keys)).items()
    }


def _professionals(keys: Collection[str]) -> Mapping[str, Subject]:
    url = url_for("community_admin.professionals")
    return {
        str(number): Subject(person.display_name, url)
        for number, person in people_by_id(ids_in(keys)).items()
    }


def _kinds(keys: Collection[str]) -> Mapping[str, Subject]:
    found = db.session.scalars(select(Kind).where(Kind.id.in_(ids_in(keys))))
    return {
        str(kind.id): Subject(kind.name, url_for("needs_admin.kind", kind_id=kind.id))
        for kind in found
    }


def _professions(keys: Collection[str]) -> Mapping[str, Subject]:
    url = url_for("community_admin.professionals")
    found = db.session.scalars(select(Profession).where(Profession.id.in_(ids_in(keys))))
    return {str(one.id): Subject(one.name, url) for one in found}


def _weights(keys: Collection[str]) -> Mapping[str, Subject]:
    return dict.fromkeys(keys, Subject("派单时的推荐", url_for("directory_admin.weights")))
