"""What the administrator's desk shows of practicals: what waits, words for the audit trail."""

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
    ids_in,
)
from sanshi_lms.practicals.queries import count_waiting, hand_ins_by_id

WORDS = Words(
    label="实践作业",
    verbs={
        "practicals.hand_in": "交作业",
        "practicals.withdraw": "收回作业",
        "practicals.accept": "通过作业",
        "practicals.return": "退回作业",
    },
    fields={"lesson": "哪一课", "reason": "要改哪里"},
)


def setup() -> None:
    """Enter tile and words."""
    add_desk_tile(
        DeskTile(
            label="作业等您看",
            unit="份",
            endpoint="practicals_admin.waiting",
            permission="practicals.review",
            order=45,
            count=count_waiting,
        )
    )
    add_subject_kind(SubjectKind("hand_in", "实践作业", "practicals.review", _hand_ins))
    add_words("practicals", WORDS)


def _hand_ins(keys: Collection[str]) -> Mapping[str, Subject]:
    return {
        str(number): Subject(
            f"{one.person.display_name}的作业",
            url_for("practicals_admin.hand_in", hand_in_id=number),
        )
        for number, one in hand_ins_by_id(ids_in(keys)).items()
    }
