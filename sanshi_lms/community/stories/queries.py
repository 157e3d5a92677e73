"""Reads of stories. What is not published is only returned to who works on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, false, func, or_, select, true

from sanshi_lms.account import User, people_by_id
from sanshi_lms.community.models import Member
from sanshi_lms.community.needs.models import Need
from sanshi_lms.community.stories import rules
from sanshi_lms.community.stories.models import Story, StoryPicture, StoryStep
from sanshi_lms.community.stories.rules import CASE, Hand, State
from sanshi_lms.core.clock import local
from sanshi_lms.core.db import db
from sanshi_lms.core.facets import Facet, facets
from sanshi_lms.courses import Lesson, lessons_by_id

REVIEW = "stories.review"
WRITE = "stories.write"
EDITS_ALL = "courses.edit"
DIMENSIONS = ("district", "topic", "matter", "year")
_PUBLISHED = Story.state == State.PUBLISHED.value
_MOST_WORDS = 5


@dataclass(frozen=True)
class Shelf:
    """What the library shows of the cases: those chosen, and what else could be chosen."""

    ids: list[int]
    facets: dict[str, list[Facet]]
    by_district: dict[str, int]
    total: int


@dataclass(frozen=True)
class ToldStep:
    """A step as people read it."""

    at: datetime
    told: str
    who: User | None
    words: str


def in_scope(person: User) -> ColumnElement[bool]:
    """Return the condition of the stories that `person` works on: all, or their own.

    Own is what they began, what came from a need of their community, or of a need they answered.
    """
    if person.may(REVIEW) or person.may(EDITS_ALL):
        return true()
    if not person.may(WRITE):
        return false()
    mine = select(Member.community_id).where(Member.user_id == person.id)
    served = select(Need.id).where(Need.pro_id == person.id)
    handles = Story.community_id.in_(mine) if person.may("needs.handle") else false()
    serves = Story.need_id.in_(served) if person.may("needs.serve") else false()
    return or_(Story.author_id == person.id, handles, serves)


def hands_of(story: Story, person: User) -> frozenset[Hand]:
    """Return as what `person` may act on a story that is in their scope."""
    del story
    hands = set()
    if person.may(WRITE):
        hands.add(Hand.WRITER)
    if person.may(REVIEW):
        hands.add(Hand.REVIEWER)
    return frozenset(hands)


def wrote_on(story: Story, person_id: int) -> bool:
    """Tell whether somebody wrote on a story: they do not review it."""
    wrote = exists().where(
        StoryStep.story_id == story.id,
        StoryStep.person_id == person_id,
        StoryStep.verb.in_(rules.WRITING),
    )
    return bool(db.session.scalar(select(wrote)))


def find_story(story_id: int, person: User | None) -> Story | None:
    """Return the story if it is published or `person` works on it; else None."""
    seen = or_(_PUBLISHED, in_scope(person)) if person is not None else _PUBLISHED
    return db.session.scalar(select(Story).where(Story.id == story_id, seen))


def find_own(story_id: int, person: User) -> Story | None:
    """Return the story if `person` works on it."""
    return db.session.scalar(select(Story).where(Story.id == story_id, in_scope(person)))


def case_of_need(need_id: int) -> Story | None:
    """Return the case that was made of a need, if there is one."""
    return db.session.scalar(select(Story).where(Story.need_id == need_id))


def find_picture(picture_id: int, story_id: int) -> StoryPicture | None:
    """Return a picture of this very story."""
    found = db.session.get(StoryPicture, picture_id)
    return found if found is not None and found.story_id == story_id else None


def desk_query(person: User, state: str, kind: str) -> Select[Story]:
    """Return the stories that `person` works on, what waits for a review first."""
    query = select(Story).where(in_scope(person))
    if state:
        query = query.where(Story.state == state)
    if kind:
        query = query.where(Story.kind == kind)
    return query.order_by(Story.state != State.REVIEW.value, Story.updated_at.desc(), Story.id)


def state_counts(person: User) -> dict[str, int]:
    """Return how many of the stories that `person` works on stand where."""
    query = select(Story.state, func.count()).where(in_scope(person)).group_by(Story.state)
    return {row[0]: row[1] for row in db.session.execute(query)}


def count_waiting() -> int:
    """Return how many stories wait for a review."""
    query = select(func.count(Story.id)).where(Story.state == State.REVIEW.value)
    return db.session.scalar(query) or 0


def steps_of(story: Story) -> list[ToldStep]:
    """Return the way of a story so far, oldest first."""
    query = select(StoryStep).where(StoryStep.story_id == story.id).order_by(StoryStep.id)
    steps = db.session.scalars(query).all()
    people = people_by_id(step.person_id for step in steps if step.person_id is not None)
    return [
        ToldStep(s.at, rules.TOLD.get(s.verb, s.verb), people.get(s.person_id or 0), s.words)
        for s in steps
    ]


def shelf(words: str, chosen: dict[str, str]) -> Shelf:
    """Return what the library of cases shows for `words` and the chosen facets."""
    columns = (Story.id, Story.district, Story.topic, Story.matter, Story.ended_on)
    query = select(*columns, Story.published_at).where(_PUBLISHED, Story.kind == CASE)
    query = query.where(*_with_words(words)).order_by(Story.published_at.desc(), Story.id.desc())
    rows = []
    for found in db.session.execute(query):
        year = (found.ended_on or local(found.published_at)).year
        row = {"district": {found.district}, "topic": {found.topic}, "matter": {found.matter}}
        rows.append((found.id, {**row, "year": {str(year)}}))
    counted, ids = facets(rows, chosen, DIMENSIONS)
    by_district = {facet.value: facet.count for facet in counted["district"]}
    return Shelf(ids, counted, by_district, len(rows))


def published(ids: Sequence[int]) -> list[Story]:
    """Return published stories in the order of `ids`."""
    query = select(Story).where(Story.id.in_(ids), _PUBLISHED)
    found = {story.id: story for story in db.session.scalars(query)}
    return [found[number] for number in ids if number in found]


def newest_stories(most: int) -> list[Story]:
    """Return the stories that were published last."""
    query = select(Story).where(_PUBLISHED).order_by(Story.published_at.desc(), Story.id.desc())
    return list(db.session.scalars(query.limit(most)))


def pieces_query(kind: str) -> Select[Story]:
    """Return the published media pieces, the newest first."""
    kinds = [kind] if kind in rules.PIECES else list(rules.PIECES)
    query = select(Story).where(_PUBLISHED, Story.kind.in_(kinds))
    return query.order_by(Story.published_at.desc(), Story.id.desc())


def kind_counts() -> dict[str, int]:
    """Return how many stories of each kind are published."""
    query = select(Story.kind, func.count()).where(_PUBLISHED).group_by(Story.kind)
    return {row[0]: row[1] for row in db.session.execute(query)}


def lessons_of(story: Story, *, drafts: bool = False) -> list[Lesson]:
    """Return the lessons that a story points to; those that everybody may see."""
    ids = [link.lesson_id for link in story.lesson_links]
    found = lessons_by_id(ids, drafts=drafts)
    return [found[number] for number in ids if number in found]


def _with_words(words: str) -> list[ColumnElement[bool]]:
    columns = (Story.title, Story.summary, Story.body_md, Story.people, Story.place, Story.district)
    return [
        or_(*(column.contains(word, autoescape=True) for column in columns))
        for word in words.split()[:_MOST_WORDS]
    ]
