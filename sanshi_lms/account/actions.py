"""Writes of the room account."""

import secrets
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from sanshi_lms.account.consent import privacy_version
from sanshi_lms.account.models import User
from sanshi_lms.account.queries import find_person
from sanshi_lms.account.rosters.models import NO_PASSWORD
from sanshi_lms.account.rules import ROLES, normalise_username
from sanshi_lms.account.signals import account_touched
from sanshi_lms.core.audit import note
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.refusing import taken_means

# OWASP's smallest memory setting: 19 MiB, so that a sign-in wave fits a small machine.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_NOBODY = _hasher.hash("nobody has this password")


def register(username: str, display_name: str, organisation: str, role: str, password: str) -> User:
    """Open an account for somebody who registers by themselves.

    Raises Refusal when the account name is taken or the role cannot be chosen.
    """
    if role not in ROLES or not ROLES[role].self_chosen:
        raise Refusal("请从列表里选择您的身份。")
    person = _new_person(username, display_name, organisation, role, password)
    consent(person, now())
    note("account.register", f"user:{person.id}")
    return person


def open_without_password(username: str, display_name: str, organisation: str, role: str) -> User:
    """Open an account for somebody who registers from an account of elsewhere (outside).

    Raises Refusal when the role cannot be chosen.
    """
    if role not in ROLES or not ROLES[role].self_chosen:
        raise Refusal("请从列表里选择您的身份。")
    person = _new_person(username, display_name, organisation, role, None)
    consent(person, now())
    note("account.register", f"user:{person.id}")
    return person


def consent(person: User, at: datetime) -> None:
    """Note that somebody agrees to the explanation of personal data as it stands now."""
    person.consented_at, person.consent_version = at, privacy_version()


def ensure_person(
    username: str, display_name: str, organisation: str, role: str, password: str | None
) -> tuple[User, bool]:
    """Return the account with this name, creating it when it is missing, and whether it is new.

    A `password` replaces the one of an existing account. For the command line and the demo.
    """
    known = find_person(username)
    if known is None:
        fresh_password = password or secrets.token_urlsafe(9)
        return _new_person(username, display_name, organisation, role, fresh_password), True
    if password and not password_matches(known, password):
        set_password(known, password)
    return known, False


def password_matches(person: User | None, password: str) -> bool:
    """Tell whether `password` is right; takes as long for an account that does not exist."""
    try:
        return _hasher.verify(person.password_hash if person else _NOBODY, password) and bool(
            person
        )
    except (VerificationError, InvalidHashError):
        return False


def set_password(person: User, password: str) -> None:
    """Give `person` a new password and sign out all their devices. They hear of all but a first."""
    if person.password_hash != NO_PASSWORD:
        account_touched.send(person, what="password", words="", at=now())
    person.password_hash = _hasher.hash(password)
    person.session_mark = secrets.token_hex(8)
    note("account.set_password", f"user:{person.id}")


def update_profile(person: User, display_name: str, organisation: str) -> None:
    """Change a person's own name and organisation. Certificates keep the name they were given."""
    before = {"display_name": person.display_name, "organisation": person.organisation}
    person.display_name = display_name
    person.organisation = organisation
    after = {"display_name": display_name, "organisation": organisation}
    if before != after:
        note("account.update_profile", f"user:{person.id}", before, after)


def change_standing(person: User, role: str, *, active: bool, by: User) -> None:
    """Set the role of `person` and whether they may sign in.

    Raises Refusal when an administrator would lock themselves out.
    """
    if role not in ROLES:
        raise Refusal("请从列表里选择角色。")
    if person.id == by.id and (role != person.role or not active):
        raise Refusal("不能修改自己的角色或停用自己，请让另一位管理员来操作。")
    before = {"role": person.role, "active": person.active}
    if not active:
        person.session_mark = secrets.token_hex(8)
    person.role = role
    person.active = active
    note("account.change_standing", f"user:{person.id}", before, {"role": role, "active": active})


def choose_edition(person: User, *, elder: bool) -> None:
    """Remember whether this person reads the elder edition."""
    person.elder_edition = elder


def _new_person(
    username: str, display_name: str, organisation: str, role: str, password: str | None
) -> User:
    person = User(
        username=normalise_username(username),
        display_name=display_name.strip(),
        organisation=organisation.strip(),
        role=role,
        password_hash=NO_PASSWORD if password is None else _hasher.hash(password),
        session_mark=secrets.token_hex(8),
        active=True,
        elder_edition=False,
        created_at=now(),
    )
    # Two registrations at once: the table's constraint decides, not a look beforehand.
    with taken_means("这个账号已经有人用了，请换一个，或直接登录。"):
        db.session.add(person)
    return person
