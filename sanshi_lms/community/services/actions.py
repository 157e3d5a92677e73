"""Writes of the service list: offered, checked, paused, ended. Nothing here commits."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from sanshi_lms.account import User
from sanshi_lms.community.models import Professional
from sanshi_lms.community.privacy import NO_CONTACT, tells_contact
from sanshi_lms.community.services import queries, rules
from sanshi_lms.community.services.models import Service, Stage
from sanshi_lms.community.services.rules import State
from sanshi_lms.core.audit import note
from sanshi_lms.core.changes import touch
from sanshi_lms.core.db import db, row_count
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.refusing import taken_means
from sanshi_lms.notices import notify

CONFLICT = 409
TOPIC = "services"


@dataclass(frozen=True)
class Offer:
    """What a service holds."""

    title: str
    topic: str
    stage_id: int
    delivers: str
    takes: str
    pay: str
    price: str


def offer_service(me: User, offer: Offer, nonce: str, moment: datetime) -> Service:
    """Put a service up to be checked; the same form sent twice makes one. Raises Refusal."""
    known = db.session.scalar(select(Service).where(Service.nonce == nonce))
    if known is not None:
        if known.pro_id != me.id:
            raise Refusal("请重新打开页面，再提交一次。")
        return known
    if db.session.get(Professional, me.id) is None:
        raise Refusal("请先填写您的三师资料，再添加服务。")
    _check(offer)
    living = select(func.count(Service.id)).where(
        Service.pro_id == me.id, Service.state != State.ENDED.value
    )
    if (db.session.scalar(living) or 0) >= rules.MOST_OFFERED:
        raise Refusal(f"最多提供 {rules.MOST_OFFERED} 项服务，请先停掉不再做的。")
    service = Service(
        nonce=nonce, pro_id=me.id, created_at=moment, updated_at=moment, words="", **asdict(offer)
    )
    with taken_means("已经提交过了，请看列表。"):
        db.session.add(service)
    note("community.offer_service", f"service:{service.id}", after=_facts(service))
    return service


def change_service(service: Service, me: User, offer: Offer, seen: int, moment: datetime) -> None:
    """Change what a service holds; it is checked anew before it is shown. Raises Refusal."""
    _check(offer)
    before = _facts(service)
    if asdict(offer) == before:
        return
    _take(service, "change", me, seen, moment)
    for name, value in asdict(offer).items():
        setattr(service, name, value)
    service.words = ""
    db.session.flush()
    note("community.change_service", f"service:{service.id}", before, _facts(service))


def take_step(
    service: Service, verb: str, me: User, words: str, seen: int, moment: datetime
) -> None:
    """Take a step other than changing it. Raises Refusal with a sentence (409: overtaken)."""
    step = rules.STEPS.get(verb)
    if verb == "change" or step is None:
        raise Refusal("这一步不由您来办。")
    if step.end == service.state and not words:
        return  # a second tap
    if step.words and not words:
        raise Refusal("请写清楚要改什么，再退回。")
    if len(words) > rules.WORDS_LENGTH:
        raise Refusal(f"请不要超过 {rules.WORDS_LENGTH} 个字。")
    before = service.state
    _take(service, verb, me, seen, moment)
    service.words = words if step.words else ""
    db.session.flush()
    note(
        "community.service_step",
        f"service:{service.id}",
        before={"service_state": before},
        after={"service_state": service.state, "service_step": verb},
    )
    if step.hand == rules.Hand.CHECKER:
        told = "已放进服务清单" if verb == "offer" else "请您改一改"
        path = f"/community/services/own/{service.id}"
        key = f"service:{service.id}:{service.version}"
        title = f"“{service.title}”{told}"
        notify([service.pro_id], TOPIC, title, words or "社区现在能看到。", path, key, moment)


def save_stage(stage: Stage | None, name: str, *, active: bool) -> Stage:
    """Add a stage or change one. Raises Refusal when there is one of that name."""
    new = stage is None
    if stage is None:
        last = db.session.scalar(select(func.max(Stage.position))) or 0
        stage = Stage(position=last + 1)
    with taken_means("已经有同名的环节。"):
        stage.name, stage.active = name, active
        db.session.add(stage)
    facts = {"name": name, "active": active}
    if new:
        note("community.add_stage", f"stage:{stage.id}", after=facts)
    else:
        note("community.change_stage", f"stage:{stage.id}", after=facts)
    return stage


def _take(service: Service, verb: str, me: User, seen: int, moment: datetime) -> None:
    try:
        step = rules.step_of(verb, State(service.state), queries.hands_of(service, me))
    except rules.NotAllowed as refused:
        raise Refusal(str(refused)) from refused
    mine = (
        update(Service)
        .where(Service.id == service.id, Service.version == seen)
        .values(version=Service.version + 1, state=step.end.value, updated_at=moment)
    )
    if row_count(db.session.execute(mine)) != 1:
        db.session.refresh(service)
        raise Refusal("慢了一步：这项服务刚刚有变化，请看过最新情况再办。", CONFLICT)
    db.session.refresh(service)
    touch("service", service.id)


def _check(offer: Offer) -> None:
    stage = db.session.get(Stage, offer.stage_id)
    if stage is None:
        raise Refusal("请选一个环节。")
    if any(tells_contact(text) for text in (offer.title, offer.delivers, offer.takes, offer.price)):
        raise Refusal(NO_CONTACT)
    if offer.pay == "paid" and not offer.price:
        raise Refusal("市场服务请写明怎么收费，例如“看过现场再谈”。")


def _facts(service: Service) -> dict[str, object]:
    names = ("title", "topic", "stage_id", "delivers", "takes", "pay", "price")
    return {name: getattr(service, name) for name in names}
