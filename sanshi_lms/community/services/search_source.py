"""What search knows of the service list: what is offered now."""

from collections.abc import Iterable, Iterator, Sequence

from sanshi_lms.community.services.models import Service
from sanshi_lms.community.services.queries import offered
from sanshi_lms.core.db import db
from sanshi_lms.core.registers import Cue, Document


class ServiceSource:
    """A service of the list as a document."""

    kind = "service"
    label = "服务清单"

    def refs(self) -> Iterable[int]:
        """Return the ids of all offered services."""
        shown = offered().with_only_columns(Service.id).order_by(Service.id)
        return db.session.scalars(shown).all()

    def documents(self, refs: Sequence[int]) -> Iterator[Document]:
        """Return those of `refs` that are offered now."""
        for one in db.session.scalars(offered().where(Service.id.in_(refs))):
            who = f"{one.pro.profession.name} {one.pro.person.display_name}"
            yield Document(
                kind=self.kind,
                ref=one.id,
                title=one.title,
                url=f"/community/services/{one.id}",
                headings=one.stage.name,
                body=f"{one.delivers}\n{one.takes}\n{one.pay_text}\n{who}",
                topic=one.topic,
                parent=one.stage.name,
                districts=tuple(district.name for district in one.pro.districts),
                at=one.created_at,
            )

    def visible(self, refs: Sequence[int]) -> Iterable[int]:
        """Return those of `refs` that are offered now."""
        shown = offered().with_only_columns(Service.id).where(Service.id.in_(refs))
        return db.session.scalars(shown).all()

    def cues(self, ref: int) -> Sequence[Cue]:
        """Return nothing: a service is not spoken."""
        del ref
        return ()
