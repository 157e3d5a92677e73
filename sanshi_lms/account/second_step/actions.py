"""Reads and writes of the second step."""

import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Any

import pyotp
from sqlalchemy import Update, delete, func, select, update

from sanshi_lms.account.models import User
from sanshi_lms.account.second_step import rules
from sanshi_lms.account.second_step.models import RecoveryCode, SecondStep
from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.sealing import seal, unseal

PURPOSE = b"sanshi second step"
ISSUER = "三师微课堂"
WRONG = "验证码不对或已经用过。请看手机上新的 6 位数字，再输一次。"


def is_on(user_id: int) -> bool:
    """Tell whether a person signs in with two steps."""
    found = db.session.get(SecondStep, user_id)
    return found is not None and found.confirmed_at is not None


def codes_left(user_id: int) -> int:
    """Return how many kept codes still work."""
    query = select(func.count()).where(
        RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None)
    )
    return db.session.scalar(query) or 0


def waiting_secret(user_id: int) -> str | None:
    """Return the secret that a person has begun to set up and not confirmed."""
    found = db.session.get(SecondStep, user_id)
    return _open(found) if found and found.confirmed_at is None else None


def setup_address(person: User, secret: str) -> str:
    """Return what the QR code says to the authenticator."""
    return pyotp.TOTP(secret).provisioning_uri(name=person.username, issuer_name=ISSUER)


def begin(person: User) -> None:
    """Make a secret to set up; a click more shows the same one."""
    if db.session.get(SecondStep, person.id) is None:
        sealed = seal(pyotp.random_base32(), PURPOSE)
        db.session.add(SecondStep(user_id=person.id, sealed_secret=sealed, used_turn=0))


def confirm(person: User, text: str, at: datetime) -> list[str]:
    """Put the second step in force and return the codes to keep, which are never shown again.

    Raises Refusal for a wrong code, or when nothing was begun.
    """
    found = db.session.get(SecondStep, person.id)
    if found is None or found.confirmed_at is not None:
        raise Refusal("请先点“开始设置”。")
    if not _phone_code_opens(found, rules.plain_code(text), at):
        raise Refusal(WRONG)
    found.confirmed_at = at
    note("account.second_step_on", f"user:{person.id}")
    return _new_codes(person.id)


def renew_codes(person: User) -> list[str]:
    """Give a person new codes to keep; the old ones end."""
    note("account.renew_codes", f"user:{person.id}")
    return _new_codes(person.id)


def turn_off(person: User) -> None:
    """Let a person sign in with the password alone again; also what was begun is forgotten."""
    found = db.session.get(SecondStep, person.id)
    if found is None:
        return
    if found.confirmed_at is not None:
        note("account.second_step_off", f"user:{person.id}")
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == person.id))
    db.session.delete(found)


def opens(user_id: int, text: str, at: datetime) -> bool:
    """Tell whether a code opens the door, and use it up: from the phone, or one that was kept."""
    code = rules.plain_code(text)
    found = db.session.get(SecondStep, user_id)
    if found is None or found.confirmed_at is None:
        return False
    if rules.is_phone_code(code):
        return _phone_code_opens(found, code, at)
    return rules.is_recovery_code(code) and _kept_code_opens(user_id, code, at)


def _phone_code_opens(found: SecondStep, code: str, at: datetime) -> bool:
    secret = _open(found)
    if secret is None or not rules.is_phone_code(code):
        return False
    one_time = pyotp.TOTP(secret)
    for turn in rules.turns_open(at.timestamp(), found.used_turn):
        if hmac.compare_digest(one_time.generate_otp(turn), code):
            # Two devices at once with one code: the row decides who was first.
            used = update(SecondStep).where(
                SecondStep.user_id == found.user_id, SecondStep.used_turn < turn
            )
            return _changed(used.values(used_turn=turn))
    return False


def _kept_code_opens(user_id: int, code: str, at: datetime) -> bool:
    used = update(RecoveryCode).where(
        RecoveryCode.digest == _digest(code),
        RecoveryCode.user_id == user_id,
        RecoveryCode.used_at.is_(None),
    )
    opened = _changed(used.values(used_at=at))
    if opened:
        note("account.use_code", f"user:{user_id}")
    return opened


def _changed(statement: Update) -> bool:
    """Tell whether an update met its one row."""
    done: Any = db.session.execute(statement)  # of an UPDATE it has a count, unknown to the types
    return bool(done.rowcount == 1)


def _new_codes(user_id: int) -> list[str]:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    signs = rules.alphabet()
    made = ["".join(secrets.choice(signs) for _ in range(12)) for _ in range(rules.RECOVERY_CODES)]
    db.session.add_all(RecoveryCode(digest=_digest(one), user_id=user_id) for one in made)
    return [rules.shown_code(one) for one in made]


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def _open(found: SecondStep) -> str | None:
    """Return the secret; None when SECRET_KEY is another one than when it was sealed."""
    return unseal(found.sealed_secret, PURPOSE)
