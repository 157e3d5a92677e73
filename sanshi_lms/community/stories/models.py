"""Tables of stories: a case or a media piece, each step of its way, its pictures and lessons."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sanshi_lms.account import User
from sanshi_lms.community.models import Community
from sanshi_lms.community.needs.models import Need
from sanshi_lms.community.rules import NAME_LENGTH
from sanshi_lms.community.stories import rules
from sanshi_lms.community.stories.rules import KINDS, STATES, Kind, State
from sanshi_lms.core.db import Model, UtcDateTime
from sanshi_lms.courses import Lesson

_STATES = ", ".join(f"'{state}'" for state in State)
_KINDS = ", ".join(f"'{kind}'" for kind in KINDS)


class Story(Model):
    """A case or a media piece. `version` counts changes: two people at once notice.

    `nonce` names the form it came from, so that a form sent twice makes one story; a need has one
    case at most. Nothing of whoever asked is here: `body_md` begins with their words without
    numbers, and a person reads it before anybody else does.
    """

    __tablename__ = "community_stories"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        CheckConstraint(f"kind IN ({_KINDS})", name="kind"),
        CheckConstraint("cost_yuan >= 0", name="cost_yuan"),
        CheckConstraint("state <> 'published' OR published_at IS NOT NULL", name="published"),
        Index("ix_community_stories_state_kind", "state", "kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    nonce: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    need_id: Mapped[int | None] = mapped_column(ForeignKey(Need.id), unique=True)
    community_id: Mapped[int | None] = mapped_column(ForeignKey(Community.id), index=True)
    title: Mapped[str] = mapped_column(String(rules.TITLE_LENGTH))
    summary: Mapped[str] = mapped_column(String(rules.SUMMARY_LENGTH), default="")
    body_md: Mapped[str] = mapped_column(Text, default="")
    district: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    place: Mapped[str] = mapped_column(String(rules.PLACE_LENGTH), default="")
    topic: Mapped[str] = mapped_column(String(40), default="")
    matter: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    people: Mapped[str] = mapped_column(String(rules.PEOPLE_LENGTH), default="")
    began_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    cost_yuan: Mapped[int | None]
    cost_note: Mapped[str] = mapped_column(String(rules.CAPTION_LENGTH), default="")
    video_lesson_id: Mapped[int | None] = mapped_column(ForeignKey(Lesson.id, ondelete="SET NULL"))
    state: Mapped[str] = mapped_column(String(20), default=State.DRAFT.value)
    version: Mapped[int] = mapped_column(default=1)
    author_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    invented: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    pictures: Mapped[list["StoryPicture"]] = relationship(
        cascade="all, delete-orphan", order_by="StoryPicture.id", lazy="selectin"
    )
    lesson_links: Mapped[list["StoryLesson"]] = relationship(
        cascade="all, delete-orphan", order_by="StoryLesson.id", lazy="selectin"
    )

    @property
    def kind_of(self) -> Kind:
        """What kind of story it is."""
        return KINDS[self.kind]

    @property
    def told(self) -> tuple[str, str | None, str]:
        """How its state is told: word, tone, sentence."""
        return STATES[State(self.state)]

    @property
    def is_case(self) -> bool:
        """Tell whether it is a case."""
        return self.kind == rules.CASE

    @property
    def days(self) -> int | None:
        """How many days it took."""
        return rules.days_between(self.began_on, self.ended_on)

    @property
    def cost(self) -> str:
        """What it cost, as people say it."""
        return rules.money_text(self.cost_yuan)

    def picture(self, part: str) -> "StoryPicture | None":
        """Return the picture that is "before" or "after"."""
        return next((one for one in self.pictures if one.part == part), None)

    @property
    def in_text(self) -> list["StoryPicture"]:
        """The pictures of its text."""
        return [one for one in self.pictures if one.part == "text"]


class StoryPicture(Model):
    """A picture of a story, encoded anew by us. `part`: "before", "after" or "text"."""

    __tablename__ = "community_story_pictures"
    __table_args__ = (CheckConstraint("part IN ('before', 'after', 'text')", name="part"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    story_id: Mapped[int] = mapped_column(ForeignKey(Story.id, ondelete="CASCADE"), index=True)
    part: Mapped[str] = mapped_column(String(10))
    caption: Mapped[str] = mapped_column(String(rules.CAPTION_LENGTH), default="")
    key: Mapped[str] = mapped_column(String(80))
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]


class StoryLesson(Model):
    """A lesson that a story points to."""

    __tablename__ = "community_story_lessons"
    __table_args__ = (UniqueConstraint("story_id", "lesson_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    story_id: Mapped[int] = mapped_column(ForeignKey(Story.id, ondelete="CASCADE"))
    lesson_id: Mapped[int] = mapped_column(ForeignKey(Lesson.id, ondelete="CASCADE"), index=True)


class StoryStep(Model):
    """One step of a story's way. Rows are only ever added."""

    __tablename__ = "community_story_steps"

    id: Mapped[int] = mapped_column(primary_key=True)
    story_id: Mapped[int] = mapped_column(ForeignKey(Story.id, ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    verb: Mapped[str] = mapped_column(String(20))
    person_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    words: Mapped[str] = mapped_column(Text, default="")
