"""Reads of the service list. What is not offered is returned to its 三师 and to who checks it."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import Select, false, func, or_, select, true

from sanshi_lms.account import User
from sanshi_lms.community.models import Profession, Professional, ServedDistrict
from sanshi_lms.community.services import rules
from sanshi_lms.community.services.models import Service, Stage
from sanshi_lms.community.services.rules import Hand, State
from sanshi_lms.core.db import db
from sanshi_lms.core.facets import Facet, facets

CHECK = "community.manage"
OFFER = "needs.serve"
DIMENSIONS = ("topic", "stage", "profession", "pay", "district")
_OFFERED = (
    Service.state == State.OFFERED.value,
    Professional.confirmed_at.is_not(None),
    User.active,
)


@dataclass(frozen=True)
class Shelf:
    """What the list shows: the ids of those chosen, and what else could be chosen."""

    ids: list[int]
    facets: dict[str, list[Facet]]
    total: int


def offered() -> Select[Service]:
    """Return the services of the public list, whoever looks."""
    query = select(Service).join(Service.pro).join(Professional.person)
    return query.where(*_OFFERED)


def shelf(words: str, chosen: dict[str, str]) -> Shelf:
    """Return what the service list shows for `words` and the chosen facets."""
    query = (
        select(Service.id, Service.topic, Stage.name, Profession.name, Service.pay, Service.pro_id)
        .join(Service.stage)
        .join(Service.pro)
        .join(Professional.person)
        .join(Professional.profession)
        .where(*_OFFERED)
    )
    columns = (Service.title, Service.delivers, Service.topic, Stage.name, User.display_name)
    for word in words.split()[:5]:
        query = query.where(or_(*(c.contains(word, autoescape=True) for c in columns)))
    found = db.session.execute(query.order_by(Stage.position, Service.id)).all()
    served: dict[int, set[str]] = defaultdict(set)
    for user_id, name in db.session.execute(select(ServedDistrict.user_id, ServedDistrict.name)):
        served[user_id].add(name)
    rows = [
        (
            row[0],
            {
                "topic": {row[1]}, "stage": {row[2]}, "profession": {row[3]},
                "pay": {rules.PAY[row[4]]}, "district": served[row[5]],
            },
        )
        for row in found
    ]  # fmt: skip
    counted, ids = facets(rows, chosen, DIMENSIONS)
    return Shelf(ids, counted, len(rows))


def services_by_id(ids: list[int]) -> list[Service]:
    """Return offered services in the order of `ids`."""
    found = {one.id: one for one in db.session.scalars(offered().where(Service.id.in_(ids)))}
    return [found[number] for number in ids if number in found]


def find_offered(service_id: int) -> Service | None:
    """Return the service if it stands in the public list."""
    return db.session.scalar(offered().where(Service.id == service_id))


def offered_by(pro_id: int) -> list[Service]:
    """Return what a 三师 offers in the public list."""
    return list(
        db.session.scalars(
            offered().where(Service.pro_id == pro_id).order_by(Service.topic, Service.id)
        )
    )


def find_own(service_id: int, person: User) -> Service | None:
    """Return the service if it is theirs or they check services."""
    mine = true() if person.may(CHECK) else Service.pro_id == person.id
    if not (person.may(CHECK) or person.may(OFFER)):
        mine = false()
    return db.session.scalar(select(Service).where(Service.id == service_id, mine))


def own_services(person_id: int) -> list[Service]:
    """Return all that a 三师 offers or has offered, what still lives first."""
    query = select(Service).where(Service.pro_id == person_id)
    ended = Service.state == State.ENDED.value
    return list(db.session.scalars(query.order_by(ended, Service.updated_at.desc(), Service.id)))


def services_query(state: str) -> Select[Service]:
    """Return all services for who checks them, of one state or what waits first."""
    query = select(Service)
    if state:
        query = query.where(Service.state == state)
    waits = Service.state != State.WAITING.value
    return query.order_by(waits, Service.updated_at.desc(), Service.id)


def state_counts() -> dict[str, int]:
    """Return how many services stand where."""
    query = select(Service.state, func.count()).group_by(Service.state)
    return {row[0]: row[1] for row in db.session.execute(query)}


def count_waiting() -> int:
    """Return how many services wait to be checked."""
    return state_counts().get(State.WAITING.value, 0)


def hands_of(service: Service, person: User) -> frozenset[Hand]:
    """Return as what `person` may act on a service that is in their scope."""
    hands = set()
    if service.pro_id == person.id and person.may(OFFER):
        hands.add(Hand.OWNER)
    if person.may(CHECK):
        hands.add(Hand.CHECKER)
    return frozenset(hands)


def stages(*, all_: bool = False) -> list[Stage]:
    """Return the stages in their order; those out of use with `all_`."""
    query = select(Stage).order_by(Stage.position, Stage.id)
    return list(db.session.scalars(query if all_ else query.where(Stage.active)))


def titles_for(topic: str, pro_ids: list[int]) -> dict[int, list[str]]:
    """Return by 三师 the titles of what they offer for a 专项工作."""
    found: dict[int, list[str]] = defaultdict(list)
    if topic:
        query = offered().where(Service.topic == topic, Service.pro_id.in_(pro_ids))
        for one in db.session.scalars(query.order_by(Service.id)):
            found[one.pro_id].append(one.title)
    return found
