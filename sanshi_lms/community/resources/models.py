"""Tables of resources: what can be used, who booked it when, and money with its use."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sanshi_lms.account import User
from sanshi_lms.community.resources import rules
from sanshi_lms.community.resources.rules import STATES, Span, State
from sanshi_lms.community.rules import NAME_LENGTH
from sanshi_lms.core.db import Model, UtcDateTime

_STATES = ", ".join(f"'{state}'" for state in State)
_KINDS = ", ".join(f"'{kind}'" for kind in rules.KINDS)


class Resource(Model):
    """A place or a thing that is booked, or a material with an address. `version` is a lock."""

    __tablename__ = "community_resources"
    __table_args__ = (
        CheckConstraint(f"kind IN ({_KINDS})", name="kind"),
        CheckConstraint("0 <= opens AND opens < closes AND closes <= 24", name="hours"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(4))
    name: Mapped[str] = mapped_column(String(rules.NAME_LENGTH), unique=True)
    district: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    place: Mapped[str] = mapped_column(String(rules.PLACE_LENGTH), default="")
    about: Mapped[str] = mapped_column(String(rules.ABOUT_LENGTH), default="")
    url: Mapped[str] = mapped_column(String(rules.URL_LENGTH), default="")
    opens: Mapped[int] = mapped_column(default=8)
    closes: Mapped[int] = mapped_column(default=21)
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    @property
    def bookable(self) -> bool:
        """Tell whether it is used by one at a time."""
        return self.kind != "资料"


class Booking(Model):
    """Somebody's use of a resource. `nonce` names the form, so that a double click books once."""

    __tablename__ = "community_bookings"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        CheckConstraint("ends_at > starts_at", name="times"),
        Index("ix_community_bookings_resource_id_starts_at", "resource_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    nonce: Mapped[str] = mapped_column(String(32), unique=True)
    resource_id: Mapped[int] = mapped_column(ForeignKey(Resource.id))
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    purpose: Mapped[str] = mapped_column(String(rules.PURPOSE_LENGTH))
    state: Mapped[str] = mapped_column(String(10), default=State.ASKED.value)
    words: Mapped[str] = mapped_column(String(rules.WORDS_LENGTH), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    resource: Mapped[Resource] = relationship(lazy="joined", innerjoin=True)
    person: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    @property
    def told(self) -> tuple[str, str | None]:
        """How its state is told: word, tone."""
        return STATES[State(self.state)]

    @property
    def span(self) -> Span:
        """Its time."""
        return Span(self.starts_at, self.ends_at)


class Budget(Model):
    """Money of a year, in yuan. `spent` is the sum of its spendings, never more than there is."""

    __tablename__ = "community_budgets"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("0 <= spent AND spent <= amount", name="spent"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(rules.NAME_LENGTH), unique=True)
    year: Mapped[int]
    amount: Mapped[int] = mapped_column(BigInteger)
    spent: Mapped[int] = mapped_column(BigInteger, default=0)


class Spending(Model):
    """A use of money. Rows are only ever added; a mistake is put right by a negative one."""

    __tablename__ = "community_spendings"

    id: Mapped[int] = mapped_column(primary_key=True)
    nonce: Mapped[str] = mapped_column(String(32), unique=True)
    budget_id: Mapped[int] = mapped_column(ForeignKey(Budget.id), index=True)
    told: Mapped[str] = mapped_column(String(rules.PURPOSE_LENGTH))
    amount: Mapped[int] = mapped_column(BigInteger)
    by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
