"""Writes of meetings: prepared, announced, voted, decided, followed up. Nothing here commits."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import insert, select, update

from sanshi_lms.account import User
from sanshi_lms.community.meetings import queries, rules
from sanshi_lms.community.meetings.models import FollowUp, Meeting, VoteCode
from sanshi_lms.community.meetings.rules import State
from sanshi_lms.community.models import Community, Member
from sanshi_lms.core.audit import note
from sanshi_lms.core.clock import local
from sanshi_lms.core.db import db, row_count
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.refusing import taken_means
from sanshi_lms.notices import DailyRound, notify

CONFLICT = 409
TOPIC = "meetings"
POLL = ("question", "options", "closes_at")


def add_meeting(
    me: User, community_id: int, values: Mapping[str, object], nonce: str, moment: datetime
) -> Meeting:
    """Prepare a meeting; the same form sent twice prepares one. Raises Refusal."""
    known = db.session.scalar(select(Meeting).where(Meeting.nonce == nonce))
    if known is not None:
        return known
    community = db.session.get(Community, community_id)
    mine = db.session.get(Member, (community_id, me.id)) is not None
    if community is None or not (mine or me.may(queries.MANAGE)):
        raise Refusal("请选择您负责的社区。")
    subject = Meeting(nonce=nonce, community_id=community_id, state=State.DRAFT.value, words="",
                      version=1, created_at=moment, **values)  # fmt: skip
    with taken_means("已经添加过了，请看列表。"):
        db.session.add(subject)
    note("community.add_meeting", f"meeting:{subject.id}", after={"title": subject.title})
    return subject


def save_meeting(subject: Meeting, values: Mapping[str, object], seen: int) -> None:
    """Change a meeting; its poll stays as it is once somebody has voted. Raises Refusal."""
    if subject.state in {State.DECIDED, State.CANCELLED}:
        raise Refusal("已经公布结果或者取消了，不能再改。")
    _, voted = queries.count_codes(subject.id)
    if voted and any(values[name] != getattr(subject, name) for name in POLL[:2]):
        raise Refusal("已经有人投票，问题和选项不能再改。")
    _claim(subject, seen)
    for name, value in values.items():
        setattr(subject, name, value)
    db.session.flush()
    note("community.change_meeting", f"meeting:{subject.id}", after={"title": subject.title})


def take_step(subject: Meeting, verb: str, words: str, seen: int, moment: datetime) -> None:
    """Move a meeting on. Raises Refusal with what must be done first (409: overtaken)."""
    state = State(subject.state)
    try:
        step = rules.step_of(
            verb, state, agenda=subject.agenda, decision=subject.decision, words=words,
            voting=rules.may_vote(state, subject.closes_at, moment),
        )  # fmt: skip
    except rules.NotAllowed as refused:
        raise Refusal(str(refused)) from refused
    before = subject.state
    _claim(subject, seen)
    subject.state, subject.words = step.end.value, words[: rules.TEXT_LENGTH]
    db.session.flush()
    after = {"meeting_state": subject.state}
    note("community.meeting_step", f"meeting:{subject.id}", {"meeting_state": before}, after)


def make_codes(subject: Meeting, count: int) -> None:
    """Add codes to vote by until there are `count`. Raises Refusal without a poll."""
    if not subject.question:
        raise Refusal("请先写要大家投什么票，再做投票码。")
    if subject.state not in {State.DRAFT, State.OPEN}:
        raise Refusal("已经结束了，不能再做投票码。")
    if not 1 <= count <= rules.MOST_CODES:
        raise Refusal(f"请填 1 到 {rules.MOST_CODES} 之间的整数，一户一个。")
    have, _ = queries.count_codes(subject.id)
    fresh = {rules.new_vote_code() for _ in range(max(0, count - have))}
    rows = [{"meeting_id": subject.id, "code": code, "choice": None} for code in fresh]
    if rows:
        with taken_means("没有做成，请再按一次。"):
            db.session.execute(insert(VoteCode), rows)
        note("community.make_vote_codes", f"meeting:{subject.id}", after={"added": len(rows)})


def vote(row: VoteCode, choice: int, moment: datetime) -> None:
    """Keep what a household chooses; until the closing they may choose again. Raises Refusal."""
    meeting = db.session.get_one(Meeting, row.meeting_id)
    if not rules.may_vote(State(meeting.state), meeting.closes_at, moment):
        raise Refusal("投票已经截止。")
    if not 0 <= choice < len(meeting.option_lines):
        raise Refusal("请选一项。")
    row.choice = choice
    db.session.flush()


def add_follow_up(subject: Meeting, text: str, who: str, due_on: date, nonce: str) -> None:
    """Add what follows from a decision; the same form sent twice adds one. Raises Refusal."""
    if subject.state != State.DECIDED:
        raise Refusal("先公布结果，再写谁来做。")
    if db.session.scalar(select(FollowUp.id).where(FollowUp.nonce == nonce)) is not None:
        return
    row = FollowUp(meeting_id=subject.id, nonce=nonce, text=text, who=who, due_on=due_on, result="")
    with taken_means("已经添加过了。"):
        db.session.add(row)
    note("community.add_follow_up", f"meeting:{subject.id}", after={"title": text})


def finish_follow_up(row: FollowUp, result: str, moment: datetime) -> None:
    """Write what came of it. Raises Refusal without words."""
    if not result:
        raise Refusal("请写做成了什么样。")
    if row.done_at is None:
        row.result, row.done_at = result[: rules.TEXT_LENGTH], moment
        note("community.finish_follow_up", f"meeting:{row.meeting_id}", after={"title": row.text})


def tell_late(moment: datetime) -> None:
    """Remind the cadres of a community, once, of what should have been done by now."""
    for row in queries.late_follow_ups(local(moment).date()):
        meeting = db.session.get_one(Meeting, row.meeting_id)
        members = select(Member.user_id).where(Member.community_id == meeting.community_id)
        words = f"应在 {row.due_on:%Y-%m-%d} 以前做好：{row.who}。"
        path = f"/community/meetings/{meeting.id}/edit"
        people = db.session.scalars(members).all()
        notify(people, TOPIC, f"该办了：{row.text}", words, path, f"follow-up:{row.id}", moment)


LATE = DailyRound("meetings.late", "提醒议定的事", tell_late)


def _claim(subject: Meeting, seen: int) -> None:
    mine = update(Meeting).where(Meeting.id == subject.id, Meeting.version == seen)
    if row_count(db.session.execute(mine.values(version=Meeting.version + 1))) != 1:
        raise Refusal("慢了一步：别人刚刚改过，请看过最新的再办。", CONFLICT)
    db.session.refresh(subject)
