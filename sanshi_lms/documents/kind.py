"""The lesson kind "document"."""

from collections.abc import Collection, Mapping, Sequence

from markupsafe import Markup
from sqlalchemy import select

from sanshi_lms.core.db import db
from sanshi_lms.core.reach import Reach
from sanshi_lms.core.registers import Cue
from sanshi_lms.core.web import render_part
from sanshi_lms.courses import (
    Choice,
    Lesson,
    PackError,
    PackReference,
    Playback,
    TargetSummary,
    Untargeted,
    usable,
)
from sanshi_lms.documents.models import Document
from sanshi_lms.documents.queries import documents_by_id, page_cues, pages_of

_MOST_CHOICES = 200


class DocumentKind(Untargeted):
    """文档: a PDF, read page by page in the lesson."""

    name = "document"
    label_zh = "文档"
    icon = "reading"
    has_target = True

    def render(self, lesson: Lesson, playback: Playback) -> Markup:
        """Return the pages as pictures that load when they come near, and the words on them."""
        del playback
        subject = db.session.get(Document, lesson.target_id or 0)
        pages = pages_of(subject.id) if subject and subject.state == "made" else []
        return render_part("documents/_lesson.html", subject=subject, pages=pages)

    def choices(self, reach: Reach) -> list[Choice]:
        """Return the documents that an author may use, made or soon to be, newest first."""
        allowed = usable(self.name, Document.id, Document.unit_id, reach)
        query = select(Document).where(Document.state != "refused", allowed)
        query = query.order_by(Document.id.desc())
        return [Choice(one.id, one.title) for one in db.session.scalars(query.limit(_MOST_CHOICES))]

    def summaries(self, target_ids: Collection[int]) -> Mapping[int, TargetSummary]:
        """Return what lists need of these documents, in one query."""
        return {
            one.id: TargetSummary(
                one.title,
                note_zh=f"{one.pages} 页" if one.pages else "",
                problem_zh={
                    "waiting": "文档还在处理，请过一会儿再来。",
                    "refused": one.problem,
                }.get(one.state),
            )
            for one in documents_by_id(target_ids).values()
        }

    def cues(self, target_ids: Collection[int]) -> Mapping[int, Sequence[Cue]]:
        """Return the words on each page."""
        return page_cues(target_ids)

    def pack_check(self, reference: PackReference) -> list[PackError]:
        """Refuse: documents are uploaded at the desk."""
        return [reference.fault("文档请在网站上添加：先在“文档”里上传，再在课里选它。")]
