"""Tables of the service list: stages, and what each 三师 offers."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sanshi_lms.community.models import Professional
from sanshi_lms.community.rules import NAME_LENGTH
from sanshi_lms.community.services import rules
from sanshi_lms.community.services.rules import PAY, STATES, State
from sanshi_lms.core.db import Model, UtcDateTime

_STATES = ", ".join(f"'{state}'" for state in State)
_PAY = ", ".join(f"'{pay}'" for pay in PAY)


class Stage(Model):
    """A stage of a task at which 三师 help: rows that an administrator edits."""

    __tablename__ = "community_stages"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH), unique=True)
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)


class Service(Model):
    """What a 三师 offers at a stage of a task. `nonce` names its form, `version` counts steps."""

    __tablename__ = "community_services"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        CheckConstraint(f"pay IN ({_PAY})", name="pay"),
        Index("ix_community_services_state_topic", "state", "topic"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    nonce: Mapped[str] = mapped_column(String(32), unique=True)
    pro_id: Mapped[int] = mapped_column(ForeignKey(Professional.user_id), index=True)
    title: Mapped[str] = mapped_column(String(rules.TITLE_LENGTH))
    topic: Mapped[str] = mapped_column(String(40))
    stage_id: Mapped[int] = mapped_column(ForeignKey(Stage.id), index=True)
    delivers: Mapped[str] = mapped_column(Text)
    takes: Mapped[str] = mapped_column(String(rules.TAKES_LENGTH), default="")
    pay: Mapped[str] = mapped_column(String(10))
    price: Mapped[str] = mapped_column(String(rules.PRICE_LENGTH), default="")
    state: Mapped[str] = mapped_column(String(10), default=State.WAITING.value)
    words: Mapped[str] = mapped_column(String(rules.WORDS_LENGTH), default="")
    version: Mapped[int] = mapped_column(default=1)
    invented: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    stage: Mapped[Stage] = relationship(lazy="joined", innerjoin=True)
    pro: Mapped[Professional] = relationship(lazy="joined", innerjoin=True)

    @property
    def told(self) -> tuple[str, str | None]:
        """How its state is told: word, tone."""
        return STATES[State(self.state)]

    @property
    def pay_text(self) -> str:
        """How it is paid for."""
        return rules.pay_text(self.pay, self.price)

    @property
    def is_offered(self) -> bool:
        """Tell whether it stands in the public list."""
        return self.state == State.OFFERED
