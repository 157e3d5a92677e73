"""Words of search: which mean the same, and which nobody found anything for.

For: the editable list of synonyms, and the count of searches without a result, which the list
"做成微课" shows. Not for: how words become terms (search.analysis) nor what a search finds.
"""

from sanshi_lms.core.registers import (
    MenuEntry,
    SubjectKind,
    Words,
    add_menu_entry,
    add_subject_kind,
    add_wishes,
    add_words,
)
from sanshi_lms.search.words.queries import group_subjects, missed_wishes, synonyms_in_force

__all__ = ["setup", "synonyms_in_force"]


def setup() -> None:
    """Enter the menu, the words of the audit trail and the wishes."""
    add_menu_entry(
        MenuEntry(
            "admin", "搜索用词", "search_words_admin.words", "search", 46, "courses.edit", "内容"
        )
    )
    add_subject_kind(SubjectKind("synonyms", "近义词", "courses.edit", group_subjects))
    add_words(
        "search",
        Words(
            label="搜索",
            verbs={
                "search.add_synonyms": "添加一组近义词",
                "search.change_synonyms": "修改一组近义词",
                "search.remove_synonyms": "删除一组近义词",
                "search.restore_synonyms": "恢复一组自带的近义词",
            },
            fields={"words": "词语", "off": "停用"},
            values={"off": {"True": "是", "False": "否"}},
        ),
    )
    add_wishes(missed_wishes)
