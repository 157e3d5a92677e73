"""Tables of the room account."""

from datetime import datetime

from flask_login import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.account.rules import (
    DUTIES,
    NAME_LENGTH,
    ROLES,
    duty_permissions,
    held_in,
    permissions_of,
)
from sanshi_lms.account.units.rules import POST_LENGTH, UNIT_KINDS, UNIT_NAME_LENGTH
from sanshi_lms.core.db import Model, UtcDateTime

_ROLE_NAMES = ", ".join(f"'{name}'" for name in ROLES)
_DUTY_NAMES = ", ".join(f"'{name}'" for name in DUTIES)
_UNIT_KINDS = ", ".join(f"'{kind}'" for kind in UNIT_KINDS)


class Unit(Model):
    """A unit that people belong to: 市, 区县, 街镇, 社区, 单位 or 协会, in a tree."""

    __tablename__ = "account_units"
    __table_args__ = (
        CheckConstraint(f"kind IN ({_UNIT_KINDS})", name="kind"),
        UniqueConstraint("parent_id", "name"),
        # To a unique constraint two roots have different parents: nothing.
        Index(
            "uq_account_units_root",
            "name",
            unique=True,
            sqlite_where=text("parent_id IS NULL"),
            postgresql_where=text("parent_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("account_units.id"))
    kind: Mapped[str] = mapped_column(String(4))
    name: Mapped[str] = mapped_column(String(UNIT_NAME_LENGTH))
    code: Mapped[str | None] = mapped_column(String(20), unique=True)
    active: Mapped[bool] = mapped_column(default=True)


class Post(Model):
    """An entry of the editable list of posts (岗位)."""

    __tablename__ = "account_posts"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(POST_LENGTH), unique=True)


class User(UserMixin, Model):  # type: ignore[misc]  # flask-login ships no types
    """A person with an account. Accounts are deactivated, never deleted: records hang on them."""

    __tablename__ = "account_users"
    __table_args__ = (CheckConstraint(f"role IN ({_ROLE_NAMES})", name="role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(30), unique=True)
    display_name: Mapped[str] = mapped_column(String(NAME_LENGTH[1]))
    organisation: Mapped[str] = mapped_column(String(60), default="")
    # What an administrator has confirmed; `organisation` is what the person says.
    unit_id: Mapped[int | None] = mapped_column(ForeignKey(Unit.id), index=True)
    post: Mapped[str] = mapped_column(String(POST_LENGTH), default="", server_default="")
    role: Mapped[str] = mapped_column(String(20))
    password_hash: Mapped[str] = mapped_column(String(200))
    # Each sign-in keeps the mark it began under: a new one signs out every device at once.
    session_mark: Mapped[str] = mapped_column(String(32))
    # What the open rows of account_grants say, so that no page costs a query more for it.
    duties: Mapped[str] = mapped_column(Text, default="", server_default="")
    active: Mapped[bool] = mapped_column(default=True)
    elder_edition: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # To which version of the explanation (content/pages/privacy.md), when. None: nobody asked yet.
    consented_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    consent_version: Mapped[str | None] = mapped_column(String(20))

    sign_in_key = ""  # of the device that asks, in the memory of its request (devices)

    @property
    def is_active(self) -> bool:
        """Tell flask-login whether this person may sign in."""
        return self.active

    @property
    def role_label(self) -> str:
        """The role in Chinese."""
        return ROLES[self.role].label

    def get_id(self) -> str:
        """Return what the sign-in cookie carries."""
        return f"{self.id}:{self.sign_in_key}"

    def may(self, permission: str) -> bool:
        """Tell whether this person holds `permission` over everything."""
        return self.active and (
            permission in permissions_of(self.role) or None in self.held_at(permission)
        )

    def may_somewhere(self, permission: str) -> bool:
        """Tell whether this person holds `permission`, be it for some units only."""
        return self.may(permission) or (self.active and bool(self.held_at(permission)))

    def held_at(self, permission: str) -> set[int | None]:
        """Return at which units a duty of this person carries `permission`; None: at the top."""
        held = held_in(self.duties or "")
        return {one.unit_id for one in held if permission in duty_permissions(one.duty)}


class UnitLeader(Model):
    """A person who answers for the people of a unit and of all units below it."""

    __tablename__ = "account_unit_leaders"

    unit_id: Mapped[int] = mapped_column(ForeignKey(Unit.id, ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True, index=True)


class Grant(Model):
    """A duty that a person was given, over everything or over a unit and all below it.

    Rows are kept when it ends: who could do what, when, is asked for years later.
    """

    __tablename__ = "account_grants"
    __table_args__ = (
        CheckConstraint(f"duty IN ({_DUTY_NAMES})", name="duty"),
        Index(
            "uq_account_grants_open",
            "user_id",
            "duty",
            "unit_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        # To a unique index two duties over everything are over different units: nothing.
        Index(
            "uq_account_grants_everything",
            "user_id",
            "duty",
            unique=True,
            sqlite_where=text("unit_id IS NULL AND ended_at IS NULL"),
            postgresql_where=text("unit_id IS NULL AND ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    duty: Mapped[str] = mapped_column(String(20))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey(Unit.id), index=True)
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))


class Membership(Model):
    """That a person belongs, or belonged, to a unit: their own (`main`), or one besides.

    The open main row always says what `User.unit_id` says (memberships/keeping.py).
    """

    __tablename__ = "account_memberships"
    __table_args__ = (
        Index(
            "uq_account_memberships_open",
            "user_id",
            "unit_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "uq_account_memberships_main",
            "user_id",
            unique=True,
            sqlite_where=text("main AND ended_at IS NULL"),
            postgresql_where=text("main AND ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey(Unit.id), index=True)
    main: Mapped[bool]
    post: Mapped[str] = mapped_column(String(POST_LENGTH), default="")
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
