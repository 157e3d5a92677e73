"""Writes of expert teams and consultations. Nothing here commits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update

from sanshi_lms.account import User
from sanshi_lms.community.experts import queries, rules
from sanshi_lms.community.experts.models import Advice, Consultation, ExpertTeam, TeamMember
from sanshi_lms.community.experts.rules import AdviceState, State
from sanshi_lms.community.models import Community, Member, Professional
from sanshi_lms.community.needs.queries import find_need
from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db, row_count
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.refusing import taken_means
from sanshi_lms.notices import notify

CONFLICT = 409
TOPIC = "experts"


@dataclass(frozen=True)
class Plan:
    """What a consultation is about."""

    team_id: int
    community_id: int
    need_id: int | None
    way: str
    title: str
    problem: str
    held_on: date


def save_team(team: ExpertTeam | None, values: Mapping[str, object]) -> ExpertTeam:
    """Add a team or change one. Raises Refusal when there is one of that name."""
    subject = team or ExpertTeam()
    with taken_means("已经有同名的团队。"):
        for name, value in values.items():
            setattr(subject, name, value)
        db.session.add(subject)
    facts = {"name": subject.name, "active": subject.active}
    if team is None:
        note("community.add_team", f"team:{subject.id}", after=facts)
    else:
        note("community.change_team", f"team:{subject.id}", after=facts)
    return subject


def add_member(team: ExpertTeam, user_id: int) -> None:
    """Add a confirmed 三师 to a team; who is in it already stays."""
    pro = db.session.get(Professional, user_id)
    if pro is None or pro.confirmed_at is None:
        raise Refusal("请从列出的三师里选。")
    if db.session.get(TeamMember, (team.id, user_id)) is None:
        with taken_means("已经在团队里了。"):
            db.session.add(TeamMember(team_id=team.id, user_id=user_id))
        added = {"display_name": pro.person.display_name}
        note("community.add_team_member", f"team:{team.id}", after=added)


def remove_member(team: ExpertTeam, user_id: int) -> None:
    """Take somebody out of a team; what they advised stays."""
    row = db.session.get(TeamMember, (team.id, user_id))
    if row is not None:
        db.session.delete(row)
        note("community.remove_team_member", f"team:{team.id}", before={"person": user_id})


def plan_consultation(me: User, plan: Plan, nonce: str, moment: datetime) -> Consultation:
    """Ask a team; the same form sent twice asks once. Raises Refusal."""
    known = db.session.scalar(select(Consultation).where(Consultation.nonce == nonce))
    if known is not None:
        return known
    team, community = db.session.get(ExpertTeam, plan.team_id), _community(me, plan.community_id)
    if team is None or not team.active:
        raise Refusal("请选一个团队。")
    need = find_need(plan.need_id, me) if plan.need_id else None
    if plan.need_id and (need is None or need.community_id != community.id):
        raise Refusal("这件需求不在这个社区，请检查。")
    subject = Consultation(nonce=nonce, host_id=me.id, created_at=moment, record="", version=1,
                           state=State.PLANNED.value, **vars(plan))  # fmt: skip
    with taken_means("已经约过了，请看列表。"):
        db.session.add(subject)
    note("community.plan_consultation", f"consultation:{subject.id}", after={"title": plan.title})
    experts = [one.user_id for one in queries.members().get(team.id, [])]
    words = f"{community.name}，{plan.held_on:%Y-%m-%d}。"
    notify(experts, TOPIC, f"请您{plan.way}：{plan.title}", words, _path(subject),
           f"consultation:{subject.id}", moment)  # fmt: skip
    return subject


def take_step(subject: Consultation, me: User, verb: str, words: str, seen: int) -> None:
    """Move a consultation on. Raises Refusal with a sentence (409: somebody was quicker)."""
    hands = queries.hands_of(subject, me)
    states = [AdviceState(one.state) for one in subject.advice]
    try:
        step = rules.step_of(verb, State(subject.state), hands, states)
    except rules.NotAllowed as refused:
        raise Refusal(str(refused)) from refused
    if step.words and not words:
        raise Refusal("请写几句话：谁来了、看了什么；取消请写明原因。")
    before = subject.state
    mine = update(Consultation).where(Consultation.id == subject.id, Consultation.version == seen)
    values: dict[str, object] = {"version": Consultation.version + 1, "state": step.end.value}
    if step.words:
        values["record"] = words[: rules.TEXT_LENGTH]
    if row_count(db.session.execute(mine.values(**values))) != 1:
        raise Refusal("慢了一步：这次会诊刚刚有变化，请看过最新情况再办。", CONFLICT)
    db.session.refresh(subject)
    after = {"consultation_state": subject.state, "consultation_step": verb}
    earlier = {"consultation_state": before}
    note("community.consultation_step", f"consultation:{subject.id}", earlier, after)


def advise(subject: Consultation, me: User, text: str, nonce: str, moment: datetime) -> None:
    """Write an advice; the same form sent twice writes one. Raises Refusal."""
    if rules.Hand.EXPERT not in queries.hands_of(subject, me):
        raise Refusal("建议由团队里的三师来写。", 403)
    if State(subject.state) not in rules.ADVISING:
        raise Refusal("这次会诊已经结束，不能再写建议。")
    if not text or len(text) > rules.TEXT_LENGTH:
        raise Refusal(f"请写建议，最多 {rules.TEXT_LENGTH} 个字。")
    if db.session.scalar(select(Advice.id).where(Advice.nonce == nonce)) is not None:
        return
    row = Advice(consultation_id=subject.id, nonce=nonce, by_id=me.id, text=text, at=moment,
                 state=AdviceState.OPEN.value, result="")  # fmt: skip
    with taken_means("已经写过了。"):
        db.session.add(row)
    note("community.advise", f"consultation:{subject.id}")
    notify([subject.host_id], TOPIC, f"有新的建议：{subject.title}", text[:60], _path(subject),
           f"advice:{row.id}", moment)  # fmt: skip


def move_advice(
    subject: Consultation, advice: Advice, me: User, to: str, words: str, moment: datetime
) -> None:
    """Write what became of an advice. Raises Refusal."""
    hands, before = queries.hands_of(subject, me), AdviceState(advice.state)
    try:
        wanted = rules.advice_step(before, to, words, hands)
    except rules.NotAllowed as refused:
        raise Refusal(str(refused)) from refused
    mine = update(Advice).where(Advice.id == advice.id, Advice.state == before.value)
    values = {"state": wanted.value, "result": words[: rules.TEXT_LENGTH], "moved_at": moment}
    if row_count(db.session.execute(mine.values(**values))) != 1:
        raise Refusal("慢了一步：这条建议刚刚有变化，请看过最新情况再办。", CONFLICT)
    db.session.refresh(advice)
    states = {"advice_state": before.value}, {"advice_state": wanted.value}
    note("community.move_advice", f"consultation:{subject.id}", *states)
    notify([advice.by_id], TOPIC, f"您的建议{advice.told[0]}", words, _path(subject),
           f"advice:{advice.id}:{wanted.value}", moment)  # fmt: skip


def _community(me: User, community_id: int) -> Community:
    found = db.session.get(Community, community_id)
    mine = db.session.get(Member, (community_id, me.id)) is not None
    if found is None or not (me.may(queries.MANAGE) or mine):
        raise Refusal("请选择您负责的社区。")
    return found


def _path(subject: Consultation) -> str:
    return f"/community/consultations/{subject.id}"
