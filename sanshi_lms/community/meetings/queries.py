"""Reads of meetings: what everybody may read, and those of one's communities."""

from datetime import date

from sqlalchemy import ColumnElement, Select, false, func, select, true

from sanshi_lms.account import User
from sanshi_lms.community.meetings import rules
from sanshi_lms.community.meetings.models import FollowUp, Meeting, VoteCode
from sanshi_lms.community.models import Community, Member
from sanshi_lms.core.db import db

MANAGE = "community.manage"
_PUBLIC = Meeting.state.in_(sorted(rules.PUBLIC))


def in_scope(person: User) -> ColumnElement[bool]:
    """Return the condition of the meetings that `person` arranges: of their communities, or all."""
    if person.may(MANAGE):
        return true()
    mine = select(Member.community_id).where(Member.user_id == person.id)
    return Meeting.community_id.in_(mine) if person.may("needs.handle") else false()


def public_query(community: str) -> Select[Meeting]:
    """Return what everybody may read, the newest first; of communities with this name, if any."""
    query = select(Meeting).where(_PUBLIC)
    if community:
        query = query.join(Community, Community.id == Meeting.community_id)
        query = query.where(Community.name.contains(community, autoescape=True))
    return query.order_by(Meeting.held_at.desc(), Meeting.id.desc())


def find_meeting(meeting_id: int, person: User | None) -> Meeting | None:
    """Return the meeting if everybody may read it or `person` arranges it."""
    found = db.session.get(Meeting, meeting_id)
    if found is None or found.state in rules.PUBLIC:
        return found
    return find_own(meeting_id, person) if person is not None else None


def find_own(meeting_id: int, person: User) -> Meeting | None:
    """Return the meeting if `person` arranges it."""
    return db.session.scalar(select(Meeting).where(Meeting.id == meeting_id, in_scope(person)))


def own_query(person: User) -> Select[Meeting]:
    """Return the meetings that `person` arranges, the newest first."""
    query = select(Meeting).where(in_scope(person))
    return query.order_by(Meeting.held_at.desc(), Meeting.id.desc())


def find_code(code: str) -> VoteCode | None:
    """Return the vote that a code opens."""
    return db.session.scalar(select(VoteCode).where(VoteCode.code == code))


def votes(meeting: Meeting) -> list[tuple[str, int]]:
    """Return the votes for each option."""
    query = select(VoteCode.choice).where(VoteCode.meeting_id == meeting.id)
    return rules.tally(meeting.option_lines, db.session.scalars(query))


def count_codes(meeting_id: int) -> tuple[int, int]:
    """Return how many codes there are, and how many have voted."""
    query = select(func.count(VoteCode.id), func.count(VoteCode.choice))
    row = db.session.execute(query.where(VoteCode.meeting_id == meeting_id)).one()
    return row[0], row[1]


def codes_of(meeting_id: int) -> list[str]:
    """Return the codes of a meeting in no order that tells anything."""
    query = select(VoteCode.code).where(VoteCode.meeting_id == meeting_id)
    return list(db.session.scalars(query.order_by(VoteCode.code)))


def late_follow_ups(today: date) -> list[FollowUp]:
    """Return what should have been done before today and is not."""
    query = select(FollowUp).where(FollowUp.done_at.is_(None), FollowUp.due_on < today)
    return list(db.session.scalars(query.order_by(FollowUp.id)))
