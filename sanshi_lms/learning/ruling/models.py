"""Tables of rules: versions that are only ever added, and which course uses which."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sanshi_lms.account import User
from sanshi_lms.core.db import Model, UtcDateTime
from sanshi_lms.courses import Course
from sanshi_lms.learning.ruling.rules import ASKED, LONGEST_NAME, Rule, made_of


class LearningRule(Model):
    """One version of a rule; see rules.Rule. Rows are added, never changed: the database refuses.

    `created_by_id` is empty for what came with the system.
    """

    __tablename__ = "learning_rules"
    __table_args__ = (
        UniqueConstraint("name", "version"),
        CheckConstraint("share_percent BETWEEN 10 AND 100", name="share_percent"),
        CheckConstraint("fastest_percent BETWEEN 100 AND 400", name="fastest_percent"),
        CheckConstraint("presence_minutes BETWEEN 0 AND 120", name="presence_minutes"),
        CheckConstraint("quiz_percent BETWEEN 0 AND 100", name="quiz_percent"),
        CheckConstraint("reading_percent BETWEEN 0 AND 200", name="reading_percent"),
        CheckConstraint("tick OR reading_percent > 0", name="tick"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    version: Mapped[int]
    share_percent: Mapped[int]
    fastest_percent: Mapped[int]
    in_order: Mapped[bool]
    presence_minutes: Mapped[int]
    questions: Mapped[bool]
    quiz_percent: Mapped[int]
    reading_percent: Mapped[int]
    tick: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))

    @property
    def rule(self) -> Rule:
        """The version as a plain value."""
        return made_of(self.name, self.version, {name: getattr(self, name) for name in ASKED})


class RuleChoice(Model):
    """Which rule a course uses; the one row with `is_default` is for all courses without one."""

    __tablename__ = "learning_rule_choices"
    __table_args__ = (
        CheckConstraint("is_default = (course_id IS NULL)", name="is_default"),
        Index(
            "uq_learning_rule_choices_default",
            "is_default",
            unique=True,
            sqlite_where=text("is_default"),
            postgresql_where=text("is_default"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int | None] = mapped_column(
        ForeignKey(Course.id, ondelete="CASCADE"), unique=True
    )
    is_default: Mapped[bool] = mapped_column(default=False)
    rule_id: Mapped[int] = mapped_column(ForeignKey(LearningRule.id), index=True)
    chosen_at: Mapped[datetime] = mapped_column(UtcDateTime)

    chosen: Mapped[LearningRule] = relationship(lazy="raise_on_sql")


class Presence(Model):
    """How long a person's playback session has played since the last sign of life, in ms."""

    __tablename__ = "learning_presence"

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True)
    session: Mapped[str] = mapped_column(String(32))
    idle_ms: Mapped[int]
