"""What speaks for each 三师 when a need is matched, and what they have on their hands."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from sanshi_lms.account import User
from sanshi_lms.community.matching import Candidate
from sanshi_lms.community.models import HelpedKind, Professional, ServedDistrict
from sanshi_lms.community.needs import rules
from sanshi_lms.community.needs.models import Need
from sanshi_lms.community.needs.rules import State
from sanshi_lms.community.services.models import Service
from sanshi_lms.community.services.queries import titles_for
from sanshi_lms.community.stories.models import Story
from sanshi_lms.community.stories.rules import State as StoryState
from sanshi_lms.core.db import db

MOST_PROPOSED = 40


@dataclass(frozen=True)
class Served:
    """How many needs a 三师 has on their hands now, and has closed, of which were confirmed."""

    open_all: int = 0
    closed: int = 0
    confirmed: int = 0


def served_by(closed_where: ColumnElement[bool] | None = None) -> defaultdict[int, Served]:
    """Return what each 三师 has on their hands, and has closed of those that are asked for."""
    done = Need.done_at.is_not(None)
    closed = done if closed_where is None else and_(done, closed_where)
    sums = [
        func.sum(case((condition, 1), else_=0))
        for condition in (
            Need.state.in_(rules.WITH_PRO), closed, and_(closed, Need.state == State.CONFIRMED)
        )
    ]  # fmt: skip
    query = select(Need.pro_id, *sums).where(Need.pro_id.is_not(None)).group_by(Need.pro_id)
    found: defaultdict[int, Served] = defaultdict(Served)
    for pro_id, *counts in db.session.execute(query):
        found[pro_id] = Served(*(int(count) for count in counts))
    return found


def candidates_for(need: Need) -> tuple[list[Candidate], dict[int, Professional]]:
    """Return the 三师 who could be asked, with what speaks for each, in a fixed number of queries.

    Only who was confirmed by an administrator, is available, may sign in, and did not ask it; of
    a whole city those who serve the district, help with this kind, or offer what was asked for.
    """
    query = (
        select(Professional)
        .join(Professional.person)
        .where(Professional.confirmed_at.is_not(None), Professional.available, User.active)
        .where(Professional.user_id != (need.filed_by_id or 0))
    )
    served = select(ServedDistrict.user_id).where(ServedDistrict.name == need.community.district)
    able = select(HelpedKind.user_id).where(HelpedKind.kind_id == need.kind_id)
    asked = select(Service.pro_id).where(Service.id == (need.service_id or 0))
    fits = or_(*(Professional.user_id.in_(found) for found in (served, able, asked)))
    found = db.session.scalars(query.where(fits)).all()
    found = found or db.session.scalars(query.limit(MOST_PROPOSED)).all()
    people = {one.user_id: one for one in found}
    of_kind = served_by(Need.kind_id == need.kind_id)
    cases = _cases_by_pro(need.kind.name)
    here, wanted = set(db.session.scalars(served)), set(db.session.scalars(asked))
    services = titles_for(need.kind.topic, list(people))
    return [
        Candidate(
            person_id=one.user_id,
            same_district=one.user_id in here,
            helps_with_kind=any(helped.kind_id == need.kind_id for helped in one.kinds),
            open_needs=of_kind[one.user_id].open_all,
            closed_of_kind=of_kind[one.user_id].closed,
            confirmed_of_kind=of_kind[one.user_id].confirmed,
            cases_of_kind=cases.get(one.user_id, 0),
            services=tuple(services.get(one.user_id, ())),
            asked_for=one.user_id in wanted,
            most_open=one.most_open,
        )
        for one in people.values()
    ], people


def _cases_by_pro(matter: str) -> dict[int, int]:
    query = (
        select(Need.pro_id, func.count(Story.id))
        .join(Story, Story.need_id == Need.id)
        .where(Need.pro_id.is_not(None), Story.state == StoryState.PUBLISHED.value)
        .where(Story.matter == matter)
        .group_by(Need.pro_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query) if row[0] is not None}
