"""Rules of the record of learning: its tables as page and PDF show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True)
class RecordSection:
    """A table of the record. `columns` are its headings, `rows` have a cell of text for each.

    `sum_words` sums the rows up in a sentence; page and PDF show the same words.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    sum_words: str = ""


@dataclass(frozen=True)
class Event:
    """Something that happened on a day: a course completed, a test, a certificate."""

    day: date
    title: str
    detail: str = ""


def day_text(day: date) -> str:
    """Return a day as the record writes it: 2026-03-05."""
    return day.isoformat()


def hours_text(hours: Decimal) -> str:
    """Return credit hours without needless zeros: 0.50 → "0.5"."""
    text = f"{hours:.2f}".rstrip("0").rstrip(".")
    return text or "0"


def hours_section(
    years: Mapping[int, Mapping[str, Decimal]], categories: Sequence[str]
) -> RecordSection:
    """Return the credit hours, a row a year, the latest first, with their sums."""
    rows = []
    totals = dict.fromkeys(categories, ZERO)
    for year in sorted(years, reverse=True):
        own = [years[year].get(category, ZERO) for category in categories]
        for category, hours in zip(categories, own, strict=True):
            totals[category] += hours
        rows.append((f"{year} 年", *map(hours_text, own), hours_text(sum(own, ZERO))))
    parts = "，".join(f"{category}科目 {hours_text(totals[category])}" for category in categories)
    words = f"合计 {hours_text(sum(totals.values(), ZERO))} 学时，其中{parts}。"
    return RecordSection("学时", ("年度", *categories, "合计"), tuple(rows), words)


def events_section(
    title: str, columns: tuple[str, ...], events: Sequence[Event], unit: str, year: int | None
) -> RecordSection:
    """Return what happened in `year` (all years when None), the latest first, with its number."""
    chosen = [e for e in events if year is None or e.day.year == year]
    chosen.sort(key=lambda e: (e.day, e.title), reverse=True)
    with_detail = len(columns) > 2
    rows = tuple((day_text(e.day), e.title, *((e.detail,) if with_detail else ())) for e in chosen)
    return RecordSection(title, columns, rows, f"共 {len(rows)} {unit}。")
