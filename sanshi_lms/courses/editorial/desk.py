"""What the desk shows of the editorial flow: its menu line with what waits, words of the switch."""

from collections.abc import Collection, Mapping
from typing import Any

from flask import url_for

from sanshi_lms.core.registers import (
    MenuEntry,
    Subject,
    SubjectKind,
    add_menu_entry,
    add_subject_kind,
)
from sanshi_lms.courses.editorial.queries import REVIEW, count_waiting


def setup() -> None:
    """Enter the menu line and the switch as something that acts are about."""
    add_menu_entry(
        MenuEntry(
            "admin", "待我审", "editorial_admin.review", "check", 11, REVIEW, "内容", _waiting
        )
    )
    add_subject_kind(SubjectKind("editorial", "三审开关", REVIEW, _switch))


def _waiting(person: Any) -> int:
    return count_waiting(person)


def _switch(keys: Collection[str]) -> Mapping[str, Subject]:
    return {key: Subject("发布前要三审", url_for("editorial_admin.review")) for key in keys}
