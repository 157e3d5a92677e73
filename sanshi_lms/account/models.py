"""Tables of the room account."""

from datetime import datetime

from flask_login import UserMixin
from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.account.rules import ROLES, permissions_of
from sanshi_lms.core.db import Model, UtcDateTime

_ROLE_NAMES = ", ".join(f"'{name}'" for name in ROLES)


class User(UserMixin, Model):  # type: ignore[misc]  # flask-login ships no types
    """A person with an account. Accounts are deactivated, never deleted: records hang on them."""

    __tablename__ = "account_users"
    __table_args__ = (CheckConstraint(f"role IN ({_ROLE_NAMES})", name="role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(30), unique=True)
    display_name: Mapped[str] = mapped_column(String(30))
    organisation: Mapped[str] = mapped_column(String(60), default="")
    role: Mapped[str] = mapped_column(String(20))
    password_hash: Mapped[str] = mapped_column(String(200))
    # Part of the sign-in cookie: a new value signs out every device at once.
    session_mark: Mapped[str] = mapped_column(String(32))
    active: Mapped[bool] = mapped_column(default=True)
    elder_edition: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    consented_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

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
        return f"{self.id}:{self.session_mark}"

    def may(self, permission: str) -> bool:
        """Tell whether the role carries `permission`."""
        return self.active and permission in permissions_of(self.role)
