"""Reads of claims; what a person may see and decide is a condition of each."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Select, func, or_, select

from sanshi_lms.account import (
    User,
    led_units,
    may_over,
    people_with_role,
    reach_of,
    unit_leaders,
    within,
)
from sanshi_lms.core.db import db
from sanshi_lms.credentials.claims.models import Claim, ClaimProof

STANDING = ("submitted", "approved")
APPROVE = "credentials.approve"


def claims_of(user_id: int) -> Sequence[Claim]:
    """Return a person's claims, the newest first."""
    query = select(Claim).where(Claim.user_id == user_id)
    return db.session.scalars(query.order_by(Claim.id.desc())).all()


def claims_by_id(ids: Collection[int]) -> Sequence[Claim]:
    """Return the claims with these ids, in one query."""
    return db.session.scalars(select(Claim).where(Claim.id.in_(ids))).all()


def claim_by_nonce(nonce: str) -> Claim | None:
    """Return the claim that a form became."""
    return db.session.scalar(select(Claim).where(Claim.nonce == nonce))


def proofs_of(claim_id: int) -> Sequence[ClaimProof]:
    """Return the proofs of a claim in order."""
    query = select(ClaimProof).where(ClaimProof.claim_id == claim_id)
    return db.session.scalars(query.order_by(ClaimProof.id)).all()


def may_decide(person: User, claim: Claim) -> bool:
    """Tell whether this person decides the claim: leader, administrator, assessor."""
    if claim.user_id == person.id:
        return False
    if may_over(person, APPROVE, claim.user_id):
        return True
    claimant = db.session.get_one(User, claim.user_id)
    return claimant.unit_id is not None and claimant.unit_id in led_units(person.id)


def may_see(person: User, claim: Claim) -> bool:
    """Tell whether this person may see the claim and its proofs."""
    return claim.user_id == person.id or may_decide(person, claim)


def decides_at_all(person: User) -> bool:
    """Tell whether there can be claims that this person decides."""
    return person.may_somewhere(APPROVE) or bool(led_units(person.id))


def deciders_of(claimant: User) -> list[int]:
    """Return whom to tell of a claim: the unit's leaders, without one the administrators."""
    leaders = unit_leaders(claimant.unit_id) if claimant.unit_id is not None else []
    chosen = [leader.id for leader in leaders if leader.id != claimant.id]
    if chosen:
        return chosen
    admins = people_with_role(("admin",))
    return [one.id for one in admins if one.active and one.id != claimant.id]


def to_decide_query(person: User, state: str) -> Select[Claim]:
    """Return the claims that this person decides, in a state: the oldest waiting first."""
    query = select(Claim).join(User, User.id == Claim.user_id)
    query = query.where(Claim.state == state, Claim.user_id != person.id)
    query = query.where(_decides(person))
    return query.order_by(Claim.id if state == "submitted" else Claim.id.desc())


def count_waiting() -> int:
    """Return how many claims wait for a decision."""
    query = select(func.count(Claim.id)).where(Claim.state == "submitted")
    return db.session.scalar(query) or 0


def count_for(person: User) -> int:
    """Return how many claims wait for this very person's decision."""
    query = select(func.count(Claim.id)).join(User, User.id == Claim.user_id)
    query = query.where(Claim.state == "submitted", Claim.user_id != person.id, _decides(person))
    return db.session.scalar(query) or 0


def same_files(hashes: Collection[str], *, besides: int | None = None) -> Sequence[Claim]:
    """Return standing claims that show any of these files, `besides` the one with this id."""
    query = select(Claim).join(ClaimProof, ClaimProof.claim_id == Claim.id).distinct()
    query = query.where(ClaimProof.sha256.in_(hashes), Claim.state.in_(STANDING))
    if besides is not None:
        query = query.where(Claim.id != besides)
    return db.session.scalars(query.order_by(Claim.id)).all()


def _decides(person: User) -> ColumnElement[bool]:
    """Tell, inside a statement over User, whether `person` decides that one's claims."""
    reach = reach_of(person, APPROVE)
    if reach.everything:
        return within(reach)
    return or_(within(reach), User.unit_id.in_(led_units(person.id)))
