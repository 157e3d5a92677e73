"""The register of sections of the record of learning. Rooms above (training, community) fill it."""

from collections.abc import Callable

from flask import Flask, current_app

from sanshi_lms.learning.archive.rules import RecordSection

SectionSource = Callable[[int, int | None], RecordSection | None]
_KEY = "learning.record_sections"


def add_record_section(app: Flask, source: SectionSource) -> None:
    """Add a section to everybody's record.

    `source(user_id, year)` returns what happened in that year (Chongqing's calendar), in all years
    when `year` is None, or None when there is nothing to show.
    """
    app.extensions.setdefault(_KEY, []).append(source)


def sections_of(user_id: int, year: int | None) -> list[RecordSection]:
    """Return the sections of other rooms that have something to show."""
    sources: list[SectionSource] = current_app.extensions.get(_KEY, [])
    found = (source(user_id, year) for source in sources)
    return [section for section in found if section and section.rows]
