"""What search knows of cases and media pieces: published ones only."""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import select

from sanshi_lms.community.stories.models import Story
from sanshi_lms.community.stories.rules import CASE, State
from sanshi_lms.core.db import db
from sanshi_lms.core.markdown import headings, plain_text
from sanshi_lms.core.registers import Cue, Document

_PUBLISHED = Story.state == State.PUBLISHED.value


def story_path(story: Story) -> str:
    """Return the path of a story's public page."""
    return f"/community/{'cases' if story.kind == CASE else 'pieces'}/{story.id}"


class StorySource:
    """A case or a media piece as a document."""

    kind = "story"
    label = "案例和报道"

    def refs(self) -> Iterable[int]:
        """Return the ids of all published stories."""
        return db.session.scalars(select(Story.id).where(_PUBLISHED).order_by(Story.id)).all()

    def documents(self, refs: Sequence[int]) -> Iterator[Document]:
        """Return those of `refs` that are published now."""
        for story in db.session.scalars(select(Story).where(Story.id.in_(refs), _PUBLISHED)):
            facts = (story.summary, story.district, story.place, story.matter, story.people)
            yield Document(
                kind=self.kind,
                ref=story.id,
                title=story.title,
                url=story_path(story),
                headings="\n".join(headings(story.body_md)),
                body="\n".join([*filter(None, facts), plain_text(story.body_md)]),
                topic=story.topic,
                parent=story.kind_of.label,
                districts=(story.district,) if story.district else (),
                at=story.published_at,
            )

    def visible(self, refs: Sequence[int]) -> Iterable[int]:
        """Return those of `refs` that are published now."""
        return db.session.scalars(select(Story.id).where(Story.id.in_(refs), _PUBLISHED)).all()

    def cues(self, ref: int) -> Sequence[Cue]:
        """Return nothing: a story is not spoken."""
        del ref
        return ()
