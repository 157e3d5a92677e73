"""What the administrator's desk shows of certificates: figures, words for the audit trail."""

from collections.abc import Collection, Mapping

from flask import url_for

from sanshi_lms.core.registers import (
    DeskTile,
    Subject,
    SubjectKind,
    Words,
    add_desk_tile,
    add_subject_kind,
    add_words,
)
from sanshi_lms.credentials.queries import certificates_by_number, count_valid

WORDS = Words(
    label="证书",
    verbs={"credentials.award": "颁发证书", "credentials.revoke": "撤销证书"},
    fields={"title": "课程", "revoked": "状态", "reason": "撤销原因"},
    values={"revoked": {"true": "已撤销", "false": "有效"}},
)


def setup() -> None:
    """Enter tile and words."""
    add_desk_tile(
        DeskTile(
            label="有效证书",
            unit="张",
            endpoint="credentials_admin.certificates",
            permission="credentials.view_all",
            order=70,
            count=count_valid,
            lately=count_valid,
            lately_label="颁发",
        )
    )
    add_subject_kind(SubjectKind("certificate", "证书", "credentials.view_all", _certificates))
    add_words("credentials", WORDS)


def _certificates(keys: Collection[str]) -> Mapping[str, Subject]:
    return {
        number: Subject(
            f"{one.title}（{one.holder_name}）",
            url_for("credentials_admin.record", number=number),
        )
        for number, one in certificates_by_number(keys).items()
    }
