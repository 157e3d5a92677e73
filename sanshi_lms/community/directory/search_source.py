"""What search knows of 三师: those who agreed that everybody may find them."""

from collections.abc import Iterable, Iterator, Sequence

from sanshi_lms.community.directory.queries import listed
from sanshi_lms.community.models import Professional
from sanshi_lms.core.db import db
from sanshi_lms.core.registers import Cue, Document


class ProSource:
    """A 三师 as a document."""

    kind = "pro"
    label = "三师"

    def refs(self) -> Iterable[int]:
        """Return the ids of all who may be found."""
        shown = listed().with_only_columns(Professional.user_id).order_by(Professional.user_id)
        return db.session.scalars(shown).all()

    def documents(self, refs: Sequence[int]) -> Iterator[Document]:
        """Return those of `refs` who may be found now."""
        for one in db.session.scalars(listed().where(Professional.user_id.in_(refs))):
            served = "、".join(district.name for district in one.districts)
            qualified = one.qualifications if one.qualified_at else ""
            yield Document(
                kind=self.kind,
                ref=one.user_id,
                title=f"{one.person.display_name}，{one.profession.name}",
                url=f"/community/pros/{one.user_id}",
                headings=one.association,
                body="\n".join(filter(None, [one.about, one.work, served, qualified])),
                topic="",
                parent=one.profession.name,
                districts=tuple(district.name for district in one.districts),
            )

    def visible(self, refs: Sequence[int]) -> Iterable[int]:
        """Return those of `refs` who may be found now."""
        shown = listed().with_only_columns(Professional.user_id)
        return db.session.scalars(shown.where(Professional.user_id.in_(refs))).all()

    def cues(self, ref: int) -> Sequence[Cue]:
        """Return nothing: nobody is spoken."""
        del ref
        return ()
