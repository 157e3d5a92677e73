"""Tables of papers, their items, and attempts.

A paper is what administrators edit. Starting an attempt freezes it as a PaperVersion (one row for
all attempts on the same text); attempts and answers only ever refer to that.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sanshi_lms.account import Unit, User
from sanshi_lms.core.db import Model, UtcDateTime
from sanshi_lms.quizzes.content_rules import LONGEST_CLAUSE
from sanshi_lms.quizzes.marking import PARTIALS
from sanshi_lms.quizzes.papers.drawing import LONGEST_TOPIC
from sanshi_lms.quizzes.papers.rules import COUNTINGS, USUAL_GRACE_SECONDS
from sanshi_lms.quizzes.rules import ITEM_KINDS, LONGEST_OPTION, LONGEST_TITLE

_KIND_NAMES = ", ".join(f"'{name}'" for name in ITEM_KINDS)
_PARTIALS = ", ".join(f"'{name}'" for name in PARTIALS)
_COUNTINGS = ", ".join(f"'{name}'" for name in COUNTINGS)


class Paper(Model):
    """A quiz: its rule and its items. `attempts_allowed` 0 means as many as one likes.

    With a `blueprint` the items are drawn from the whole bank for each attempt. With a
    `posttest_id` it is the test before a lecture, and that paper the one after it. `watched` tells
    whether focus lost and texts pasted are noted.
    `unit_id` is whose it is; None is the whole city's.
    `pack_key` is the lesson's name across loads when the paper came from a pack; `pack_rule` is
    what the pack last said of the rule, so that an edit made on the website since is kept.
    """

    __tablename__ = "quizzes_papers"
    __table_args__ = (
        CheckConstraint("pass_percent BETWEEN 1 AND 100", name="pass_percent"),
        CheckConstraint("attempts_allowed BETWEEN 0 AND 99", name="attempts_allowed"),
        CheckConstraint(f"counting IN ({_COUNTINGS})", name="counting"),
        CheckConstraint(f"partial IN ({_PARTIALS})", name="partial"),
        CheckConstraint(
            "limit_minutes >= 0 AND grace_seconds >= 0 AND cooldown_hours >= 0", name="limits"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    pass_percent: Mapped[int]
    attempts_allowed: Mapped[int] = mapped_column(default=0)
    shuffle: Mapped[bool] = mapped_column(default=True)
    limit_minutes: Mapped[int] = mapped_column(default=0, server_default="0")
    grace_seconds: Mapped[int] = mapped_column(
        default=USUAL_GRACE_SECONDS, server_default=str(USUAL_GRACE_SECONDS)
    )
    opens_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cooldown_hours: Mapped[int] = mapped_column(default=0, server_default="0")
    counting: Mapped[str] = mapped_column(String(10), default="best", server_default="best")
    practice: Mapped[bool] = mapped_column(default=False, server_default=false())
    blueprint: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))
    partial: Mapped[str] = mapped_column(String(10), default="none", server_default="none")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    posttest_id: Mapped[int | None] = mapped_column(
        ForeignKey("quizzes_papers.id", ondelete="SET NULL"), unique=True
    )
    watched: Mapped[bool] = mapped_column(default=False, server_default=false())
    unit_id: Mapped[int | None] = mapped_column(ForeignKey(Unit.id), index=True)
    pack_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    pack_rule: Mapped[str | None] = mapped_column(String(200))

    items: Mapped[list["Item"]] = relationship(
        cascade="all, delete-orphan", order_by="Item.position", lazy="raise_on_sql"
    )


class Item(Model):
    """A question. `key` is its id in a pack; `pack_hash` what the pack last said of it.

    `review_slug` is the address, within the course, of the lesson to look at again, from
    `lesson_seconds` on; `source_clause` is where the answer stands. `version` counts up with each
    change after somebody was asked, and what it was before is an `ItemVersion`. `content` is the
    `ItemContent` of a kind that has fields instead of options.
    """

    __tablename__ = "quizzes_items"
    __table_args__ = (
        UniqueConstraint("paper_id", "key"),
        CheckConstraint(f"kind IN ({_KIND_NAMES})", name="kind"),
        CheckConstraint("difficulty BETWEEN 1 AND 3", name="difficulty"),
        CheckConstraint("lesson_seconds >= 0", name="lesson_seconds"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey(Paper.id, ondelete="CASCADE"), index=True)
    position: Mapped[int]
    key: Mapped[str | None] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(20))
    stem_md: Mapped[str] = mapped_column(Text)
    explanation_md: Mapped[str] = mapped_column(Text, default="")
    review_slug: Mapped[str | None] = mapped_column(String(100))
    topic: Mapped[str] = mapped_column(
        String(LONGEST_TOPIC), default="", server_default="", index=True
    )
    difficulty: Mapped[int] = mapped_column(default=2, server_default="2")
    source_clause: Mapped[str] = mapped_column(
        String(LONGEST_CLAUSE), default="", server_default=""
    )
    lesson_seconds: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    content: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    pack_hash: Mapped[str | None] = mapped_column(String(64))

    options: Mapped[list["Option"]] = relationship(
        cascade="all, delete-orphan", order_by="Option.position", lazy="raise_on_sql"
    )


class ItemVersion(Model):
    """A question as it was asked before a change, in words. Attempts keep their own whole copy."""

    __tablename__ = "quizzes_item_versions"
    __table_args__ = (UniqueConstraint("item_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey(Item.id, ondelete="CASCADE"))
    version: Mapped[int]
    words: Mapped[dict[str, Any]] = mapped_column(JSON)
    replaced_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Option(Model):
    """One option of an item, in the author's order."""

    __tablename__ = "quizzes_options"
    __table_args__ = (UniqueConstraint("item_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey(Item.id, ondelete="CASCADE"))
    position: Mapped[int]
    text: Mapped[str] = mapped_column(String(LONGEST_OPTION))
    correct: Mapped[bool]


class PaperVersion(Model):
    """A paper's text and key at the moment somebody started on it; never changed."""

    __tablename__ = "quizzes_paper_versions"
    __table_args__ = (UniqueConstraint("paper_id", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey(Paper.id, ondelete="RESTRICT"))
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Pool(Model):
    """What an attempt was drawn from: blueprint and candidates; never changed, shared by all."""

    __tablename__ = "quizzes_pools"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)


class Attempt(Model):
    """One person's try. Open until handed in; then its score is fixed. `percent` is 0 to 100.

    `deadline_at` was fixed by the server when it began; only an outage of ours moves it. `heard`
    is the last number of an answer from each opened page, so that repetitions change nothing.
    While `to_mark`, short answers wait for a person: its result is that of the rest, and it is not
    passed. A `practice` attempt shows each answer at once and never counts: it is never `passed`.
    """

    __tablename__ = "quizzes_attempts"
    __table_args__ = (
        UniqueConstraint("paper_id", "user_id", "number"),
        CheckConstraint(
            "(handed_in_at IS NULL) = (percent IS NULL) "
            "AND (handed_in_at IS NULL) = (passed IS NULL)",
            name="handed_in",
        ),
        Index("ix_quizzes_attempts_user_id", "user_id"),
        # A double click on "start" cannot open two attempts, whatever the timing.
        Index(
            "uq_quizzes_attempts_open",
            "paper_id",
            "user_id",
            "practice",
            unique=True,
            sqlite_where=text("handed_in_at IS NULL"),
            postgresql_where=text("handed_in_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey(Paper.id, ondelete="RESTRICT"))
    version_id: Mapped[int] = mapped_column(ForeignKey(PaperVersion.id, ondelete="RESTRICT"))
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id, ondelete="RESTRICT"))
    pool_id: Mapped[int | None] = mapped_column(ForeignKey(Pool.id))
    number: Mapped[int]
    seed: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    practice: Mapped[bool] = mapped_column(default=False, server_default=false())
    deadline_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    grace_seconds: Mapped[int] = mapped_column(default=0, server_default="0")
    heard: Mapped[dict[str, int]] = mapped_column(JSON, default=dict, server_default="{}")
    handed_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by_clock: Mapped[bool] = mapped_column(default=False, server_default=false())
    to_mark: Mapped[bool] = mapped_column(default=False, server_default=false())
    right: Mapped[int | None]
    percent: Mapped[int | None]
    passed: Mapped[bool | None]

    version: Mapped[PaperVersion] = relationship(lazy="raise_on_sql")
    answers: Mapped[list["Answer"]] = relationship(
        cascade="all, delete-orphan", lazy="raise_on_sql"
    )


class Answer(Model):
    """What was chosen for an item, as JSON: option numbers in the author's order, or field by field
    a text, the number of a pair, or null. `points` are what a person gave a short answer, by
    criterion; every time that somebody did is a row of `reviewing.models.AnswerMark`.

    `item_id` is the id within the frozen paper; there is no foreign key, because the answer
    outlives the item. `is_right` is empty until the attempt is handed in.
    """

    __tablename__ = "quizzes_answers"
    __table_args__ = (UniqueConstraint("attempt_id", "item_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey(Attempt.id, ondelete="CASCADE"))
    item_id: Mapped[int]
    chosen: Mapped[list[Any]] = mapped_column(JSON)
    is_right: Mapped[bool | None]
    points: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
