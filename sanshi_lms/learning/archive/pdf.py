"""Prints the record of learning: the very tables of the page, as data, never as code."""

from functools import lru_cache
from pathlib import Path

from sanshi_lms.core.clock import local
from sanshi_lms.core.fonts import SANS, font_paths
from sanshi_lms.credentials import NoChineseFontError, Press
from sanshi_lms.learning.archive.queries import Record

TEMPLATE = Path(__file__).with_name("record.typ")


def record_pdf(record: Record) -> bytes:
    """Return the record as PDF, A4, with its fonts embedded. Raises NoChineseFontError."""
    data = {
        "fonts": list(SANS),
        "holder": record.holder,
        "belongs_to": record.belongs_to,
        "span": record.span,
        "date": local(record.made_at).date().isoformat(),
        "sections": [
            {
                "title": section.title,
                "columns": section.columns,
                "rows": section.rows,
                "sum_words": section.sum_words,
            }
            for section in record.sections
        ],
    }
    return _press().pages(data, "pdf")[0]


@lru_cache(maxsize=1)
def _press() -> Press:
    folders = font_paths()
    if not folders:
        raise NoChineseFontError
    return Press(TEMPLATE, folders, "record")
