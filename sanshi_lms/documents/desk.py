"""What the administrator's desk shows of documents: words for the audit trail."""

from collections.abc import Collection, Mapping

from flask import url_for

from sanshi_lms.core.registers import (
    Subject,
    SubjectKind,
    Words,
    add_subject_kind,
    add_words,
    ids_in,
)
from sanshi_lms.documents.queries import documents_by_id

WORDS = Words(
    label="文档",
    verbs={
        "documents.add": "上传文档",
        "documents.rename": "改文档的名称",
        "documents.give": "改文档归属",
        "documents.delete": "删除文档",
    },
    fields={"title": "名称", "unit_id": "单位编号"},
)


def setup() -> None:
    """Enter the words."""
    add_subject_kind(SubjectKind("document", "文档", "courses.edit", _documents))
    add_words("documents", WORDS)


def _documents(keys: Collection[str]) -> Mapping[str, Subject]:
    return {
        str(number): Subject(one.title, url_for("documents_admin.document", document_id=number))
        for number, one in documents_by_id(ids_in(keys)).items()
    }
