"""Writes of accounts and drafts. Nothing commits here."""

from datetime import datetime

from sqlalchemy import select

from sanshi_lms.account import User
from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.fields import stripped
from sanshi_lms.core.jobs import enqueue
from sanshi_lms.core.sealing import seal
from sanshi_lms.outlets.drafts.jobs import PURPOSE, SEND
from sanshi_lms.outlets.drafts.models import Draft, OfficialAccount
from sanshi_lms.outlets.drafts.rules import account_problem
from sanshi_lms.outlets.pieces import Piece


def save_account(
    name: str, app_id: str, secret: str, unit_id: int | None, moment: datetime
) -> OfficialAccount:
    """Add an account, or give a known one another name and secret. Raises Refusal."""
    called, number, key = stripped(name), app_id.strip(), secret.strip()
    if problem := account_problem(called, number, key):
        raise Refusal(problem)
    row = db.session.scalar(select(OfficialAccount).where(OfficialAccount.app_id == number))
    if row is None:
        row = OfficialAccount(app_id=number, added_at=moment)
        db.session.add(row)
    row.name, row.unit_id, row.active = called, unit_id, True
    row.sealed_secret = seal(key, PURPOSE)
    db.session.flush()
    note("outlets.account", f"official_account:{row.id}", after={"name": called, "app_id": number})
    return row


def remove_account(row: OfficialAccount) -> None:
    """Take an account out of use and forget its secret; what was sent stays written down."""
    if row.active:
        row.active, row.sealed_secret = False, ""
        note("outlets.remove_account", f"official_account:{row.id}", before={"name": row.name})


def send_draft(
    piece: Piece,
    account: OfficialAccount,
    *,
    nonce: str,
    address: str,
    site: str,
    person: User,
    moment: datetime,
) -> Draft:
    """Send a piece's article to an account as a draft; the same form twice is one."""
    known = db.session.scalar(select(Draft).where(Draft.nonce == nonce))
    if known is not None:
        return known
    row = Draft(
        nonce=nonce,
        account_id=account.id,
        kind=piece.kind,
        ref=piece.ref,
        address=address,
        site=site,
        by_id=person.id,
        at=moment,
    )
    db.session.add(row)
    db.session.flush()
    enqueue(SEND, str(row.id), {"draft": row.id})
    note("outlets.draft", f"official_account:{account.id}", after={"title": piece.title})
    return row
