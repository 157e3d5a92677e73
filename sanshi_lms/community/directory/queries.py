"""Reads of the directory. Who works on needs sees every confirmed 三师, others those who agreed."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, or_, select

from sanshi_lms.account import User
from sanshi_lms.community.directory.candidates import Served, served_by
from sanshi_lms.community.models import Profession, Professional, ServedDistrict
from sanshi_lms.community.needs.models import Need
from sanshi_lms.community.services.models import Service
from sanshi_lms.community.services.rules import State as ServiceState
from sanshi_lms.community.stars.queries import stars_of
from sanshi_lms.community.stories.models import Story
from sanshi_lms.community.stories.rules import State as StoryState
from sanshi_lms.core.db import db
from sanshi_lms.core.facets import Facet, facets

DIMENSIONS = ("profession", "district", "topic", "language")
CASES_SHOWN = 6


@dataclass(frozen=True)
class Shelf:
    """What the directory shows: the ids of those chosen, and what else could be chosen."""

    ids: list[int]
    facets: dict[str, list[Facet]]
    total: int


@dataclass(frozen=True)
class Entry:
    """A 三师 as the list shows them."""

    pro: Professional
    served: Served
    services: int
    stars: int = 0


def shown_to(person: User | None) -> list[ColumnElement[bool]]:
    """Return the conditions of the 三师 that somebody may find."""
    found: list[ColumnElement[bool]] = [
        Professional.confirmed_at.is_not(None),
        User.active.is_(True),
    ]
    if person is None or not person.may("needs.work"):
        found.append(Professional.listed.is_(True))
    return found


def find_pro(user_id: int, person: User | None) -> Professional | None:
    """Return the 三师 if `person` may find them."""
    query = select(Professional).join(Professional.person)
    return db.session.scalar(query.where(Professional.user_id == user_id, *shown_to(person)))


def shelf(words: str, chosen: dict[str, str], person: User | None) -> Shelf:
    """Return whom the directory shows for `words` and the chosen facets."""
    query = (
        select(
            Professional.user_id, Profession.name, Professional.languages, Professional.available
        )
        .join(Professional.person)
        .join(Professional.profession)
        .where(*shown_to(person))
    )
    columns = (
        User.display_name, Profession.name, Professional.about, Professional.work,
        Professional.qualifications, Professional.association,
    )  # fmt: skip
    for word in words.split()[:5]:
        query = query.where(or_(*(c.contains(word, autoescape=True) for c in columns)))
    order = (Professional.available.desc(), User.display_name, Professional.user_id)
    found = db.session.execute(query.order_by(*order)).all()
    served, topics = _sets(_districts()), _sets(_topics())
    rows = [
        (
            user_id,
            {
                "profession": {profession},
                "district": served[user_id],
                "topic": topics[user_id],
                "language": set(languages.split("、")),
            },
        )
        for user_id, profession, languages, _ in found
    ]
    counted, ids = facets(rows, chosen, DIMENSIONS)
    return Shelf(ids, counted, len(rows))


def entries(ids: Sequence[int]) -> list[Entry]:
    """Return 三师 in the order of `ids` with what they have done; a fixed number of queries."""
    query = select(Professional).where(Professional.user_id.in_(ids))
    found = {one.user_id: one for one in db.session.scalars(query)}
    served = served_by()
    services: defaultdict[int, int] = defaultdict(int)
    offered = select(Service.pro_id).where(
        Service.pro_id.in_(ids), Service.state == ServiceState.OFFERED.value
    )
    for pro_id in db.session.scalars(offered):
        services[pro_id] += 1
    stars = stars_of(ids)
    return [
        Entry(found[n], served[n], services[n], stars.get(n, (0, ""))[0]) for n in ids if n in found
    ]


def cases_of(pro_id: int) -> list[Story]:
    """Return the published cases of what a 三师 helped with, the newest first."""
    query = (
        select(Story)
        .join(Need, Need.id == Story.need_id)
        .where(Need.pro_id == pro_id, Story.state == StoryState.PUBLISHED.value)
        .order_by(Story.published_at.desc(), Story.id.desc())
        .limit(CASES_SHOWN)
    )
    return list(db.session.scalars(query))


def listed() -> Select[Professional]:
    """Return the 三师 that everybody may find."""
    return select(Professional).join(Professional.person).where(*shown_to(None))


def _districts() -> Select[int, str]:
    return select(ServedDistrict.user_id, ServedDistrict.name)


def _topics() -> Select[int, str]:
    offered = Service.state == ServiceState.OFFERED.value
    return select(Service.pro_id, Service.topic).where(offered)


def _sets(query: Select[int, str]) -> defaultdict[int, set[str]]:
    found: defaultdict[int, set[str]] = defaultdict(set)
    for row in db.session.execute(query):
        found[row[0]].add(row[1])
    return found
