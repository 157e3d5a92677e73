"""Writes of claims: submitting, withdrawing, approving, refusing. Of two at once one wins."""

from collections.abc import Sequence
from datetime import datetime, time

from sqlalchemy import select, update

from sanshi_lms.account import User
from sanshi_lms.core.audit import note
from sanshi_lms.core.clock import LOCAL_ZONE
from sanshi_lms.core.db import db, row_count
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.refusing import taken_means
from sanshi_lms.credentials.claims import rules
from sanshi_lms.credentials.claims.models import Claim, ClaimProof
from sanshi_lms.credentials.claims.proofs import Proof, keep
from sanshi_lms.credentials.claims.queries import (
    STANDING,
    claim_by_nonce,
    deciders_of,
    may_decide,
    same_files,
)
from sanshi_lms.credentials.ledger.actions import Evidence, award_hours, lock_ledger
from sanshi_lms.credentials.ledger.models import CreditEntry
from sanshi_lms.credentials.ledger.rules import plain
from sanshi_lms.notices import notify

TOPIC = "credentials.claims"


def submit_claim(
    person: User, values: rules.ClaimValues, proofs: Sequence[Proof], nonce: str, at: datetime
) -> Claim:
    """Take a claim in, once for each form (`nonce`), and tell whoever decides it.

    Raises Refusal when the same learning, or the same proof, is claimed already.
    """
    lock_ledger(person.id)
    known = claim_by_nonce(nonce)
    if known is not None and known.user_id == person.id:
        return known
    _refuse_twins(person.id, values, [proof.sha256 for proof in proofs])
    claim = Claim(
        user_id=person.id,
        nonce=nonce,
        state="submitted",
        created_at=at,
        **vars(values),
    )
    with taken_means("这项学习刚刚已经提交过了，请到“我的申报”里看。", 409):
        db.session.add(claim)
    for proof in proofs:
        db.session.add(
            ClaimProof(
                claim_id=claim.id,
                kind=proof.kind,
                key=keep(proof, claim.id),
                sha256=proof.sha256,
                size=proof.size,
            )
        )
    db.session.flush()
    note("credentials.submit_claim", f"claim:{claim.id}", None, {"title": claim.title})
    notify(
        deciders_of(person),
        TOPIC,
        f"{person.display_name}申报了学时，请审核",
        f"{claim.title}，{plain(claim.hours)} 学时（{claim.category}科目）",
        claim_path(claim),
        f"credentials.claim:{claim.id}",
        at,
    )
    return claim


def withdraw_claim(claim: Claim, person: User) -> None:
    """Take one's own claim back while nobody has decided it."""
    if claim.user_id != person.id:
        raise Refusal("只能撤回自己的申报。", 403)
    _move(claim, "withdrawn")
    note("credentials.withdraw_claim", f"claim:{claim.id}")


def approve_claim(claim: Claim, by: User, at: datetime) -> CreditEntry:
    """Accept a claim and enter its hours by the rule of that day."""
    _decide(claim, by, "approved", "", at)
    line = award_hours(
        claim.user_id,
        "outside",
        claim.title,
        source_ref=f"claim:{claim.id}",
        at=datetime.combine(claim.happened_on, time(12), LOCAL_ZONE),
        category=claim.category,
        hours=claim.hours,
        subject=f"claim:{claim.id}",
        evidence=[
            Evidence(
                "claim",
                str(claim.id),
                "申报和证明材料",
                f"{claim.organiser}；{by.display_name}审核",
                claim_path(claim),
            )
        ],
    )
    note("credentials.approve_claim", f"claim:{claim.id}", None, {"hours": str(line.hours)})
    words = f"“{claim.title}”记入 {plain(line.hours)} 学时。"
    _tell(claim, "您申报的学时通过了", words + line.why, at)
    return line


def refuse_claim(claim: Claim, by: User, reason: str, at: datetime) -> None:
    """Turn a claim down, with a reason that the claimant reads."""
    reason = " ".join(reason.split())
    if len(reason) < rules.SHORTEST_REASON:
        raise Refusal("请写明不通过的原因，申报的人会看到，好知道怎么改。")
    _decide(claim, by, "refused", reason[: rules.LENGTHS["reason"]], at)
    note("credentials.refuse_claim", f"claim:{claim.id}", None, {"reason": reason})
    _tell(claim, "您申报的学时没有通过", f"“{claim.title}”：{reason}", at)


def claim_path(claim: Claim) -> str:
    """Return the address of a claim's page."""
    return f"/credentials/claims/{claim.id}"


def _refuse_twins(user_id: int, values: rules.ClaimValues, hashes: Sequence[str]) -> None:
    query = select(Claim.id).where(
        Claim.user_id == user_id,
        Claim.title == values.title,
        Claim.happened_on == values.happened_on,
        Claim.hours == values.hours,
        Claim.state.in_(STANDING),
    )
    if db.session.scalar(query) is not None:
        raise Refusal("这项学习已经申报过了：名称、日期和学时都一样。请到“我的申报”里看。")
    for claim in same_files(hashes):
        if claim.user_id == user_id:
            raise Refusal(f"有一份材料已经用在“{claim.title}”的申报里了，同一份证明不能用两次。")


def _decide(claim: Claim, by: User, state: str, reason: str, at: datetime) -> None:
    if claim.user_id == by.id:
        raise Refusal("不能审核自己的申报，请让另一位负责人或管理员审核。", 403)
    if not may_decide(by, claim):
        raise Refusal("这项申报不归您审核。", 403)
    _move(claim, state, decided_at=at, decided_by_id=by.id, reason=reason)


def _move(claim: Claim, state: str, **values: datetime | int | str) -> None:
    """Move a claim that still waits; the condition of the UPDATE decides between two at once."""
    waiting = update(Claim).where(Claim.id == claim.id, Claim.state == "submitted")
    if row_count(db.session.execute(waiting.values(state=state, **values))) != 1:
        raise Refusal("这项申报已经有结果了，请刷新页面看看。", 409)
    db.session.refresh(claim)


def _tell(claim: Claim, title: str, text: str, at: datetime) -> None:
    key = f"credentials.claim:{claim.id}:{claim.state}"
    notify([claim.user_id], TOPIC, title, text, claim_path(claim), key, at)
